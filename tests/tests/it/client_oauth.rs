//! Apps: how they become known, are let in, get tokens and lose them.

use archipel_tests::browser::{all_between, leads_to};
use archipel_tests::surface::Answer;
use archipel_tests::{Browser, Db, Lab, both};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};

both!(
    apps_become_known,
    an_app_is_let_in,
    codes_are_bound_and_work_once,
    people_decline_or_choose_again,
    bad_requests_are_not_redirected,
    an_app_acts_as_a_community,
);

const PASSWORD: &str = "le phare au bout du quai";
const CALLBACK: &str = "https://elk.example/api/lab/oauth/http%3A%2F%2Flab?x=1";
const OOB: &str = "urn:ietf:wg:oauth:2.0:oob";
/// The verifier and challenge of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// An app as it knows itself.
struct App {
    id: String,
    secret: String,
}

async fn register(lab: &Lab, redirect_uris: &str, scopes: &str) -> App {
    let body = json!({ "client_name": "Essai <b>", "redirect_uris": redirect_uris,
        "scopes": scopes, "website": "https://app.example/" });
    let app = lab.stranger().post("/api/v1/apps", body).await;
    App {
        id: app["client_id"].as_str().expect("an id").to_owned(),
        secret: app["client_secret"].as_str().expect("a secret").to_owned(),
    }
}

fn query(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// Where an app sends people.
fn authorize(app: &App, redirect_uri: &str, scope: &str, more: &[(&str, &str)]) -> String {
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", &app.id),
        ("redirect_uri", redirect_uri),
        ("scope", scope),
    ];
    pairs.extend(more);
    // With a slash at the end, as toot opens it.
    format!("/oauth/authorize/?{}", query(&pairs))
}

/// A parameter of an address.
fn parameter(address: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(address).expect("an address");
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// Asks for a token; the status and the answer.
async fn exchange(lab: &Lab, app: &App, more: &[(&str, &str)]) -> (u16, Value) {
    let mut pairs = vec![
        ("client_id", app.id.as_str()),
        ("client_secret", app.secret.as_str()),
        ("grant_type", "authorization_code"),
        // Mastodon.py sends this, twice.
        ("oauth_info", "a"),
        ("oauth_info", "b"),
    ];
    pairs.extend(more);
    let request = lab
        .http()
        .post(lab.url("/oauth/token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(query(&pairs));
    let answer = Answer::of(request.send().await.expect("an answer")).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    (answer.status.as_u16(), answer.json())
}

/// Lets an app in, as somebody; the code.
async fn code_of(browser: &Browser, address: &str, as_whom: &str) -> String {
    let page = browser.get(address).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let fields = [("as", as_whom), ("allow", "1")];
    let answer = browser.submit(&page, "/oauth/authorize", &fields).await;
    assert_eq!(answer.status, 302, "{}", answer.text);
    parameter(&leads_to(&answer), "code").expect("a code")
}

async fn apps_become_known(db: Db) {
    let lab = Lab::start(db).await;
    let stranger = lab.stranger();
    let app = stranger
        .post(
            "/api/v1/apps/",
            json!({ "client_name": "Essai", "redirect_uris": "app://a https://b.example/\nurn:ietf:wg:oauth:2.0:oob",
                "scopes": "read write follow push", "website": "" }),
        )
        .await;
    let uris = ["app://a", "https://b.example/", OOB];
    assert_eq!(app["redirect_uris"], json!(uris));
    assert_eq!(app["redirect_uri"], json!(uris.join("\n")));
    assert_eq!(app["scopes"], json!(["read", "write", "follow", "push"]));
    assert_eq!(app["website"], Value::Null);
    assert_eq!(app["client_secret_expires_at"], 0);
    let point = URL_SAFE_NO_PAD.decode(app["vapid_key"].as_str().expect("a key"));
    assert_eq!(point.expect("base64url").len(), 65);

    // As a form, with a list; the default scope.
    let form = query(&[
        ("client_name", "Essai"),
        ("redirect_uris[]", "http://localhost:4711/x"),
        ("redirect_uris[]", "app://a"),
    ]);
    let request = stranger
        .request(Method::POST, "/api/v1/apps")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    let answer = Answer::of(request.send().await.expect("an answer")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let second = answer.json();
    assert_eq!(
        second["redirect_uris"],
        json!(["http://localhost:4711/x", "app://a"])
    );
    assert_eq!(second["scopes"], json!(["read"]));
    assert_eq!(second["vapid_key"], app["vapid_key"]);

    for refused in [
        json!({ "redirect_uris": OOB }),
        json!({ "client_name": "x" }),
        json!({ "client_name": "x", "redirect_uris": "javascript:alert(1)" }),
        json!({ "client_name": "x", "redirect_uris": ["app://a", "data:text/html,x"] }),
        json!({ "client_name": "x", "redirect_uris": "https://a.example/#b" }),
        json!({ "client_name": "x", "redirect_uris": "/relative" }),
        json!({ "client_name": "x", "redirect_uris": OOB, "scopes": "read cook" }),
        json!({ "client_name": "x", "redirect_uris": OOB, "website": "javascript:x" }),
    ] {
        let (status, error) = stranger
            .ask(Method::POST, "/api/v1/apps", Some(&refused))
            .await;
        assert_eq!(status, 422, "{refused}: {error}");
        assert!(error["error"].is_string(), "{error}");
    }

    // The app speaks for itself, and for nobody.
    let app = App {
        id: app["client_id"].as_str().expect("an id").to_owned(),
        secret: app["client_secret"].as_str().expect("a secret").to_owned(),
    };
    let body = json!({ "client_id": app.id, "client_secret": app.secret,
        "grant_type": "client_credentials", "scope": "read write" });
    let token = stranger.post("/oauth/token", body).await;
    assert_eq!(token["token_type"], "Bearer");
    assert_eq!(token["scope"], "read write");
    assert!(token["created_at"].is_i64());
    let mut itself = lab.stranger();
    itself.token = token["access_token"].as_str().expect("a token").to_owned();
    let known = itself.get("/api/v1/apps/verify_credentials").await;
    assert_eq!(known["name"], "Essai");
    assert!(known.get("client_secret").is_none());
    assert_eq!(
        stranger.status("/api/v1/apps/verify_credentials").await,
        401
    );
    assert_eq!(itself.status("/oauth/userinfo").await, 422);

    let metadata = stranger
        .get("/.well-known/oauth-authorization-server")
        .await;
    let base = lab.base().as_str().trim_end_matches('/');
    assert_eq!(metadata["issuer"], base);
    assert_eq!(metadata["token_endpoint"], format!("{base}/oauth/token"));
    assert_eq!(
        metadata["code_challenge_methods_supported"],
        json!(["S256"])
    );
    assert!(
        metadata["scopes_supported"]
            .as_array()
            .expect("scopes")
            .contains(&json!("profile"))
    );
}

async fn an_app_is_let_in(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("essai");
    lab.password("essai", PASSWORD);
    let app = register(&lab, CALLBACK, "read write follow push profile").await;
    let state = "a&b=ü None";
    let more = [
        ("state", state),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("force_login", "False"),
        ("lang", "en"),
    ];
    let address = authorize(&app, CALLBACK, "read write profile", &more);

    // Nobody is logged in: the whole request survives the login.
    let browser = lab.browser();
    let to_login = browser.get(&address).await;
    let page = browser.follow(&to_login).await;
    assert_headers(&page, "form-action 'self';");
    assert!(page.text.contains("Essai &#60;b&#62;"), "{}", page.text);
    assert!(page.text.contains("lang=\"en\""));
    let fields = [("name", "essai"), ("password", PASSWORD)];
    let entered = browser.submit(&page, "/login", &fields).await;
    let page = browser.follow(&entered).await;
    assert_eq!(page.status, 200, "{}", page.text);

    // The consent names the app, where it leads to, and what it may do.
    assert_headers(&page, "form-action 'self' https://elk.example;");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("cache-control"), "no-store");
    for words in [
        "Essai &#60;b&#62;",
        "https://app.example/",
        "<code>elk.example</code>",
        "know your name",
        "@essai@",
    ] {
        assert!(page.text.contains(words), "no {words:?} in {}", page.text);
    }
    assert!(!page.text.contains("<script"));
    let allowed = [("as", "me"), ("allow", "1")];
    let answer = browser.submit(&page, "/oauth/authorize", &allowed).await;
    assert_eq!(answer.status, 302, "{}", answer.text);
    assert!(answer.headers.get("cross-origin-opener-policy").is_none());
    let back = leads_to(&answer);
    assert!(back.starts_with(&format!("{CALLBACK}&code=")), "{back}");
    assert_eq!(parameter(&back, "state").as_deref(), Some(state));
    let code = parameter(&back, "code").expect("a code");

    let (status, token) = exchange(
        &lab,
        &app,
        &[
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ],
    )
    .await;
    assert_eq!(status, 200, "{token}");
    assert_eq!(token["scope"], "read write profile");
    let mut essai = lab.stranger();
    essai.token = token["access_token"].as_str().expect("a token").to_owned();
    let who = essai.get("/oauth/userinfo").await;
    assert_eq!(who["sub"], lab.url("/u/essai"));
    assert_eq!(who["preferred_username"], "essai");
    assert_eq!(who["iss"], lab.base().as_str().trim_end_matches('/'));

    // Only in the header: elsewhere it would be written into logs.
    let stranger = lab.stranger();
    let address = format!("/oauth/userinfo?access_token={}", essai.token);
    assert_eq!(stranger.status(&address).await, 401);
    let body = json!({ "access_token": essai.token });
    let (status, _) = stranger
        .ask(Method::POST, "/oauth/userinfo", Some(&body))
        .await;
    assert_eq!(status, 401);
    // What was not granted is refused, and does not log anybody out.
    let narrow = lab.member_with("essai", &["--scopes", "read:statuses"]);
    assert_eq!(narrow.status("/oauth/userinfo").await, 403);

    // Given back, also twice: it works no more.
    let body = json!({ "client_id": app.id, "client_secret": app.secret, "token": essai.token });
    for _ in 0..2 {
        assert_eq!(
            stranger.post("/oauth/revoke", body.clone()).await,
            json!({})
        );
    }
    assert_eq!(essai.status("/oauth/userinfo").await, 401);
}

/// What a page of the login or consent must say to browsers, and must not.
fn assert_headers(page: &Answer, form_action: &str) {
    let policy = page.header("content-security-policy");
    assert!(policy.contains(form_action), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    // Either would part an app from the window that it opened.
    for name in [
        "cross-origin-opener-policy",
        "cross-origin-embedder-policy",
        "access-control-allow-origin",
    ] {
        assert!(page.headers.get(name).is_none(), "{name}");
    }
}

async fn codes_are_bound_and_work_once(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("essai");
    lab.password("essai", PASSWORD);
    let both = format!("{CALLBACK}\napp://back");
    let app = register(&lab, &both, "read").await;
    let other = register(&lab, CALLBACK, "read").await;
    let browser = lab.logged_in("essai", PASSWORD).await;
    let plain = authorize(&app, CALLBACK, "read", &[]);
    let pkce = [
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let proven = authorize(&app, "app://back", "read", &pkce);

    let wrong = "x".repeat(43);
    let invalid = |answer: (u16, Value), what: &str| {
        assert_eq!(answer.0, 400, "{what}: {}", answer.1);
        assert_eq!(answer.1["error"], "invalid_grant", "{what}");
        assert!(answer.1["error_description"].is_string());
    };
    for (address, more, what) in [
        (&plain, vec![("redirect_uri", "app://back")], "elsewhere"),
        (&plain, vec![], "nowhere, of two"),
        (
            &plain,
            vec![("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)],
            "a verifier without a challenge",
        ),
        (&proven, vec![("redirect_uri", "app://back")], "no verifier"),
        (
            &proven,
            vec![("redirect_uri", "app://back"), ("code_verifier", &wrong)],
            "another verifier",
        ),
    ] {
        let code = code_of(&browser, address, "me").await;
        let mut fields = vec![("code", code.as_str())];
        fields.extend(more);
        invalid(exchange(&lab, &app, &fields).await, what);
    }
    invalid(
        exchange(&lab, &app, &[("code", "junk"), ("redirect_uri", CALLBACK)]).await,
        "junk",
    );

    let code = code_of(&browser, &plain, "me").await;
    let fields = [("code", code.as_str()), ("redirect_uri", CALLBACK)];
    invalid(exchange(&lab, &other, &fields).await, "another app");
    let liar = App {
        id: app.id.clone(),
        secret: "wrong".to_owned(),
    };
    let (status, error) = exchange(&lab, &liar, &fields).await;
    assert_eq!((status, &error["error"]), (401, &json!("invalid_client")));
    let description = error["error_description"].as_str().expect("a sentence");
    assert!(description.contains("Client authentication failed"));

    // By HTTP Basic, as JSON.
    let request = lab
        .http()
        .post(lab.url("/oauth/token/"))
        .basic_auth(&app.id, Some(&app.secret))
        .json(&json!({ "grant_type": "authorization_code", "code": code,
            "redirect_uri": CALLBACK }));
    let answer = Answer::of(request.send().await.expect("an answer")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let mut member = lab.stranger();
    let token = answer.json();
    member.token = token["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(member.status("/api/v1/apps/verify_credentials").await, 200);
    // The code comes again: somebody stole it, and nobody keeps what it was good for.
    invalid(exchange(&lab, &app, &fields).await, "the same code");
    assert_eq!(member.status("/api/v1/apps/verify_credentials").await, 401);

    let (status, error) = exchange(&lab, &app, &[("grant_type", "password")]).await;
    assert_eq!(status, 400, "{error}");
    assert_eq!(error["error"], "unsupported_grant_type");
    let fields = [("grant_type", "client_credentials"), ("scope", "write")];
    let (status, error) = exchange(&lab, &app, &fields).await;
    assert_eq!((status, &error["error"]), (400, &json!("invalid_scope")));
}

#[expect(clippy::similar_names, reason = "each is the word for it")]
async fn people_decline_or_choose_again(db: Db) {
    let lab = Lab::start(db).await;
    for name in ["essai", "autre"] {
        lab.account(name);
        lab.password(name, PASSWORD);
    }
    let app = register(&lab, &format!("app://back?y=1\n{OOB}"), "read write").await;
    let browser = lab.logged_in("essai", PASSWORD).await;
    let address = authorize(&app, "app://back?y=1", "read", &[("state", "s")]);
    let page = browser.get(&address).await;
    assert_headers(&page, "form-action 'self' app:;");
    let denied = [("as", "me"), ("deny", "1")];
    let answer = browser.submit(&page, "/oauth/authorize", &denied).await;
    let back = leads_to(&answer);
    assert!(
        back.starts_with("app://back?y=1&error=access_denied&"),
        "{back}"
    );
    assert_eq!(parameter(&back, "state").as_deref(), Some("s"));

    // Another account, although one is logged in.
    let forced = authorize(&app, OOB, "read write", &[("force_login", "true")]);
    let to_login = browser.get(&forced).await;
    let before = browser.cookie("session").expect("a session");
    let entered = browser
        .log_in(&leads_to(&to_login), "autre", PASSWORD)
        .await;
    let page = browser.follow(&entered).await;
    assert!(page.text.contains("@autre@"), "{}", page.text);
    assert_headers(&page, "form-action 'self';");
    // The session is another one, and the one before is over.
    let thief = lab.browser();
    thief.set_cookie("session", &before);
    assert_eq!(thief.get("/settings/sessions").await.status, 303);

    // Forged: without the token, with that of another browser, from another site.
    let target = all_between(&page.text, "action=\"", "\"");
    let target = target.first().expect("a form");
    let allowed = [("as", "me"), ("allow", "1")];
    assert_eq!(browser.post(target, &allowed).await.status, 403);
    let stranger = lab.logged_in("essai", PASSWORD).await;
    let forged = stranger.submit(&page, "/oauth/authorize", &allowed).await;
    assert_eq!(forged.status, 403);
    let csrf = archipel_tests::browser::token(&page);
    let body = query(&[("csrf", &csrf), ("as", "me"), ("allow", "1")]);
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
    ] {
        let request = browser
            .request(Method::POST, target)
            .header("content-type", "application/x-www-form-urlencoded")
            .header(name, value)
            .body(body.clone());
        assert_eq!(browser.send(request).await.status, 403, "{name}: {value}");
    }
    let request = browser
        .request(Method::POST, target)
        .header("content-type", "text/plain")
        .body(body);
    assert_eq!(browser.send(request).await.status, 403);

    // Out of band: the code is shown, to be copied.
    let answer = browser.submit(&page, "/oauth/authorize", &allowed).await;
    assert_eq!(answer.status, 200);
    let titles = all_between(&answer.text, "<title>", "</title>");
    assert!(titles.concat().starts_with("Authorization code"));
    let shown = all_between(&answer.text, "<code>", "</code>");
    let code = shown.first().expect("the code");
    let fields = [("code", code.as_str()), ("redirect_uri", OOB)];
    let (status, token) = exchange(&lab, &app, &fields).await;
    assert_eq!(status, 200, "{token}");
    let page = browser.get(&forced.replace("force_login=true", "")).await;
    let answer = browser.submit(&page, "/oauth/authorize", &denied).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.headers.get("location").is_none());
}

async fn bad_requests_are_not_redirected(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("essai");
    lab.password("essai", PASSWORD);
    let app = register(&lab, CALLBACK, "read").await;
    let browser = lab.logged_in("essai", PASSWORD).await;
    let unknown = App {
        id: "unknown".to_owned(),
        secret: String::new(),
    };
    let shown = |answer: &Answer, what: &str| {
        assert_eq!(answer.status, 400, "{what}: {}", answer.text);
        assert!(answer.headers.get("location").is_none(), "{what}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    };
    shown(
        &browser
            .get(&authorize(&unknown, CALLBACK, "read", &[]))
            .await,
        "an unknown app",
    );
    for redirect_uri in [
        "https://elk.example/api/lab/oauth/http%3A%2F%2Flab",
        "https://elk.example/api/lab/oauth/http://lab?x=1",
        "https://elk.example/api/lab/oauth/http%3A%2F%2Flab?x=1/x",
        "https://elk.example/api/lab/../lab/oauth/http%3A%2F%2Flab?x=1",
        "https://ELK.example/api/lab/oauth/http%3A%2F%2Flab?x=1",
        "https://u@elk.example/api/lab/oauth/http%3A%2F%2Flab?x=1",
        "http://elk.example/api/lab/oauth/http%3A%2F%2Flab?x=1",
        "https://elk.example/api/lab/oauth/http%3A%2F%2Flab?x=1#f",
        "https://elk.example/api/lab/oauth/http%3A%2F%2Flab?x=1\r\nX: y",
        "javascript:alert(1)",
        OOB,
    ] {
        let address = authorize(&app, redirect_uri, "read", &[]);
        shown(&browser.get(&address).await, redirect_uri);
    }
    let twice = authorize(&app, CALLBACK, "read", &[("redirect_uri", "app://x")]);
    shown(&browser.get(&twice).await, "two addresses");

    // The app itself is told of everything else.
    let told = |answer: &Answer, error: &str| {
        assert_eq!(answer.status, 302, "{error}: {}", answer.text);
        let back = leads_to(answer);
        assert!(back.starts_with(&format!("{CALLBACK}&error=")), "{back}");
        assert_eq!(parameter(&back, "error").as_deref(), Some(error));
        assert_eq!(parameter(&back, "state").as_deref(), Some("s"));
    };
    for (scope, more, error) in [
        ("read write", vec![], "invalid_scope"),
        ("cook", vec![], "invalid_scope"),
        (
            "read",
            vec![
                ("code_challenge", CHALLENGE),
                ("code_challenge_method", "plain"),
            ],
            "invalid_request",
        ),
        // Without a word `plain` is meant (RFC 7636 §4.3).
        (
            "read",
            vec![("code_challenge", CHALLENGE)],
            "invalid_request",
        ),
    ] {
        let mut all = vec![("state", "s")];
        all.extend(more);
        let answer = browser.get(&authorize(&app, CALLBACK, scope, &all)).await;
        told(&answer, error);
    }
    let token = authorize(&app, CALLBACK, "read", &[("state", "s")])
        .replace("response_type=code", "response_type=token");
    told(&browser.get(&token).await, "unsupported_response_type");

    // Of the only address nothing need be said; of a scope neither.
    let short = format!("/oauth/authorize?response_type=code&client_id={}", app.id);
    let code = code_of(&browser, &short, "me").await;
    let (status, token) = exchange(&lab, &app, &[("code", &code)]).await;
    assert_eq!(status, 200, "{token}");
    assert_eq!(token["scope"], "read");
}

async fn an_app_acts_as_a_community(db: Db) {
    let lab = Lab::start(db).await;
    for name in ["essai", "autre"] {
        lab.account(name);
        lab.password(name, PASSWORD);
    }
    lab.run(&["moderator", "add", "tilab", "essai"]);
    let app = register(&lab, CALLBACK, "read write profile").await;
    let address = authorize(&app, CALLBACK, "read profile", &[]);
    let browser = lab.logged_in("essai", PASSWORD).await;
    let page = browser.get(&address).await;
    assert!(page.text.contains("@tilab@"), "{}", page.text);
    assert!(!page.text.contains("@utilo@"), "{}", page.text);
    let choices = all_between(&page.text, "type=\"radio\" name=\"as\" value=\"", "\"");
    assert_eq!(choices.len(), 2, "{choices:?}");
    let tilab = choices.last().expect("a community");
    let code = code_of(&browser, &address, tilab).await;
    let fields = [("code", code.as_str()), ("redirect_uri", CALLBACK)];
    let (status, token) = exchange(&lab, &app, &fields).await;
    assert_eq!(status, 200, "{token}");
    let mut community = lab.stranger();
    community.token = token["access_token"].as_str().expect("a token").to_owned();
    let who = community.get("/oauth/userinfo").await;
    assert_eq!(who["sub"], lab.community("tilab"));

    // Who holds no role cannot choose it, whatever they send.
    let other = lab.logged_in("autre", PASSWORD).await;
    let page = other.get(&address).await;
    assert!(!page.text.contains("radio"), "{}", page.text);
    for wish in [tilab.as_str(), "1", "junk"] {
        let fields = [("as", wish), ("allow", "1")];
        let answer = other.submit(&page, "/oauth/authorize", &fields).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
    }

    // The role ends, and the token with it, at once; a code too.
    let code = code_of(&browser, &address, tilab).await;
    lab.run(&["moderator", "remove", "tilab", "essai"]);
    assert_eq!(community.status("/oauth/userinfo").await, 401);
    let fields = [("code", code.as_str()), ("redirect_uri", CALLBACK)];
    let (_, token) = exchange(&lab, &app, &fields).await;
    community.token = token["access_token"].as_str().unwrap_or("none").to_owned();
    assert_eq!(community.status("/oauth/userinfo").await, 401);
}

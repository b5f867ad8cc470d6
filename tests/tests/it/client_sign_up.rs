//! Making an account: by invitation links, and by asking for one, on pages and from apps.

use archipel_tests::browser::{Browser, token};
use archipel_tests::mailbox::Mailbox;
use archipel_tests::surface::Answer;
use archipel_tests::{Db, Lab, Member, both, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

both!(
    an_invitation_makes_an_account_and_a_member,
    links_do_no_more_than_they_may,
    who_asks_waits_for_an_answer,
    apps_make_accounts,
    without_mail_nothing_waits_for_it,
);

const PASSWORD: &str = "brume citron phare quai";

/// Opens a page, and sends its form back to the same address.
async fn fill(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(path).await;
    let csrf = token(&page);
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend(fields);
    browser.post(path, &all).await
}

fn form<'a>(handle: &'a str, email: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("handle", handle),
        ("name", "Une Personne"),
        ("email", email),
        ("password", PASSWORD),
        ("agreement", "1"),
    ]
}

/// Makes a link; the path of its page.
fn invite(lab: &Lab, more: &[&str]) -> String {
    let mut args = vec!["invite", "create"];
    args.extend(more);
    let link = lab.run(&args).trim().to_owned();
    let path = link.strip_prefix(lab.base().as_str().trim_end_matches('/'));
    path.expect("a link of this server").to_owned()
}

fn team(lab: &Lab, handle: &str) -> Option<String> {
    let actor = lab.url(&format!("/u/{handle}"));
    let rows = lab.list(&["moderator", "list", "tilab"]);
    let row = rows.into_iter().find(|row| row["actor"] == actor)?;
    row["role"].as_str().map(str::to_owned)
}

fn is_member(lab: &Lab, handle: &str) -> bool {
    let tilab = lab.community("tilab");
    let shown = lab.json(&["account", "show", handle]);
    let follows = shown["follows"].as_array().cloned().unwrap_or_default();
    follows
        .iter()
        .any(|follow| follow["actor"] == tilab && follow["state"] == "accepted")
}

#[expect(
    clippy::too_many_lines,
    reason = "one thing after another, as it happens"
)]
async fn an_invitation_makes_an_account_and_a_member(db: Db) {
    let mailbox = Mailbox::start().await;
    let lab = mailbox.serve(Lab::builder(db)).start().await;
    lab.account("hote");
    lab.run(&["moderator", "add", "tilab", "hote", "--role", "moderator"]);
    let link = invite(
        &lab,
        &[
            "--community",
            "tilab",
            "--role",
            "facilitator",
            "--uses",
            "2",
            "--as",
            "hote",
        ],
    );

    let browser = lab.browser();
    let page = browser.get(&link).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("animation"), "{}", page.text);
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(browser.get("/register").await.status, 403);

    // Only from a page of ours, and only whole.
    let forged = browser
        .post(&link, &form("alice", "alice@lab.example"))
        .await;
    assert_eq!(forged.status, 403);
    let mut flawed = form("a", "alice");
    flawed.retain(|(name, _)| *name != "agreement");
    flawed.push(("password", "ignored: the first counts"));
    let answer = fill(&browser, &link, &flawed).await;
    assert_eq!(answer.status, 422);
    for words in [
        "de 2 à 25 caractères",
        "adresse électronique",
        "accepter les règles",
    ] {
        assert!(answer.text.contains(words), "{words}: {}", answer.text);
    }
    assert!(!answer.text.contains(PASSWORD), "a password comes back");
    let mut weak = form("alice", "alice@lab.example");
    weak.retain(|(name, _)| *name != "password");
    weak.push(("password", "motdepasse123"));
    let answer = fill(&browser, &link, &weak).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text.contains("facile à deviner"), "{}", answer.text);

    // A good form: until the address is confirmed, nobody is there.
    let answer = fill(&browser, &link, &form("Alice", " Alice@Lab.Example ")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(
        answer.text.contains("Consultez votre courrier"),
        "{}",
        answer.text
    );
    assert_eq!(browser.get("/u/alice").await.status, 404);
    let lookup = "/api/v1/accounts/lookup?acct=alice";
    assert_eq!(lab.stranger().status(lookup).await, 404);
    let refused = browser.log_in("/login", "alice", PASSWORD).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("Confirmez d’abord"),
        "{}",
        refused.text
    );
    let mail = mailbox.take("alice@lab.example", "/confirm/").await;
    assert!(
        mail.headers.contains("Auto-Submitted: auto-generated"),
        "{}",
        mail.headers
    );
    let confirm = mail.path("/confirm/");
    // What looks at links before people do uses nothing up.
    assert_eq!(browser.get(&confirm).await.status, 200);
    let answer = fill(&browser, &confirm, &[]).await;
    assert!(
        answer.text.contains("Votre compte est ouvert"),
        "{}",
        answer.text
    );
    assert_eq!(fill(&browser, &confirm, &[]).await.status, 404);
    // What was rendered is kept for a moment.
    eventually("the person", Duration::from_secs(10), || async {
        (browser.get("/u/alice").await.status == 200).then_some(())
    })
    .await;
    assert_eq!(lab.stranger().status(lookup).await, 200);
    assert!(is_member(&lab, "alice"));
    assert_eq!(team(&lab, "alice").as_deref(), Some("facilitator"));
    let entered = browser
        .log_in("/login", "alice@lab.example", PASSWORD)
        .await;
    assert_eq!(entered.status, 303, "{}", entered.text);
    let settings = browser.get("/settings").await;
    assert!(
        settings.text.contains("alice@lab.example"),
        "{}",
        settings.text
    );

    // Who has an account just joins; then the link is used up.
    lab.account("ancien");
    lab.password("ancien", PASSWORD);
    let ancien = lab.logged_in("ancien", PASSWORD).await;
    let joined = fill(&ancien, &link, &[]).await;
    assert_eq!(joined.status, 200, "{}", joined.text);
    assert!(is_member(&lab, "ancien"));
    assert_eq!(team(&lab, "ancien").as_deref(), Some("facilitator"));
    assert_eq!(lab.browser().get(&link).await.status, 404);
    let rows = lab.list(&["invite", "list", "--community", "tilab"]);
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (&rows[0]["used"], &rows[0]["uses_left"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(
        (&rows[0]["works"], &rows[0]["by"]),
        (&json!(false), &json!("hote"))
    );

    // That an address has an account is told to the one who reads it alone.
    let link = invite(&lab, &[]);
    let other = lab.browser();
    let answer = fill(&other, &link, &form("alice2", "alice@lab.example")).await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.text.contains("Consultez votre courrier"),
        "{}",
        answer.text
    );
    let told = mailbox.take("alice@lab.example", "déjà").await;
    assert!(told.text.contains("/password/reset"), "{}", told.text);
    assert!(!told.text.contains("/confirm/"), "{}", told.text);
    assert_eq!(other.get("/u/alice2").await.status, 404);
    let taken = fill(&other, &invite(&lab, &[]), &form("alice", "c@lab.example")).await;
    assert_eq!(taken.status, 422);
    assert!(taken.text.contains("déjà pris"), "{}", taken.text);
}

async fn links_do_no_more_than_they_may(db: Db) {
    let mailbox = Mailbox::start().await;
    let lab = mailbox.serve(Lab::builder(db)).start().await;
    for (handle, role) in [("mod", "moderator"), ("accueil", "facilitator")] {
        lab.account(handle);
        lab.run(&["moderator", "add", "tilab", handle, "--role", role]);
    }
    lab.account("membre");
    // Nobody gives more than they have, and only administrators invite to the server.
    for (by, more) in [
        ("mod", &["--community", "tilab", "--role", "owner"][..]),
        (
            "accueil",
            &["--community", "tilab", "--role", "facilitator"],
        ),
        ("membre", &["--community", "tilab"]),
        ("mod", &["--community", "utilo"]),
        ("mod", &[]),
    ] {
        let mut args = vec!["invite", "create", "--as", by];
        args.extend(more);
        let output = lab.cli(&args);
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && why.contains("not permitted"),
            "{by} {more:?}: {why}"
        );
    }
    invite(&lab, &["--community", "tilab", "--as", "accueil"]);
    lab.run(&["account", "role", "membre", "admin"]);
    invite(&lab, &["--as", "membre"]);

    let stranger = lab.browser();
    // A link ends with the role of who made it, with its time, and when it is revoked.
    let of_mod = invite(
        &lab,
        &["--community", "tilab", "--role", "moderator", "--as", "mod"],
    );
    assert_eq!(stranger.get(&of_mod).await.status, 200);
    lab.run(&["moderator", "add", "tilab", "mod", "--role", "facilitator"]);
    assert_eq!(stranger.get(&of_mod).await.status, 404);
    let short = invite(&lab, &["--expires", "1s"]);
    eventually("the end of the link", Duration::from_secs(10), || async {
        (stranger.get(&short).await.status == 404).then_some(())
    })
    .await;
    let output = lab.json(&["invite", "create", "--community", "tilab"]);
    let id = output["id"].as_str().expect("an id").to_owned();
    let url = output["url"].as_str().expect("a link").to_owned();
    assert_eq!(stranger.get(&url).await.status, 200);
    let denied = lab.cli(&["invite", "revoke", &id, "--as", "accueil"]);
    assert!(denied.status.success(), "who may make the like may end it");
    assert_eq!(stranger.get(&url).await.status, 404);
    assert_eq!(stranger.get("/invite/nothing").await.status, 404);

    // Between opening the form and sending it, a link may end too; then nothing is made.
    let output = lab.json(&["invite", "create"]);
    let url = output["url"].as_str().expect("a link").to_owned();
    let csrf = token(&stranger.get(&url).await);
    lab.run(&["invite", "revoke", output["id"].as_str().expect("an id")]);
    let mut fields = form("tard", "tard@lab.example");
    fields.push(("csrf", &csrf));
    assert_eq!(stranger.post(&url, &fields).await.status, 404);
    assert!(!lab.cli(&["account", "show", "tard"]).status.success());
}

fn asking<'a>(handle: &'a str, email: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields = form(handle, email);
    fields.push(("reason", "J’anime un atelier."));
    fields
}

async fn who_asks_waits_for_an_answer(db: Db) {
    let mailbox = Mailbox::start().await;
    let lab = mailbox
        .serve(Lab::builder(db).set("accounts.registration", "approval"))
        .start()
        .await;
    let browser = lab.browser();
    let answer = fill(&browser, "/register", &form("bob", "bob@lab.example")).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text.contains("pourquoi"), "{}", answer.text);
    // The mail server is away for the first try; the mail comes all the same.
    mailbox.be_busy(1);
    let answer = fill(&browser, "/register", &asking("bob", "bob@lab.example")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let mail = mailbox.take("bob@lab.example", "/confirm/").await;
    assert_eq!(mailbox.refused(), 1);
    assert!(lab.list(&["account", "waiting"]).is_empty());
    let answer = fill(&browser, &mail.path("/confirm/"), &[]).await;
    assert!(
        answer.text.contains("lire votre demande"),
        "{}",
        answer.text
    );
    let waiting = lab.list(&["account", "waiting"]);
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0]["reason"], "J’anime un atelier.");
    let refused = browser.log_in("/login", "bob", PASSWORD).await;
    assert_eq!(refused.status, 422);

    // Only administrators decide.
    lab.account("membre");
    assert!(
        !lab.cli(&["account", "approve", "bob", "--as", "membre"])
            .status
            .success()
    );
    assert!(!lab.cli(&["account", "approve", "membre2"]).status.success());
    lab.run(&["account", "approve", "bob"]);
    mailbox.take("bob@lab.example", "est ouvert").await;
    let entered = browser.log_in("/login", "bob", PASSWORD).await;
    assert_eq!(entered.status, 303, "{}", entered.text);

    // Who is refused is forgotten, and the name is free.
    for round in ["carole", "carole"] {
        let answer = fill(
            &lab.browser(),
            "/register",
            &asking(round, "carole@lab.example"),
        )
        .await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let mail = mailbox.take("carole@lab.example", "/confirm/").await;
        fill(&lab.browser(), &mail.path("/confirm/"), &[]).await;
        lab.run(&[
            "account",
            "reject",
            "carole",
            "--reason",
            "Réservé aux labos.",
        ]);
        mailbox
            .take("carole@lab.example", "Réservé aux labos.")
            .await;
    }
    // Who is in is not rejected.
    assert!(!lab.cli(&["account", "reject", "bob"]).status.success());

    // Five accounts in half an hour from one address, no more; mistakes are not counted.
    for (handle, status) in [("dave", 200), ("erin", 200), ("frank", 429)] {
        let email: &str = &format!("{handle}@lab.example");
        let fields = asking(handle, email);
        let answer = fill(&lab.browser(), "/register", &fields).await;
        assert_eq!(answer.status, status, "{handle}: {}", answer.text);
        if status == 429 {
            assert!(!answer.header("retry-after").is_empty());
        }
    }
}

/// The token of an app that speaks for itself.
async fn app(lab: &Lab) -> Member {
    let stranger = lab.stranger();
    let app = stranger
        .post(
            "/api/v1/apps",
            json!({
                "client_name": "Essai",
                "redirect_uris": "urn:ietf:wg:oauth:2.0:oob",
                "scopes": "read write"
            }),
        )
        .await;
    let token = stranger
        .post(
            "/oauth/token",
            json!({
                "grant_type": "client_credentials",
                "client_id": app["client_id"],
                "client_secret": app["client_secret"],
                "scope": "read write"
            }),
        )
        .await;
    let mut member = stranger;
    token["access_token"]
        .as_str()
        .expect("a token")
        .clone_into(&mut member.token);
    member
}

async fn apps_make_accounts(db: Db) {
    let mailbox = Mailbox::start().await;
    let lab = mailbox
        .serve(Lab::builder(db).set("accounts.registration", "approval"))
        .start()
        .await;
    let app = app(&lab).await;
    let create = |body: Value| {
        let app = app.clone();
        async move { app.ask(Method::POST, "/api/v1/accounts", Some(&body)).await }
    };
    let (status, answer) = create(json!({
        "username": "tilab", "email": "x", "password": "court", "agreement": false
    }))
    .await;
    assert_eq!(status, 422);
    let details = &answer["details"];
    assert_eq!(details["username"][0]["error"], "ERR_TAKEN");
    assert_eq!(details["email"][0]["error"], "ERR_INVALID");
    assert_eq!(details["password"][0]["error"], "ERR_TOO_SHORT");
    assert_eq!(details["agreement"][0]["error"], "ERR_ACCEPTED");
    assert_eq!(details["reason"][0]["error"], "ERR_BLANK");
    let good = json!({
        "username": "gael", "email": "gale@lab.example", "password": PASSWORD,
        "agreement": true, "locale": "en", "reason": "I run a workshop."
    });
    let mut nobody = lab.stranger();
    assert_eq!(
        nobody
            .ask(Method::POST, "/api/v1/accounts", Some(&good))
            .await
            .0,
        401
    );
    let (status, token) = create(good).await;
    assert_eq!(status, 200, "{token}");
    assert_eq!(token["token_type"], "Bearer");
    assert!(token["created_at"].is_i64(), "{token}");
    nobody.token = token["access_token"].as_str().expect("a token").to_owned();
    let gael = nobody;
    let own = "/api/v1/apps/verify_credentials";
    let refusal = gael.ask(Method::GET, own, None).await;
    assert_eq!(refusal.0, 403);
    assert!(
        refusal.1["error"]
            .as_str()
            .is_some_and(|why| why.contains("confirmed"))
    );
    assert_eq!(gael.get("/api/v1/emails/check_confirmation").await, false);

    // The address was mistyped: the first link works no more.
    let first = mailbox.take("gale@lab.example", "/confirm/").await;
    assert!(first.text.contains("open this link"), "{}", first.text);
    let again = "/api/v1/emails/confirmations";
    assert_eq!(
        gael.post(again, json!({ "email": "gael@lab.example" }))
            .await,
        json!({})
    );
    let second = mailbox.take("gael@lab.example", "/confirm/").await;
    let browser = lab.browser();
    assert_eq!(
        fill(&browser, &first.path("/confirm/"), &[]).await.status,
        404
    );
    assert_eq!(
        fill(&browser, &second.path("/confirm/"), &[]).await.status,
        200
    );
    assert_eq!(gael.get("/api/v1/emails/check_confirmation").await, true);
    assert_eq!(gael.ask(Method::POST, again, Some(&json!({}))).await.0, 403);
    let refusal = gael.ask(Method::GET, own, None).await;
    assert!(
        refusal.1["error"]
            .as_str()
            .is_some_and(|why| why.contains("approval"))
    );
    lab.run(&["account", "approve", "gael"]);
    assert_eq!(gael.get(own).await["name"], "Essai");

    // An invitation needs no reason and nobody's word.
    let link = invite(&lab, &["--community", "tilab"]);
    let code = link.rsplit('/').next().expect("a secret");
    let (status, answer) = create(json!({
        "username": "invite", "email": "invite@lab.example", "password": PASSWORD,
        "agreement": true, "invite_code": code
    }))
    .await;
    assert_eq!(status, 200, "{answer}");
    let mail = mailbox.take("invite@lab.example", "/confirm/").await;
    fill(&browser, &mail.path("/confirm/"), &[]).await;
    assert!(is_member(&lab, "invite"));
    let (status, _) = create(json!({
        "username": "encore", "email": "encore@lab.example", "password": PASSWORD,
        "agreement": true, "invite_code": code
    }))
    .await;
    assert_eq!(status, 422, "the link is used up");
}

async fn without_mail_nothing_waits_for_it(db: Db) {
    let lab = Lab::start(db).await;
    let browser = lab.browser();
    let answer = fill(
        &browser,
        &invite(&lab, &[]),
        &form("zoe", "zoe@lab.example"),
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(
        answer.text.contains("Votre compte est prêt"),
        "{}",
        answer.text
    );
    let entered = browser.log_in("/login", "zoe", PASSWORD).await;
    assert_eq!(entered.status, 303, "{}", entered.text);
    let reset = lab.browser().get("/password/reset").await;
    assert!(
        reset.text.contains("n’envoie pas de courrier"),
        "{}",
        reset.text
    );
    let test = lab.cli(&["mail", "test", "essai@lab.example"]);
    assert!(String::from_utf8_lossy(&test.stderr).contains("mail.host"));
    // Nobody makes accounts from apps here without an invitation.
    let app = app(&lab).await;
    let body = json!({
        "username": "yann", "email": "yann@lab.example", "password": PASSWORD,
        "agreement": true, "reason": "Pour voir."
    });
    let (status, _) = app.ask(Method::POST, "/api/v1/accounts", Some(&body)).await;
    assert_eq!(status, 403);
}

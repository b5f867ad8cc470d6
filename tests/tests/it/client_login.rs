//! Logging in with a browser: passwords, limits, sessions and their end.

use archipel_tests::browser::{all_between, leads_to};
use archipel_tests::{Db, Lab, both};
use reqwest::Method;

both!(
    members_log_in_and_see_what_is_logged_in,
    trying_is_limited_but_not_for_ever,
);

const PASSWORD: &str = "le phare au bout du quai";

async fn members_log_in_and_see_what_is_logged_in(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("essai");
    let short = lab.cli_with(&["account", "password", "essai"], "court");
    assert!(!short.status.success());
    lab.password("essai", PASSWORD);

    // Members' pages lead to the login and back, and never elsewhere.
    let browser = lab.browser();
    let away = browser.get("/settings/sessions?lang=en").await;
    assert_eq!(away.status, 303);
    let login = leads_to(&away);
    assert_eq!(login, "/login?next=%2Fsettings%2Fsessions%3Flang%3Den");
    let page = browser.get(&login).await;
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.text.contains("lang=\"fr\""));
    let wrong = [("name", "essai"), ("password", "le phare au bout du quay")];
    let refused = browser.submit(&page, "/login", &wrong).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("erroné"), "{}", refused.text);
    let unknown = [("name", "personne"), ("password", PASSWORD)];
    let unknown = browser.submit(&page, "/login", &unknown).await;
    assert_eq!(unknown.status, 422);
    assert!(unknown.text.contains("erroné"), "{}", unknown.text);
    // By the whole handle too.
    let handle = format!("@essai@{}", lab.authority());
    let fields = [("name", handle.as_str()), ("password", PASSWORD)];
    let entered = browser.submit(&page, "/login", &fields).await;
    assert_eq!(leads_to(&entered), "/settings/sessions?lang=en");
    let cookie = entered.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    for elsewhere in ["https://evil.example", "//evil.example", "/\\evil.example"] {
        let next: String = url::form_urlencoded::byte_serialize(elsewhere.as_bytes()).collect();
        let answer = browser.get(&format!("/login?next={next}")).await;
        assert_eq!(leads_to(&answer), "/settings/sessions", "{elsewhere}");
    }

    // They see their browsers and apps, and end them.
    let second = lab.logged_in("essai", PASSWORD).await;
    let app = lab.member("essai");
    assert_eq!(app.status("/api/v1/apps/verify_credentials").await, 200);
    let page = browser.get("/settings/sessions").await;
    assert_eq!(page.header("cache-control"), "no-store");
    let sessions = all_between(&page.text, "name=\"session\" value=\"", "\"");
    assert_eq!(sessions.len(), 1, "{}", page.text);
    let apps = all_between(&page.text, "name=\"app\" value=\"", "\"");
    assert_eq!(apps.len(), 1, "{}", page.text);
    let end = [("app", apps.first().expect("an app").as_str())];
    let target = "/settings/sessions";
    // Without the token of the page nothing ends.
    assert_eq!(browser.post(target, &end).await.status, 403);
    assert_eq!(app.status("/api/v1/apps/verify_credentials").await, 200);
    assert_eq!(browser.submit(&page, target, &end).await.status, 303);
    assert_eq!(app.status("/api/v1/apps/verify_credentials").await, 401);
    let end = [("session", sessions.first().expect("a session").as_str())];
    assert_eq!(browser.submit(&page, target, &end).await.status, 303);
    assert_eq!(second.get(target).await.status, 303);
    assert_eq!(browser.get(target).await.status, 200);
    // Not those of others.
    lab.account("autre");
    lab.password("autre", PASSWORD);
    let other = lab.logged_in("autre", PASSWORD).await;
    let page = other.get(target).await;
    let third = lab.logged_in("essai", PASSWORD).await;
    let mine = browser.get(target).await;
    let sessions = all_between(&mine.text, "name=\"session\" value=\"", "\"");
    let csrf = archipel_tests::browser::token(&page);
    let end = [
        ("csrf", csrf.as_str()),
        ("session", sessions.first().expect("a session").as_str()),
    ];
    assert_eq!(other.post(target, &end).await.status, 303);
    assert_eq!(third.get(target).await.status, 200);

    // Logging out ends the session on the server.
    let page = browser.get(target).await;
    let before = browser.cookie("session").expect("a session");
    let forged = browser.post("/logout", &[]).await;
    assert_eq!(forged.status, 403);
    let out = browser.submit(&page, "/logout", &[]).await;
    assert_eq!(out.status, 200, "{}", out.text);
    assert_eq!(browser.cookie("session"), None);
    browser.set_cookie("session", &before);
    assert_eq!(browser.get(target).await.status, 303);

    // A new password logs out, and the old one is none any more.
    let browser = lab.logged_in("essai", PASSWORD).await;
    lab.password("essai", "un tout autre mot de passe");
    assert_eq!(browser.get(target).await.status, 303);
    let refused = browser.log_in("/login", "essai", PASSWORD).await;
    assert_eq!(refused.status, 422);
    // Who is suspended is out, and told so with the right password alone.
    let browser = lab.logged_in("essai", "un tout autre mot de passe").await;
    lab.run(&["account", "suspend", "essai", "--yes"]);
    assert_eq!(browser.get(target).await.status, 303);
    let browser = lab.browser();
    let refused = browser
        .log_in("/login", "essai", "un tout autre mot de passe")
        .await;
    assert!(refused.text.contains("suspendu"), "{}", refused.text);
}

async fn trying_is_limited_but_not_for_ever(db: Db) {
    let lab = Lab::builder(db)
        .set("server.trusted_proxies", "127.0.0.1")
        .start()
        .await;
    lab.account("essai");
    lab.password("essai", PASSWORD);
    let browser = lab.browser();
    let page = browser.get("/login").await;
    let csrf = archipel_tests::browser::token(&page);
    let attempt = async |from: &str, password: &str| {
        let body: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("csrf", csrf.as_str()), ("name", "essai")])
            .append_pair("password", password)
            .finish();
        let request = browser
            .request(Method::POST, "/login")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-forwarded-for", from)
            .body(body);
        browser.send(request).await
    };
    // Where somebody was in before, the tries of others do not keep them out.
    let home = "198.51.100.1";
    assert_eq!(attempt(home, PASSWORD).await.status, 303);
    let mut refused = 0;
    for _ in 0..10 {
        if attempt("203.0.113.7", "wrong").await.status == 422 {
            refused += 1;
        }
    }
    assert_eq!(refused, 10);
    let limited = attempt("203.0.113.7", PASSWORD).await;
    assert_eq!(limited.status, 429, "{}", limited.text);
    let wait: u64 = limited.header("retry-after").parse().expect("seconds");
    assert!((1..=300).contains(&wait), "{wait}");
    // From everywhere: the account is guarded for a while, strangers wait longer.
    for host in 0..15 {
        let from = format!("203.0.113.{}", host + 20);
        assert_eq!(attempt(&from, "wrong").await.status, 422);
    }
    let limited = attempt("203.0.113.99", PASSWORD).await;
    assert_eq!(limited.status, 429, "{}", limited.text);
    let wait: u64 = limited.header("retry-after").parse().expect("seconds");
    assert!((300..=3600).contains(&wait), "{wait}");
    assert_eq!(attempt(home, PASSWORD).await.status, 303);
}

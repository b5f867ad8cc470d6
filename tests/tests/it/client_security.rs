//! What an account is logged in by: forgotten and changed passwords, another e-mail
//! address, the second factor.

use archipel_tests::browser::{Browser, all_between, token};
use archipel_tests::mailbox::Mailbox;
use archipel_tests::surface::Answer;
use archipel_tests::{Db, Lab, both};
use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};
use std::time::{SystemTime, UNIX_EPOCH};

both!(
    a_forgotten_password_is_replaced,
    password_and_address_are_changed,
    a_second_factor_is_asked_for,
);

const PASSWORD: &str = "brume citron phare quai";
const OTHER: &str = "tambour ficelle orage bol";

async fn fill(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(path).await;
    let csrf = token(&page);
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend(fields);
    browser.post(path, &all).await
}

/// An account with a confirmed address, made by invitation.
async fn resident(lab: &Lab, mailbox: &Mailbox, handle: &str) {
    let link = lab.run(&["invite", "create"]);
    let browser = lab.browser();
    let email = format!("{handle}@lab.example");
    let fields = [
        ("handle", handle),
        ("email", email.as_str()),
        ("password", PASSWORD),
        ("agreement", "1"),
    ];
    fill(&browser, link.trim(), &fields).await;
    let mail = mailbox.take(&email, "/confirm/").await;
    let answer = fill(&browser, &mail.path("/confirm/"), &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

async fn a_forgotten_password_is_replaced(db: Db) {
    let mailbox = Mailbox::start().await;
    let lab = mailbox.serve(Lab::builder(db)).start().await;
    resident(&lab, &mailbox, "alice").await;
    let before = lab.logged_in("alice", PASSWORD).await;
    let app = lab.member("alice");
    assert_eq!(app.status("/api/v1/apps/verify_credentials").await, 200);

    // Whether there is such an account is not told.
    let browser = lab.browser();
    let known = fill(
        &browser,
        "/password/reset",
        &[("email", "alice@lab.example")],
    )
    .await;
    let unknown = fill(&browser, "/password/reset", &[("email", "bob@lab.example")]).await;
    assert_eq!(known.status, 200);
    assert_eq!((known.status, &known.text), (unknown.status, &unknown.text));
    let junk = fill(&browser, "/password/reset", &[("email", "junk")]).await;
    assert_eq!(junk.status, 422);
    let forged = browser
        .post("/password/reset", &[("email", "alice@lab.example")])
        .await;
    assert_eq!(forged.status, 403);
    let first = mailbox.take("alice@lab.example", "/password/reset/").await;
    // A later link ends an earlier one.
    fill(
        &browser,
        "/password/reset",
        &[("email", "alice@lab.example")],
    )
    .await;
    let second = mailbox.take("alice@lab.example", "/password/reset/").await;
    let (first, second) = (
        first.path("/password/reset/"),
        second.path("/password/reset/"),
    );
    assert_eq!(browser.get(&first).await.status, 404);
    assert_eq!(browser.get(&second).await.status, 200);
    let weak = fill(&browser, &second, &[("password", "motdepasse123")]).await;
    assert_eq!(weak.status, 422);
    let done = fill(&browser, &second, &[("password", OTHER)]).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(browser.get(&second).await.status, 404, "it works once");
    mailbox.take("alice@lab.example", "vient de changer").await;

    // Everything that was logged in with the old one is out.
    assert_eq!(before.get("/settings").await.status, 303);
    assert_eq!(app.status("/api/v1/apps/verify_credentials").await, 401);
    assert_eq!(
        lab.browser()
            .log_in("/login", "alice", PASSWORD)
            .await
            .status,
        422
    );
    assert_eq!(
        lab.browser().log_in("/login", "alice", OTHER).await.status,
        303
    );

    // Three from this address were counted, two more are; nobody is mailed any more.
    for status in [200, 200, 429] {
        let answer = fill(
            &browser,
            "/password/reset",
            &[("email", "carl@lab.example")],
        )
        .await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    assert!(
        mailbox
            .all()
            .iter()
            .all(|mail| mail.to == "alice@lab.example")
    );
}

async fn password_and_address_are_changed(db: Db) {
    let mailbox = Mailbox::start().await;
    let lab = mailbox.serve(Lab::builder(db)).start().await;
    resident(&lab, &mailbox, "alice").await;
    resident(&lab, &mailbox, "bob").await;
    let browser = lab.logged_in("alice", PASSWORD).await;
    let second = lab.logged_in("alice", PASSWORD).await;
    let app = lab.member("alice");
    let page = browser.get("/settings/security").await;
    assert_eq!(page.header("cache-control"), "no-store");
    let forged = [("present", PASSWORD), ("password", OTHER)];
    assert_eq!(
        browser.post("/settings/password", &forged).await.status,
        403
    );
    for (present, password, words) in [
        (OTHER, OTHER, "mot de passe actuel"),
        (PASSWORD, "court", "au moins 12"),
        (PASSWORD, "alicealicealice", "facile à deviner"),
    ] {
        let fields = [("present", present), ("password", password)];
        let answer = browser.submit(&page, "/settings/password", &fields).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text.contains(words), "{words}: {}", answer.text);
    }
    let fields = [("present", PASSWORD), ("password", OTHER)];
    let answer = browser.submit(&page, "/settings/password", &fields).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(browser.get("/settings").await.status, 200, "this one stays");
    assert_eq!(second.get("/settings").await.status, 303);
    assert_eq!(app.status("/api/v1/apps/verify_credentials").await, 200);
    let fields = [("present", OTHER), ("password", PASSWORD), ("apps", "1")];
    browser.submit(&page, "/settings/password", &fields).await;
    assert_eq!(app.status("/api/v1/apps/verify_credentials").await, 401);

    // Another address counts once it is confirmed, and the old one hears of it.
    let fields = [("present", PASSWORD), ("email", "alice@ailleurs.example")];
    let answer = browser.submit(&page, "/settings/email", &fields).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let mail = mailbox
        .take("alice@ailleurs.example", "/settings/email/")
        .await;
    let settings = browser.get("/settings").await;
    assert!(
        settings.text.contains("alice@lab.example"),
        "{}",
        settings.text
    );
    let link = mail.path("/settings/email/");
    let elsewhere = lab.browser();
    assert_eq!(fill(&elsewhere, &link, &[]).await.status, 200);
    assert_eq!(fill(&elsewhere, &link, &[]).await.status, 404);
    let settings = browser.get("/settings").await;
    assert!(
        settings.text.contains("alice@ailleurs.example"),
        "{}",
        settings.text
    );
    mailbox.take("alice@lab.example", "n’écrirons plus").await;

    // One that is somebody else's is not given, and only they hear of it.
    let fields = [("present", PASSWORD), ("email", "bob@lab.example")];
    let taken = browser.submit(&page, "/settings/email", &fields).await;
    let before = answer
        .text
        .replace("alice@lab.example", "alice@ailleurs.example");
    assert_eq!((answer.status, before), (taken.status, taken.text));
    let told = mailbox.take("bob@lab.example", "déjà").await;
    assert!(!told.text.contains("/settings/email/"), "{}", told.text);
}

/// The code of an authenticator, so many steps from now.
#[expect(
    clippy::disallowed_methods,
    reason = "what an authenticator shows depends on the hour"
)]
fn code(secret: &str, offset: i64) -> String {
    let mut bits = String::new();
    for letter in secret.bytes().filter(u8::is_ascii_alphanumeric) {
        let value = match letter.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit => digit - b'2' + 26,
        };
        bits.extend(
            (0..5)
                .rev()
                .map(|bit| if value >> bit & 1 == 1 { '1' } else { '0' }),
        );
    }
    let bytes: Vec<u8> = bits
        .as_bytes()
        .chunks_exact(8)
        .filter_map(|byte| u8::from_str_radix(std::str::from_utf8(byte).ok()?, 2).ok())
        .collect();
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a time");
    let step = i64::try_from(now.as_secs() / 30).expect("a step") + offset;
    let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes);
    let tag = sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[19] & 15);
    let word = u32::from_be_bytes([tag[at] & 127, tag[at + 1], tag[at + 2], tag[at + 3]]);
    format!("{:06}", word % 1_000_000)
}

/// Waits for the beginning of a step where little of the present one is left, so that
/// no step ends while codes of three of them are tried.
#[expect(
    clippy::disallowed_methods,
    reason = "what an authenticator shows depends on the hour"
)]
async fn early_in_a_step() {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a time");
    let into = now.as_millis() % 30_000;
    if into > 18_000 {
        let rest = u64::try_from(30_000 - into).expect("a wait");
        tokio::time::sleep(std::time::Duration::from_millis(rest)).await;
    }
}

async fn give(lab: &Lab, code: &str) -> Answer {
    let browser = lab.browser();
    let first = browser.log_in("/login", "alice", PASSWORD).await;
    assert_eq!(first.status, 303, "{}", first.text);
    let page = browser.follow(&first).await;
    browser
        .submit(&page, "/login/code", &[("code", code)])
        .await
}

async fn a_second_factor_is_asked_for(db: Db) {
    let mailbox = Mailbox::start().await;
    let lab = mailbox.serve(Lab::builder(db)).start().await;
    resident(&lab, &mailbox, "alice").await;
    let browser = lab.logged_in("alice", PASSWORD).await;
    let page = browser.get("/settings/security").await;
    let wrong = browser
        .submit(&page, "/settings/code/begin", &[("present", OTHER)])
        .await;
    assert_eq!(wrong.status, 422);
    let enrol = browser
        .submit(&page, "/settings/code/begin", &[("present", PASSWORD)])
        .await;
    assert_eq!(enrol.status, 200, "{}", enrol.text);
    assert!(enrol.text.contains("<svg") && !enrol.text.contains("<?xml"));
    let secret = all_between(&enrol.text, "<code>", "</code>").remove(0);
    // Until a code was given, nothing is asked for.
    assert_eq!(
        lab.browser()
            .log_in("/login", "alice", PASSWORD)
            .await
            .status,
        303
    );
    let wrong = browser
        .submit(&enrol, "/settings/code", &[("code", "000000")])
        .await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains(&secret), "the key stays the same");

    early_in_a_step().await;
    let first = code(&secret, -1);
    let codes = browser
        .submit(&enrol, "/settings/code", &[("code", &first)])
        .await;
    assert_eq!(codes.status, 200, "{}", codes.text);
    let recovery = all_between(&codes.text, "<code>", "</code>");
    assert_eq!(recovery.len(), 10);
    mailbox
        .take("alice@lab.example", "demande maintenant aussi")
        .await;

    // Each code works once, and no earlier one after it.
    let second = code(&secret, 0);
    assert_eq!(give(&lab, &first).await.status, 422);
    assert_eq!(give(&lab, &second).await.status, 303);
    assert_eq!(give(&lab, &second).await.status, 422);
    assert_eq!(give(&lab, &recovery[0].to_uppercase()).await.status, 303);
    assert_eq!(give(&lab, &recovery[0]).await.status, 422);
    let page = browser.get("/settings/security").await;
    assert!(page.text.contains("restants\u{a0}: 9"), "{}", page.text);

    // New recovery codes end the old ones; turning it off takes password and code.
    let fields = [("present", PASSWORD), ("code", recovery[1].as_str())];
    let renewed = browser
        .submit(&page, "/settings/code/recovery", &fields)
        .await;
    let fresh = all_between(&renewed.text, "<code>", "</code>");
    assert_eq!(fresh.len(), 10, "{}", renewed.text);
    assert_eq!(give(&lab, &recovery[2]).await.status, 422);
    for (present, code) in [(OTHER, fresh[0].as_str()), (PASSWORD, "000000")] {
        let csrf = token(&page);
        let fields = [
            ("csrf", csrf.as_str()),
            ("present", present),
            ("code", code),
        ];
        assert_eq!(
            browser.post("/settings/code/end", &fields).await.status,
            422
        );
    }
    let csrf = token(&page);
    let fields = [
        ("csrf", csrf.as_str()),
        ("present", PASSWORD),
        ("code", fresh[0].as_str()),
    ];
    assert_eq!(
        browser.post("/settings/code/end", &fields).await.status,
        200
    );
    mailbox.take("alice@lab.example", "ne demande plus").await;
    let plain = lab.browser().log_in("/login", "alice", PASSWORD).await;
    assert_eq!(
        archipel_tests::browser::leads_to(&plain),
        "/settings/sessions"
    );
}

//! Bombs, floods and slow hosts: that the lab stays up, and serves everybody else.

use std::time::Duration;

use archipel_tests::peer::Keys;
use archipel_tests::peer::mastodon::Toot;
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Hostile, Lab, PUBLIC, Peer, Reply, both, eventually};
use serde_json::{Value, json};

use crate::attacks::{create, fate, follow_by, shown};

both!(
    f12_html_bombs,
    characters_that_databases_refuse,
    two_readings_of_one_body,
    a_large_outbox_stays_small,
    d5_slow_hosts_delay_nobody_else,
    a_slow_thread_is_fetched_once,
    an_answer_that_has_to_wait_costs_nothing
);

/// F12: HTML that grows, nests and repeats.
async fn f12_html_bombs(db: Db) {
    let lab = Lab::start(db).await;
    let peer = Peer::start(Family::Mastodon).await;
    let eve = peer.person_with("eve", Keys::shared(0));
    let size = 900_000;
    for (n, piece) in [
        "<b>",
        "<blockquote>",
        "<ul><li>",
        "&",
        "&amp",
        "<a href=x ",
        "<p a=1 b=2 ",
        "<table><tr>",
        "<a><p>",
        "</b><b><p>",
        "<svg><math>",
        "<!--",
        "<![CDATA[",
        "<template>",
        "<select><option>",
    ]
    .iter()
    .enumerate()
    {
        let mut post = create(&lab, &eve, &peer.url(&format!("/o/{n}")));
        let bomb = piece.repeat(size / piece.len());
        post["object"]["content"] = json!(bomb);
        post["object"]["name"] = json!(piece.repeat(400));
        eve.says(&lab, &post).await;
        fate(&lab, &post).await;
    }
    let last = Toot::by(&eve, "Toujours là")
        .to_group(&lab.community("tilab"))
        .post();
    eve.says_and_is_heard(&lab, &last.create).await;
    assert!(shown(&lab).await.contains(&last.id));
    assert!(lab.heard(&["quarantined"]).is_empty());
}

/// NUL where text is kept, lone surrogates, and what is no text at all: never a
/// status that makes peers repeat it, and nobody else's activity is turned away.
async fn characters_that_databases_refuse(db: Db) {
    let lab = Lab::start(db).await;
    let peer = Peer::start(Family::Mastodon).await;
    let eve = peer.person_with("eve", Keys::shared(0));
    let base = create(&lab, &eve, &peer.url("/o/1"));
    let with = |pointer: &str, value: Value| {
        let mut changed = base.clone();
        changed["id"] = json!(eve.activity_id("odd"));
        *changed.pointer_mut(pointer).expect("a member") = value;
        changed
    };
    for odd in [
        with("/type", json!("Create\u{0}")),
        with("/type", json!(["\u{0}"])),
        with("/object", json!("\u{0}")),
        with(
            "/object",
            json!({ "id": "\u{0}", "object": { "id": "a\u{0}" } }),
        ),
        with(
            "/object",
            json!({ "type": "Follow\u{0}", "object": "\u{0}" }),
        ),
        with("/object/id", json!(format!("{}\u{0}", peer.url("/o/2")))),
        with("/object/type", json!("Note\u{0}")),
        with("/object/content", json!("a\u{0}b")),
        with("/object/attributedTo", json!("\u{0}")),
    ] {
        let status = eve.say(&lab, &odd).await.status.as_u16();
        assert!(matches!(status, 202 | 400), "{status} for {odd}");
    }
    let lone = base.to_string().replace("<p>x</p>", "\\ud83d");
    let answer = eve.deliver(&lab, "/inbox").send(lone.into_bytes()).await;
    assert_eq!(answer.status, 400);
    let last = Toot::by(&eve, "Toujours là")
        .to_group(&lab.community("tilab"))
        .post();
    eve.says_and_is_heard(&lab, &last.create).await;
    assert!(shown(&lab).await.contains(&last.id));
}

/// What could be read in two ways, or by few, is not passed on: members that occur
/// twice, and JSON that is nested deeper than anybody needs.
async fn two_readings_of_one_body(db: Db) {
    let lab = Lab::start(db).await;
    let peer = Peer::start(Family::Mastodon).await;
    let eve = peer.person_with("eve", Keys::shared(0));
    let plain = create(&lab, &eve, &peer.url("/o/1")).to_string();
    let twice = plain.replacen('{', "{\"object\":{\"id\":\"http://bob.test/1\"},", 1);
    let inside = plain.replacen(
        "\"attributedTo\"",
        "\"attributedTo\":\"http://bob.test/bob\",\"attributedTo\"",
        1,
    );
    let deep = plain.replacen(
        '{',
        &format!("{{\"x\":{}1{},", "[".repeat(110), "]".repeat(110)),
        1,
    );
    for body in [twice, inside, deep] {
        let answer = eve
            .deliver(&lab, "/inbox")
            .send(body.clone().into_bytes())
            .await;
        assert_eq!(answer.status, 400, "{body}");
    }
    assert!(lab.inbox().is_empty());
}

/// Large posts do not make the outbox, which anybody can ask for, larger and larger.
async fn a_large_outbox_stays_small(db: Db) {
    let lab = Lab::start(db).await;
    let peer = Peer::start(Family::Mastodon).await;
    let eve = peer.person_with("eve", Keys::shared(0));
    for n in 0..8 {
        let mut post = create(&lab, &eve, &peer.url(&format!("/o/{n}")));
        post["object"]["junk"] = json!("x".repeat(500_000));
        eve.says(&lab, &post).await;
        fate(&lab, &post).await;
    }
    let answer = lab.get("/c/tilab/outbox", "*/*").await;
    assert!(answer.text.len() < 1_500_000, "{}", answer.text.len());
}

/// D5: a hundred activities that need a host which hardly answers, and one that
/// needs a healthy one.
async fn d5_slow_hosts_delay_nobody_else(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let tarpit = Hostile::start().await;
    tarpit.answers(|_| Reply::status(404).after(Duration::from_mins(1)));
    let peer = Peer::start(Family::Mastodon).await;
    let (eve, alice) = (
        peer.person_with("eve", Keys::shared(0)),
        peer.person_with("alice", Keys::shared(1)),
    );
    for n in 0..100 {
        let mut post = create(&lab, &eve, &peer.url(&format!("/o/{n}")));
        post["object"]["inReplyTo"] = json!(tarpit.url(&format!("/o/{n}")));
        eve.says(&lab, &post).await;
    }
    let home = Peer::start(Family::Mastodon).await;
    let bob = home.person_with("bob", Keys::shared(0));
    let parent = Toot::by(&bob, "Ailleurs").post();
    let answer = Toot::by(&alice, "Réponse")
        .to_group(&group)
        .reply_to(&parent.id)
        .post();
    alice.says(&lab, &answer.create).await;
    assert_eq!(fate(&lab, &answer.create).await, "done");
}

/// A thread that takes longer to fetch than any lease lasts is fetched once, and
/// the activity is not taken for one that crashes.
async fn a_slow_thread_is_fetched_once(db: Db) {
    let lab = Lab::start(db).await;
    let host = Hostile::start().await;
    let eve = host.person("eve", Keys::shared(0));
    let (document, base, author) = (
        host.document_of(&eve, "Person"),
        host.base().to_owned(),
        eve.id.clone(),
    );
    host.answers(move |target| {
        let Some(n) = target
            .strip_prefix("/o/")
            .and_then(|n| n.parse::<u64>().ok())
        else {
            return Reply::document(&document);
        };
        let mut note = json!({
            "id": format!("{base}/o/{n}"), "type": "Note", "attributedTo": author,
            "content": "x", "to": [PUBLIC],
        });
        if n < 5 {
            note["inReplyTo"] = json!(format!("{base}/o/{}", n + 1));
        }
        Reply::document(&note).after(Duration::from_secs(8))
    });
    let mut post = create(&lab, &eve, &host.url("/start"));
    post["object"]["inReplyTo"] = json!(host.url("/o/1"));
    eve.says(&lab, &post).await;
    eventually("the reply", Duration::from_secs(90), || async {
        let rows = lab.heard(&["done"]);
        rows.iter()
            .any(|row| row["activity_uri"] == post["id"])
            .then_some(())
    })
    .await;
    let asked = host.seen();
    for n in 1..=5 {
        let path = format!("/o/{n}");
        let times = asked.iter().filter(|target| **target == path).count();
        assert_eq!(times, 1, "{path}: {asked:?}");
    }
}

/// A peer that puts off one thing, with another about the same object behind it: the
/// lab waits, and does not turn in circles meanwhile.
async fn an_answer_that_has_to_wait_costs_nothing(db: Db) {
    let lab = Lab::start(db).await;
    let host = Hostile::start().await;
    let eve = host.person("eve", Keys::shared(0));
    let document = host.document_of(&eve, "Person");
    host.answers(move |_| Reply::document(&document));
    host.takes_posts_with(401);
    for n in 0..3 {
        let mut follow = follow_by(&eve, &lab.community("tilab"));
        follow["id"] = json!(format!("{}#follows/{n}", eve.id));
        eve.says_and_is_heard(&lab, &follow).await;
    }
    eventually("the first try", PATIENCE, || async {
        (host.posted() > 0).then_some(())
    })
    .await;
    let before = lab.cpu_time();
    tokio::time::sleep(Duration::from_secs(4)).await;
    let used = lab.cpu_time().saturating_sub(before);
    assert!(used < Duration::from_millis(1500), "{used:?} in 4 s");
}

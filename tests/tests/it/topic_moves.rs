//! Threads that are moved from one community of this server to another.

use archipel_tests::peer::mastodon::Toot;
use archipel_tests::peer::{Person, threadiverse};
use archipel_tests::{Db, Family, Lab, PUBLIC, both};
use serde_json::{Value, json};

use crate::attacks::fate;
use crate::posting::follower;

both!(a_thread_is_moved_with_all_that_answers_it);

fn moving(by: &Person, thread: &str, from: &str, to: &str) -> Value {
    json!({
        "id": by.activity_id("move"), "type": "Move", "actor": by.id, "object": thread,
        "origin": from, "target": to, "to": [PUBLIC], "cc": [from],
    })
}

fn threads(lab: &Lab, community: &str) -> Value {
    lab.json(&["community", "show", community])["threads"].clone()
}

/// The first loses it, the second shows it, both say so; who moderates only elsewhere
/// moves nothing, and nothing is moved to another server.
async fn a_thread_is_moved_with_all_that_answers_it(db: Db) {
    let lab = Lab::start(db).await;
    let (tilab, utilo) = (lab.community("tilab"), lab.community("utilo"));
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (piefed, paul) = follower(&lab, Family::PieFed, "paul").await;
    paul.says(&lab, &threadiverse::follow(&paul, &utilo)).await;
    alice
        .says(
            &lab,
            &archipel_tests::peer::mastodon::follow(&alice, &utilo),
        )
        .await;
    let toot = Toot::by(&alice, "Un").to_group(&tilab).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    let boost = microblog.hears_announce_of(&toot.id).await;
    let reply = threadiverse::comment(&paul, &tilab, &toot.id, &alice.id, "Deux");
    paul.says_and_is_heard(&lab, &reply.create).await;

    let by_nobody = moving(&paul, &toot.id, &tilab, &utilo);
    paul.says(&lab, &by_nobody).await;
    assert_eq!(fate(&lab, &by_nobody).await, "refused");
    lab.run(&["moderator", "add", "tilab", &paul.id]);
    for (object, from, to) in [
        (&toot.id, &utilo, &tilab),
        (&toot.id, &tilab, &piefed.url("/c/velo")),
        (&reply.id, &tilab, &utilo),
    ] {
        let wrong = moving(&paul, object, from, to);
        paul.says(&lab, &wrong).await;
        assert_eq!(fate(&lab, &wrong).await, "refused", "{wrong}");
    }
    lab.run(&["community", "set", "utilo", "--post", "moderators"]);
    let unwelcome = moving(&paul, &toot.id, &tilab, &utilo);
    paul.says(&lab, &unwelcome).await;
    assert_eq!(
        fate(&lab, &unwelcome).await,
        "refused",
        "he may not post there"
    );
    lab.run(&["community", "set", "utilo", "--post", "everyone"]);

    let moved = moving(&paul, &toot.id, &tilab, &utilo);
    paul.says(&lab, &moved).await;
    assert_eq!(fate(&lab, &moved).await, "done");
    assert_eq!(
        (threads(&lab, "tilab"), threads(&lab, "utilo")),
        (json!(0), json!(1))
    );
    for group in [&tilab, &utilo] {
        let heard = piefed
            .hears("Announce", |said| {
                said["actor"] == **group && said["object"]["type"] == "Move"
            })
            .await;
        assert_eq!(heard["object"], moved);
    }
    let undone = microblog.hears("Undo", |_| true).await;
    assert_eq!(undone["object"]["id"], boost["id"]);
    let shown = microblog
        .hears("Announce", |said| {
            said["actor"] == utilo && said["object"] == toot.id
        })
        .await;
    assert_ne!(shown["id"], boost["id"]);
    let outbox = lab.outbox("utilo").await;
    assert_eq!(outbox.len(), 1);
    assert_eq!(outbox[0]["object"], toot.create, "as it came");
    assert!(lab.outbox("tilab").await.is_empty());
    for (community, other) in [("tilab", &utilo), ("utilo", &tilab)] {
        let log = lab.list(&["log", community]);
        let row = log
            .iter()
            .find(|row| row["measure"] == "moved")
            .expect("a line");
        assert_eq!(
            (&row["post"], &row["actor"]),
            (&json!(toot.id), &json!(other))
        );
    }
    // It lives on there: an answer is announced by the second, not by the first.
    let late = threadiverse::comment(&paul, &utilo, &toot.id, &alice.id, "Trois");
    paul.says_and_is_heard(&lab, &late.create).await;
    let heard = piefed.hears_announce_of(&late.id).await;
    assert_eq!(heard["actor"], utilo);

    // And back, by somebody here.
    lab.run(&["account", "create", "yann"]);
    lab.run(&["moderator", "add", "utilo", "yann"]);
    lab.run(&[
        "moderate", "move", &toot.id, "--to", "tilab", "--as", "yann",
    ]);
    let back = piefed
        .hears("Announce", |said| {
            said["object"]["actor"] == lab.url("/u/yann")
        })
        .await;
    assert_eq!(back["object"]["type"], "Move");
    assert_eq!(back["object"]["object"], toot.id);
    assert_eq!(back["object"]["origin"], utilo);
    assert_eq!(back["object"]["target"], tilab);
}

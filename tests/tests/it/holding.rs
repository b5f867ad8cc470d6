//! What waits for a moderator besides first posts: edits, requests to join, replies.

use archipel_tests::peer::mastodon::{self, Posted, Toot};
use archipel_tests::peer::threadiverse;
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, Peer, both, eventually};
use serde_json::{Value, json};

use crate::attacks::fate;
use crate::posting::follower;

both!(
    an_edit_waits_where_posts_wait,
    a_wave_covers_edits,
    who_comes_from_an_unknown_server_waits,
    mobilizon_joins_and_leaves,
    a_first_reply_waits_in_each_community
);

/// A Mastodon edit of a status.
fn update(posted: &Posted, text: &str, minute: u8) -> Value {
    let mut update = posted.create.clone();
    update["id"] = json!(format!("{}#updates/{minute}", posted.id));
    update["type"] = json!("Update");
    update["object"]["content"] = json!(format!("<p>{text}</p>"));
    update["object"]["contentMap"] = json!({ "fr": format!("<p>{text}</p>") });
    update["object"]["updated"] = json!(format!("2020-01-01T00:{minute:02}:00Z"));
    update
}

async fn page(lab: &Lab) -> String {
    lab.get("/c/tilab", "text/html").await.text
}

/// The version that was read stays until the next one is; what is approved goes out
/// byte for byte, what is refused is told, what is deleted is dropped.
async fn an_edit_waits_where_posts_wait(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    lab.run(&["community", "set", "tilab", "--hold", "always"]);
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    let toot = Toot::by(&alice, "PREMIER").to_group(&group).post();
    alice.says(&lab, &toot.create).await;
    assert_eq!(fate(&lab, &toot.create).await, "done");
    lab.run(&["held", "approve", "tilab", &toot.id]);
    lemmy.hears_announce_of(&toot.id).await;

    let (second, third) = (update(&toot, "DEUXIEME", 1), update(&toot, "TROISIEME", 2));
    for edit in [&second, &third] {
        alice.says(&lab, edit).await;
        assert_eq!(fate(&lab, edit).await, "done");
    }
    alice.says(&lab, &update(&toot, "TROP VIEUX", 0)).await;
    let waiting = lab.list(&["held", "list", "tilab"]);
    assert_eq!(waiting.len(), 1, "the newest replaced the one before");
    assert_eq!(waiting[0]["kind"], "edit");
    assert!(
        waiting[0]["content"]
            .as_str()
            .is_some_and(|text| text.contains("TROISIEME"))
    );
    assert!(page(&lab).await.contains("PREMIER"));
    let held = microblog
        .hears("Create", |said| {
            said["object"]["content"]
                .to_string()
                .contains("modification")
        })
        .await;
    assert_eq!(held["object"]["inReplyTo"], toot.id);

    lab.run(&["held", "approve", "tilab", &toot.id]);
    let heard = lemmy
        .hears("Announce", |said| said["object"]["type"] == "Update")
        .await;
    assert_eq!(heard["object"], third, "as it came");
    assert!(page(&lab).await.contains("TROISIEME"));

    let fourth = update(&toot, "QUATRIEME", 3);
    alice.says(&lab, &fourth).await;
    assert_eq!(fate(&lab, &fourth).await, "done");
    lab.run(&[
        "held",
        "refuse",
        "tilab",
        &toot.id,
        "--reason",
        "Hors sujet",
    ]);
    microblog
        .hears("Create", |said| {
            let text = said["object"]["content"].to_string();
            text.contains("retenue") && text.contains("Hors sujet")
        })
        .await;
    assert!(page(&lab).await.contains("TROISIEME"));

    let fifth = update(&toot, "CINQUIEME", 4);
    alice.says(&lab, &fifth).await;
    assert_eq!(fate(&lab, &fifth).await, "done");
    assert_eq!(lab.list(&["held", "list", "tilab"]).len(), 1);
    let delete = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "type": "Delete",
        "id": format!("{}#delete", toot.id), "actor": alice.id, "object": toot.id,
    });
    alice.says_and_is_heard(&lab, &delete).await;
    assert!(lab.list(&["held", "list", "tilab"]).is_empty());
    let announced = lemmy.of_type("Announce");
    let updates = announced
        .iter()
        .filter(|said| said["object"]["type"] == "Update");
    assert_eq!(updates.count(), 1);
}

/// B5: in a wave, an innocent post must not become spam by an edit; dropped in one act.
async fn a_wave_covers_edits(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let toot = Toot::by(&alice, "INNOCENT").to_group(&group).post();
    alice.says(&lab, &toot.create).await;
    microblog.hears_announce_of(&toot.id).await;
    lab.run(&["moderate", "wave", "tilab", "on"]);
    let edit = update(&toot, "RECLAME", 1);
    alice.says(&lab, &edit).await;
    assert_eq!(fate(&lab, &edit).await, "done");
    let spam = Toot::by(&alice, "RECLAME aussi").to_group(&group).post();
    alice.says(&lab, &spam.create).await;
    assert_eq!(fate(&lab, &spam.create).await, "done");
    assert_eq!(lab.list(&["held", "list", "tilab"]).len(), 2);
    lab.run(&[
        "held", "refuse", "tilab", "--all", "--reason", "Spam", "--yes",
    ]);
    lab.run(&["moderate", "wave", "tilab", "off"]);
    assert!(lab.list(&["held", "list", "tilab"]).is_empty());
    let shown = page(&lab).await;
    assert!(shown.contains("INNOCENT") && !shown.contains("RECLAME"));
    let later = update(&toot, "CORRIGE", 2);
    alice.says(&lab, &later).await;
    assert_eq!(fate(&lab, &later).await, "done");
    assert!(page(&lab).await.contains("CORRIGE"));
}

/// Where what is unknown is held, whoever comes from an unknown server waits too.
async fn who_comes_from_an_unknown_server_waits(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    lab.run(&["community", "set", "tilab", "--hold-unknown", "true"]);
    let (unknown, friend) = (
        Peer::start(Family::Mastodon).await,
        Peer::start(Family::Mastodon).await,
    );
    let (alice, bob) = (unknown.person("alice"), friend.person("bob"));
    lab.run(&["peer", "allow", &friend.host()]);
    alice
        .says_and_is_heard(&lab, &mastodon::follow(&alice, &group))
        .await;
    bob.says(&lab, &mastodon::follow(&bob, &group)).await;
    friend.hears("Accept", |_| true).await;
    assert_eq!(lab.requests("tilab"), std::slice::from_ref(&alice.id));
    assert!(unknown.of_type("Accept").is_empty());
    lab.run(&["community", "accept", "tilab", &alice.id]);
    unknown.hears("Accept", |_| true).await;
}

/// `Join` and `Leave`, as Mobilizon says them, are a follow and its end.
async fn mobilizon_joins_and_leaves(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let peer = Peer::start(Family::Unknown).await;
    let alice = peer.person("alice");
    let say = |kind: &str| {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams", "type": kind,
            "id": alice.activity_id(kind), "actor": alice.id, "object": group,
            "to": [group], "cc": [],
        })
    };
    let join = say("Join");
    alice.says(&lab, &join).await;
    let accept = peer.hears("Accept", |_| true).await;
    assert_eq!(accept["object"], join);
    assert_eq!(lab.followers("tilab").await, 1);
    alice.says_and_is_heard(&lab, &say("Leave")).await;
    eventually("she left", PATIENCE, || async {
        (lab.followers("tilab").await == 0).then_some(())
    })
    .await;
    // A removal is a `Reject` of what she asked for.
    let again = say("Join");
    alice.says_and_is_heard(&lab, &again).await;
    lab.run(&["community", "reject", "tilab", &alice.id]);
    let reject = peer.hears("Reject", |_| true).await;
    assert_eq!(reject["object"], again);
    assert_eq!(lab.followers("tilab").await, 0);
}

/// `first` counts replies as threads, and each community for itself.
async fn a_first_reply_waits_in_each_community(db: Db) {
    let lab = Lab::start(db).await;
    for community in ["tilab", "utilo"] {
        lab.run(&["community", "set", community, "--hold", "first"]);
    }
    let (_, lena) = follower(&lab, Family::Lemmy, "lena").await;
    lab.account("yann");
    lab.run(&["moderator", "add", "tilab", "yann"]);
    lab.run(&["moderator", "add", "utilo", "yann"]);
    for community in ["tilab", "utilo"] {
        let group = lab.community(community);
        let thread = lab.post("yann", community, "Sujet", "Texte");
        let yann = lab.url("/u/yann");
        let first = threadiverse::comment(&lena, &group, &thread, &yann, "Une");
        lena.says_and_is_heard(&lab, &first.create).await;
        let waiting = lab.list(&["held", "list", community]);
        assert_eq!(waiting.len(), 1, "{community}");
        assert_eq!(waiting[0]["post"], first.id);
        let replies = format!("{thread}/replies");
        assert!(lab.item_ids(&replies).await.is_empty());
        lab.run(&["held", "approve", community, &first.id]);
        let second = threadiverse::comment(&lena, &group, &thread, &yann, "Deux");
        lena.says_and_is_heard(&lab, &second.create).await;
        assert_eq!(lab.item_ids(&replies).await, [first.id, second.id]);
    }
}

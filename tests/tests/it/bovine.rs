//! The second independent implementation, bovine, follows a community and posts to it.

use archipel_tests::bovine::Bovine;
use archipel_tests::surface::subject_of;
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Lab, both, eventually};
use serde_json::{Value, json};

both!(
    follows_posts_edits_deletes_and_leaves,
    reads_a_boost,
    reads_with_a_signature
);

async fn followers(lab: &Lab, expected: u64) {
    eventually(&format!("{expected} followers"), PATIENCE, || async {
        (lab.followers("tilab").await == expected).then_some(())
    })
    .await;
}

/// Its digest is written `sha-256=` (S25), its activities carry no `audience`, and a
/// reply names the community in `cc` alone.
async fn follows_posts_edits_deletes_and_leaves(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let bovine = Bovine::start("bovine").await;

    let follow = bovine.follow(&group).await;
    let accept = bovine.hears("Accept", |_| true).await;
    assert_eq!(accept["actor"], group);
    assert_eq!(accept["object"]["id"], follow.as_str());
    followers(&lab, 1).await;

    lab.account("ada");
    let thread = lab.post("ada", "tilab", "Un atelier", "Qui vient ?");
    let by_community = |said: &Value| said["actor"] == group && said["by_its_actor"] == true;
    let about = |id: &str| {
        let id = id.to_owned();
        move |said: &Value| by_community(said) && said["object"]["object"]["id"] == id.as_str()
    };
    bovine.hears("Announce", about(&thread)).await;

    let (note, create) = bovine.post(&group, "<p>Bonjour</p>", None).await;
    let announce = bovine.hears("Announce", about(&note)).await;
    assert_eq!(announce["object"], create, "its Create, as it came");
    let (reply, _) = bovine.post(&group, "<p>Moi</p>", Some(&thread)).await;
    bovine.hears("Announce", about(&reply)).await;
    let replies = lab.item_ids(&format!("{thread}/replies")).await;
    assert_eq!(replies, std::slice::from_ref(&reply));

    bovine
        .edit(&group, &note, "<p>Bonsoir</p>", "2036-01-01T00:00:00Z")
        .await;
    let update = bovine
        .hears("Announce", |said| said["object"]["type"] == "Update")
        .await;
    assert_eq!(update["object"]["object"]["content"], "<p>Bonsoir</p>");
    bovine.delete(&group, &note).await;
    bovine
        .hears("Announce", |said| said["object"]["type"] == "Delete")
        .await;
    let outbox = lab.outbox("tilab").await;
    assert!(outbox.iter().all(|item| subject_of(item) != note));

    bovine.unfollow(&follow).await;
    followers(&lab, 0).await;
    for knock in bovine.knocks().await {
        assert_eq!(knock["status"], 202, "{knock}");
    }
}

/// As software of the microblog family it gets a boost, and that taken back.
async fn reads_a_boost(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let bovine = Bovine::start("mastodon").await;
    bovine.follow(&group).await;
    bovine.hears("Accept", |_| true).await;
    let (note, _) = bovine.post(&group, "<p>Bonjour</p>", None).await;
    let boost = bovine
        .hears("Announce", |said| said["object"] == note.as_str())
        .await;
    lab.run(&["moderate", "remove", &note]);
    let undo = bovine.hears("Undo", |_| true).await;
    assert_eq!(undo["object"]["id"], boost["id"]);
    for knock in bovine.knocks().await {
        assert_eq!(knock["status"], 202, "{knock}");
    }
}

/// Its GETs are signed as we want them.
async fn reads_with_a_signature(db: Db) {
    let lab = Lab::builder(db)
        .set("federation.authorized_fetch", "true")
        .start()
        .await;
    lab.account("ada");
    let thread = lab.post("ada", "tilab", "Un atelier", "Qui vient ?");
    let group = lab.community("tilab");
    let bovine = Bovine::start("bovine").await;
    for (url, kind) in [
        (group.clone(), "Group"),
        (format!("{group}/outbox"), "OrderedCollection"),
        (format!("{group}/moderators"), "OrderedCollection"),
        (thread, "Page"),
    ] {
        let read = bovine.lookup(&url).await;
        assert_eq!((&read["id"], &read["type"]), (&json!(url), &json!(kind)));
    }
}

//! What people and servers say of themselves, and what becomes of those who are stopped
//! or gone.

use archipel_tests::peer::Answer;
use archipel_tests::peer::mastodon::{self, Toot};
use archipel_tests::peer::threadiverse;
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, Peer, both, eventually};
use http::StatusCode;
use serde_json::{Value, json};

use crate::posting::follower;

both!(
    a_profile_and_its_suspension,
    suspended_by_their_own_server,
    another_kind_or_name_changes_nothing,
    an_inbox_that_is_gone,
    an_account_elsewhere_is_deleted
);

fn update(person: &archipel_tests::peer::Person) -> Value {
    json!({
        "id": person.activity_id("updates"), "type": "Update", "actor": person.id,
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "object": { "id": person.id, "type": "Person" },
    })
}

/// A person changes their profile, is stopped, and acts again: followers and the
/// servers of communities where they post are told each time.
async fn a_profile_and_its_suspension(db: Db) {
    let lab = Lab::start(db).await;
    let ada = lab.account("ada");
    let (microblog, elsewhere) = (
        Peer::start(Family::Mastodon).await,
        Peer::start(Family::Lemmy).await,
    );
    let (bob, group) = (microblog.person("bob"), elsewhere.group("cercle"));
    bob.says_and_is_heard(&lab, &mastodon::follow(&bob, &ada))
        .await;
    lab.post("ada", &group.id, "Un atelier", "Qui vient ?");
    elsewhere.hears("Create", |_| true).await;
    let words = ["--name", "Ada L.", "--summary", "Machines & poésie"];
    lab.run(&[&["account", "set", "ada"], &words[..]].concat());
    for peer in [&microblog, &elsewhere] {
        let said = peer
            .hears("Update", |said| said["object"]["name"] == "Ada L.")
            .await;
        assert_eq!(said["object"]["summary"], "<p>Machines &amp; poésie</p>");
    }
    lab.run(&["account", "suspend", "ada", "--yes"]);
    for peer in [&microblog, &elsewhere] {
        let said = peer
            .hears("Update", |said| said["object"]["suspended"] == true)
            .await;
        assert!(said["object"]["name"].is_null(), "{said}");
    }
    assert_eq!(lab.document("/u/ada").await["suspended"], true);
    for act in [
        &["post", "ada", "--to", "tilab", "Encore moi"][..],
        &["post", "ada", "--to", &group.id, "Encore moi"],
        &["follow", "ada", &group.id],
    ] {
        assert!(!lab.cli(act).status.success(), "{act:?}");
    }
    lab.run(&["account", "unsuspend", "ada"]);
    eventually("she is shown again", PATIENCE, || async {
        let document = lab.document("/u/ada").await;
        (document["suspended"].is_null() && document["name"] == "Ada L.").then_some(())
    })
    .await;
    lab.post("ada", "tilab", "Un atelier", "Me revoilà");
}

/// Somebody whose own server suspended them is not heard here, until it ends that.
async fn suspended_by_their_own_server(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (_peer, alice) = follower(&lab, Family::Mastodon, "alice").await;
    alice.shows("Person", |shown| shown["suspended"] = json!(true));
    alice.says_and_is_heard(&lab, &update(&alice)).await;
    let toot = Toot::by(&alice, "Bonjour").to_group(&group).post();
    assert_eq!(
        alice.say(&lab, &toot.create).await.status,
        StatusCode::FORBIDDEN
    );
    alice.shows("Person", |_| {});
    alice.says_and_is_heard(&lab, &update(&alice)).await;
    let toot = Toot::by(&alice, "De retour").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    assert_eq!(lab.outbox("tilab").await.len(), 1);
}

/// A21: who says that they are a community now, or are called otherwise, is still the
/// same one: the id is what counts.
async fn another_kind_or_name_changes_nothing(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (peer, alice) = follower(&lab, Family::Mastodon, "alice").await;
    alice.shows("Group", |shown| shown["preferredUsername"] = json!("chloe"));
    alice.says_and_is_heard(&lab, &update(&alice)).await;
    let toot = Toot::by(&alice, "Bonjour").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    peer.hears_announce_of(&toot.id).await;
    for name in ["a@b", "a/b", "\u{202e}ecila", &"a".repeat(2_048)] {
        alice.shows("Person", |shown| shown["preferredUsername"] = json!(name));
        alice.says_and_is_heard(&lab, &update(&alice)).await;
    }
    assert_eq!(lab.followers("tilab").await, 1);
    let page = lab.get("/c/tilab", "text/html").await;
    assert_eq!(page.status, StatusCode::OK);
}

/// C08: an inbox that answers 410 belongs to somebody who may be gone; their document
/// decides, and is not asked for again and again.
async fn an_inbox_that_is_gone(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (reader, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let peer = Peer::start(Family::Mastodon).await;
    let alice = peer.person("alice");
    alice.shows("Person", |shown| {
        shown
            .as_object_mut()
            .expect("an object")
            .remove("endpoints");
    });
    alice
        .says_and_is_heard(&lab, &mastodon::follow(&alice, &group))
        .await;
    peer.hears("Accept", |_| true).await;
    assert_eq!(lab.followers("tilab").await, 2);
    let tombstone = json!({ "id": alice.id, "type": "Tombstone" });
    peer.serve_with(&alice.id, 410, tombstone);
    peer.always_answer(Answer::status(410));
    let say = |title| threadiverse::page(&lena, &group, Some(title), "texte");
    lena.says_and_is_heard(&lab, &say("Un").create).await;
    eventually("one follower less", PATIENCE, || async {
        (lab.followers("tilab").await == 1).then_some(())
    })
    .await;
    let attempts = peer.attempts().len();
    lena.says_and_is_heard(&lab, &say("Deux").create).await;
    reader
        .hears("Announce", |said| {
            said["object"]["object"]["name"] == "Deux"
        })
        .await;
    assert_eq!(peer.attempts().len(), attempts, "nothing more is sent");
}

/// An account elsewhere that is deleted takes its posts along, unless it says that they
/// stay, as Lemmy's do; nothing of it comes back (G14).
async fn an_account_elsewhere_is_deleted(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (_microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (_lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let (reader, _) = follower(&lab, Family::Mastodon, "robin").await;
    let toot = Toot::by(&alice, "Bonjour").to_group(&group).post();
    let page = threadiverse::page(&lena, &group, Some("Un titre"), "texte");
    alice.says_and_is_heard(&lab, &toot.create).await;
    lena.says_and_is_heard(&lab, &page.create).await;
    let boost = reader.hears_announce_of(&toot.id).await;
    alice
        .says_and_is_heard(&lab, &mastodon::delete_account(&alice))
        .await;
    let delete = json!({
        "id": lena.activity_id("delete"), "type": "Delete", "actor": lena.id,
        "object": lena.id, "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "removeData": false,
    });
    lena.says_and_is_heard(&lab, &delete).await;
    let undo = reader.hears("Undo", |_| true).await;
    assert_eq!(undo["object"]["id"], boost["id"]);
    let outbox = lab.outbox("tilab").await;
    assert_eq!(outbox.len(), 1, "what stays is Lena's: {outbox:?}");
    assert_eq!(lab.followers("tilab").await, 1);
    // Its server shows the account again, and brings the post again: it stays gone.
    let mut again = toot.create.clone();
    again["id"] = json!(format!("{}#again", toot.id));
    alice.says_and_is_heard(&lab, &again).await;
    assert_eq!(lab.outbox("tilab").await.len(), 1);
}

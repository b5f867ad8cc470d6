//! What is deleted here: addresses answer that it is gone, those concerned are
//! told, and names stay taken.

use archipel_tests::peer::mastodon::{self, Toot};
use archipel_tests::peer::threadiverse;
use archipel_tests::surface::ACTIVITY_JSON;
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, Peer, both, eventually};
use http::StatusCode;
use serde_json::json;

use crate::posting::follower;

both!(
    a_deleted_account,
    a_changed_and_deleted_community,
    a_deletion_reaches_who_left_before,
    a_tombstone_stays
);

/// An account that is deleted leaves tombstones, tells those whom it follows, and
/// its handle can never be taken again, by a person or by a community.
async fn a_deleted_account(db: Db) {
    let lab = Lab::start(db).await;
    let person = lab.account("ada");
    let peer = Peer::start(Family::Lemmy).await;
    let group = peer.group("elsewhere");
    lab.follow("ada", &group.id);
    peer.hears("Follow", |_| true).await;
    let post = lab.post("ada", "tilab", "Un atelier", "Qui vient ?");
    lab.run(&["account", "delete", "ada", "--yes"]);
    let gone = peer.hears("Delete", |_| true).await;
    assert_eq!(gone["actor"], person);
    assert_eq!(gone["object"], person);
    // Documents may be served from memory for a few seconds.
    for path in ["/u/ada".to_owned(), post.replace(lab.base().as_str(), "/")] {
        eventually(&format!("{path} gone"), PATIENCE, || async {
            let answer = lab.get(&path, ACTIVITY_JSON).await;
            (answer.status == StatusCode::GONE && answer.json()["type"] == "Tombstone")
                .then_some(())
        })
        .await;
    }
    let finger = format!(
        "/.well-known/webfinger?resource=acct:ada@{}",
        lab.base().authority()
    );
    assert_eq!(lab.get(&finger, "*/*").await.status, StatusCode::NOT_FOUND);
    assert!(!lab.cli(&["account", "create", "ada"]).status.success());
    let community = ["community", "create", "Ada", "--title", "Ada"];
    assert!(!lab.cli(&community).status.success());
}

/// A community that changes tells its followers; one that is deleted answers 410
/// at its address and its inbox, and tells them too.
async fn a_changed_and_deleted_community(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("utilo");
    let peer = Peer::start(Family::Mastodon).await;
    let alice = peer.person("alice");
    alice
        .says_and_is_heard(&lab, &mastodon::follow(&alice, &group))
        .await;
    peer.hears("Accept", |_| true).await;
    lab.run(&["community", "set", "utilo", "--title", "Utilo, ensemble"]);
    let update = peer.hears("Update", |_| true).await;
    assert_eq!(update["object"]["id"], group);
    assert_eq!(update["object"]["name"], "Utilo, ensemble");
    lab.run(&["community", "delete", "utilo", "--yes"]);
    let gone = peer.hears("Delete", |_| true).await;
    assert_eq!(gone["actor"], group);
    assert_eq!(gone["object"], group);
    eventually("the community gone", PATIENCE, || async {
        let answer = lab.get("/c/utilo", ACTIVITY_JSON).await;
        (answer.status == StatusCode::GONE).then_some(())
    })
    .await;
    let late = mastodon::follow(&alice, &group);
    let answer = alice
        .deliver(&lab, "/c/utilo/inbox")
        .send(late.to_string().into_bytes())
        .await;
    assert_eq!(answer.status, StatusCode::GONE, "{}", answer.text);
}

/// The end of a community reaches also those who left it before, each in the form that
/// they understand: from the community itself, and from one of its team.
async fn a_deletion_reaches_who_left_before(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let owner = lab.account("ada");
    lab.run(&["moderator", "add", "tilab", "ada", "--role", "owner"]);
    lab.account("eve");
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (left, leo) = follower(&lab, Family::Lemmy, "leo").await;
    let page = threadiverse::page(&lena, &group, Some("Un titre"), "texte");
    lena.says_and_is_heard(&lab, &page.create).await;
    for peer in [&lemmy, &microblog, &left] {
        peer.hears_announce_of(&page.id).await;
    }
    leo.says_and_is_heard(&lab, &threadiverse::undo_follow(&leo, &group))
        .await;
    let follow = mastodon::follow(&alice, &group);
    alice
        .says_and_is_heard(&lab, &mastodon::undo(&alice, &follow))
        .await;
    let stranger = lab.cli(&["community", "delete", "tilab", "--as", "eve", "--yes"]);
    assert!(!stranger.status.success(), "only who owns it");
    lab.run(&["community", "delete", "tilab", "--as", "ada", "--yes"]);
    for peer in [&lemmy, &microblog, &left] {
        let gone = peer.hears("Delete", |said| said["actor"] == group).await;
        assert_eq!(gone["object"], group);
    }
    let passed_on = lemmy
        .hears("Announce", |said| said["object"]["type"] == "Delete")
        .await;
    let delete = &passed_on["object"];
    assert_eq!(
        (&delete["actor"], &delete["object"]),
        (&json!(owner), &json!(group))
    );
    assert!(delete["summary"].is_null(), "a deletion, not a removal");
}

/// G14: what its author deleted answers 410 with a tombstone, and never comes back,
/// whatever comes after.
async fn a_tombstone_stays(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    lab.account("ada");
    let (peer, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let post = lab.post("ada", "tilab", "Un atelier", "Qui vient ?");
    peer.hears_announce_of(&post).await;
    lab.run(&["delete-post", "ada", &post, "--yes"]);
    let path = post.replace(lab.base().as_str(), "/");
    eventually("the tombstone", PATIENCE, || async {
        let answer = lab.get(&path, ACTIVITY_JSON).await;
        (answer.status == StatusCode::GONE && answer.json()["type"] == "Tombstone").then_some(())
    })
    .await;
    let toot = Toot::by(&alice, "Bonjour").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    let delete = json!({
        "id": format!("{}#delete", toot.id), "type": "Delete", "actor": alice.id,
        "to": [archipel_tests::PUBLIC], "object": { "type": "Tombstone", "id": toot.id },
    });
    alice.says_and_is_heard(&lab, &delete).await;
    for (n, kind) in ["Create", "Update"].iter().enumerate() {
        let mut again = toot.create.clone();
        again["id"] = json!(format!("{}#again/{n}", toot.id));
        again["type"] = json!(kind);
        again["object"]["updated"] = json!("2026-06-01T00:00:00Z");
        alice.says_and_is_heard(&lab, &again).await;
    }
    assert!(lab.outbox("tilab").await.is_empty());
}

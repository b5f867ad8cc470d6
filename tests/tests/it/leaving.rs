//! What is deleted here: addresses answer that it is gone, those concerned are
//! told, and names stay taken.

use archipel_tests::peer::mastodon;
use archipel_tests::surface::ACTIVITY_JSON;
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, Peer, both, eventually};
use http::StatusCode;

both!(a_deleted_account, a_changed_and_deleted_community);

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

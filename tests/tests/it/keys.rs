//! Keys that are replaced, here and elsewhere, without anybody being lost.

use archipel_tests::peer::mastodon::{self, Toot};
use archipel_tests::peer::strict;
use archipel_tests::surface::ACTIVITY_JSON;
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, Peer, both, eventually};

use crate::posting::follower;

both!(
    a_key_is_replaced_at_once,
    new_keys_are_shown_before_they_sign,
    keys_of_others_may_change_again_and_again
);

/// The ids of the keys that a document shows beside `publicKey`.
fn beside(document: &serde_json::Value) -> Vec<String> {
    let methods = document["assertionMethod"].as_array().expect("a list");
    let id = |method: &serde_json::Value| method["id"].as_str().expect("an id").to_owned();
    methods.iter().map(id).collect()
}

/// A key that fell into wrong hands: the world is told under the old one, all else goes
/// under the new one, and who knows the old one alone loses nothing.
async fn a_key_is_replaced_at_once(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    let old = format!("{group}#main-key");
    let new = format!("{group}#main-key-2");
    lemmy.knows_only(&old);
    lab.run(&["community", "rotate-keys", "tilab", "--now"]);
    let update = microblog
        .hears("Update", |said| said["object"]["publicKey"]["id"] == new)
        .await;
    assert_eq!(update["actor"], group);
    let signers = |peer: &Peer, kind: &str| -> Vec<String> {
        let received = peer.received();
        let of_kind = received.iter().filter(|one| one.json["type"] == kind);
        of_kind.filter_map(|one| one.signed_by.clone()).collect()
    };
    assert_eq!(signers(&microblog, "Update"), [old.as_str()]);
    let document = lab.document("/c/tilab").await;
    assert_eq!(document["publicKey"]["id"], new);
    assert_eq!(beside(&document), [format!("{group}#ed25519-key-2")]);
    strict::group(&document).expect("one key, as Lemmy reads it");
    let toot = Toot::by(&alice, "Bonjour").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    microblog.hears_announce_of(&toot.id).await;
    lemmy.hears_announce_of(&toot.id).await;
    assert_eq!(signers(&microblog, "Announce"), [new]);
    assert_eq!(signers(&lemmy, "Announce"), [old]);
}

/// An orderly change: the new keys are shown beside the old ones, which still sign.
async fn new_keys_are_shown_before_they_sign(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    lab.run(&["community", "rotate-keys", "tilab"]);
    let update = microblog.hears("Update", |_| true).await;
    let document = lab.document("/c/tilab").await;
    for shown in [&update["object"], &document] {
        assert_eq!(shown["publicKey"]["id"], format!("{group}#main-key"));
        let mut keys = beside(shown);
        assert_eq!(keys.remove(0), format!("{group}#ed25519-key"));
        keys.sort();
        let next = ["ed25519-key-2", "main-key-2"].map(|name| format!("{group}#{name}"));
        assert_eq!(keys, next);
    }
    let again = lab.cli(&["community", "rotate-keys", "tilab"]);
    assert!(!again.status.success());
    let toot = Toot::by(&alice, "Bonjour").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    microblog.hears_announce_of(&toot.id).await;
    let last = microblog.received().pop().expect("the announcement");
    assert_eq!(last.signed_by, Some(format!("{group}#main-key")));
    // Of a person and of the server itself alike; in a hurry even while others wait.
    lab.account("ada");
    lab.run(&["account", "rotate-keys", "ada"]);
    lab.run(&["account", "rotate-keys", "ada", "--now"]);
    lab.run(&["instance", "rotate-keys", "--now"]);
    for (path, id) in [("/u/ada", "/u/ada#main-key-3"), ("/", "/#main-key-2")] {
        let id = lab.url(id);
        eventually(&format!("{id} at {path}"), PATIENCE, || async {
            let document = lab.get(path, ACTIVITY_JSON).await.json();
            (document["publicKey"]["id"] == id.as_str()).then_some(())
        })
        .await;
    }
}

/// S2: who changes keys under the same id is believed each time, also twice within
/// minutes; what fits no key makes nobody fetch again and again.
async fn keys_of_others_may_change_again_and_again(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (peer, mut alice) = follower(&lab, Family::Mastodon, "alice").await;
    let stranger = peer.person("eve");
    for round in 0..3 {
        alice = alice.rotated();
        let toot = Toot::by(&alice, &format!("Message {round}")).to_group(&group);
        let toot = toot.post();
        alice.says_and_is_heard(&lab, &toot.create).await;
        peer.hears_announce_of(&toot.id).await;
    }
    let fetches = || {
        let path = alice.id.replace(peer.base(), "");
        peer.seen().iter().filter(|seen| seen.path == path).count()
    };
    let before = fetches();
    let mut forged = mastodon::follow(&alice, &lab.community("utilo"));
    for n in 0..30 {
        forged["id"] = serde_json::json!(format!("{}#forged/{n}", alice.id));
        let body = forged.to_string().into_bytes();
        let forgery = stranger.deliver(&lab, "/inbox").key_id(&alice.key_id());
        assert_eq!(forgery.send(body).await.status, 401);
    }
    assert!(fetches() <= before + 1, "{} after {before}", fetches());
    assert_eq!(lab.followers("utilo").await, 0);
}

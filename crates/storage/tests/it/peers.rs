//! Peers: what they run, how they are spoken to, what we allow them.

use std::sync::Arc;

use archipel_model::Dialect;
use archipel_storage::PeerPolicy;

use crate::database::{Database, both};
use crate::make::{NOW, announcement, at, follows, group, person, say};

both!(a_peer_is_met_once_and_starts_open_and_unknown);
async fn a_peer_is_met_once_and_starts_open_and_unknown(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    assert!(tx.peer("a.example").await.unwrap().is_none());
    tx.meet_peer("a.example", NOW).await.unwrap();
    tx.meet_peer("a.example", at(9)).await.unwrap();
    let peer = tx.peer("a.example").await.unwrap().unwrap();
    assert_eq!(
        (peer.dialect, peer.policy),
        (Dialect::Unknown, PeerPolicy::Open)
    );
    assert_eq!((peer.first_seen_at, peer.last_seen_at), (NOW, None));
    assert_eq!(
        (peer.software, peer.version, peer.knock),
        (None, None, None)
    );
    assert_eq!((peer.checked_at, peer.reason), (None, None));
}

both!(what_a_peer_runs_is_kept_when_it_cannot_be_read_again);
async fn what_a_peer_runs_is_kept_when_it_cannot_be_read_again(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let lemmy = Some(("lemmy", "1.0.0", Dialect::Threadiverse));
    tx.set_peer_software("a.example", lemmy, NOW).await.unwrap();
    tx.set_peer_software("a.example", None, at(9))
        .await
        .unwrap();
    let peer = tx.peer("a.example").await.unwrap().unwrap();
    assert_eq!(peer.software.as_deref(), Some("lemmy"));
    assert_eq!(peer.version.as_deref(), Some("1.0.0"));
    assert_eq!(peer.spoken_dialect(), Dialect::Threadiverse);
    assert_eq!(peer.checked_at, Some(at(9)));
}

both!(an_administrator_s_dialect_prevails_until_removed);
async fn an_administrator_s_dialect_prevails_until_removed(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let lemmy = Some(("lemmy", "1.0.0", Dialect::Threadiverse));
    tx.set_peer_software("a.example", lemmy, NOW).await.unwrap();
    for (set, spoken) in [
        (Some(Dialect::Microblog), Dialect::Microblog),
        (None, Dialect::Threadiverse),
    ] {
        tx.set_peer_dialect("a.example", set, NOW).await.unwrap();
        let peer = tx.peer("a.example").await.unwrap().unwrap();
        assert_eq!(peer.spoken_dialect(), spoken);
    }
}

both!(knock_and_policy_are_remembered_of_peers_never_met_too);
async fn knock_and_policy_are_remembered_of_peers_never_met_too(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    tx.set_peer_knock("k.example", "rfc9421", NOW)
        .await
        .unwrap();
    tx.set_peer_policy("b.example", PeerPolicy::Blocked, Some("du spam"), NOW)
        .await
        .unwrap();
    tx.set_peer_policy("a.example", PeerPolicy::Allowed, None, NOW)
        .await
        .unwrap();
    tx.set_peer_dialect("d.example", Some(Dialect::Microblog), NOW)
        .await
        .unwrap();
    let knock = tx.peer("k.example").await.unwrap().unwrap().knock;
    assert_eq!(knock.as_deref(), Some("rfc9421"));
    let ruled = tx.peer_policies().await.unwrap();
    let ruled: Vec<_> = ruled
        .iter()
        .map(|peer| (peer.host.as_str(), peer.policy, peer.reason.as_deref()))
        .collect();
    assert_eq!(
        ruled,
        [
            ("a.example", PeerPolicy::Allowed, None),
            ("b.example", PeerPolicy::Blocked, Some("du spam")),
        ]
    );
    tx.set_peer_policy("b.example", PeerPolicy::Open, None, NOW)
        .await
        .unwrap();
    assert_eq!(tx.peer_policies().await.unwrap().len(), 1);
    let all = tx.peers().await.unwrap();
    let all: Vec<&str> = all.iter().map(|peer| peer.host.as_str()).collect();
    assert_eq!(all, ["a.example", "b.example", "d.example", "k.example"]);
}

both!(peers_that_speak_are_seen_even_twice_in_one_batch);
async fn peers_that_speak_are_seen_even_twice_in_one_batch(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    tx.meet_peer("a.example", NOW).await.unwrap();
    let hosts = ["b.example", "a.example", "b.example"].map(str::to_owned);
    tx.touch_peers(&hosts, at(5)).await.unwrap();
    tx.touch_peers(&[], at(6)).await.unwrap();
    for (host, first) in [("a.example", NOW), ("b.example", at(5))] {
        let peer = tx.peer(host).await.unwrap().unwrap();
        assert_eq!(
            (peer.first_seen_at, peer.last_seen_at),
            (first, Some(at(5)))
        );
    }
}

both!(a_forgotten_peer_takes_its_queue_along);
async fn a_forgotten_peer_takes_its_queue_along(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    for host in ["a.example", "b.example"] {
        tx.meet_peer(host, NOW).await.unwrap();
        let follower = person(&mut tx, "ana", host).await;
        follows(&mut tx, &follower, &hive).await;
    }
    say(&mut tx, &announcement(&hive, "https://x/1")).await;
    assert!(tx.forget_peer("a.example").await.unwrap());
    assert!(!tx.forget_peer("a.example").await.unwrap());
    assert!(tx.peer("a.example").await.unwrap().is_none());
    let left = tx.destination_views(None).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!((left[0].host.as_str(), left[0].queued), ("b.example", 1));
}

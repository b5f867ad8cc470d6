//! Follows: asked, granted, asked again, ended.

use std::sync::Arc;

use archipel_storage::{Follow, FollowState};

use crate::database::{Database, both};
use crate::make::{at, follow_of, follows, group, neighbour, person};

both!(a_repeated_follow_keeps_its_id_and_takes_the_new_activity);
async fn a_repeated_follow_keeps_its_id_and_takes_the_new_activity(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "peer.example").await;
    let first = Follow {
        raw: Some("{\"first\":1}".to_owned()),
        ..follow_of(&ana, &hive, FollowState::Accepted)
    };
    tx.put_follow(&first).await.unwrap();
    let second = Follow {
        raw: Some("{\"second\":2}".to_owned()),
        created_at: at(9),
        ..follow_of(&ana, &hive, FollowState::Pending)
    };
    let kept = tx.put_follow(&second).await.unwrap();
    assert_eq!(kept.id, first.id);
    // What was granted stays granted.
    assert_eq!(kept.state, FollowState::Accepted);
    assert_eq!(kept.uri, second.uri);
    assert_eq!(kept.raw, second.raw);
    assert_eq!(kept.created_at, first.created_at);
    assert_eq!(tx.follower_count(hive.id).await.unwrap(), 1);
}

both!(a_rejected_follow_may_be_asked_again);
async fn a_rejected_follow_may_be_asked_again(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "peer.example").await;
    let follow = follows(&mut tx, &ana, &hive).await;
    tx.decide_follow(follow.id, FollowState::Rejected, at(1))
        .await
        .unwrap();
    let again = follow_of(&ana, &hive, FollowState::Pending);
    let again = tx.put_follow(&again).await.unwrap();
    assert_eq!(again.state, FollowState::Pending);
}

both!(a_follow_is_found_by_its_ends_its_id_and_its_activity);
async fn a_follow_is_found_by_its_ends_its_id_and_its_activity(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let ana = person(&mut tx, "ana", "peer.example").await;
    let bea = neighbour(&mut tx, "bea").await;
    let theirs = follows(&mut tx, &ana, &bea).await;
    let ours = follows(&mut tx, &bea, &ana).await;
    let found = tx.follow(ana.id, bea.id).await.unwrap().unwrap();
    assert_eq!(found.id, theirs.id);
    let found = tx.follow_by_id(ours.id).await.unwrap().unwrap();
    assert_eq!(found.follower_id, bea.id);
    let found = tx.follow_by_uri(&theirs.uri, ana.id).await.unwrap();
    assert_eq!(found.unwrap().id, theirs.id);
    // Somebody else's word for it is worth nothing.
    let found = tx.follow_by_uri(&theirs.uri, bea.id).await.unwrap();
    assert!(found.is_none());
    let found = tx.local_follow_by_uri(&ours.uri).await.unwrap();
    assert_eq!(found.unwrap().id, ours.id);
    let found = tx.local_follow_by_uri(&theirs.uri).await.unwrap();
    assert!(found.is_none());
}

both!(only_granted_follows_count);
async fn only_granted_follows_count(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "peer.example").await;
    let bea = person(&mut tx, "bea", "peer.example").await;
    let cleo = person(&mut tx, "cleo", "peer.example").await;
    follows(&mut tx, &ana, &hive).await;
    for (actor, state) in [(&cleo, FollowState::Pending), (&bea, FollowState::Pending)] {
        let asked = follow_of(actor, &hive, state);
        tx.put_follow(&asked).await.unwrap();
    }
    assert_eq!(tx.follower_count(hive.id).await.unwrap(), 1);
    assert_eq!(tx.following_count(ana.id).await.unwrap(), 1);
    assert_eq!(tx.following_count(bea.id).await.unwrap(), 0);
    // Who asked first is seen first.
    let asking = tx.follow_requests(hive.id).await.unwrap();
    let asking: Vec<_> = asking.iter().map(|actor| actor.id).collect();
    assert_eq!(asking, [cleo.id, bea.id]);
}

both!(a_remote_actor_is_followed_here_unless_it_refused);
async fn a_remote_actor_is_followed_here_unless_it_refused(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let bea = neighbour(&mut tx, "bea").await;
    let ana = person(&mut tx, "ana", "peer.example").await;
    let stranger = person(&mut tx, "eve", "evil.example").await;
    follows(&mut tx, &stranger, &ana).await;
    assert!(!tx.is_followed_here(ana.id).await.unwrap());
    let asked = follow_of(&bea, &ana, FollowState::Pending);
    let asked = tx.put_follow(&asked).await.unwrap();
    assert!(tx.is_followed_here(ana.id).await.unwrap());
    tx.decide_follow(asked.id, FollowState::Rejected, at(1))
        .await
        .unwrap();
    assert!(!tx.is_followed_here(ana.id).await.unwrap());
}

both!(follows_end_one_by_one_or_with_their_actor);
async fn follows_end_one_by_one_or_with_their_actor(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let ana = person(&mut tx, "ana", "peer.example").await;
    let bea = neighbour(&mut tx, "bea").await;
    let hive = group(&mut tx, "tilab").await;
    follows(&mut tx, &ana, &bea).await;
    follows(&mut tx, &bea, &ana).await;
    follows(&mut tx, &bea, &hive).await;
    follows(&mut tx, &ana, &hive).await;
    assert!(tx.remove_follow(ana.id, hive.id).await.unwrap());
    assert!(!tx.remove_follow(ana.id, hive.id).await.unwrap());
    tx.remove_follows_of(ana.id).await.unwrap();
    assert!(tx.follow(ana.id, bea.id).await.unwrap().is_none());
    assert!(tx.follow(bea.id, ana.id).await.unwrap().is_none());
    assert!(tx.follow(bea.id, hive.id).await.unwrap().is_some());
}

//! Following and no longer following, and what is said about it.

use std::sync::Arc;

use archipel_actions::{Error, FollowOutcome, follow, unfollow};
use archipel_model::{ActorKind, ActorState};
use archipel_storage::{ActivityKind, FollowState};

use crate::database::{Database, both};
use crate::lab::{
    NOW, approving, asking, context, neighbour, open, person, received, remote, said,
};

both!(an_open_community_accepts_at_once);
async fn an_open_community_accepts_at_once(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let request = received(&ana, &hive, "https://peer.example/f/1");
    let outcome = follow(&ctx, &mut tx, request).await.unwrap();
    assert_eq!(outcome, FollowOutcome::Accepted);
    let stored = tx.follow(ana.id, hive.id).await.unwrap().unwrap();
    assert_eq!(stored.state, FollowState::Accepted);
    assert_eq!(stored.uri, "https://peer.example/f/1");
    let said = said(&mut tx).await;
    assert_eq!(said.len(), 1);
    assert_eq!(
        (said[0].kind, said[0].actor_id),
        (ActivityKind::Accept, hive.id)
    );
    assert_eq!(said[0].follow_id, Some(stored.id));
    assert_eq!(
        said[0].object_uri.as_deref(),
        Some("https://peer.example/f/1")
    );
    // The answer quotes the exact bytes, in order with all else said to Ana.
    assert_eq!(said[0].inner_raw.as_deref(), Some(r#"{"type" : "Follow"}"#));
    assert_eq!(
        (said[0].object_key.as_str(), said[0].lane),
        (ana.uri.as_str(), 0)
    );
    assert_eq!(said[0].recipients, format!("[{}]", ana.id));
    assert!(!said[0].to_followers);
    assert_eq!(
        said[0].uri,
        format!("https://lab.example/activities/{}", said[0].id)
    );
}

both!(an_approving_community_says_nothing_yet);
async fn an_approving_community_says_nothing_yet(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = approving(&ctx, &mut tx, "tilab").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    for uri in ["https://peer.example/f/1", "https://peer.example/f/2"] {
        let request = received(&ana, &hive, uri);
        let outcome = follow(&ctx, &mut tx, request).await.unwrap();
        assert_eq!(outcome, FollowOutcome::Pending);
    }
    assert!(said(&mut tx).await.is_empty());
    assert_eq!(tx.follow_requests(hive.id).await.unwrap().len(), 1);
}

both!(a_repeated_follow_is_answered_again_and_counted_once);
async fn a_repeated_follow_is_answered_again_and_counted_once(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    for uri in ["https://peer.example/f/1", "https://peer.example/f/2"] {
        let request = received(&ana, &hive, uri);
        let outcome = follow(&ctx, &mut tx, request).await.unwrap();
        assert_eq!(outcome, FollowOutcome::Accepted);
        let said = said(&mut tx).await;
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].object_uri.as_deref(), Some(uri));
    }
    assert_eq!(tx.follower_count(hive.id).await.unwrap(), 1);
}

both!(a_person_s_own_wish_decides_about_followers);
async fn a_person_s_own_wish_decides_about_followers(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let eve = person(&ctx, &mut tx, "eve").await;
    let request = received(&ana, &bea, "https://peer.example/f/1");
    let outcome = follow(&ctx, &mut tx, request).await.unwrap();
    assert_eq!(outcome, FollowOutcome::Accepted);
    tx.set_approves_followers(bea.id, true).await.unwrap();
    let bea = tx.actor(bea.id).await.unwrap().unwrap();
    let request = received(&eve, &bea, "https://peer.example/f/2");
    let outcome = follow(&ctx, &mut tx, request).await.unwrap();
    assert_eq!(outcome, FollowOutcome::Pending);
}

both!(a_remote_actor_is_asked_and_answers_itself);
async fn a_remote_actor_is_asked_and_answers_itself(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let club = remote(&ctx, &mut tx, ActorKind::Group, "club").await;
    for _ in 0..2 {
        let outcome = follow(&ctx, &mut tx, asking(&bea, &club)).await.unwrap();
        assert_eq!(outcome, FollowOutcome::Pending);
        let stored = tx.follow(bea.id, club.id).await.unwrap().unwrap();
        let said = said(&mut tx).await;
        assert_eq!(said.len(), 1);
        assert_eq!(
            (said[0].kind, said[0].actor_id),
            (ActivityKind::Follow, bea.id)
        );
        assert_eq!(said[0].object_uri.as_deref(), Some(club.uri.as_str()));
        assert_eq!(said[0].recipients, format!("[{}]", club.id));
        // An answer names the Follow by its id.
        assert_eq!(
            (said[0].uri.as_str(), said[0].follow_id),
            (stored.uri.as_str(), Some(stored.id))
        );
    }
}

both!(neighbours_follow_without_a_word_to_the_world);
async fn neighbours_follow_without_a_word_to_the_world(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let hive = open(&ctx, &mut tx, "tilab").await;
    let outcome = follow(&ctx, &mut tx, asking(&bea, &hive)).await.unwrap();
    assert_eq!(outcome, FollowOutcome::Accepted);
    assert!(unfollow(&ctx, &mut tx, &bea, &hive).await.unwrap());
    assert!(said(&mut tx).await.is_empty());
}

both!(nobody_follows_themselves_or_those_who_are_gone);
async fn nobody_follows_themselves_or_those_who_are_gone(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let oneself = follow(&ctx, &mut tx, asking(&bea, &bea)).await;
    assert!(matches!(oneself, Err(Error::Oneself)));
    for state in [ActorState::Gone, ActorState::Suspended] {
        tx.set_actor_state(ana.id, state, NOW).await.unwrap();
        let ana = tx.actor(ana.id).await.unwrap().unwrap();
        let followed = follow(&ctx, &mut tx, asking(&bea, &ana)).await;
        assert!(matches!(followed, Err(Error::Inactive(_))));
        let request = received(&ana, &bea, "https://peer.example/f/1");
        let follows = follow(&ctx, &mut tx, request).await;
        assert!(matches!(follows, Err(Error::Inactive(_))));
    }
    assert!(said(&mut tx).await.is_empty());
}

both!(an_end_is_told_to_a_remote_actor_by_the_id_of_the_follow);
async fn an_end_is_told_to_a_remote_actor_by_the_id_of_the_follow(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let club = remote(&ctx, &mut tx, ActorKind::Group, "club").await;
    follow(&ctx, &mut tx, asking(&bea, &club)).await.unwrap();
    let asked = said(&mut tx).await;
    assert!(unfollow(&ctx, &mut tx, &bea, &club).await.unwrap());
    let ended = said(&mut tx).await;
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0].kind, ActivityKind::UndoFollow);
    assert_eq!(ended[0].object_uri.as_deref(), Some(asked[0].uri.as_str()));
    // In order after the Follow.
    assert_eq!(
        (&ended[0].object_key, ended[0].lane),
        (&asked[0].object_key, asked[0].lane)
    );
    assert!(ended[0].id > asked[0].id);
    assert_eq!(ended[0].recipients, format!("[{}]", club.id));
    // There is nothing left to end.
    assert!(!unfollow(&ctx, &mut tx, &bea, &club).await.unwrap());
    assert!(said(&mut tx).await.is_empty());
}

both!(a_remote_member_leaves_without_an_answer);
async fn a_remote_member_leaves_without_an_answer(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    crate::lab::join(&ctx, &mut tx, &ana, &hive).await;
    assert!(unfollow(&ctx, &mut tx, &ana, &hive).await.unwrap());
    assert!(said(&mut tx).await.is_empty());
    assert_eq!(tx.follower_count(hive.id).await.unwrap(), 0);
}

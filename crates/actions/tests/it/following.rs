//! Following and no longer following, and what is said about it.

use std::sync::Arc;

use archipel_actions::{
    Door, Error, FollowOutcome, Order, ask_again_when_due, create_instance, follow,
    follow_answered, follow_as_community, shown_while_pending, unfollow, unfollow_as_community,
};
use archipel_model::{ActorKind, ActorState, Deed, MeasureId};
use archipel_storage::{ActivityKind, FollowState};

use crate::database::{Database, both};
use crate::lab::{
    NOW, approving, asking, at_moment, context, keys, neighbour, open, person, received, remote,
    said,
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

both!(an_unanswered_follow_is_asked_again_by_and_by);
async fn an_unanswered_follow_is_asked_again_by_and_by(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let club = remote(&ctx, &mut tx, ActorKind::Group, "club").await;
    follow(&ctx, &mut tx, asking(&bea, &club)).await.unwrap();
    let first = said(&mut tx).await.remove(0).uri;
    let day = 24 * 3600;
    let mut time = 0;
    // Ten minutes, an hour, six hours, then daily: a week in all.
    for wait in [600, 3600, 6 * 3600, day, day, day, day, day, day] {
        let early = at_moment(time + wait - 1);
        assert_eq!(ask_again_when_due(&early, &mut tx).await.unwrap(), 0);
        time += wait;
        let due = at_moment(time);
        assert_eq!(ask_again_when_due(&due, &mut tx).await.unwrap(), 1);
        let again = said(&mut tx).await;
        assert_eq!(again.len(), 1);
        assert_eq!(again[0].uri, first, "the same Follow");
    }
    let never = at_moment(time + 30 * day);
    assert_eq!(ask_again_when_due(&never, &mut tx).await.unwrap(), 0);
    // Typed again, it begins anew.
    let late = at_moment(time + 30 * day);
    follow(&late, &mut tx, asking(&bea, &club)).await.unwrap();
    assert_eq!(said(&mut tx).await[0].uri, first);
    assert!(
        follow_answered(&late, &mut tx, &bea, &club, true)
            .await
            .unwrap()
    );
    let after = at_moment(time + 31 * day);
    assert_eq!(ask_again_when_due(&after, &mut tx).await.unwrap(), 0);
}

both!(what_is_shown_is_an_answer_only_where_it_can_be_meant);
async fn what_is_shown_is_an_answer_only_where_it_can_be_meant(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let eve = neighbour(&ctx, &mut tx, "eve").await;
    let club = remote(&ctx, &mut tx, ActorKind::Group, "club").await;
    let state = async |tx: &mut archipel_storage::Tx, who: &archipel_storage::Actor| {
        tx.follow(who.id, club.id).await.unwrap().unwrap().state
    };
    for who in [&bea, &eve] {
        follow(&ctx, &mut tx, asking(who, &club)).await.unwrap();
    }
    follow_answered(&ctx, &mut tx, &eve, &club, false)
        .await
        .unwrap();
    assert_eq!(shown_while_pending(&ctx, &mut tx, &club).await.unwrap(), 1);
    assert_eq!(state(&mut tx, &bea).await, FollowState::Accepted);
    assert_eq!(state(&mut tx, &eve).await, FollowState::Rejected);
    // Somebody is in now: what is shown is for them, and says nothing of others.
    follow(&ctx, &mut tx, asking(&eve, &club)).await.unwrap();
    assert_eq!(shown_while_pending(&ctx, &mut tx, &club).await.unwrap(), 0);
    assert_eq!(state(&mut tx, &eve).await, FollowState::Pending);
    // Where the community chooses, only a single request can be meant.
    tx.set_approves_followers(club.id, true).await.unwrap();
    let club = tx.actor(club.id).await.unwrap().unwrap();
    unfollow(&ctx, &mut tx, &bea, &club).await.unwrap();
    follow(&ctx, &mut tx, asking(&bea, &club)).await.unwrap();
    assert_eq!(shown_while_pending(&ctx, &mut tx, &club).await.unwrap(), 0);
    unfollow(&ctx, &mut tx, &bea, &club).await.unwrap();
    assert_eq!(shown_while_pending(&ctx, &mut tx, &club).await.unwrap(), 1);
    let job = tx.claim_backfill(None, NOW, NOW).await.unwrap().unwrap();
    assert_eq!((job.uri.as_str(), job.attempts), (club.uri.as_str(), 1));
}

both!(a_community_follows_communities_of_elsewhere_only);
async fn a_community_follows_communities_of_elsewhere_only(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let instance = create_instance(&ctx, &mut tx, &keys()).await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let other = open(&ctx, &mut tx, "utilo").await;
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let club = remote(&ctx, &mut tx, ActorKind::Group, "club").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let order = |by| Order {
        by,
        community: &hive,
        door: Door::Here("command line"),
        reason: None,
        rule: None,
    };
    let denied = follow_as_community(&ctx, &mut tx, &order(&bea), &club).await;
    assert!(matches!(denied, Err(Error::Denied(_))), "{denied:?}");
    let here = follow_as_community(&ctx, &mut tx, &order(&instance), &other).await;
    assert!(matches!(here, Err(Error::LivesHere(_))), "{here:?}");
    let somebody = follow_as_community(&ctx, &mut tx, &order(&instance), &ana).await;
    assert!(matches!(somebody, Err(Error::NotAGroup(_))), "{somebody:?}");
    for _ in 0..2 {
        let outcome = follow_as_community(&ctx, &mut tx, &order(&instance), &club).await;
        assert_eq!(outcome.unwrap(), FollowOutcome::Pending);
    }
    assert!(
        unfollow_as_community(&ctx, &mut tx, &order(&instance), &club)
            .await
            .unwrap()
    );
    let log = tx
        .measures(Some(hive.id), MeasureId(i64::MAX), 10)
        .await
        .unwrap();
    let deeds: Vec<_> = log.iter().map(|entry| entry.kind).collect();
    assert_eq!(deeds, [Deed::Unfollowed, Deed::Followed]);
}

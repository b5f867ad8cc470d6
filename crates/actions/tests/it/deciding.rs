//! Deciding on those who ask, and hearing how others decided.

use std::sync::Arc;

use archipel_actions::{Error, decide_request, follow, follow_answered};
use archipel_model::ActorKind;
use archipel_storage::{ActivityKind, FollowState};

use crate::database::{Database, both};
use crate::lab::{
    approving, asking, by_operator, context, neighbour, person, received, remote, said, server,
};

both!(who_is_let_in_or_refused_is_told);
async fn who_is_let_in_or_refused_is_told(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = approving(&ctx, &mut tx, "tilab").await;
    let operator = server(&ctx, &mut tx).await;
    let order = by_operator(&operator, &hive);
    for (name, accept, kind, state) in [
        ("ana", true, ActivityKind::Accept, FollowState::Accepted),
        ("eve", false, ActivityKind::Reject, FollowState::Rejected),
    ] {
        let asks = person(&ctx, &mut tx, name).await;
        let uri = format!("https://peer.example/f/{name}");
        let request = received(&asks, &hive, &uri);
        follow(&ctx, &mut tx, request).await.unwrap();
        decide_request(&ctx, &mut tx, &order, &asks, accept)
            .await
            .unwrap();
        let follow = tx.follow(asks.id, hive.id).await.unwrap().unwrap();
        assert_eq!(follow.state, state);
        let said = said(&mut tx).await;
        assert_eq!(said.len(), 1);
        assert_eq!((said[0].kind, said[0].actor_id), (kind, hive.id));
        assert_eq!(said[0].object_uri.as_deref(), Some(uri.as_str()));
        assert_eq!(said[0].inner_raw.as_deref(), Some(r#"{"type" : "Follow"}"#));
        assert_eq!(said[0].recipients, format!("[{}]", asks.id));
    }
    assert_eq!(tx.follower_count(hive.id).await.unwrap(), 1);
    assert!(tx.follow_requests(hive.id).await.unwrap().is_empty());
}

both!(a_member_who_is_refused_later_is_out_and_may_ask_again);
async fn a_member_who_is_refused_later_is_out_and_may_ask_again(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = approving(&ctx, &mut tx, "tilab").await;
    let operator = server(&ctx, &mut tx).await;
    let order = by_operator(&operator, &hive);
    let ana = person(&ctx, &mut tx, "ana").await;
    let uri = "https://peer.example/f/1";
    follow(&ctx, &mut tx, received(&ana, &hive, uri))
        .await
        .unwrap();
    for accept in [true, false] {
        decide_request(&ctx, &mut tx, &order, &ana, accept)
            .await
            .unwrap();
    }
    assert!(
        !tx.standing(hive.id, ana.id, ctx.now())
            .await
            .unwrap()
            .member
    );
    let kinds: Vec<_> = said(&mut tx).await.iter().map(|said| said.kind).collect();
    assert_eq!(kinds, [ActivityKind::Accept, ActivityKind::Reject]);
    follow(&ctx, &mut tx, received(&ana, &hive, uri))
        .await
        .unwrap();
    let asking = tx.follow_requests(hive.id).await.unwrap();
    assert_eq!(asking.len(), 1);
}

both!(a_neighbour_is_decided_on_without_a_word_to_the_world);
async fn a_neighbour_is_decided_on_without_a_word_to_the_world(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = approving(&ctx, &mut tx, "tilab").await;
    let operator = server(&ctx, &mut tx).await;
    let order = by_operator(&operator, &hive);
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    follow(&ctx, &mut tx, asking(&bea, &hive)).await.unwrap();
    decide_request(&ctx, &mut tx, &order, &bea, true)
        .await
        .unwrap();
    assert!(
        tx.standing(hive.id, bea.id, ctx.now())
            .await
            .unwrap()
            .member
    );
    assert!(said(&mut tx).await.is_empty());
}

both!(who_did_not_ask_cannot_be_decided_on);
async fn who_did_not_ask_cannot_be_decided_on(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = approving(&ctx, &mut tx, "tilab").await;
    let operator = server(&ctx, &mut tx).await;
    let order = by_operator(&operator, &hive);
    let ana = person(&ctx, &mut tx, "ana").await;
    let decided = decide_request(&ctx, &mut tx, &order, &ana, true).await;
    assert!(matches!(decided, Err(Error::NoRequest(_))));
    assert!(said(&mut tx).await.is_empty());
    assert!(
        !tx.standing(hive.id, ana.id, ctx.now())
            .await
            .unwrap()
            .member
    );
}

both!(only_the_one_who_was_asked_can_answer);
async fn only_the_one_who_was_asked_can_answer(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let club = remote(&ctx, &mut tx, ActorKind::Group, "club").await;
    let eve = person(&ctx, &mut tx, "eve").await;
    follow(&ctx, &mut tx, asking(&bea, &club)).await.unwrap();
    said(&mut tx).await;
    for accept in [true, false] {
        let heard = follow_answered(&ctx, &mut tx, &bea, &eve, accept).await;
        assert!(!heard.unwrap());
        let follow = tx.follow(bea.id, club.id).await.unwrap().unwrap();
        assert_eq!(follow.state, FollowState::Pending);
    }
    for (accept, state) in [
        (true, FollowState::Accepted),
        (false, FollowState::Rejected),
    ] {
        let heard = follow_answered(&ctx, &mut tx, &bea, &club, accept).await;
        assert!(heard.unwrap());
        let follow = tx.follow(bea.id, club.id).await.unwrap().unwrap();
        assert_eq!(follow.state, state);
    }
    // An answer is never answered.
    assert!(said(&mut tx).await.is_empty());
}

//! Votes: who counts, how often, and who hears of it.

use std::sync::Arc;

use archipel_actions::{NewReactionTo, Reacted, Via, Voter, react, take_back};
use archipel_model::{ActorKind, ReactionClass, ReactionKind, Uncounted, Visibility};
use archipel_storage::{ActivityKind, Lane, Post, Tx};
use url::Url;

use crate::database::{Database, both};
use crate::lab::{
    brought, context, join, neighbour, open, person, published, remote, said, stored, writing,
};

const LIKE: &str = r#"{"type":  "Like"}"#;

fn received<'a>(voter: Voter<'a>, post: &'a Post, kind: ReactionKind) -> NewReactionTo<'a> {
    NewReactionTo {
        voter,
        post,
        kind,
        emoji: None,
        via: Via::Received {
            uri: "https://peer.example/likes/1",
            raw: LIKE,
        },
    }
}

async fn totals(tx: &mut Tx, post: &Post) -> (i64, i64, i64) {
    let post = stored(tx, post.id).await;
    (post.likes, post.dislikes, post.boosts)
}

both!(a_vote_is_passed_on_in_the_last_lane_as_it_came);
async fn a_vote_is_passed_on_in_the_last_lane_as_it_came(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    join(&ctx, &mut tx, &ana, &hive).await;
    let post = published(&ctx, &mut tx, writing(&bea, Some(&hive))).await;
    said(&mut tx).await;
    let like = received(Voter::Known(&ana), &post, ReactionKind::Like);
    assert_eq!(react(&ctx, &mut tx, &like).await.unwrap(), Reacted::Counted);
    assert_eq!(react(&ctx, &mut tx, &like).await.unwrap(), Reacted::Already);
    let heard = said(&mut tx).await;
    assert_eq!(heard.len(), 1, "once");
    assert_eq!(
        (heard[0].kind, heard[0].lane, heard[0].inner_raw.as_deref()),
        (ActivityKind::RelayVote, Lane::Votes as i64, Some(LIKE))
    );
    let dislike = received(Voter::Known(&ana), &post, ReactionKind::Dislike);
    react(&ctx, &mut tx, &dislike).await.unwrap();
    assert_eq!(totals(&mut tx, &post).await, (0, 1, 0));
    let boost = received(Voter::Known(&ana), &post, ReactionKind::Boost);
    react(&ctx, &mut tx, &boost).await.unwrap();
    assert_eq!(totals(&mut tx, &post).await, (0, 1, 1));
    assert_eq!(said(&mut tx).await.len(), 1, "boosts are not passed on");
    let (voter, class) = (Voter::Known(&ana), ReactionClass::Vote);
    let taken = take_back(&ctx, &mut tx, voter, &post, class, like.via).await;
    assert!(taken.unwrap());
    let again = take_back(&ctx, &mut tx, voter, &post, class, like.via).await;
    assert!(!again.unwrap());
    assert_eq!(totals(&mut tx, &post).await, (0, 0, 1));
    assert_eq!(said(&mut tx).await.len(), 1);
}

both!(what_is_not_for_all_is_not_voted_on);
async fn what_is_not_for_all_is_not_voted_on(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let ana = person(&ctx, &mut tx, "ana").await;
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    for visibility in [Visibility::Followers, Visibility::Direct] {
        let mut private = writing(&bea, None);
        private.visibility = visibility;
        let private = published(&ctx, &mut tx, private).await;
        let like = received(Voter::Known(&ana), &private, ReactionKind::Like);
        assert_eq!(
            react(&ctx, &mut tx, &like).await.unwrap(),
            Reacted::Not(Uncounted::NotShown),
            "{visibility}"
        );
        assert_eq!(totals(&mut tx, &private).await, (0, 0, 0));
    }
}

both!(a_community_elsewhere_passes_on_votes_on_its_own_posts_only);
async fn a_community_elsewhere_passes_on_votes_on_its_own_posts_only(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let there = remote(&ctx, &mut tx, ActorKind::Group, "velo").await;
    let other = remote(&ctx, &mut tx, ActorKind::Group, "rando").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let uri = "https://peer.example/p/1";
    let post = published(&ctx, &mut tx, brought(&ana, Some(&there), uri)).await;
    said(&mut tx).await;
    let voter = Url::parse("https://third.example/u/olga").unwrap();
    let ours = Url::parse("https://lab.example/u/bea").unwrap();
    let relayed = |voter, community| NewReactionTo {
        via: Via::Relayed {
            community,
            uri: "https://third.example/likes/7",
        },
        ..received(Voter::Named(voter), &post, ReactionKind::Like)
    };
    for (voter, community, expected) in [
        (&voter, &other, Reacted::Not(Uncounted::NotHere)),
        (&ours, &there, Reacted::Not(Uncounted::NotTheirs)),
        (&voter, &there, Reacted::Counted),
        (&voter, &there, Reacted::Already),
    ] {
        let reaction = relayed(voter, community);
        assert_eq!(react(&ctx, &mut tx, &reaction).await.unwrap(), expected);
    }
    assert_eq!(totals(&mut tx, &post).await, (1, 0, 0));
    assert!(said(&mut tx).await.is_empty(), "they tell their followers");
    for (community, expected) in [(&other, false), (&there, true)] {
        let via = relayed(&voter, community).via;
        let (who, class) = (Voter::Named(&voter), ReactionClass::Vote);
        let taken = take_back(&ctx, &mut tx, who, &post, class, via).await;
        assert_eq!(taken.unwrap(), expected);
    }
    assert_eq!(totals(&mut tx, &post).await, (0, 0, 0));
}

both!(g19_one_server_does_not_drown_the_others);
async fn g19_one_server_does_not_drown_the_others(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let post = published(&ctx, &mut tx, writing(&bea, Some(&hive))).await;
    let mut counted = 0;
    for number in 0..520 {
        let voter = Url::parse(&format!("https://stuffer.example/u/{number}")).unwrap();
        let like = received(Voter::Named(&voter), &post, ReactionKind::Like);
        match react(&ctx, &mut tx, &like).await.unwrap() {
            Reacted::Counted => counted += 1,
            other => assert_eq!(other, Reacted::Not(Uncounted::TooMany)),
        }
    }
    assert_eq!(counted, 500);
    let honest = Url::parse("https://peer.example/u/ana").unwrap();
    let like = received(Voter::Named(&honest), &post, ReactionKind::Like);
    assert_eq!(react(&ctx, &mut tx, &like).await.unwrap(), Reacted::Counted);
    assert_eq!(totals(&mut tx, &post).await, (501, 0, 0));
}

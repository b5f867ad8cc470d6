//! What somebody is entitled to in one place gives them nothing in another: servers
//! over people who left, moderators over other communities, communities of elsewhere
//! over the letter boxes of people here.

use std::sync::Arc;

use archipel_actions::{
    Ban, Door, Edit, EditOutcome, Elsewhere, Error, MoveOutcome, Order, Special, actor_moved,
    appoint, ban, banned_elsewhere, edit_post, move_thread,
};
use archipel_model::permission::Denial;
use archipel_model::{ActorKind, CommunityPolicy, HoldPolicy, MeasureId, Role};
use archipel_storage::{Actor, Edited, Tx};

use crate::database::{Database, both};
use crate::lab::{
    at, brought, by_operator, community, context, join, later, neighbour, open, published, remote,
    remote_at, server, stored,
};

fn from_elsewhere<'a>(by: &'a Actor, community: &'a Actor) -> Order<'a> {
    Order {
        by,
        community,
        door: Door::Federation {
            uri: "https://old.example/activities/1",
            raw: "{}",
        },
        reason: None,
        rule: None,
    }
}

async fn banned(tx: &mut Tx, community: &Actor, person: &Actor) -> bool {
    let standing = tx.standing(community.id, person.id, at(0)).await.unwrap();
    standing.banned
}

both!(c54_a_server_does_not_ban_who_moved_away);
/// C54: who left a server is not banned by it; what was decided here follows them.
async fn c54_a_server_does_not_ban_who_moved_away(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let (person, tx) = (ActorKind::Person, &mut tx);
    let server = server(&ctx, tx).await;
    let hive = open(&ctx, tx, "tilab").await;
    let old = remote_at(&ctx, tx, person, "ana", "old.example").await;
    let admin = remote_at(&ctx, tx, person, "admin", "old.example").await;
    let new = remote_at(&ctx, tx, person, "ana", "new.example").await;
    join(&ctx, tx, &old, &hive).await;
    join(&ctx, tx, &new, &hive).await;
    tx.set_identity(new.id, std::slice::from_ref(&old.uri), None, ctx.now())
        .await
        .unwrap();
    let new = tx.actor(new.id).await.unwrap().unwrap();
    let theirs = from_elsewhere(&admin, &server);
    assert!(
        ban(&ctx, tx, &theirs, &old, Ban::default()).await.unwrap(),
        "their own"
    );
    let moved = actor_moved(&ctx, tx, &old, &new).await.unwrap();
    assert!(matches!(moved, MoveOutcome::Moved(..)), "{moved:?}");
    assert!(banned(tx, &hive, &old).await);
    assert!(!banned(tx, &hive, &new).await);
    // What was decided here counts for both, whatever the server says too.
    let ours = by_operator(&server, &server);
    assert!(ban(&ctx, tx, &ours, &old, Ban::default()).await.unwrap());
    let moved = actor_moved(&ctx, tx, &old, &new).await.unwrap();
    assert!(matches!(moved, MoveOutcome::Refused(_)), "{moved:?}");
    assert!(banned(tx, &hive, &new).await);
}

both!(a_thread_is_not_moved_past_those_who_read_first);
/// Moving is no way around those who read before it is shown, nor around their bans.
async fn a_thread_is_not_moved_past_those_who_read_first(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let tx = &mut tx;
    let server = server(&ctx, tx).await;
    let hive = open(&ctx, tx, "tilab").await;
    let careful = CommunityPolicy {
        hold: HoldPolicy::Always,
        ..CommunityPolicy::default()
    };
    let reading = community(&ctx, tx, "lus", careful).await;
    let strict = open(&ctx, tx, "utilo").await;
    let ana = remote(&ctx, tx, ActorKind::Person, "ana").await;
    let mod_ = remote(&ctx, tx, ActorKind::Person, "moda").await;
    for place in [&hive, &reading, &strict] {
        join(&ctx, tx, &ana, place).await;
        join(&ctx, tx, &mod_, place).await;
    }
    let operator = by_operator(&server, &hive);
    appoint(&ctx, tx, &operator, &mod_, Role::Moderator)
        .await
        .unwrap();
    let uri = "https://peer.example/p/1";
    let thread = published(&ctx, tx, brought(&ana, Some(&hive), uri)).await;
    let operator = by_operator(&server, &strict);
    assert!(
        ban(&ctx, tx, &operator, &ana, Ban::default())
            .await
            .unwrap()
    );
    let order = from_elsewhere(&mod_, &hive);
    for to in [&reading, &strict] {
        let moved = move_thread(&ctx, tx, &order, &thread, to).await;
        assert!(
            matches!(moved, Err(Error::Denied(Denial::ModeratorsOnly))),
            "{moved:?}"
        );
        assert_eq!(stored(tx, thread.id).await.community_id, Some(hive.id));
    }
    // Who moderates there too decides there too.
    let operator = by_operator(&server, &reading);
    appoint(&ctx, tx, &operator, &mod_, Role::Moderator)
        .await
        .unwrap();
    assert!(
        move_thread(&ctx, tx, &order, &thread, &reading)
            .await
            .unwrap()
    );
}

both!(a_community_of_elsewhere_does_not_fill_letter_boxes);
/// A community of elsewhere that says the same over and over is heard once.
async fn a_community_of_elsewhere_does_not_fill_letter_boxes(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let tx = &mut tx;
    let club = remote(&ctx, tx, ActorKind::Group, "club").await;
    let bea = neighbour(&ctx, tx, "bea").await;
    let there = Elsewhere {
        community: &club,
        by: None,
        uri: "https://peer.example/block/1",
        reason: None,
    };
    for (ends_at, changed) in [(None, true), (None, false), (Some(at(60)), true)] {
        let ban = Ban {
            ends_at,
            with_content: true,
        };
        let said = banned_elsewhere(&ctx, tx, &there, &bea, ban).await.unwrap();
        assert_eq!(said, changed, "{ends_at:?}");
    }
    let log = tx
        .measures(Some(club.id), MeasureId(i64::MAX), 10)
        .await
        .unwrap();
    assert_eq!(log.len(), 2);
    assert_eq!(tx.notices_of(bea.id, 10).await.unwrap().len(), 1);
    let after = later(&ctx, 7_200);
    banned_elsewhere(&after, tx, &there, &bea, Ban::default())
        .await
        .unwrap();
    assert_eq!(tx.notices_of(bea.id, 10).await.unwrap().len(), 2);
}

both!(what_was_edited_in_the_future_can_be_edited);
/// A server whose clock is ahead can still edit what it sent.
async fn what_was_edited_in_the_future_can_be_edited(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let tx = &mut tx;
    let hive = open(&ctx, tx, "tilab").await;
    let ana = remote(&ctx, tx, ActorKind::Person, "ana").await;
    join(&ctx, tx, &ana, &hive).await;
    let mut ahead = brought(&ana, Some(&hive), "https://peer.example/p/1");
    ahead.updated_at = Some(at(100_000_000));
    let post = published(&ctx, tx, ahead).await;
    let edit = Edit {
        content: Edited {
            title: None,
            content: "<p>Mieux</p>".to_owned(),
            source: None,
            summary: None,
            sensitive: false,
            language: None,
        },
        special: Special::Nothing,
        at: at(60),
        received: Some("{}"),
        names: archipel_actions::Names::default(),
    };
    let edited = edit_post(&later(&ctx, 60), tx, &ana, &post, &edit).await;
    assert_eq!(edited.unwrap(), EditOutcome::Edited);
}

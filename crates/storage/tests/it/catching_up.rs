//! A destination that was parked and came back gets what was said meanwhile.

use std::sync::Arc;

use archipel_model::{ActivityId, DestinationId};
use archipel_storage::{Actor, NewActivity};

use crate::database::{Database, both};
use crate::make::{
    announcement, at, claim, delivered, finish, follows, group, parked, person, queued, say, well,
};

/// A hive whose one follower's host was parked after a first activity.
async fn parked_follower(db: &Database) -> (Actor, Actor, DestinationId, ActivityId) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "dead.example").await;
    // Said before anybody there followed: never meant for it.
    say(&mut tx, &announcement(&hive, "https://x/0")).await;
    follows(&mut tx, &ana, &hive).await;
    let first = say(&mut tx, &announcement(&hive, "https://x/1")).await;
    tx.commit().await.unwrap();
    let id = claim(&db.store, at(1)).await[0].id;
    finish(&db.store, &[], &[parked(id, at(1))]).await;
    (hive, ana, id, first)
}

/// As the recorder does when a probe succeeded.
async fn came_back(db: &Database, id: DestinationId, probe: ActivityId) -> u64 {
    let mut tx = db.store.write().await.unwrap();
    tx.finish_deliveries(&[delivered(id, probe)]).await.unwrap();
    let added = tx.catch_up(id, at(90)).await.unwrap();
    tx.finish_destinations(&[well(id)]).await.unwrap();
    tx.commit().await.unwrap();
    added
}

both!(what_was_said_while_parked_is_queued_on_return);
async fn what_was_said_while_parked_is_queued_on_return(db: Arc<Database>) {
    let (hive, ana, id, first) = parked_follower(&db).await;
    let mut tx = db.store.write().await.unwrap();
    let missed = say(&mut tx, &announcement(&hive, "https://x/2")).await;
    let answer = NewActivity {
        to_followers: false,
        recipients: vec![ana.id],
        ..announcement(&hive, "https://x/3")
    };
    let answer = say(&mut tx, &answer).await;
    // Of no concern to it.
    let stranger = person(&mut tx, "eve", "elsewhere.example").await;
    let other = group(&mut tx, "utilo").await;
    let foreign = NewActivity {
        to_followers: false,
        recipients: vec![stranger.id],
        ..announcement(&hive, "https://x/4")
    };
    say(&mut tx, &foreign).await;
    say(&mut tx, &announcement(&other, "https://x/5")).await;
    tx.commit().await.unwrap();
    assert_eq!(came_back(&db, id, first).await, 2);
    let mut conn = db.store.read().await.unwrap();
    let left = conn.queued_deliveries(&[id], at(91), 10).await.unwrap();
    let left: Vec<ActivityId> = left.iter().map(|delivery| delivery.activity_id).collect();
    assert_eq!(left, [missed, answer]);
    assert!(conn.next_due(at(91)).await.unwrap().is_some());
}

both!(what_is_not_expanded_yet_comes_by_itself);
async fn what_is_not_expanded_yet_comes_by_itself(db: Arc<Database>) {
    let (hive, _, id, first) = parked_follower(&db).await;
    let mut tx = db.store.write().await.unwrap();
    let new = announcement(&hive, "https://x/2");
    tx.say(&new, at(80));
    tx.flush().await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(came_back(&db, id, first).await, 0);
    let mut tx = db.store.write().await.unwrap();
    assert_eq!(crate::make::expand(&mut tx, new.id, at(95)).await, 1);
    tx.commit().await.unwrap();
    assert_eq!(queued(&db.store, at(95)).await, [new.id]);
}

both!(catching_up_twice_adds_nothing_and_begins_where_parking_began);
async fn catching_up_twice_adds_nothing_and_begins_where_parking_began(db: Arc<Database>) {
    let (hive, _, id, first) = parked_follower(&db).await;
    // A probe that fails keeps it parked, and the beginning where it was.
    finish(&db.store, &[], &[parked(id, at(1))]).await;
    let mut tx = db.store.write().await.unwrap();
    let missed = say(&mut tx, &announcement(&hive, "https://x/2")).await;
    tx.commit().await.unwrap();
    finish(&db.store, &[], &[parked(id, at(1))]).await;
    assert_eq!(came_back(&db, id, first).await, 1);
    let mut tx = db.store.write().await.unwrap();
    assert_eq!(tx.catch_up(id, at(91)).await.unwrap(), 0);
    tx.commit().await.unwrap();
    assert_eq!(queued(&db.store, at(91)).await, [missed]);
    assert_eq!(claim(&db.store, at(91)).await[0].parked_at, None);
}

//! When somebody has to wake up: never too late, and never for nothing.

use std::sync::Arc;

use archipel_model::{ActivityId, DestinationId};
use archipel_storage::{Actor, DestinationResult, Tx};

use crate::database::{Database, both};
use crate::make::{
    NOW, announcement, at, claim, delivered, failed, finish, follows, group, person, queued, say,
    well,
};

async fn one_destination(tx: &mut Tx) -> Actor {
    let hive = group(tx, "tilab").await;
    let ana = person(tx, "ana", "a.example").await;
    follows(tx, &ana, &hive).await;
    hive
}

async fn next_due(db: &Database, now: archipel_model::Timestamp) -> Option<i64> {
    let mut conn = db.store.read().await.unwrap();
    conn.next_due(now).await.unwrap()
}

both!(nothing_queued_is_never_due);
async fn nothing_queued_is_never_due(db: Arc<Database>) {
    assert_eq!(next_due(&db, NOW).await, None);
    let mut tx = db.store.write().await.unwrap();
    let hive = one_destination(&mut tx).await;
    let said = say(&mut tx, &announcement(&hive, "https://x/1")).await;
    tx.commit().await.unwrap();
    assert_eq!(next_due(&db, NOW).await, Some(NOW.micros()));
    let id = claim(&db.store, NOW).await[0].id;
    finish(&db.store, &[delivered(id, said)], &[well(id)]).await;
    assert_eq!(next_due(&db, NOW).await, None);
}

both!(what_is_taken_is_due_when_its_lease_ends);
async fn what_is_taken_is_due_when_its_lease_ends(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = one_destination(&mut tx).await;
    say(&mut tx, &announcement(&hive, "https://x/1")).await;
    tx.commit().await.unwrap();
    claim(&db.store, NOW).await;
    assert_eq!(next_due(&db, at(1)).await, Some(at(3_600).micros()));
    // The lease of a node that died does not hide it.
    assert_eq!(next_due(&db, at(4_000)).await, Some(NOW.micros()));
}

both!(what_is_free_is_due_before_what_is_taken);
async fn what_is_free_is_due_before_what_is_taken(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = one_destination(&mut tx).await;
    say(&mut tx, &announcement(&hive, "https://x/1")).await;
    tx.commit().await.unwrap();
    claim(&db.store, NOW).await;
    let mut tx = db.store.write().await.unwrap();
    let bo = person(&mut tx, "bo", "b.example").await;
    follows(&mut tx, &bo, &hive).await;
    crate::make::say_at(&mut tx, &announcement(&hive, "https://x/2"), at(30)).await;
    tx.commit().await.unwrap();
    assert_eq!(next_due(&db, at(10)).await, Some(at(30).micros()));
}

both!(a_failed_try_is_due_when_it_is_tried_again);
async fn a_failed_try_is_due_when_it_is_tried_again(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = one_destination(&mut tx).await;
    let said = say(&mut tx, &announcement(&hive, "https://x/1")).await;
    tx.commit().await.unwrap();
    let id = claim(&db.store, NOW).await[0].id;
    finish(&db.store, &[failed(id, said, at(60))], &[well(id)]).await;
    assert_eq!(next_due(&db, at(1)).await, Some(at(60).micros()));
    assert!(claim(&db.store, at(59)).await.is_empty());
    assert_eq!(claim(&db.store, at(60)).await.len(), 1);
    // A destination that backs off as a whole waits for that.
    let wait = DestinationResult {
        backoff_until: at(900).micros(),
        ..well(id)
    };
    finish(&db.store, &[], &[wait]).await;
    assert_eq!(next_due(&db, at(61)).await, Some(at(900).micros()));
}

/// Two about one object, the first of which is tried again in a minute.
async fn held_up(db: &Database) -> (DestinationId, ActivityId, ActivityId) {
    let mut tx = db.store.write().await.unwrap();
    let hive = one_destination(&mut tx).await;
    let first = say(&mut tx, &announcement(&hive, "https://x/1")).await;
    let second = say(&mut tx, &announcement(&hive, "https://x/1")).await;
    tx.commit().await.unwrap();
    let id = claim(&db.store, NOW).await[0].id;
    finish(&db.store, &[failed(id, first, at(60))], &[well(id)]).await;
    (id, first, second)
}

both!(what_has_to_wait_for_another_is_not_due_before_it);
async fn what_has_to_wait_for_another_is_not_due_before_it(db: Arc<Database>) {
    let (id, first, second) = held_up(&db).await;
    // Else it would be taken again and again with nothing that may be sent.
    assert!(queued(&db.store, at(1)).await.is_empty());
    assert_eq!(next_due(&db, at(1)).await, Some(at(60).micros()));
    assert!(claim(&db.store, at(59)).await.is_empty());
    assert_eq!(queued(&db.store, at(60)).await, [first, second]);
    assert_eq!(claim(&db.store, at(60)).await.len(), 1);
    finish(&db.store, &[delivered(id, first)], &[well(id)]).await;
    assert_eq!(queued(&db.store, at(61)).await, [second]);
    assert_eq!(next_due(&db, at(61)).await, Some(NOW.micros()));
}

both!(another_object_is_due_beside_what_waits);
async fn another_object_is_due_beside_what_waits(db: Arc<Database>) {
    let (_, _, _) = held_up(&db).await;
    let mut tx = db.store.write().await.unwrap();
    let hive = tx.local_actor("tilab").await.unwrap().unwrap();
    let other = announcement(&hive, "https://x/2");
    crate::make::say_at(&mut tx, &other, at(5)).await;
    tx.commit().await.unwrap();
    assert_eq!(next_due(&db, at(5)).await, Some(at(5).micros()));
    assert_eq!(queued(&db.store, at(5)).await, [other.id]);
}

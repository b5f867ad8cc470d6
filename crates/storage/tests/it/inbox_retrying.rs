//! What an operator can make wait again.

use std::sync::Arc;

use archipel_model::InboxId;
use archipel_storage::InboxResult;

use crate::database::{Database, both};
use crate::inbox_keeping::{item, keep};
use crate::make::{HOUR, NOW, at};

/// Three items: one done, two put aside.
async fn one_done_two_aside(db: &Database) -> Vec<i64> {
    let items: Vec<_> = (0..3)
        .map(|index| {
            item(
                "https://a.example/ana",
                &format!("https://a.example/{index}"),
                "k",
            )
        })
        .collect();
    keep(&db.store, &items).await;
    let ids: Vec<i64> = items.iter().map(|item| item.id).collect();
    let mut tx = db.store.write().await.unwrap();
    let results: Vec<InboxResult> = ["done", "quarantined", "quarantined"]
        .into_iter()
        .zip(&ids)
        .map(|(state, id)| InboxResult {
            id: *id,
            state,
            attempts: 7,
            next_try_at: NOW.micros(),
            outcome: "fini".to_owned(),
            done_at: Some(NOW.micros()),
        })
        .collect();
    tx.finish_inbox(&results).await.unwrap();
    tx.commit().await.unwrap();
    ids
}

both!(everything_put_aside_waits_again_and_nothing_else);
async fn everything_put_aside_waits_again_and_nothing_else(db: Arc<Database>) {
    let ids = one_done_two_aside(&db).await;
    let mut tx = db.store.write().await.unwrap();
    assert_eq!(tx.retry_inbox(None, at(5)).await.unwrap(), 2);
    let taken = tx.claim_inbox(at(5), at(9), 9).await.unwrap();
    let taken: Vec<_> = taken
        .iter()
        .map(|item| (item.id.0, item.attempts))
        .collect();
    assert_eq!(taken, [(ids[1], 0), (ids[2], 0)]);
}

both!(one_item_waits_again_whatever_became_of_it);
async fn one_item_waits_again_whatever_became_of_it(db: Arc<Database>) {
    let ids = one_done_two_aside(&db).await;
    let mut tx = db.store.write().await.unwrap();
    let one = tx.retry_inbox(Some(InboxId(ids[0])), at(5)).await;
    assert_eq!(one.unwrap(), 1);
    let none = tx.retry_inbox(Some(InboxId(1)), at(5)).await;
    assert_eq!(none.unwrap(), 0);
    let seen = tx.inbox_view(InboxId(ids[0])).await.unwrap().unwrap();
    assert_eq!((seen.state.as_str(), seen.done_at), ("waiting", None));
    assert_eq!(seen.next_try_at, Some(at(5)));
}

both!(what_is_being_worked_on_is_not_given_to_a_second_worker);
async fn what_is_being_worked_on_is_not_given_to_a_second_worker(db: Arc<Database>) {
    let new = item("https://a.example/ana", "https://a.example/1", "k");
    keep(&db.store, std::slice::from_ref(&new)).await;
    let mut tx = db.store.write().await.unwrap();
    let taken = tx.claim_inbox(NOW, NOW.plus(HOUR), 9).await.unwrap();
    assert_eq!(taken.len(), 1);
    tx.retry_inbox(Some(InboxId(new.id)), at(1)).await.unwrap();
    let again = tx.claim_inbox(at(1), at(9), 9).await.unwrap();
    assert!(again.is_empty());
}

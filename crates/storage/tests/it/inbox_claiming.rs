//! Work is taken in order per key, for a while, and what crashed is watched.

use std::sync::Arc;

use archipel_model::{InboxId, Timestamp};
use archipel_storage::{InboxItem, InboxResult, Store};

use crate::database::{Database, both};
use crate::inbox_keeping::{item, keep};
use crate::make::{HOUR, NOW, at};

async fn take(store: &Store, now: Timestamp, limit: i64) -> Vec<InboxItem> {
    let mut tx = store.write().await.unwrap();
    let items = tx.claim_inbox(now, now.plus(HOUR), limit).await.unwrap();
    tx.commit().await.unwrap();
    items
}

fn ids(items: &[InboxItem]) -> Vec<i64> {
    items.iter().map(|item| item.id.0).collect()
}

fn ended(id: i64, state: &'static str, next: Timestamp) -> InboxResult {
    InboxResult {
        id,
        state,
        attempts: 1,
        next_try_at: next.micros(),
        outcome: "voilà".to_owned(),
        done_at: (state != "waiting").then(|| NOW.micros()),
    }
}

async fn finish(store: &Store, results: &[InboxResult]) {
    let mut tx = store.write().await.unwrap();
    tx.finish_inbox(results).await.unwrap();
    tx.commit().await.unwrap();
}

/// Keeps one item for each key, in order; gives their ids.
async fn keep_keys(db: &Database, keys: &[&str]) -> Vec<i64> {
    let items: Vec<_> = keys
        .iter()
        .enumerate()
        .map(|(index, key)| {
            let activity = format!("https://a.example/{index}");
            item("https://a.example/ana", &activity, key)
        })
        .collect();
    keep(&db.store, &items).await;
    items.iter().map(|item| item.id).collect()
}

async fn next_due(db: &Database, now: Timestamp) -> Option<i64> {
    let mut conn = db.store.read().await.unwrap();
    conn.next_inbox_due(now).await.unwrap()
}

both!(work_is_taken_oldest_first_and_once);
async fn work_is_taken_oldest_first_and_once(db: Arc<Database>) {
    let all = keep_keys(&db, &["a", "b", "a", "c"]).await;
    let first = take(&db.store, NOW, 3).await;
    assert_eq!(ids(&first), all[..3]);
    assert_eq!(first[0].signer_uri, "https://a.example/ana");
    assert_eq!(first[0].raw, "{\"id\":\"https://a.example/0\"}");
    assert_eq!(
        (first[0].order_key.as_str(), first[0].received_at),
        ("a", NOW)
    );
    assert_eq!((first[0].attempts, first[0].crashes), (0, 0));
    assert_eq!(ids(&take(&db.store, NOW, 3).await), all[3..]);
    assert!(take(&db.store, NOW, 3).await.is_empty());
}

both!(what_follows_work_in_progress_waits_for_it);
async fn what_follows_work_in_progress_waits_for_it(db: Arc<Database>) {
    let all = keep_keys(&db, &["a", "a", "b"]).await;
    assert_eq!(ids(&take(&db.store, NOW, 1).await), all[..1]);
    // The second `a` is not to be worked on while the first is.
    assert_eq!(ids(&take(&db.store, NOW, 9).await), all[2..]);
    finish(&db.store, &[ended(all[0], "done", NOW)]).await;
    assert_eq!(ids(&take(&db.store, NOW, 9).await), all[1..2]);
}

both!(what_follows_work_that_is_tried_later_waits_for_it);
async fn what_follows_work_that_is_tried_later_waits_for_it(db: Arc<Database>) {
    let all = keep_keys(&db, &["a", "a", "b"]).await;
    take(&db.store, NOW, 1).await;
    finish(&db.store, &[ended(all[0], "waiting", at(60))]).await;
    assert_eq!(ids(&take(&db.store, at(1), 9).await), all[2..]);
    finish(&db.store, &[ended(all[2], "done", NOW)]).await;
    assert_eq!(next_due(&db, at(1)).await, Some(at(60).micros()));
    let again = take(&db.store, at(60), 9).await;
    assert_eq!(ids(&again), all[..2]);
    assert_eq!((again[0].attempts, again[0].crashes), (1, 0));
}

both!(what_is_put_aside_or_refused_holds_up_nothing);
async fn what_is_put_aside_or_refused_holds_up_nothing(db: Arc<Database>) {
    let all = keep_keys(&db, &["a", "a", "a"]).await;
    take(&db.store, NOW, 1).await;
    finish(&db.store, &[ended(all[0], "quarantined", NOW)]).await;
    take(&db.store, NOW, 1).await;
    finish(&db.store, &[ended(all[1], "refused", NOW)]).await;
    assert_eq!(ids(&take(&db.store, NOW, 1).await), all[2..]);
}

both!(results_are_written_all_at_once);
async fn results_are_written_all_at_once(db: Arc<Database>) {
    let all = keep_keys(&db, &["a", "b", "c"]).await;
    take(&db.store, NOW, 9).await;
    finish(
        &db.store,
        &[
            ended(all[0], "done", NOW),
            ended(all[1], "quarantined", NOW),
            ended(all[2], "waiting", at(60)),
        ],
    )
    .await;
    let mut conn = db.store.read().await.unwrap();
    for (id, state, done) in [
        (all[0], "done", Some(NOW)),
        (all[1], "quarantined", Some(NOW)),
        (all[2], "retrying", None),
    ] {
        let seen = conn.inbox_view(InboxId(id)).await.unwrap().unwrap();
        assert_eq!((seen.state.as_str(), seen.done_at), (state, done));
        assert_eq!(seen.outcome.as_deref(), Some("voilà"));
    }
}

both!(work_that_never_ended_is_taken_again_alone_and_counted);
async fn work_that_never_ended_is_taken_again_alone_and_counted(db: Arc<Database>) {
    let all = keep_keys(&db, &["a", "b"]).await;
    take(&db.store, NOW, 9).await;
    assert!(take(&db.store, at(3_599), 9).await.is_empty());
    // The node died: its lease ends.
    let first = take(&db.store, at(3_600), 9).await;
    assert_eq!(ids(&first), all[..1]);
    assert_eq!(first[0].crashes, 1);
    let second = take(&db.store, at(3_600), 9).await;
    assert_eq!(ids(&second), all[1..]);
    assert_eq!(second[0].crashes, 1);
    finish(&db.store, &[ended(all[1], "done", NOW)]).await;
    let third = take(&db.store, at(7_200), 9).await;
    assert_eq!((ids(&third), third[0].crashes), (all[..1].to_vec(), 2));
    // An orderly end clears the count.
    finish(&db.store, &[ended(all[0], "waiting", at(7_300))]).await;
    assert_eq!(take(&db.store, at(7_300), 9).await[0].crashes, 0);
}

both!(what_crashed_holds_up_what_follows_it_but_nothing_else);
async fn what_crashed_holds_up_what_follows_it_but_nothing_else(db: Arc<Database>) {
    let all = keep_keys(&db, &["a"]).await;
    take(&db.store, NOW, 9).await;
    let mut tx = db.store.write().await.unwrap();
    tx.unlease_inbox(InboxId(all[0])).await.unwrap();
    tx.commit().await.unwrap();
    let later = [
        item("https://a.example/bo", "https://a.example/8", "a"),
        item("https://a.example/bo", "https://a.example/9", "b"),
    ];
    keep(&db.store, &later).await;
    let first = take(&db.store, NOW, 9).await;
    assert_eq!((ids(&first), first[0].crashes), (all, 1));
    assert_eq!(ids(&take(&db.store, NOW, 9).await), [later[1].id]);
}

both!(released_work_is_as_if_never_taken);
async fn released_work_is_as_if_never_taken(db: Arc<Database>) {
    let all = keep_keys(&db, &["a", "b", "c"]).await;
    take(&db.store, NOW, 9).await;
    let mut tx = db.store.write().await.unwrap();
    let others = [InboxId(all[0]), InboxId(all[2])];
    tx.release_inbox(&others).await.unwrap();
    // Giving back twice forgives no crash of another time.
    tx.release_inbox(&others).await.unwrap();
    tx.unlease_inbox(InboxId(all[1])).await.unwrap();
    tx.commit().await.unwrap();
    let culprit = take(&db.store, NOW, 9).await;
    assert_eq!((ids(&culprit), culprit[0].crashes), (all[1..2].to_vec(), 1));
    let rest = take(&db.store, NOW, 9).await;
    assert_eq!(ids(&rest), [all[0], all[2]]);
    assert!(rest.iter().all(|item| item.crashes == 0));
}

both!(the_next_work_is_due_when_it_may_be_taken);
async fn the_next_work_is_due_when_it_may_be_taken(db: Arc<Database>) {
    assert_eq!(next_due(&db, NOW).await, None);
    let all = keep_keys(&db, &["a", "b"]).await;
    take(&db.store, NOW, 9).await;
    assert_eq!(next_due(&db, at(1)).await, Some(at(3_600).micros()));
    finish(&db.store, &[ended(all[0], "waiting", at(60))]).await;
    assert_eq!(next_due(&db, at(1)).await, Some(at(60).micros()));
    finish(&db.store, &[ended(all[0], "waiting", at(9_000))]).await;
    assert_eq!(next_due(&db, at(1)).await, Some(at(3_600).micros()));
    finish(&db.store, &[ended(all[1], "done", NOW)]).await;
    assert_eq!(next_due(&db, at(1)).await, Some(at(9_000).micros()));
    finish(&db.store, &[ended(all[0], "done", NOW)]).await;
    assert_eq!(next_due(&db, at(1)).await, None);
}

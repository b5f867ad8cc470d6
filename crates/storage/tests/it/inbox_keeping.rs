//! What is received is kept before anybody is told so, once a signer.

use std::sync::Arc;

use archipel_model::InboxId;
use archipel_storage::{NewInboxItem, Store};

use crate::database::{Database, both};
use crate::make::{NOW, at, fresh};

/// Something received at `NOW`, of a number of its own.
pub fn item(signer: &str, activity: &str, order_key: &str) -> NewInboxItem {
    NewInboxItem {
        id: fresh(),
        activity_uri: activity.to_owned(),
        signer_uri: signer.to_owned(),
        kind: "Create".to_owned(),
        order_key: order_key.to_owned(),
        raw: format!("{{\"id\":\"{activity}\"}}"),
        received_at: NOW.micros(),
    }
}

/// Keeps these in one transaction; says how many were new.
pub async fn keep(store: &Store, items: &[NewInboxItem]) -> u64 {
    let mut tx = store.write().await.unwrap();
    let kept = tx.keep(items).await.unwrap();
    tx.commit().await.unwrap();
    kept
}

both!(what_is_kept_is_found_and_seen);
async fn what_is_kept_is_found_and_seen(db: Arc<Database>) {
    let new = item("https://a.example/ana", "https://a.example/1", "k");
    assert_eq!(keep(&db.store, std::slice::from_ref(&new)).await, 1);
    let mut conn = db.store.read().await.unwrap();
    assert!(
        conn.is_kept(&new.signer_uri, &new.activity_uri)
            .await
            .unwrap()
    );
    assert!(
        !conn
            .is_kept(&new.activity_uri, &new.signer_uri)
            .await
            .unwrap()
    );
    let seen = conn.inbox_view(InboxId(new.id)).await.unwrap().unwrap();
    assert_eq!(
        (seen.activity_uri, seen.signer_uri),
        (new.activity_uri, new.signer_uri)
    );
    assert_eq!((seen.kind, seen.raw), (new.kind, new.raw));
    assert_eq!((seen.state.as_str(), seen.attempts), ("waiting", 0));
    assert_eq!((seen.received_at, seen.next_try_at), (NOW, Some(NOW)));
    assert_eq!((seen.outcome, seen.done_at), (None, None));
    assert!(conn.inbox_view(InboxId(1)).await.unwrap().is_none());
}

both!(the_same_of_the_same_signer_is_kept_once);
async fn the_same_of_the_same_signer_is_kept_once(db: Arc<Database>) {
    let first = item("https://a.example/ana", "https://a.example/1", "k");
    let again = NewInboxItem {
        raw: "{\"another\":true}".to_owned(),
        ..item(&first.signer_uri, &first.activity_uri, "k")
    };
    // Twice within one statement, and once more later.
    assert_eq!(keep(&db.store, &[first.clone(), again.clone()]).await, 1);
    assert_eq!(keep(&db.store, &[again]).await, 0);
    let of_another = item("https://a.example/bo", "https://a.example/1", "k");
    assert_eq!(keep(&db.store, &[of_another]).await, 1);
    let mut conn = db.store.read().await.unwrap();
    let all = conn.inbox_views(&["waiting"], 10).await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!((all[1].id, &all[1].raw), (InboxId(first.id), &first.raw));
}

both!(hundreds_are_kept_in_one_statement);
async fn hundreds_are_kept_in_one_statement(db: Arc<Database>) {
    let items: Vec<NewInboxItem> = (0..256)
        .map(|index| {
            item(
                "https://a.example/ana",
                &format!("https://a.example/{index}"),
                "k",
            )
        })
        .collect();
    assert_eq!(keep(&db.store, &items).await, 256);
    assert_eq!(keep(&db.store, &items).await, 0);
    assert_eq!(keep(&db.store, &[]).await, 0);
}

both!(a_taken_id_is_an_error_that_loses_nothing);
async fn a_taken_id_is_an_error_that_loses_nothing(db: Arc<Database>) {
    let first = item("https://a.example/ana", "https://a.example/1", "k");
    keep(&db.store, std::slice::from_ref(&first)).await;
    let other = NewInboxItem {
        id: first.id,
        ..item("https://a.example/ana", "https://a.example/2", "k")
    };
    let mut tx = db.store.write().await.unwrap();
    // Silence would mean that a peer is told 202 for what was thrown away.
    let error = tx.keep(&[other]).await.unwrap_err();
    assert!(error.is_unique_violation(), "{error}");
    drop(tx);
    let mut conn = db.store.read().await.unwrap();
    let all = conn.inbox_views(&["waiting"], 10).await.unwrap();
    assert_eq!(all.len(), 1);
}

both!(views_are_newest_first_and_tell_retrying_from_waiting);
async fn views_are_newest_first_and_tell_retrying_from_waiting(db: Arc<Database>) {
    let items: Vec<NewInboxItem> = (0..3)
        .map(|index| {
            item(
                "https://a.example/ana",
                &format!("https://a.example/{index}"),
                "k",
            )
        })
        .collect();
    keep(&db.store, &items).await;
    let again = archipel_storage::InboxResult {
        id: items[1].id,
        state: "waiting",
        attempts: 1,
        next_try_at: at(60).micros(),
        outcome: "plus tard".to_owned(),
        done_at: None,
    };
    let mut tx = db.store.write().await.unwrap();
    tx.finish_inbox(&[again]).await.unwrap();
    let ids = |views: Vec<archipel_storage::InboxView>| -> Vec<i64> {
        views.iter().map(|view| view.id.0).collect()
    };
    let waiting = tx.inbox_views(&["waiting"], 10).await.unwrap();
    assert_eq!(ids(waiting), [items[2].id, items[0].id]);
    let retrying = tx.inbox_views(&["retrying"], 10).await.unwrap();
    assert_eq!(retrying[0].outcome.as_deref(), Some("plus tard"));
    assert_eq!(retrying[0].next_try_at, Some(at(60)));
    let both = tx.inbox_views(&["waiting", "retrying"], 2).await.unwrap();
    assert_eq!(ids(both), [items[2].id, items[1].id]);
    let one = tx.inbox_view(InboxId(items[1].id)).await.unwrap().unwrap();
    assert_eq!(one.state, "retrying");
}

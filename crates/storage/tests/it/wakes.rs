//! Who waits is woken by commits: of this process, of other nodes, of commands.

use std::sync::Arc;
use std::time::Duration;

use archipel_storage::Store;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::database::{Database, both, only_on};
use crate::inbox_keeping::item;
use crate::make::{NOW, announcement, group};

/// Whether somebody is woken without waiting.
async fn woken(sleeper: &Notify) -> bool {
    timeout(Duration::ZERO, sleeper.notified()).await.is_ok()
}

/// Commits as often as it takes until the sleeper is woken: the watcher may not
/// have begun to listen at the first.
async fn wakes_by(sleeper: &Notify, mut commit: impl AsyncFnMut()) -> bool {
    for _ in 0..100 {
        commit().await;
        if timeout(Duration::from_millis(200), sleeper.notified())
            .await
            .is_ok()
        {
            return true;
        }
    }
    false
}

async fn receive(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let activity = format!("https://a.example/{}", crate::make::fresh());
    tx.keep(&[item("https://a.example/ana", &activity, "k")])
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

both!(a_commit_wakes_those_it_concerns_and_nothing_wakes_before);
async fn a_commit_wakes_those_it_concerns_and_nothing_wakes_before(db: Arc<Database>) {
    let wakes = db.store.wakes();
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    tx.say(&announcement(&hive, "https://x/1"), NOW);
    tx.flush().await.unwrap();
    assert!(!woken(&wakes.outbox).await);
    tx.commit().await.unwrap();
    assert!(woken(&wakes.outbox).await);
    assert!(!woken(&wakes.inbox).await);
    receive(&db.store).await;
    assert!(woken(&wakes.inbox).await);
    assert!(!woken(&wakes.outbox).await);
}

both!(what_is_rolled_back_wakes_nobody);
async fn what_is_rolled_back_wakes_nobody(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    tx.keep(&[item("https://a.example/ana", "https://a.example/1", "k")])
        .await
        .unwrap();
    drop(tx);
    assert!(!woken(&db.store.wakes().inbox).await);
}

both!(a_commit_elsewhere_wakes_who_watches);
async fn a_commit_elsewhere_wakes_who_watches(db: Arc<Database>) {
    let other = db.other().await;
    let watcher = tokio::spawn({
        let store = db.store.clone();
        async move { store.watch().await }
    });
    let wakes = db.store.wakes().clone();
    assert!(wakes_by(&wakes.inbox, async || receive(&other).await).await);
    watcher.abort();
    let _ = watcher.await;
}

only_on!(Postgres: a_notice_wakes_only_those_it_concerns);
async fn a_notice_wakes_only_those_it_concerns(db: Arc<Database>) {
    let other = db.other().await;
    let watcher = tokio::spawn({
        let store = db.store.clone();
        async move { store.watch().await }
    });
    let wakes = db.store.wakes().clone();
    assert!(wakes_by(&wakes.inbox, async || receive(&other).await).await);
    assert!(!woken(&wakes.outbox).await);
    watcher.abort();
}

only_on!(Postgres: a_watcher_that_lost_its_connection_wakes_everybody);
async fn a_watcher_that_lost_its_connection_wakes_everybody(db: Arc<Database>) {
    let other = db.other().await;
    let watcher = tokio::spawn({
        let store = db.store.clone();
        async move { store.watch().await }
    });
    let wakes = db.store.wakes().clone();
    assert!(wakes_by(&wakes.inbox, async || receive(&other).await).await);
    // What was said while nobody listened may concern anybody.
    let mut admin = sqlx::PgPool::connect(&db.url)
        .await
        .unwrap()
        .acquire()
        .await
        .unwrap();
    let ended = sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND query ILIKE 'LISTEN%'",
    )
    .fetch_all(&mut *admin)
    .await
    .unwrap();
    assert_eq!(ended.len(), 1);
    let woken = timeout(Duration::from_secs(20), wakes.outbox.notified()).await;
    assert!(woken.is_ok());
    watcher.abort();
}

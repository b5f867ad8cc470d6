//! One serving process among others, or alone.

use std::sync::Arc;
use std::time::Duration;

use archipel_storage::Error;

use crate::database::{Database, both, only_on};
use crate::inbox_keeping::{item, keep};
use crate::make::{
    HOUR, NOW, announcement, at, claim, delivered, finish, follows, group, person, queued, say,
    well,
};

/// Work in the inbox and a delivery, both taken by a node that died.
async fn taken_by_the_dead(db: &Database) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "a.example").await;
    follows(&mut tx, &ana, &hive).await;
    say(&mut tx, &announcement(&hive, "https://x/1")).await;
    tx.commit().await.unwrap();
    keep(
        &db.store,
        &[item("https://a.example/ana", "https://a.example/1", "k")],
    )
    .await;
    claim(&db.store, NOW).await;
    let mut tx = db.store.write().await.unwrap();
    tx.claim_inbox(NOW, NOW.plus(HOUR), 9).await.unwrap();
    tx.commit().await.unwrap();
}

/// How much can be taken: destinations and inbox items.
async fn to_be_taken(db: &Database) -> (usize, usize) {
    let mut tx = db.store.write().await.unwrap();
    let destinations = tx.claim_destinations(at(1), at(2), 9).await.unwrap();
    let items = tx.claim_inbox(at(1), at(2), 9).await.unwrap();
    (destinations.len(), items.len())
}

both!(a_node_alone_takes_over_at_once_what_the_dead_held);
async fn a_node_alone_takes_over_at_once_what_the_dead_held(db: Arc<Database>) {
    taken_by_the_dead(&db).await;
    assert_eq!(to_be_taken(&db).await, (0, 0));
    let _node = db.store.begin_serving(NOW).await.unwrap();
    assert_eq!(to_be_taken(&db).await, (1, 1));
}

both!(what_was_in_hand_twice_when_a_process_died_waits_a_little);
async fn what_was_in_hand_twice_when_a_process_died_waits_a_little(db: Arc<Database>) {
    taken_by_the_dead(&db).await;
    drop(db.store.begin_serving(NOW).await.unwrap());
    // It is taken again at once, and that process dies too.
    let mut tx = db.store.write().await.unwrap();
    assert_eq!(tx.claim_inbox(at(1), at(60), 9).await.unwrap().len(), 1);
    tx.commit().await.unwrap();
    drop(db.store.begin_serving(NOW).await.unwrap());
    let mut tx = db.store.write().await.unwrap();
    let early = tx.claim_inbox(at(9), at(60), 9).await.unwrap();
    assert!(early.is_empty());
    let late = tx.claim_inbox(at(10), at(60), 9).await.unwrap();
    assert_eq!(
        late.iter().map(|item| item.crashes).collect::<Vec<_>>(),
        [2]
    );
}

both!(a_serving_node_stands_in_nobody_s_way);
async fn a_serving_node_stands_in_nobody_s_way(db: Arc<Database>) {
    let _node = db.store.begin_serving(NOW).await.unwrap();
    let work = async {
        let mut tx = db.store.write().await.unwrap();
        let hive = group(&mut tx, "tilab").await;
        let ana = person(&mut tx, "ana", "a.example").await;
        follows(&mut tx, &ana, &hive).await;
        let said = say(&mut tx, &announcement(&hive, "https://x/1")).await;
        tx.commit().await.unwrap();
        let id = claim(&db.store, NOW).await[0].id;
        finish(&db.store, &[delivered(id, said)], &[well(id)]).await;
        queued(&db.store, at(1)).await
    };
    let left = tokio::time::timeout(Duration::from_secs(30), work).await;
    assert!(left.unwrap().is_empty());
}

only_on!(Postgres: a_second_node_leaves_the_first_its_work);
async fn a_second_node_leaves_the_first_its_work(db: Arc<Database>) {
    let other = db.other().await;
    let first = db.store.begin_serving(NOW).await.unwrap();
    taken_by_the_dead(&db).await;
    let second = other.begin_serving(NOW).await.unwrap();
    assert_eq!(to_be_taken(&db).await, (0, 0));
    drop((first, second));
}

only_on!(Sqlite: a_second_process_may_not_serve_from_the_same_file);
async fn a_second_process_may_not_serve_from_the_same_file(db: Arc<Database>) {
    let other = db.other().await;
    let first = db.store.begin_serving(NOW).await.unwrap();
    let refused = other.begin_serving(NOW).await.unwrap_err();
    assert!(matches!(refused, Error::InUse(_)), "{refused}");
    // Commands work beside the server.
    other.ping().await.unwrap();
    drop(first);
    other.begin_serving(NOW).await.unwrap();
}

//! What an operator sees of deliveries, and what they can do about them.

use std::sync::Arc;

use archipel_model::{ActivityId, DestinationId};
use archipel_storage::{DeliveryResult, DestinationResult};

use crate::database::{Database, both};
use crate::make::{
    NOW, announcement, at, claim, delivered, failed, finish, follows, group, parked, person,
    queued, say, well,
};

/// Every state that a view can show.
const ALL: [&str; 5] = ["queued", "retrying", "delivered", "refused", "skipped"];

fn refused(destination: DestinationId, activity: ActivityId) -> DeliveryResult {
    DeliveryResult {
        state: "refused",
        status: Some(403),
        words: Some("non".to_owned()),
        ..delivered(destination, activity)
    }
}

/// Two objects said to two hosts; a.example refused both, b.example took one and
/// asked to be patient with the other.
async fn mixed_fortunes(db: &Database) -> [ActivityId; 2] {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    for host in ["a.example", "b.example"] {
        let follower = person(&mut tx, "ana", host).await;
        follows(&mut tx, &follower, &hive).await;
    }
    let one = say(&mut tx, &announcement(&hive, "https://x/1")).await;
    let two = say(&mut tx, &announcement(&hive, "https://x/2")).await;
    tx.commit().await.unwrap();
    for taken in claim(&db.store, NOW).await {
        let id = taken.id;
        let tries = if taken.host == "a.example" {
            [refused(id, one), refused(id, two)]
        } else {
            [delivered(id, one), failed(id, two, at(600))]
        };
        let round = DestinationResult {
            backoff_until: at(300).micros(),
            ..well(id)
        };
        finish(&db.store, &tries, &[round]).await;
    }
    [one, two]
}

both!(deliveries_are_seen_by_object_peer_and_state);
async fn deliveries_are_seen_by_object_peer_and_state(db: Arc<Database>) {
    let [one, two] = mixed_fortunes(&db).await;
    let mut conn = db.store.read().await.unwrap();
    let all = conn.delivery_views(None, None, &ALL, 10).await.unwrap();
    let all: Vec<_> = all
        .iter()
        .map(|seen| (seen.activity_id, seen.host.as_str(), seen.state.as_str()))
        .collect();
    assert_eq!(
        all,
        [
            (two, "a.example", "refused"),
            (two, "b.example", "retrying"),
            (one, "a.example", "refused"),
            (one, "b.example", "delivered"),
        ]
    );
    let newest = conn.delivery_views(None, None, &ALL, 1).await.unwrap();
    assert_eq!(newest.len(), 1);
    let of_one = conn
        .delivery_views(Some("https://x/1"), None, &ALL, 10)
        .await
        .unwrap();
    assert_eq!(of_one.len(), 2);
    assert_eq!(of_one[0].object.as_deref(), Some("https://x/1"));
    assert_eq!(of_one[0].kind, "AnnounceThread");
    assert!(
        of_one[0]
            .activity
            .starts_with("https://lab.example/activities/")
    );
    assert_eq!(of_one[0].inbox, "https://a.example/inbox");
    let to_b = conn
        .delivery_views(None, Some("b.example"), &["retrying"], 10)
        .await
        .unwrap();
    assert_eq!(to_b.len(), 1);
    assert_eq!(to_b[0].next_try_at, Some(at(600)));
    let queued = conn.delivery_views(None, None, &["queued"], 10).await;
    assert!(queued.unwrap().is_empty());
    assert!(
        conn.delivery_views(None, None, &[], 10)
            .await
            .unwrap()
            .is_empty()
    );
}

both!(destinations_are_seen_with_their_queues);
async fn destinations_are_seen_with_their_queues(db: Arc<Database>) {
    mixed_fortunes(&db).await;
    let mut conn = db.store.read().await.unwrap();
    let all = conn.destination_views(None).await.unwrap();
    let counts: Vec<_> = all
        .iter()
        .map(|seen| {
            (
                seen.host.as_str(),
                seen.queued,
                seen.delivered,
                seen.refused,
            )
        })
        .collect();
    assert_eq!(counts, [("a.example", 0, 0, 2), ("b.example", 1, 1, 0)]);
    assert_eq!((all[0].due_at, all[0].oldest_at), (None, None));
    assert_eq!(
        (all[1].due_at, all[1].oldest_at),
        (Some(at(600)), Some(NOW))
    );
    let one = conn.destination_views(Some("b.example")).await.unwrap();
    assert_eq!(one.len(), 1);
    assert_eq!(one[0].parked_at, None);
}

both!(what_waits_is_retried_at_once_for_one_peer_or_all);
async fn what_waits_is_retried_at_once_for_one_peer_or_all(db: Arc<Database>) {
    let [_, two] = mixed_fortunes(&db).await;
    let mut tx = db.store.write().await.unwrap();
    let none = tx.retry_deliveries(Some("a.example"), None, at(1)).await;
    assert_eq!(none.unwrap(), 0);
    let all = tx.retry_deliveries(None, None, at(1)).await;
    assert_eq!(all.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(queued(&db.store, at(1)).await, [two]);
    assert_eq!(claim(&db.store, at(1)).await[0].host, "b.example");
}

both!(a_parked_peer_that_is_retried_is_probed_at_once);
async fn a_parked_peer_that_is_retried_is_probed_at_once(db: Arc<Database>) {
    mixed_fortunes(&db).await;
    let mut conn = db.store.read().await.unwrap();
    let id = conn.destination_views(Some("b.example")).await.unwrap()[0].id;
    drop(conn);
    let asleep = DestinationResult {
        backoff_until: at(90_000).micros(),
        ..parked(id, at(1))
    };
    finish(&db.store, &[], &[asleep]).await;
    assert!(claim(&db.store, at(700)).await.is_empty());
    let mut tx = db.store.write().await.unwrap();
    let due = tx.retry_deliveries(Some("b.example"), None, at(701)).await;
    assert_eq!(due.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(claim(&db.store, at(701)).await[0].parked_at, Some(at(1)));
}

both!(refused_deliveries_are_queued_again_on_demand);
async fn refused_deliveries_are_queued_again_on_demand(db: Arc<Database>) {
    let [one, two] = mixed_fortunes(&db).await;
    let mut tx = db.store.write().await.unwrap();
    let b = tx.requeue_refused(Some("b.example"), None, at(1)).await;
    assert_eq!(b.unwrap(), 0);
    let first = tx.requeue_refused(None, Some("https://x/1"), at(1)).await;
    assert_eq!(first.unwrap(), 1);
    let rest = tx.requeue_refused(Some("a.example"), None, at(1)).await;
    assert_eq!(rest.unwrap(), 1);
    let again = tx.requeue_refused(None, None, at(1)).await;
    assert_eq!(again.unwrap(), 0);
    tx.commit().await.unwrap();
    let mut waiting = queued(&db.store, at(1)).await;
    waiting.sort_unstable();
    assert_eq!(waiting, [one, two, two]);
    let mut hosts: Vec<String> = claim(&db.store, at(1))
        .await
        .into_iter()
        .map(|taken| taken.host)
        .collect();
    hosts.sort_unstable();
    assert_eq!(hosts, ["a.example", "b.example"]);
}

//! Results are written down many at a time.

use std::sync::Arc;

use archipel_model::DestinationId;
use archipel_storage::{DeliveryResult, DestinationResult};

use crate::database::{Database, both};
use crate::make::{
    NOW, announcement, at, claim, delivered, failed, finish, follows, group, person, queued, say,
    well,
};

both!(every_way_a_try_ends_is_written_in_one_statement);
async fn every_way_a_try_ends_is_written_in_one_statement(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    for host in ["a.example", "b.example", "c.example", "d.example"] {
        let follower = person(&mut tx, "ana", host).await;
        follows(&mut tx, &follower, &hive).await;
    }
    let said = say(&mut tx, &announcement(&hive, "https://x/1")).await;
    tx.commit().await.unwrap();
    let mut claimed = claim(&db.store, NOW).await;
    claimed.sort_by(|a, b| a.host.cmp(&b.host));
    let id = |index: usize| -> DestinationId { claimed[index].id };
    let tries = [
        delivered(id(0), said),
        DeliveryResult {
            state: "refused",
            attempts: 3,
            status: Some(403),
            words: Some("non, \"merci\"\\ 🙂".to_owned()),
            ..delivered(id(1), said)
        },
        failed(id(2), said, at(60)),
        DeliveryResult {
            state: "skipped",
            status: None,
            ..delivered(id(3), said)
        },
    ];
    let rounds: Vec<DestinationResult> = claimed.iter().map(|taken| well(taken.id)).collect();
    finish(&db.store, &tries, &rounds).await;
    let mut conn = db.store.read().await.unwrap();
    let states = ["queued", "retrying", "delivered", "refused", "skipped"];
    let seen = conn.delivery_views(None, None, &states, 10).await.unwrap();
    let told: Vec<_> = seen
        .iter()
        .map(|seen| {
            (
                seen.state.as_str(),
                seen.attempts,
                seen.status,
                seen.words.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("delivered", 1, Some(202), None),
            ("refused", 3, Some(403), Some("non, \"merci\"\\ 🙂")),
            ("retrying", 1, Some(500), Some("plus tard")),
            ("skipped", 1, None, None),
        ]
    );
    let done: Vec<_> = seen.iter().map(|seen| seen.done_at).collect();
    assert_eq!(done, [Some(NOW), Some(NOW), None, Some(NOW)]);
    assert_eq!(seen[2].next_try_at, Some(at(60)));
    assert_eq!(seen[0].next_try_at, None);
    drop(conn);
    assert!(queued(&db.store, at(59)).await.is_empty());
}

both!(a_destination_remembers_its_last_success_and_error);
async fn a_destination_remembers_its_last_success_and_error(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "a.example").await;
    follows(&mut tx, &ana, &hive).await;
    say(&mut tx, &announcement(&hive, "https://x/1")).await;
    tx.commit().await.unwrap();
    let id = claim(&db.store, NOW).await[0].id;
    let failure = DestinationResult {
        fail_count: 2,
        failing_since: Some(at(1).micros()),
        backoff_until: at(50).micros(),
        error: Some("status 500".to_owned()),
        error_at: Some(at(1).micros()),
        ..well(id)
    };
    finish(&db.store, &[], &[failure]).await;
    let success = DestinationResult {
        success_at: Some(at(60).micros()),
        ..well(id)
    };
    finish(&db.store, &[], &[success]).await;
    finish(&db.store, &[], &[well(id)]).await;
    finish(&db.store, &[], &[]).await;
    let mut conn = db.store.read().await.unwrap();
    let seen = &conn.destination_views(None).await.unwrap()[0];
    assert_eq!(seen.fail_count, 0);
    assert_eq!(seen.last_success_at, Some(at(60)));
    assert_eq!(seen.last_error.as_deref(), Some("status 500"));
    assert_eq!(seen.last_error_at, Some(at(1)));
}

both!(hundreds_are_finished_at_once);
async fn hundreds_are_finished_at_once(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    for index in 0..300 {
        let follower = person(&mut tx, "ana", &format!("h{index}.example")).await;
        follows(&mut tx, &follower, &hive).await;
    }
    let said = say(&mut tx, &announcement(&hive, "https://x/1")).await;
    tx.commit().await.unwrap();
    let claimed = claim(&db.store, NOW).await;
    assert_eq!(claimed.len(), 300);
    let tries: Vec<_> = claimed
        .iter()
        .map(|taken| delivered(taken.id, said))
        .collect();
    let rounds: Vec<_> = claimed.iter().map(|taken| well(taken.id)).collect();
    finish(&db.store, &tries, &rounds).await;
    assert!(queued(&db.store, at(1)).await.is_empty());
    let mut conn = db.store.read().await.unwrap();
    assert_eq!(conn.next_due(at(1)).await.unwrap(), None);
}

//! Who got something of an actor is known also when the deliveries are forgotten.

use std::sync::Arc;
use std::time::Duration;

use archipel_model::DestinationId;
use archipel_storage::{DeliveryResult, NewActivity};

use crate::database::{Database, both};
use crate::make::{NOW, announcement, fresh, group, person, say};

both!(who_got_something_is_told_the_end_after_deliveries_are_forgotten);
async fn who_got_something_is_told_the_end_after_deliveries_are_forgotten(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let (ana, bob) = (
        person(&mut tx, "ana", "peer.example").await,
        person(&mut tx, "bob", "other.example").await,
    );
    let post = NewActivity {
        to_followers: false,
        recipients: vec![ana.id, bob.id],
        ..announcement(&hive, "https://lab.example/p/1")
    };
    let said = say(&mut tx, &post).await;
    let places = tx.claim_destinations(NOW, NOW, 10).await.unwrap();
    let results: Vec<DeliveryResult> = places
        .iter()
        .map(|place| DeliveryResult {
            destination: place.id.0,
            activity: said.0,
            // One took it, the other did not want it.
            state: if place.host == "peer.example" {
                "delivered"
            } else {
                "refused"
            },
            attempts: 1,
            next_try_at: NOW.micros(),
            status: None,
            words: None,
            done_at: Some(NOW.micros()),
        })
        .collect();
    assert_eq!(results.len(), 2);
    tx.finish_deliveries(&results).await.unwrap();
    let month = NOW.plus(Duration::from_hours(31 * 24));
    for _ in 0..2 {
        tx.tidy(month).await.unwrap();
    }
    let end = NewActivity {
        to_followers: false,
        to_reached: true,
        ..announcement(&hive, "https://lab.example/c/tilab")
    };
    tx.say(&end, month);
    tx.flush().await.unwrap();
    let expanded = tx
        .expand(&[end.id], month, || DestinationId(fresh()))
        .await
        .unwrap();
    assert_eq!(expanded.added, 1);
    let views = tx
        .delivery_views(Some("https://lab.example/c/tilab"), None, &["queued"], 10)
        .await
        .unwrap();
    assert_eq!(views[0].host, "peer.example");
    // Another one who said nothing reaches nobody.
    let silent = group(&mut tx, "utilo").await;
    let end = NewActivity {
        to_followers: false,
        to_reached: true,
        ..announcement(&silent, "https://lab.example/c/utilo")
    };
    tx.say(&end, month);
    tx.flush().await.unwrap();
    let expanded = tx.expand(&[end.id], month, || DestinationId(fresh())).await;
    assert_eq!(expanded.unwrap().added, 0);
}

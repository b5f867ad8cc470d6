//! Keys that follow one another as time passes.

use std::sync::Arc;
use std::time::Duration;

use archipel_actions::{Context, Error, NewKeys, hand_over_keys, rotate_keys};
use archipel_model::{Clock, Timestamp};
use archipel_storage::{ActivityKind, ActorKey, Tx};

use crate::database::{Database, both};
use crate::lab::{NOW, asking, context, keys, open, person, said};

const DAY: u64 = 24;

#[derive(Debug)]
struct At(Timestamp);

impl Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// The same lab so many days later.
fn later(ctx: &Context, days: u64) -> Context {
    let now = NOW.plus(Duration::from_hours(DAY * days) + Duration::from_mins(1));
    Context {
        clock: Arc::new(At(now)),
        ..ctx.clone()
    }
}

fn fresh() -> NewKeys {
    keys()
}

fn key<'a>(keys: &'a [ActorKey], end: &str) -> &'a ActorKey {
    keys.iter().find(|key| key.id.ends_with(end)).unwrap()
}

async fn hand_over(ctx: &Context, tx: &mut Tx) -> usize {
    hand_over_keys(ctx, tx).await.unwrap()
}

both!(new_keys_take_over_after_a_week_and_the_old_ones_leave_after_another);
async fn new_keys_take_over_after_a_week_and_the_old_ones_leave_after_another(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    archipel_actions::follow(&ctx, &mut tx, asking(&ana, &hive))
        .await
        .unwrap();
    said(&mut tx).await;
    let from = rotate_keys(&ctx, &mut tx, &hive, &fresh(), false)
        .await
        .unwrap();
    assert_eq!(from, NOW.plus(Duration::from_hours(DAY * 7)));
    // The world sees them at once, under the old key.
    let told = said(&mut tx).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].kind, ActivityKind::UpdateActor);
    let again = rotate_keys(&ctx, &mut tx, &hive, &fresh(), false).await;
    assert!(matches!(again, Err(Error::KeysWait(until)) if until == from));
    for days in [0, 6] {
        assert_eq!(hand_over(&later(&ctx, days), &mut tx).await, 0, "{days}");
    }
    let switch = later(&ctx, 7);
    assert_eq!(hand_over(&switch, &mut tx).await, 1);
    assert_eq!(hand_over(&switch, &mut tx).await, 0, "once");
    assert_eq!(said(&mut tx).await.len(), 1);
    let stored = tx.keys_of(hive.id).await.unwrap();
    let (old, new) = (key(&stored, "#main-key"), key(&stored, "#main-key-2"));
    assert_eq!(
        old.retired_at,
        Some(from.plus(Duration::from_hours(DAY * 7)))
    );
    assert_eq!((new.signs_from, new.retired_at), (from, None));
    // What nobody signs with any more is forgotten, but its id stays taken.
    tx.tidy(later(&ctx, 22).clock.now()).await.unwrap();
    let stored = tx.keys_of(hive.id).await.unwrap();
    assert!(key(&stored, "#main-key").private.is_none());
    assert!(key(&stored, "#main-key-2").private.is_some());
    let much_later = later(&ctx, 30);
    rotate_keys(&much_later, &mut tx, &hive, &fresh(), true)
        .await
        .unwrap();
    let stored = tx.keys_of(hive.id).await.unwrap();
    assert_eq!(key(&stored, "#main-key-3").signs_from, much_later.now());
}

both!(the_telling_is_signed_with_the_key_before);
async fn the_telling_is_signed_with_the_key_before(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    archipel_actions::follow(&ctx, &mut tx, asking(&ana, &hive))
        .await
        .unwrap();
    said(&mut tx).await;
    rotate_keys(&ctx, &mut tx, &hive, &fresh(), true)
        .await
        .unwrap();
    assert!(
        said(&mut tx).await.is_empty(),
        "not before every node knows"
    );
    assert_eq!(hand_over(&later(&ctx, 0), &mut tx).await, 1);
    let told = said(&mut tx).await;
    let ids = [told[0].id];
    tx.expand(&ids, NOW, || ctx.id()).await.unwrap();
    let due = NOW.plus(Duration::from_mins(2));
    let places = tx.claim_destinations(due, due, 10).await.unwrap();
    let places: Vec<_> = places.iter().map(|place| place.id).collect();
    let queue = tx.queued_deliveries(&places, due, 10).await.unwrap();
    let telling = queue.iter().find(|one| one.activity_id == told[0].id);
    assert_eq!(
        telling.unwrap().key_id,
        Some("https://lab.example/c/tilab#main-key".to_owned())
    );
}

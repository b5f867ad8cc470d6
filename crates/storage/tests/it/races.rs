//! Many at once: no work is done twice, no writer is turned away, and nothing
//! that was queued is forgotten.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use archipel_model::{ActorId, DestinationId};
use archipel_storage::Store;

use crate::database::{Database, both, only_on};
use crate::inbox_keeping::{item, keep};
use crate::make::{
    HOUR, NOW, announcement, at, delivered, expand, finish, follows, fresh, group, person, say,
    well,
};

/// Runs `task` for each of these stores at the same time.
async fn at_once<T, Running>(stores: &[Store], task: impl Fn(Store) -> Running) -> Vec<T>
where
    T: Send + 'static,
    Running: Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = stores
        .iter()
        .map(|store| tokio::spawn(task(store.clone())))
        .collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

both!(racing_claimers_get_disjoint_destinations);
async fn racing_claimers_get_disjoint_destinations(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    for index in 0..200 {
        let follower = person(&mut tx, "ana", &format!("h{index}.example")).await;
        follows(&mut tx, &follower, &hive).await;
    }
    say(&mut tx, &announcement(&hive, "https://x/1")).await;
    tx.commit().await.unwrap();
    let other = db.other().await;
    let stores = [db.store.clone(), other.clone(), db.store.clone(), other];
    let claims = at_once(&stores, |store| async move {
        let mut mine = Vec::new();
        loop {
            let mut tx = store.write().await.unwrap();
            let claimed = tx.claim_destinations(NOW, NOW.plus(HOUR), 7).await.unwrap();
            tx.commit().await.unwrap();
            assert!(claimed.len() <= 7);
            if claimed.is_empty() {
                return mine;
            }
            mine.extend(claimed.iter().map(|taken| taken.id));
        }
    })
    .await;
    let all: Vec<DestinationId> = claims.into_iter().flatten().collect();
    let different: HashSet<DestinationId> = all.iter().copied().collect();
    assert_eq!((all.len(), different.len()), (200, 200));
}

both!(racing_workers_take_each_item_once_and_in_order_per_key);
async fn racing_workers_take_each_item_once_and_in_order_per_key(db: Arc<Database>) {
    let items: Vec<_> = (0..120)
        .map(|index| {
            let activity = format!("https://a.example/{index}");
            item(
                "https://a.example/ana",
                &activity,
                &format!("k{}", index % 7),
            )
        })
        .collect();
    keep(&db.store, &items).await;
    let other = db.other().await;
    let stores = [db.store.clone(), other.clone(), db.store.clone(), other];
    // By key: the last that was begun, and whether it has ended.
    let begun: Arc<Mutex<HashMap<String, i64>>> = Arc::default();
    let seen = begun.clone();
    let done = at_once(&stores, move |store| {
        let begun = seen.clone();
        async move {
            let mut count = 0;
            loop {
                let mut tx = store.write().await.unwrap();
                let taken = tx.claim_inbox(NOW, NOW.plus(HOUR), 5).await.unwrap();
                tx.commit().await.unwrap();
                let mut conn = store.read().await.unwrap();
                if taken.is_empty() {
                    let left = conn.inbox_views(&["waiting"], 1).await.unwrap();
                    if left.is_empty() {
                        return count;
                    }
                    tokio::task::yield_now().await;
                    continue;
                }
                drop(conn);
                count += taken.len();
                for item in &taken {
                    let before = begun
                        .lock()
                        .unwrap()
                        .insert(item.order_key.clone(), item.id.0);
                    assert!(before.is_none_or(|before| before < item.id.0));
                }
                let results: Vec<_> = taken
                    .iter()
                    .map(|item| archipel_storage::InboxResult {
                        id: item.id.0,
                        state: "done",
                        attempts: 1,
                        next_try_at: NOW.micros(),
                        outcome: String::new(),
                        done_at: Some(NOW.micros()),
                    })
                    .collect();
                let mut tx = store.write().await.unwrap();
                tx.finish_inbox(&results).await.unwrap();
                tx.commit().await.unwrap();
            }
        }
    })
    .await;
    assert_eq!(done.iter().sum::<usize>(), 120);
}

both!(writers_that_read_before_they_write_are_never_turned_away);
async fn writers_that_read_before_they_write_are_never_turned_away(db: Arc<Database>) {
    let other = db.other().await;
    let stores: Vec<Store> = (0..8)
        .map(|index| {
            if index < 6 {
                db.store.clone()
            } else {
                other.clone()
            }
        })
        .collect();
    at_once(&stores, |store| async move {
        for _ in 0..20 {
            let mut tx = store.write().await.unwrap();
            let host = format!("h{}.example", fresh());
            assert!(tx.peer(&host).await.unwrap().is_none());
            tx.meet_peer(&host, NOW).await.unwrap();
            tx.commit().await.unwrap();
        }
    })
    .await;
    let mut conn = db.store.read().await.unwrap();
    assert_eq!(conn.peers().await.unwrap().len(), 160);
}

both!(nodes_that_keep_and_touch_the_same_in_other_orders_do_not_deadlock);
async fn nodes_that_keep_and_touch_the_same_in_other_orders_do_not_deadlock(db: Arc<Database>) {
    let other = db.other().await;
    let stores = [db.store.clone(), other];
    for round in 0..20 {
        let turn = Arc::new(Mutex::new(false));
        let kept = at_once(&stores, |store| {
            let reversed = std::mem::replace(&mut *turn.lock().unwrap(), true);
            async move {
                let mut numbers: Vec<i64> = (0..100).collect();
                if reversed {
                    numbers.reverse();
                }
                let items: Vec<_> = numbers
                    .iter()
                    .map(|number| {
                        let activity = format!("https://a.example/{round}/{number}");
                        item("https://a.example/ana", &activity, "k")
                    })
                    .collect();
                let hosts: Vec<String> = numbers
                    .iter()
                    .map(|number| format!("h{number}.example"))
                    .collect();
                let mut tx = store.write().await.unwrap();
                let kept = tx.keep(&items).await.unwrap();
                tx.touch_peers(&hosts, NOW).await.unwrap();
                tx.commit().await.unwrap();
                kept
            }
        })
        .await;
        assert_eq!(kept.iter().sum::<u64>(), 100);
    }
}

both!(expanding_and_recording_at_once_forget_nothing);
async fn expanding_and_recording_at_once_forget_nothing(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let mut hives: Vec<ActorId> = Vec::new();
    let mut followers = Vec::new();
    for index in 0..30 {
        followers.push(person(&mut tx, "ana", &format!("h{index}.example")).await);
    }
    for name in ["un", "deux", "trois"] {
        let hive = group(&mut tx, name).await;
        for follower in &followers {
            follows(&mut tx, follower, &hive).await;
        }
        hives.push(hive.id);
    }
    tx.commit().await.unwrap();
    let other = db.other().await;
    let speaking = [db.store.clone(), other.clone()];
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let sending: Vec<_> = [db.store.clone(), other]
        .into_iter()
        .map(|store| tokio::spawn(deliver(store, stop.clone())))
        .collect();
    at_once(&speaking, |store| async move {
        for turn in 0..15 {
            let mut tx = store.write().await.unwrap();
            // Several in one transaction, as the deliverer expands them.
            for offset in 0..3 {
                let name = ["un", "deux", "trois"][(turn + offset) % 3];
                let hive = tx.local_actor(name).await.unwrap().unwrap();
                let new = announcement(&hive, &format!("https://x/{}", fresh()));
                tx.say(&new, NOW);
                tx.flush().await.unwrap();
                expand(&mut tx, new.id, NOW).await;
            }
            tx.commit().await.unwrap();
        }
    })
    .await;
    stop.store(true, std::sync::atomic::Ordering::SeqCst);
    let mut sent = 0;
    for sender in sending {
        sent += sender.await.unwrap();
    }
    // Whatever is still queued belongs to a destination that is due.
    let mut conn = db.store.read().await.unwrap();
    for destination in conn.destination_views(None).await.unwrap() {
        assert_eq!(
            destination.due_at.is_some(),
            destination.queued > 0,
            "{} has {} queued and is due at {:?}",
            destination.host,
            destination.queued,
            destination.due_at
        );
    }
    drop(conn);
    sent += deliver(db.store.clone(), stop).await;
    assert_eq!(sent, 2 * 15 * 3 * 30);
}

/// Takes, sends and records until told to stop and nothing is left to take.
async fn deliver(store: Store, stop: Arc<std::sync::atomic::AtomicBool>) -> usize {
    let mut sent = 0;
    loop {
        let last = stop.load(std::sync::atomic::Ordering::SeqCst);
        let mut tx = store.write().await.unwrap();
        let claimed = tx
            .claim_destinations(at(1), at(1).plus(HOUR), 10)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        if claimed.is_empty() {
            if last {
                return sent;
            }
            tokio::task::yield_now().await;
            continue;
        }
        let ids: Vec<DestinationId> = claimed.iter().map(|taken| taken.id).collect();
        let mut conn = store.read().await.unwrap();
        let queue = conn.queued_deliveries(&ids, at(1), 100).await.unwrap();
        drop(conn);
        sent += queue.len();
        let tries: Vec<_> = queue
            .iter()
            .map(|delivery| delivered(delivery.destination_id, delivery.activity_id))
            .collect();
        let rounds: Vec<_> = ids.iter().map(|id| well(*id)).collect();
        finish(&store, &tries, &rounds).await;
    }
}

only_on!(Postgres: a_recorder_waits_for_what_is_about_to_be_queued);
async fn a_recorder_waits_for_what_is_about_to_be_queued(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "a.example").await;
    follows(&mut tx, &ana, &hive).await;
    let first = say(&mut tx, &announcement(&hive, "https://x/1")).await;
    tx.commit().await.unwrap();
    let id = crate::make::claim(&db.store, NOW).await[0].id;
    let mut expanding = db.store.write().await.unwrap();
    let second = say(&mut expanding, &announcement(&hive, "https://x/2")).await;
    let store = db.store.clone();
    let recording = tokio::spawn(async move {
        finish(&store, &[delivered(id, first)], &[well(id)]).await;
    });
    // Long enough that the recorder has begun; it cannot end before the commit.
    for _ in 0..50 {
        db.store.ping().await.unwrap();
    }
    expanding.commit().await.unwrap();
    recording.await.unwrap();
    assert_eq!(crate::make::queued(&db.store, at(1)).await, [second]);
    assert_eq!(crate::make::claim(&db.store, at(1)).await.len(), 1);
}

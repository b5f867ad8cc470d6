//! What may be sent now: in order per object, control before content, and a
//! share for every destination.

use std::sync::Arc;

use archipel_model::DestinationId;
use archipel_storage::{Actor, Lane, NewActivity, Tx};

use crate::database::{Database, both};
use crate::make::{
    NOW, announcement, at, claim, delivered, failed, finish, follows, group, person, queue, queued,
    say, well,
};

async fn hive_with_followers_at(tx: &mut Tx, hosts: &[&str]) -> Actor {
    let hive = group(tx, "tilab").await;
    for host in hosts {
        let follower = person(tx, "ana", host).await;
        follows(tx, &follower, &hive).await;
    }
    hive
}

both!(the_queue_has_what_is_needed_to_send);
async fn the_queue_has_what_is_needed_to_send(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = hive_with_followers_at(&mut tx, &["a.example"]).await;
    let new = announcement(&hive, "https://x/1");
    say(&mut tx, &new).await;
    tx.commit().await.unwrap();
    let queue = queue(&db.store, NOW).await;
    assert_eq!(queue.len(), 1);
    assert_eq!((queue[0].activity_id, queue[0].kind), (new.id, new.kind));
    assert_eq!((queue[0].actor_id, queue[0].attempts), (hive.id, 0));
    assert_eq!(queue[0].object_key, "https://x/1");
}

both!(what_follows_a_try_that_waits_waits_too);
async fn what_follows_a_try_that_waits_waits_too(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = hive_with_followers_at(&mut tx, &["a.example"]).await;
    let created = say(&mut tx, &announcement(&hive, "https://x/1")).await;
    let edited = say(&mut tx, &announcement(&hive, "https://x/1")).await;
    let other = say(&mut tx, &announcement(&hive, "https://x/2")).await;
    tx.commit().await.unwrap();
    assert_eq!(queued(&db.store, NOW).await, [created, edited, other]);
    let id = claim(&db.store, NOW).await[0].id;
    finish(&db.store, &[failed(id, created, at(60))], &[well(id)]).await;
    assert_eq!(queued(&db.store, at(59)).await, [other]);
    assert_eq!(queued(&db.store, at(60)).await, [created, edited, other]);
    finish(&db.store, &[delivered(id, created)], &[well(id)]).await;
    assert_eq!(queued(&db.store, at(1)).await, [edited, other]);
}

both!(a_wait_holds_up_nobody_else);
async fn a_wait_holds_up_nobody_else(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = hive_with_followers_at(&mut tx, &["a.example", "b.example"]).await;
    let first = say(&mut tx, &announcement(&hive, "https://x/1")).await;
    let second = say(&mut tx, &announcement(&hive, "https://x/1")).await;
    tx.commit().await.unwrap();
    let claimed = claim(&db.store, NOW).await;
    let slow = claimed.iter().find(|taken| taken.host == "a.example");
    let slow = slow.unwrap().id;
    finish(&db.store, &[failed(slow, first, at(60))], &[well(slow)]).await;
    let queue = queue(&db.store, at(1)).await;
    assert!(queue.iter().all(|delivery| delivery.destination_id != slow));
    let left: Vec<_> = queue.iter().map(|delivery| delivery.activity_id).collect();
    assert_eq!(left, [first, second]);
}

both!(control_overtakes_content_about_other_objects);
async fn control_overtakes_content_about_other_objects(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = hive_with_followers_at(&mut tx, &["a.example"]).await;
    let content = say(&mut tx, &announcement(&hive, "https://x/1")).await;
    let control = NewActivity {
        lane: Lane::Control,
        ..announcement(&hive, "https://a.example/users/ana")
    };
    let control = say(&mut tx, &control).await;
    tx.commit().await.unwrap();
    assert_eq!(queued(&db.store, NOW).await, [control, content]);
}

both!(control_does_not_overtake_what_came_before_about_its_object);
async fn control_does_not_overtake_what_came_before_about_its_object(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = hive_with_followers_at(&mut tx, &["a.example"]).await;
    let content = say(&mut tx, &announcement(&hive, "https://x/1")).await;
    let control = NewActivity {
        lane: Lane::Control,
        ..announcement(&hive, "https://x/1")
    };
    let control = say(&mut tx, &control).await;
    tx.commit().await.unwrap();
    assert_eq!(queued(&db.store, NOW).await, [content]);
    let id = claim(&db.store, NOW).await[0].id;
    finish(&db.store, &[delivered(id, content)], &[well(id)]).await;
    assert_eq!(queued(&db.store, NOW).await, [control]);
    assert_eq!(claim(&db.store, NOW).await.len(), 1);
}

both!(each_destination_gets_its_share);
async fn each_destination_gets_its_share(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = hive_with_followers_at(&mut tx, &["a.example", "b.example"]).await;
    let mut said = Vec::new();
    for index in 0..5 {
        said.push(say(&mut tx, &announcement(&hive, &format!("https://x/{index}"))).await);
    }
    tx.commit().await.unwrap();
    let mut conn = db.store.read().await.unwrap();
    let all = conn.destination_views(None).await.unwrap();
    let ids: Vec<DestinationId> = all.iter().map(|destination| destination.id).collect();
    let share = conn.queued_deliveries(&ids, NOW, 3).await.unwrap();
    assert_eq!(share.len(), 6);
    for id in &ids {
        let theirs: Vec<_> = share
            .iter()
            .filter(|delivery| delivery.destination_id == *id)
            .map(|delivery| delivery.activity_id)
            .collect();
        assert_eq!(theirs, said[..3]);
    }
    let one = conn.queued_deliveries(&ids[..1], NOW, 9).await.unwrap();
    assert_eq!(one.len(), 5);
    assert!(
        conn.queued_deliveries(&[], NOW, 9)
            .await
            .unwrap()
            .is_empty()
    );
}

//! From one activity to deliveries: who gets it, each host once.

use std::sync::Arc;

use archipel_model::{ActorState, Timestamp};
use archipel_storage::{FollowState, NewActivity, NewActor};

use crate::database::{Database, both};
use crate::make::{
    NOW, announcement, at, claim, expand, finish, follow_of, follows, group, neighbour, parked,
    person, queue, remote, say, well,
};

both!(a_host_gets_one_delivery_however_many_follow_from_there);
async fn a_host_gets_one_delivery_however_many_follow_from_there(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    for (name, host) in [
        ("ana", "a.example"),
        ("bo", "a.example"),
        ("cleo", "b.example"),
    ] {
        let follower = person(&mut tx, name, host).await;
        follows(&mut tx, &follower, &hive).await;
    }
    // Two on a host without a shared inbox are two destinations.
    for name in ["dora", "emil"] {
        let alone = NewActor {
            shared_inbox: None,
            ..remote(name, "c.example")
        };
        let follower = tx.put_actor(&alone, NOW).await.unwrap();
        follows(&mut tx, &follower, &hive).await;
    }
    let new = announcement(&hive, "https://x/1");
    tx.say(&new, NOW);
    tx.flush().await.unwrap();
    assert_eq!(expand(&mut tx, new.id, NOW).await, 4);
    let all = tx.destination_views(None).await.unwrap();
    let inboxes: Vec<&str> = all.iter().map(|seen| seen.inbox.as_str()).collect();
    assert_eq!(
        inboxes,
        [
            "https://a.example/inbox",
            "https://b.example/inbox",
            "https://c.example/users/dora/inbox",
            "https://c.example/users/emil/inbox",
        ]
    );
    assert!(
        all.iter()
            .all(|seen| seen.queued == 1 && seen.due_at == Some(NOW))
    );
}

both!(doing_it_twice_changes_nothing);
async fn doing_it_twice_changes_nothing(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "a.example").await;
    follows(&mut tx, &ana, &hive).await;
    let new = announcement(&hive, "https://x/1");
    tx.say(&new, NOW);
    tx.flush().await.unwrap();
    assert_eq!(expand(&mut tx, new.id, NOW).await, 1);
    assert_eq!(expand(&mut tx, new.id, at(9)).await, 0);
    let all = tx.destination_views(None).await.unwrap();
    assert_eq!((all.len(), all[0].queued), (1, 1));
    assert_eq!(all[0].oldest_at, Some(NOW));
}

both!(only_granted_active_remote_followers_are_written_to);
async fn only_granted_active_remote_followers_are_written_to(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let bea = neighbour(&mut tx, "bea").await;
    follows(&mut tx, &bea, &hive).await;
    for (host, state) in [
        ("pending.example", FollowState::Pending),
        ("rejected.example", FollowState::Rejected),
    ] {
        let actor = person(&mut tx, "ana", host).await;
        let follow = follow_of(&actor, &hive, state);
        tx.put_follow(&follow).await.unwrap();
    }
    let stopped = person(&mut tx, "ana", "suspended.example").await;
    follows(&mut tx, &stopped, &hive).await;
    tx.set_actor_state(stopped.id, ActorState::Suspended, NOW)
        .await
        .unwrap();
    let stranger = person(&mut tx, "ana", "elsewhere.example").await;
    let other = group(&mut tx, "utilo").await;
    follows(&mut tx, &stranger, &other).await;
    let new = announcement(&hive, "https://x/1");
    tx.say(&new, NOW);
    tx.flush().await.unwrap();
    assert_eq!(expand(&mut tx, new.id, NOW).await, 0);
}

both!(recipients_are_written_to_beside_or_without_followers);
async fn recipients_are_written_to_beside_or_without_followers(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let bea = neighbour(&mut tx, "bea").await;
    let follower = person(&mut tx, "ana", "follower.example").await;
    follows(&mut tx, &follower, &hive).await;
    let asked = person(&mut tx, "eve", "asked.example").await;
    let hosts = async |tx: &mut archipel_storage::Tx, new: NewActivity| {
        tx.say(&new, NOW);
        tx.flush().await.unwrap();
        expand(tx, new.id, NOW).await;
        let views = tx
            .delivery_views(new.object_uri.as_deref(), None, &["queued"], 10)
            .await
            .unwrap();
        views.into_iter().map(|view| view.host).collect::<Vec<_>>()
    };
    let alone = NewActivity {
        to_followers: false,
        recipients: vec![asked.id, asked.id, bea.id],
        ..announcement(&hive, "https://x/alone")
    };
    assert_eq!(hosts(&mut tx, alone).await, ["asked.example"]);
    let beside = NewActivity {
        // Who follows and is named besides gets it once.
        recipients: vec![asked.id, follower.id],
        ..announcement(&hive, "https://x/beside")
    };
    let beside = hosts(&mut tx, beside).await;
    assert_eq!(beside, ["asked.example", "follower.example"]);
    let nobody = NewActivity {
        to_followers: false,
        ..announcement(&hive, "https://x/nobody")
    };
    assert!(hosts(&mut tx, nobody).await.is_empty());
}

both!(a_parked_destination_gets_nothing_new);
async fn a_parked_destination_gets_nothing_new(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    for host in ["dead.example", "alive.example"] {
        let follower = person(&mut tx, "ana", host).await;
        follows(&mut tx, &follower, &hive).await;
    }
    say(&mut tx, &announcement(&hive, "https://x/1")).await;
    tx.commit().await.unwrap();
    for destination in claim(&db.store, NOW).await {
        let round = if destination.host == "dead.example" {
            parked(destination.id, NOW)
        } else {
            well(destination.id)
        };
        finish(&db.store, &[], &[round]).await;
    }
    let mut tx = db.store.write().await.unwrap();
    let new = announcement(&hive, "https://x/2");
    tx.say(&new, NOW);
    tx.flush().await.unwrap();
    assert_eq!(expand(&mut tx, new.id, NOW).await, 1);
    tx.commit().await.unwrap();
    let queue = queue(&db.store, at(1)).await;
    assert_eq!(queue.len(), 3);
}

both!(what_is_added_makes_due_but_never_against_a_backoff);
async fn what_is_added_makes_due_but_never_against_a_backoff(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "a.example").await;
    follows(&mut tx, &ana, &hive).await;
    let due = async |now: Timestamp| {
        let mut tx = db.store.write().await.unwrap();
        let new = announcement(&hive, &format!("https://x/{}", now.micros()));
        tx.say(&new, now);
        tx.flush().await.unwrap();
        expand(&mut tx, new.id, now).await;
        tx.commit().await.unwrap();
        let mut conn = db.store.read().await.unwrap();
        conn.destination_views(None).await.unwrap()[0].due_at
    };
    tx.commit().await.unwrap();
    assert_eq!(due(at(10)).await, Some(at(10)));
    // What waits since earlier stays due since earlier.
    assert_eq!(due(at(20)).await, Some(at(10)));
    let id = claim(&db.store, at(20)).await[0].id;
    let backed_off = archipel_storage::DestinationResult {
        backoff_until: at(500).micros(),
        ..well(id)
    };
    finish(&db.store, &[], &[backed_off]).await;
    assert_eq!(due(at(30)).await, Some(at(500)));
    assert_eq!(due(at(600)).await, Some(at(500)));
}

both!(a_round_that_ended_meanwhile_makes_it_due_again);
async fn a_round_that_ended_meanwhile_makes_it_due_again(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "a.example").await;
    follows(&mut tx, &ana, &hive).await;
    let first = say(&mut tx, &announcement(&hive, "https://x/1")).await;
    tx.commit().await.unwrap();
    let id = claim(&db.store, NOW).await[0].id;
    finish(&db.store, &[crate::make::delivered(id, first)], &[well(id)]).await;
    let mut conn = db.store.read().await.unwrap();
    assert_eq!(conn.next_due(at(1)).await.unwrap(), None);
    drop(conn);
    let mut tx = db.store.write().await.unwrap();
    say(&mut tx, &announcement(&hive, "https://x/2")).await;
    tx.commit().await.unwrap();
    assert_eq!(claim(&db.store, at(2)).await.len(), 1);
}

//! Destinations are taken by one node at a time, until a lease ends.

use std::sync::Arc;

use archipel_model::DestinationId;
use archipel_storage::Tx;

use crate::database::{Database, both};
use crate::make::{
    HOUR, NOW, announcement, at, claim, finish, follows, group, parked, person, say_at, well,
};

/// One destination a host, due one second after the other.
async fn due_one_after_the_other(tx: &mut Tx, hosts: &[&str]) {
    for (index, host) in hosts.iter().enumerate() {
        let hive = group(tx, &format!("c{index}")).await;
        let follower = person(tx, "ana", host).await;
        follows(tx, &follower, &hive).await;
        let second = i64::try_from(index).unwrap();
        say_at(tx, &announcement(&hive, host), at(second)).await;
    }
}

both!(the_longest_due_are_taken_first_and_once);
async fn the_longest_due_are_taken_first_and_once(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    due_one_after_the_other(
        &mut tx,
        &["z.example", "y.example", "x.example", "w.example"],
    )
    .await;
    let now = at(2);
    let first = tx.claim_destinations(now, now.plus(HOUR), 2).await.unwrap();
    let mut hosts: Vec<&str> = first.iter().map(|taken| taken.host.as_str()).collect();
    hosts.sort_unstable();
    assert_eq!(hosts, ["y.example", "z.example"]);
    assert_eq!(first[0].inbox, format!("https://{}/inbox", first[0].host));
    assert_eq!((first[0].fail_count, first[0].failing_since), (0, None));
    let second = tx.claim_destinations(now, now.plus(HOUR), 9).await.unwrap();
    assert_eq!(second.len(), 1);
    assert_eq!(second[0].host, "x.example");
    let third = tx.claim_destinations(now, now.plus(HOUR), 9).await.unwrap();
    assert!(third.is_empty());
}

both!(a_lease_that_ran_out_is_taken_over);
async fn a_lease_that_ran_out_is_taken_over(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    due_one_after_the_other(&mut tx, &["a.example"]).await;
    tx.commit().await.unwrap();
    let id = claim(&db.store, NOW).await[0].id;
    assert!(claim(&db.store, at(3_599)).await.is_empty());
    let again = claim(&db.store, at(3_600)).await;
    assert_eq!(again[0].id, id);
}

both!(a_renewed_lease_lasts_and_a_returned_one_is_not_renewed);
async fn a_renewed_lease_lasts_and_a_returned_one_is_not_renewed(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    due_one_after_the_other(&mut tx, &["a.example", "b.example"]).await;
    tx.commit().await.unwrap();
    let claimed = claim(&db.store, at(1)).await;
    let ids: Vec<DestinationId> = claimed.iter().map(|taken| taken.id).collect();
    finish(&db.store, &[], &[well(ids[1])]).await;
    let mut tx = db.store.write().await.unwrap();
    tx.renew_destinations(&ids, at(7_200)).await.unwrap();
    tx.commit().await.unwrap();
    let again = claim(&db.store, at(3_700)).await;
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].id, ids[1]);
}

both!(a_claim_says_how_the_destination_fares);
async fn a_claim_says_how_the_destination_fares(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    due_one_after_the_other(&mut tx, &["a.example"]).await;
    tx.commit().await.unwrap();
    let id = claim(&db.store, NOW).await[0].id;
    finish(&db.store, &[], &[parked(id, at(5))]).await;
    let again = claim(&db.store, at(6)).await;
    assert_eq!(again[0].fail_count, 9);
    assert_eq!(again[0].failing_since, Some(NOW));
    assert_eq!(again[0].parked_at, Some(at(5)));
}

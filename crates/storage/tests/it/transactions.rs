//! Transactions and the pieces in them that fail alone.

use std::sync::Arc;

use archipel_model::{AccountId, ActorState, ReactionKind};
use archipel_storage::{Account, NewActivity};

use crate::database::{Database, both};
use crate::make::{NOW, announcement, follows, group, neighbour, person, thread};

both!(nothing_is_kept_before_the_commit);
async fn nothing_is_kept_before_the_commit(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    group(&mut tx, "tilab").await;
    let mut conn = db.store.read().await.unwrap();
    assert!(conn.local_actor("tilab").await.unwrap().is_none());
    tx.commit().await.unwrap();
    assert!(conn.local_actor("tilab").await.unwrap().is_some());
}

both!(a_dropped_transaction_never_was);
async fn a_dropped_transaction_never_was(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    group(&mut tx, "tilab").await;
    drop(tx);
    // The next one begins clean, on the same writer.
    let mut tx = db.store.write().await.unwrap();
    assert!(tx.local_actor("tilab").await.unwrap().is_none());
    group(&mut tx, "tilab").await;
    tx.commit().await.unwrap();
}

both!(a_piece_is_undone_alone);
async fn a_piece_is_undone_alone(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    for (name, works) in [("one", true), ("two", false), ("three", true)] {
        tx.savepoint().await.unwrap();
        group(&mut tx, name).await;
        if works {
            tx.release().await.unwrap();
        } else {
            tx.rollback_to_savepoint().await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    let mut conn = db.store.read().await.unwrap();
    let all = conn.communities().await.unwrap();
    let names: Vec<&str> = all.iter().map(|actor| actor.handle.as_str()).collect();
    assert_eq!(names, ["one", "three"]);
}

both!(a_piece_that_ends_in_an_error_of_the_database_is_undone_alone);
async fn a_piece_that_ends_in_an_error_of_the_database_is_undone_alone(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let bea = neighbour(&mut tx, "bea").await;
    let account = Account {
        id: AccountId(1),
        actor_id: bea.id,
    };
    tx.insert_account(&account, NOW).await.unwrap();
    for name in ["ana", "cleo"] {
        tx.savepoint().await.unwrap();
        person(&mut tx, name, "peer.example").await;
        let error = tx.insert_account(&account, NOW).await.unwrap_err();
        assert!(error.is_unique_violation(), "{error}");
        tx.rollback_to_savepoint().await.unwrap();
    }
    // Who is nobody cannot have an account either.
    tx.savepoint().await.unwrap();
    let nobody = Account {
        id: AccountId(2),
        actor_id: archipel_model::ActorId(424_242),
    };
    let error = tx.insert_account(&nobody, NOW).await.unwrap_err();
    assert!(!error.is_unique_violation(), "{error}");
    tx.rollback_to_savepoint().await.unwrap();
    group(&mut tx, "tilab").await;
    tx.commit().await.unwrap();
    let mut conn = db.store.read().await.unwrap();
    assert!(conn.local_actor("tilab").await.unwrap().is_some());
    let ana = conn.actor_by_uri("https://peer.example/users/ana").await;
    assert!(ana.unwrap().is_none());
    assert_eq!(conn.account_actors().await.unwrap().len(), 1);
}

both!(a_reader_cannot_change_a_file_and_sees_what_was_committed);
async fn a_reader_cannot_change_a_file_and_sees_what_was_committed(db: Arc<Database>) {
    let mut conn = db.store.read().await.unwrap();
    let tried = conn.meet_peer("a.example", NOW).await;
    // On PostgreSQL every connection is the same; there it is only a custom.
    assert_eq!(tried.is_ok(), db.is_postgres());
    db.store.ping().await.unwrap();
    assert_eq!(db.store.is_postgres(), db.is_postgres());
}

both!(what_was_counted_shows_at_once_and_is_undone_with_its_piece);
async fn what_was_counted_shows_at_once_and_is_undone_with_its_piece(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let ana = person(&mut tx, "ana", "peer.example").await;
    let new = thread(&ana, None);
    tx.insert_post(&new, NOW).await.unwrap();
    tx.add_to_totals(new.id, ReactionKind::Like, 2);
    tx.savepoint().await.unwrap();
    tx.add_to_totals(new.id, ReactionKind::Like, 1);
    tx.add_to_totals(new.id, ReactionKind::Boost, 1);
    let post = tx.post(new.id).await.unwrap().unwrap();
    assert_eq!((post.likes, post.dislikes, post.boosts), (3, 0, 1));
    assert!(tx.lock_totals(&post).await.unwrap() >= 4);
    tx.rollback_to_savepoint().await.unwrap();
    tx.add_to_totals(new.id, ReactionKind::Dislike, 1);
    let post = tx.post_by_uri(&new.uri).await.unwrap().unwrap();
    assert_eq!((post.likes, post.dislikes, post.boosts), (2, 1, 0));
    tx.commit().await.unwrap();
    let mut conn = db.store.read().await.unwrap();
    let post = conn.post(new.id).await.unwrap().unwrap();
    assert_eq!((post.likes, post.dislikes, post.boosts), (2, 1, 0));
}

both!(what_was_read_before_is_not_believed_after_a_write);
async fn what_was_read_before_is_not_believed_after_a_write(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "peer.example").await;
    assert!(!tx.tells_published(ana.id, hive.id).await.unwrap());
    follows(&mut tx, &ana, &hive).await;
    assert!(tx.set_tell_published(ana.id, hive.id, true).await.unwrap());
    assert!(tx.tells_published(ana.id, hive.id).await.unwrap());
    tx.actor(ana.id).await.unwrap().unwrap();
    tx.set_actor_state(ana.id, ActorState::Gone, NOW)
        .await
        .unwrap();
    let ana = tx.actor(ana.id).await.unwrap().unwrap();
    assert_eq!(ana.state, ActorState::Gone);
}

both!(an_announcement_counts_from_when_it_is_said);
async fn an_announcement_counts_from_when_it_is_said(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "peer.example").await;
    let new = thread(&ana, Some(&hive));
    tx.insert_post(&new, NOW).await.unwrap();
    assert!(!tx.is_announced(new.id).await.unwrap());
    tx.savepoint().await.unwrap();
    let said = NewActivity {
        post_id: Some(new.id),
        ..announcement(&hive, &new.uri)
    };
    tx.say(&said, NOW);
    assert!(tx.is_announced(new.id).await.unwrap());
    tx.rollback_to_savepoint().await.unwrap();
    assert!(!tx.is_announced(new.id).await.unwrap());
    tx.say(&said, NOW);
    tx.flush().await.unwrap();
    assert!(tx.is_announced(new.id).await.unwrap());
}

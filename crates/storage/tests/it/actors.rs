//! Actors, their keys and states, and the one name space.

use std::sync::Arc;

use archipel_model::{AccountId, ActorKind, ActorState, Visibility};
use archipel_storage::{Account, ActorKey, KeyAlgorithm, NewActor, NewPost};

use crate::database::{Database, both};
use crate::make::{NOW, at, group, local, neighbour, person, remote, reply, thread};

both!(an_actor_is_found_by_every_name_it_has);
async fn an_actor_is_found_by_every_name_it_has(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let ana = person(&mut tx, "ana", "peer.example").await;
    let hive = group(&mut tx, "tilab").await;
    assert_eq!(ana.acct(), "ana@peer.example");
    assert_eq!(tx.actor(ana.id).await.unwrap().unwrap().uri, ana.uri);
    let found = tx.actor_by_uri(&ana.uri).await.unwrap().unwrap();
    assert_eq!((found.id, found.state), (ana.id, ActorState::Active));
    assert_eq!((found.created_at, found.fetched_at), (NOW, NOW));
    let found = tx.local_actor("tilab").await.unwrap().unwrap();
    assert_eq!((found.id, found.kind), (hive.id, ActorKind::Group));
    assert!(found.is_local);
    // A remote name is not one of ours.
    assert!(tx.local_actor("ana").await.unwrap().is_none());
    assert!(
        tx.actor_by_uri("https://peer.example")
            .await
            .unwrap()
            .is_none()
    );
    let both = tx.actors(&[ana.id, hive.id, ana.id]).await.unwrap();
    assert_eq!(both.len(), 2);
    assert!(tx.actors(&[]).await.unwrap().is_empty());
}

both!(an_actor_read_again_changes_but_keeps_its_identity);
async fn an_actor_read_again_changes_but_keeps_its_identity(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let ana = person(&mut tx, "ana", "peer.example").await;
    let said_now = NewActor {
        uri: ana.uri.clone(),
        kind: ActorKind::Group,
        is_local: true,
        host: "lab.example".to_owned(),
        handle: "anna".to_owned(),
        name: "Anna".to_owned(),
        shared_inbox: None,
        approves_followers: true,
        ..remote("ana", "peer.example")
    };
    let again = tx.put_actor(&said_now, at(60)).await.unwrap();
    assert_eq!(again.id, ana.id);
    assert_eq!(again.kind, ActorKind::Person);
    assert!(!again.is_local);
    assert_eq!(again.host, "peer.example");
    assert_eq!(
        (again.handle.as_str(), again.name.as_str()),
        ("anna", "Anna")
    );
    assert_eq!(again.shared_inbox, None);
    assert!(again.approves_followers);
    assert_eq!((again.created_at, again.updated_at), (NOW, at(60)));
}

both!(who_is_gone_is_back_when_read_again_but_not_who_is_suspended);
async fn who_is_gone_is_back_when_read_again_but_not_who_is_suspended(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let ana = person(&mut tx, "ana", "peer.example").await;
    for (before, after) in [
        (ActorState::Gone, ActorState::Active),
        (ActorState::Suspended, ActorState::Suspended),
    ] {
        tx.set_actor_state(ana.id, before, at(1)).await.unwrap();
        let again = remote("ana", "peer.example");
        let again = tx.put_actor(&again, at(2)).await.unwrap();
        assert_eq!(again.state, after);
    }
}

both!(a_name_is_taken_once_among_people_and_communities_and_for_ever);
async fn a_name_is_taken_once_among_people_and_communities_and_for_ever(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    tx.set_actor_state(hive.id, ActorState::Gone, NOW)
        .await
        .unwrap();
    assert!(tx.local_actor("tilab").await.unwrap().is_some());
    tx.savepoint().await.unwrap();
    let error = tx
        .put_actor(&local(ActorKind::Person, "tilab"), NOW)
        .await
        .unwrap_err();
    assert!(error.is_unique_violation(), "{error}");
    tx.rollback_to_savepoint().await.unwrap();
    // Elsewhere the same name is free.
    person(&mut tx, "tilab", "peer.example").await;
}

both!(profile_and_approval_are_set_alone);
async fn profile_and_approval_are_set_alone(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    tx.set_actor_profile(hive.id, "Ti Lab", "<p>Ici</p>", at(5))
        .await
        .unwrap();
    tx.set_approves_followers(hive.id, true).await.unwrap();
    let hive = tx.actor(hive.id).await.unwrap().unwrap();
    assert_eq!(hive.name, "Ti Lab");
    assert_eq!(hive.summary, "<p>Ici</p>");
    assert!(hive.approves_followers);
    assert_eq!(hive.updated_at, at(5));
}

fn key(id: &str, owner: &archipel_storage::Actor, private: Option<&str>) -> ActorKey {
    ActorKey {
        id: id.to_owned(),
        actor_id: owner.id,
        algorithm: KeyAlgorithm::Rsa,
        public: format!("public {id}"),
        private: private.map(str::to_owned),
        signs_from: at(0),
        retired_at: None,
    }
}

both!(keys_are_replaced_but_never_taken_from_somebody_else);
async fn keys_are_replaced_but_never_taken_from_somebody_else(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let ana = person(&mut tx, "ana", "peer.example").await;
    let eve = person(&mut tx, "eve", "evil.example").await;
    let old = key("https://peer.example/users/ana#old", &ana, None);
    let new = key("https://peer.example/users/ana#new", &ana, None);
    tx.replace_keys(ana.id, std::slice::from_ref(&old), NOW)
        .await
        .unwrap();
    tx.replace_keys(ana.id, std::slice::from_ref(&new), NOW)
        .await
        .unwrap();
    assert!(tx.key(&old.id).await.unwrap().is_none());
    let stolen = key(&new.id, &eve, None);
    tx.replace_keys(eve.id, &[stolen], NOW).await.unwrap();
    let kept = tx.key(&new.id).await.unwrap().unwrap();
    assert_eq!(kept.actor_id, ana.id);
    assert_eq!(kept.algorithm, KeyAlgorithm::Rsa);
    assert!(tx.keys_of(eve.id).await.unwrap().is_empty());
    assert_eq!(tx.keys_of(ana.id).await.unwrap().len(), 1);
}

both!(a_private_key_survives_replacement_and_repetition);
async fn a_private_key_survives_replacement_and_repetition(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let main = key(
        "https://lab.example/c/tilab#main-key",
        &hive,
        Some("secret"),
    );
    tx.put_key(&main, NOW).await.unwrap();
    tx.put_key(&key(&main.id, &hive, Some("another")), NOW)
        .await
        .unwrap();
    tx.replace_keys(hive.id, &[], NOW).await.unwrap();
    let kept = tx.keys_of(hive.id).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].private.as_deref(), Some("secret"));
}

both!(accounts_list_the_people_who_live_here);
async fn accounts_list_the_people_who_live_here(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    for name in ["zoe", "bea"] {
        let actor = neighbour(&mut tx, name).await;
        let account = Account {
            id: AccountId(actor.id.0),
            actor_id: actor.id,
        };
        tx.insert_account(&account, NOW).await.unwrap();
    }
    neighbour(&mut tx, "nobody").await;
    let people = tx.account_actors().await.unwrap();
    let names: Vec<&str> = people.iter().map(|actor| actor.handle.as_str()).collect();
    assert_eq!(names, ["bea", "zoe"]);
}

both!(usage_counts_what_lives_and_was_written_here);
async fn usage_counts_what_lives_and_was_written_here(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let gone = group(&mut tx, "old").await;
    tx.set_actor_state(gone.id, ActorState::Gone, NOW)
        .await
        .unwrap();
    let bea = neighbour(&mut tx, "bea").await;
    let ana = person(&mut tx, "ana", "peer.example").await;
    let first = thread(&bea, Some(&hive));
    tx.insert_post(&first, at(0)).await.unwrap();
    tx.insert_post(&reply(&bea, &first), at(100)).await.unwrap();
    tx.insert_post(&reply(&ana, &first), at(100)).await.unwrap();
    // Letters of communities are nobody's business, and make nobody active.
    let letter = NewPost {
        visibility: Visibility::Direct,
        ..thread(&hive, None)
    };
    tx.insert_post(&letter, at(100)).await.unwrap();
    let usage = tx.usage(at(50), at(-50)).await.unwrap();
    assert_eq!((usage.people, usage.communities), (1, 1));
    assert_eq!((usage.threads, usage.replies), (1, 1));
    assert_eq!((usage.active_month, usage.active_half_year), (1, 1));
    let later = tx.usage(at(200), at(50)).await.unwrap();
    assert_eq!((later.active_month, later.active_half_year), (0, 1));
}

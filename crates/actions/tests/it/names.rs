//! Making those who live here: one name space, names for ever, keys that stay.

use std::sync::Arc;

use archipel_actions::{
    Error, NewKeys, actor_gone, create_community, create_instance, create_person,
    delete_local_actor,
};
use archipel_model::{ActorKind, CommunityPolicy};
use archipel_storage::{ActorKey, KeyAlgorithm};

use crate::database::{Database, both, only_on};
use crate::lab::{context, handle, keys, neighbour, new_community, open};

both!(a_person_is_made_with_addresses_account_and_keys);
async fn a_person_is_made_with_addresses_account_and_keys(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let bea = create_person(&ctx, &mut tx, &handle("Bea"), "Béa", &keys())
        .await
        .unwrap();
    assert_eq!((bea.kind, bea.is_local), (ActorKind::Person, true));
    assert_eq!((bea.handle.as_str(), bea.name.as_str()), ("bea", "Béa"));
    assert_eq!(bea.uri, "https://lab.example/u/bea");
    assert_eq!(bea.inbox, "https://lab.example/u/bea/inbox");
    assert_eq!(
        bea.shared_inbox.as_deref(),
        Some("https://lab.example/inbox")
    );
    assert_eq!(
        bea.followers.as_deref(),
        Some("https://lab.example/u/bea/followers")
    );
    assert_eq!(bea.moderators, None);
    assert_eq!(tx.account_actors().await.unwrap()[0].id, bea.id);
    let kept: Vec<ActorKey> = tx.keys_of(bea.id).await.unwrap();
    let ids: Vec<_> = kept
        .iter()
        .map(|key| (key.id.as_str(), key.algorithm))
        .collect();
    assert_eq!(
        ids,
        [
            (
                "https://lab.example/u/bea#ed25519-key",
                KeyAlgorithm::Ed25519
            ),
            ("https://lab.example/u/bea#main-key", KeyAlgorithm::Rsa),
        ]
    );
    assert_eq!(kept[1].private.as_deref(), Some("rsa private"));
}

both!(people_and_communities_share_one_name_space);
async fn people_and_communities_share_one_name_space(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    open(&ctx, &mut tx, "tilab").await;
    neighbour(&ctx, &mut tx, "bea").await;
    for name in ["tilab", "bea", "BEA"] {
        let person = create_person(&ctx, &mut tx, &handle(name), "x", &keys()).await;
        assert!(matches!(person, Err(Error::HandleTaken(_))), "{name}");
        let new = new_community(name, CommunityPolicy::default());
        let community = create_community(&ctx, &mut tx, &new, &keys()).await;
        assert!(matches!(community, Err(Error::HandleTaken(_))), "{name}");
    }
    assert_eq!(tx.communities().await.unwrap().len(), 1);
    assert_eq!(tx.account_actors().await.unwrap().len(), 1);
}

both!(the_names_of_those_who_are_gone_stay_taken);
async fn the_names_of_those_who_are_gone_stay_taken(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    actor_gone(&ctx, &mut tx, &hive).await.unwrap();
    delete_local_actor(&ctx, &mut tx, &bea).await.unwrap();
    for name in ["tilab", "bea"] {
        let again = create_person(&ctx, &mut tx, &handle(name), "x", &keys()).await;
        assert!(matches!(again, Err(Error::HandleTaken(_))), "{name}");
    }
}

both!(the_server_s_own_actor_is_made_once_and_keeps_its_keys);
async fn the_server_s_own_actor_is_made_once_and_keeps_its_keys(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let first = create_instance(&ctx, &mut tx, &keys()).await.unwrap();
    let others = NewKeys {
        rsa_private: "another".to_owned(),
        ..keys()
    };
    let second = create_instance(&ctx, &mut tx, &others).await.unwrap();
    assert_eq!(first.id, second.id);
    assert_eq!(
        (first.uri.as_str(), first.kind),
        ("https://lab.example/", ActorKind::Application)
    );
    let main = tx.key("https://lab.example/#main-key").await.unwrap();
    assert_eq!(main.unwrap().private.as_deref(), Some("rsa private"));
    // No name that anybody could have wanted.
    assert!(first.handle.parse::<archipel_model::Handle>().is_err());
}

only_on!(Postgres: two_nodes_that_make_one_name_at_once_make_it_once);
async fn two_nodes_that_make_one_name_at_once_make_it_once(db: Arc<Database>) {
    let other = db.other().await;
    for (round, name) in ["un", "deux"].into_iter().enumerate() {
        let mut here = db.store.write().await.unwrap();
        let made = neighbour(&context(), &mut here, name).await;
        // It waits for the first one's commit.
        let there = other.clone();
        let second = tokio::spawn(async move {
            let mut tx = there.write().await.unwrap();
            let ctx = context();
            if round == 0 {
                create_person(&ctx, &mut tx, &handle(name), "Autre", &keys()).await
            } else {
                let new = new_community(name, CommunityPolicy::default());
                create_community(&ctx, &mut tx, &new, &keys()).await
            }
        });
        for _ in 0..50 {
            db.store.ping().await.unwrap();
        }
        here.commit().await.unwrap();
        let second = second.await.unwrap();
        assert!(matches!(second, Err(Error::HandleTaken(_))), "{second:?}");
        let mut conn = db.store.read().await.unwrap();
        let kept = conn.local_actor(name).await.unwrap().unwrap();
        assert_eq!((kept.id, kept.name), (made.id, made.name));
    }
}

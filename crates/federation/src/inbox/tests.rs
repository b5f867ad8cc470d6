//! Work that panics is put aside, on a real database, without harm to others.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use archipel_actions::Context;
use archipel_model::{Clock, IdSource, Site, SystemClock};
use archipel_storage::{NewInboxItem, OpenOptions, Store};
use tokio_util::task::TaskTracker;
use url::Url;

use super::work::round;
use crate::client::{Client, ClientConfig};
use crate::{Federation, Mode, PeerBook, Settings, new_keys};

/// What makes `apply` panic in tests: see its beginning.
pub(super) const POISON: &str = "\"poison\":true";

fn item(number: u32, poison: bool) -> NewInboxItem {
    let poison = if poison { POISON } else { "\"poison\":false" };
    let actor = "https://peer.example/u/essai";
    let id = format!("https://peer.example/a/{number}");
    NewInboxItem {
        id: i64::from(number),
        activity_uri: id.clone(),
        signer_uri: actor.to_owned(),
        kind: "Like".to_owned(),
        order_key: format!("{actor} {number}"),
        raw: format!(
            "{{\"id\":\"{id}\",\"type\":\"Like\",\"actor\":\"{actor}\",\"object\":\"{id}\",{poison}}}"
        ),
        received_at: 0,
    }
}

async fn federation(folder: &std::path::Path) -> Federation {
    let store = Store::open(&OpenOptions {
        url: format!("sqlite://{}", folder.join("test.db").display()),
        readers: 1,
    })
    .await
    .unwrap();
    let url = Url::parse("https://lab.example/").unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let actions = Context {
        site: Site::new(&url).unwrap(),
        clock,
        ids: Arc::new(IdSource::default()),
    };
    let client = Client::new(ClientConfig::new(&url)).unwrap();
    let peers = Arc::new(PeerBook::new(Mode::Open));
    let federation = Federation::new(store, actions, client, peers, Settings::default());
    let mut tx = federation.store.write().await.unwrap();
    archipel_actions::create_instance(&federation.actions, &mut tx, &new_keys().unwrap())
        .await
        .unwrap();
    // Somebody known, so that nothing has to be fetched.
    tx.put_actor(
        &archipel_storage::NewActor {
            id: federation.actions.id(),
            uri: "https://peer.example/u/essai".to_owned(),
            kind: archipel_model::ActorKind::Person,
            is_local: false,
            handle: "essai".to_owned(),
            host: "peer.example".to_owned(),
            name: String::new(),
            summary: String::new(),
            url: None,
            inbox: "https://peer.example/inbox".to_owned(),
            shared_inbox: None,
            outbox: None,
            followers: None,
            featured: None,
            moderators: None,
            approves_followers: false,
        },
        federation.now(),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    federation
}

#[tokio::test]
async fn what_panics_is_put_aside_and_the_rest_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let federation = federation(folder.path()).await;
    let mut tx = federation.store.write().await.unwrap();
    let items: Vec<_> = (1..=9).map(|number| item(number, number == 5)).collect();
    tx.keep(&items).await.unwrap();
    tx.commit().await.unwrap();
    let fetches = TaskTracker::new();
    let mut rounds = 0;
    while round(&federation, &fetches).await.unwrap() > 0 {
        rounds += 1;
        assert!(rounds < 20, "the work never ends");
    }
    let mut conn = federation.store.read().await.unwrap();
    let aside = conn.inbox_views(&["quarantined"], 10).await.unwrap();
    assert_eq!(aside.len(), 1);
    assert_eq!(
        aside.first().unwrap().activity_uri,
        "https://peer.example/a/5"
    );
    let others = conn.inbox_views(&["refused"], 10).await.unwrap();
    assert_eq!(others.len(), 8);
    // An operator can put it back.
    drop(conn);
    let mut tx = federation.store.write().await.unwrap();
    assert_eq!(tx.retry_inbox(None, federation.now()).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(round(&federation, &fetches).await.unwrap(), 1);
}

//! Opening, migrating and closing a database.

use std::sync::Arc;

use archipel_storage::{Error, OpenOptions, Store};

use crate::database::{Database, both, only_on};
use crate::make::{NOW, group};

fn options(url: &str) -> OpenOptions {
    OpenOptions {
        url: url.to_owned(),
        readers: 2,
    }
}

both!(what_was_stored_is_there_after_closing_and_opening_again);
async fn what_was_stored_is_there_after_closing_and_opening_again(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    group(&mut tx, "tilab").await;
    tx.commit().await.unwrap();
    db.store.close().await;
    let again = Store::open(&options(&db.url)).await.unwrap();
    let mut conn = again.read().await.unwrap();
    assert!(conn.local_actor("tilab").await.unwrap().is_some());
    assert!(db.store.read().await.is_err());
    assert!(db.store.ping().await.is_err());
}

both!(several_may_open_at_once);
async fn several_may_open_at_once(db: Arc<Database>) {
    let opening: Vec<_> = (0..4)
        .map(|_| {
            let url = db.url.clone();
            tokio::spawn(async move {
                let store = Store::open(&options(&url)).await.unwrap();
                let mut tx = store.write().await.unwrap();
                tx.meet_peer("a.example", NOW).await.unwrap();
                tx.commit().await.unwrap();
            })
        })
        .collect();
    for opened in opening {
        opened.await.unwrap();
    }
}

only_on!(Sqlite: a_missing_folder_is_made_and_several_may_make_the_file);
async fn a_missing_folder_is_made_and_several_may_make_the_file(_: Arc<Database>) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/deep/down/archipel.db", folder.path().display());
    let opening: Vec<_> = (0..4)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { Store::open(&options(&url)).await.map(drop) })
        })
        .collect();
    for opened in opening {
        opened.await.unwrap().unwrap();
    }
}

only_on!(Sqlite: closing_folds_the_log_into_the_file);
async fn closing_folds_the_log_into_the_file(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    group(&mut tx, "tilab").await;
    tx.commit().await.unwrap();
    db.store.close().await;
    let path = db.url.trim_start_matches("sqlite://");
    let log = std::fs::metadata(format!("{path}-wal")).map_or(0, |log| log.len());
    assert_eq!(log, 0);
}

only_on!(Sqlite: an_unknown_kind_of_address_is_refused_without_its_secrets);
async fn an_unknown_kind_of_address_is_refused_without_its_secrets(_: Arc<Database>) {
    let error = Store::open(&options("mysql://root:secret@db/x")).await;
    let error = error.unwrap_err();
    assert!(matches!(&error, Error::Address(scheme) if scheme == "mysql"));
    assert!(!error.to_string().contains("secret"));
}

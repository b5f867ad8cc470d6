//! Bytes come back as they came, and no text of a peer can hurt the database.

use std::sync::Arc;

use archipel_model::{ActivityId, Timestamp};
use archipel_storage::{
    DestinationResult, Form, InboxResult, NewActivity, NewActor, NewInboxItem, NewPost, Rendering,
};

use crate::database::{Database, both};
use crate::inbox_keeping::{item, keep};
use crate::make::{
    HOUR, NOW, announcement, at, claim, failed, finish, follows, group, person, remote, say,
    thread, well,
};

/// Raw JSON with everything that a wrapping could spoil.
const NASTY: [&str; 8] = [
    r#"{"quotes":"\"'\" \\ \/ \\\" \\\\"}"#,
    r#"{"nul":"a\u0000b","low":"\u0001\u001f","del":""}"#,
    r#"{"emoji":"🙂👩‍👩‍👧","escaped":"\ud83d\ude42","lone":"\ud83d"}"#,
    "{ \"spaces\" :\t1 ,\r\n \"twice\": 1.0e5, \"twice\": 10000000000000000000000001 }",
    r#"{"sql":"'; DROP TABLE post; --","params":"$1 ? :a %s {0}"}"#,
    r#"{"html":"<p>&lt;\u003cscript\u003e</p>","line":"\u2028\u2029"}"#,
    "{\"line\":\"\u{2028}\u{2029}\u{feff}\u{200b}\u{7f}\u{85}\"}",
    r#"[1,null,true,{"":{"":[]}}]"#,
];

both!(received_bytes_are_kept_byte_for_byte);
async fn received_bytes_are_kept_byte_for_byte(db: Arc<Database>) {
    let items: Vec<NewInboxItem> = NASTY
        .iter()
        .enumerate()
        .map(|(index, raw)| NewInboxItem {
            raw: (*raw).to_owned(),
            ..item(
                "https://a.example/ana",
                &format!("https://a.example/{index}"),
                raw,
            )
        })
        .collect();
    assert_eq!(keep(&db.store, &items).await, 8);
    let mut tx = db.store.write().await.unwrap();
    let taken = tx.claim_inbox(NOW, NOW.plus(HOUR), 9).await.unwrap();
    for (taken, raw) in taken.iter().zip(NASTY) {
        assert_eq!(taken.raw, raw);
        assert_eq!(taken.order_key, raw);
    }
    assert_eq!(taken.len(), 8);
}

both!(large_bodies_are_kept_whole);
async fn large_bodies_are_kept_whole(db: Arc<Database>) {
    let large = NewInboxItem {
        raw: format!("{{\"content\":\"{}\"}}", "é\\\"\u{1f642}".repeat(120_000)),
        ..item("https://a.example/ana", "https://a.example/1", "k")
    };
    keep(&db.store, std::slice::from_ref(&large)).await;
    let mut conn = db.store.read().await.unwrap();
    let seen = conn.inbox_views(&["waiting"], 1).await.unwrap();
    assert!(seen[0].raw == large.raw);
}

both!(what_is_passed_on_and_what_is_sent_is_kept_byte_for_byte);
async fn what_is_passed_on_and_what_is_sent_is_kept_byte_for_byte(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    for raw in NASTY {
        let new = NewActivity {
            inner_raw: Some(raw.to_owned()),
            ..announcement(&hive, raw)
        };
        tx.say(&new, NOW);
        tx.flush().await.unwrap();
        let rendering = Rendering {
            activity_id: new.id,
            form: Form::Plain,
            body: raw.to_owned(),
        };
        tx.put_renderings(&[rendering]).await.unwrap();
        let kept = tx.activity(new.id).await.unwrap().unwrap();
        assert_eq!(kept.inner_raw.as_deref(), Some(raw));
        assert_eq!(kept.object_key, raw);
        assert_eq!(tx.renderings(&[new.id]).await.unwrap()[0].body, raw);
    }
}

both!(nul_characters_spoil_neither_a_batch_nor_its_neighbours);
async fn nul_characters_spoil_neither_a_batch_nor_its_neighbours(db: Arc<Database>) {
    // A type or an object's id with an escaped NUL is valid JSON: anybody can
    // send it, and PostgreSQL cannot store it.
    let spoilt = NewInboxItem {
        kind: "Cre\0ate".to_owned(),
        order_key: "\0https://a.example/ana \\\0".to_owned(),
        ..item("https://a.example/ana", "https://a.example/1", "k")
    };
    let sound = item("https://a.example/bo", "https://a.example/2", "k");
    assert_eq!(keep(&db.store, &[spoilt, sound]).await, 2);
    let mut tx = db.store.write().await.unwrap();
    let taken = tx.claim_inbox(NOW, NOW.plus(HOUR), 9).await.unwrap();
    assert_eq!(taken[0].order_key, "https://a.example/ana \\");
    let result = InboxResult {
        id: taken[0].id.0,
        state: "done",
        attempts: 1,
        next_try_at: NOW.micros(),
        outcome: "il a dit \0 et rien".to_owned(),
        done_at: Some(NOW.micros()),
    };
    tx.finish_inbox(&[result]).await.unwrap();
    tx.touch_peers(&["a\0.example".to_owned()], NOW)
        .await
        .unwrap();
    let seen = tx.inbox_view(taken[0].id).await.unwrap().unwrap();
    assert_eq!(seen.kind, "Create");
    assert_eq!(seen.outcome.as_deref(), Some("il a dit  et rien"));
    assert!(tx.peer("a.example").await.unwrap().is_some());
}

both!(a_peer_s_words_with_nul_characters_are_written_down);
async fn a_peer_s_words_with_nul_characters_are_written_down(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "a.example").await;
    follows(&mut tx, &ana, &hive).await;
    let said = say(&mut tx, &announcement(&hive, "https://x/1")).await;
    tx.commit().await.unwrap();
    let id = claim(&db.store, NOW).await[0].id;
    let words = archipel_storage::DeliveryResult {
        words: Some("no\0n".to_owned()),
        ..failed(id, said, at(60))
    };
    let error = DestinationResult {
        error: Some("\0".to_owned()),
        ..well(id)
    };
    finish(&db.store, &[words], &[error]).await;
    let mut conn = db.store.read().await.unwrap();
    let seen = conn
        .delivery_views(None, None, &["retrying"], 1)
        .await
        .unwrap();
    assert_eq!(seen[0].words.as_deref(), Some("non"));
}

both!(a_nul_character_in_a_column_harms_only_the_piece_that_brought_it);
async fn a_nul_character_in_a_column_harms_only_the_piece_that_brought_it(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let ana = person(&mut tx, "ana", "a.example").await;
    tx.savepoint().await.unwrap();
    let named = NewActor {
        name: "b\0o".to_owned(),
        ..remote("bo", "a.example")
    };
    // PostgreSQL refuses it, SQLite keeps it: readers of documents strip it before.
    let refused = tx.put_actor(&named, NOW).await;
    assert_eq!(refused.is_err(), db.is_postgres());
    tx.rollback_to_savepoint().await.unwrap();
    let looked_up = async |tx: &mut archipel_storage::Tx| {
        tx.savepoint().await.unwrap();
        let found = tx.actor_by_uri("https://a.example/users/ana\0").await;
        tx.rollback_to_savepoint().await.unwrap();
        found.ok().flatten()
    };
    // Never somebody else's name.
    assert!(looked_up(&mut tx).await.is_none());
    assert!(tx.insert_post(&thread(&ana, None), NOW).await.unwrap());
    tx.commit().await.unwrap();
}

both!(any_moment_that_fits_comes_back);
async fn any_moment_that_fits_comes_back(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let ana = person(&mut tx, "ana", "a.example").await;
    for micros in [i64::MIN, -1, 0, 1, 1_795_428_000_123_456, i64::MAX] {
        let moment = Timestamp::from_micros(micros);
        let post = NewPost {
            published_at: moment,
            updated_at: Some(moment),
            ..thread(&ana, None)
        };
        tx.insert_post(&post, moment).await.unwrap();
        let kept = tx.post(post.id).await.unwrap().unwrap();
        assert_eq!(kept.published_at, moment);
        assert_eq!((kept.updated_at, kept.created_at), (Some(moment), moment));
    }
    // Ids too are whole 64-bit numbers, through lists as well.
    for id in [i64::MAX, i64::MAX - 1] {
        let new = NewActivity {
            id: ActivityId(id),
            uri: format!("https://lab.example/activities/{id}"),
            ..announcement(&ana, "https://x/1")
        };
        tx.say(&new, NOW);
        tx.flush().await.unwrap();
        tx.mark_expanded(&[new.id]).await.unwrap();
        assert!(tx.unexpanded_ids(9).await.unwrap().is_empty());
    }
}

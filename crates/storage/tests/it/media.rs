//! Which files nobody needs any more.

use std::sync::Arc;

use archipel_model::{MediaId, Timestamp};
use archipel_storage::{Blobs, CustomEmoji, NewMedia, RemoteMedia, Shows, Tx};

use crate::database::{Database, both};
use crate::make::{self, NOW, at, fresh};

both!(
    uploads_wait_a_day_unless_something_needs_them,
    what_a_post_shows_is_replaced,
    copies_go_when_nobody_looks
);

async fn uploaded(
    tx: &mut Tx,
    owner: archipel_model::ActorId,
    purpose: &str,
    when: Timestamp,
) -> MediaId {
    let id = MediaId(fresh());
    let (blob, preview) = (format!("{id}.png"), format!("{id}-small.png"));
    let new = NewMedia {
        id,
        owner,
        purpose,
        mime: "image/png",
        blob: &blob,
        preview: &preview,
        description: None,
        blurhash: None,
        size: (10, 10),
        preview_size: (10, 10),
        bytes: 10,
        focus: (0.0, 0.0),
    };
    tx.insert_media(&new, when).await.unwrap();
    id
}

fn names(gone: &[Blobs]) -> Vec<&str> {
    let mut names: Vec<&str> = gone.iter().flat_map(Blobs::names).collect();
    names.sort_unstable();
    names
}

async fn uploads_wait_a_day_unless_something_needs_them(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let ana = make::person(&mut tx, "ana", "a.example").await;
    let thread = make::thread(&ana, None);
    let post = thread.id;
    assert!(tx.insert_post(&thread, NOW).await.unwrap());
    let unused = uploaded(&mut tx, ana.id, "attachment", at(0)).await;
    let young = uploaded(&mut tx, ana.id, "attachment", at(90)).await;
    let planned = uploaded(&mut tx, ana.id, "attachment", at(0)).await;
    let shown = uploaded(&mut tx, ana.id, "attachment", at(0)).await;
    let portrait = uploaded(&mut tx, ana.id, "avatar", at(0)).await;
    assert!(tx.attach_media(post, ana.id, &[shown], NOW).await.unwrap());
    let draft = archipel_storage::Scheduled {
        id: fresh().into(),
        owner: ana.id,
        account: None,
        draft: archipel_storage::Draft {
            media: vec![planned],
            ..archipel_storage::Draft::default()
        },
        due_at: at(9_000),
    };
    tx.put_scheduled(&draft, NOW).await.unwrap();
    let gone = tx.forget_idle_media(at(60), 100).await.unwrap();
    let mut expected = vec![
        format!("{unused}.png"),
        format!("{unused}-small.png"),
        format!("{portrait}.png"),
        format!("{portrait}-small.png"),
    ];
    expected.sort_unstable();
    assert_eq!(names(&gone), expected);
    assert!(tx.forget_idle_media(at(60), 100).await.unwrap().is_empty());
    let left = tx
        .own_media(ana.id, &[young, planned, shown])
        .await
        .unwrap();
    assert_eq!(left.len(), 3);
    assert_eq!(tx.delete_upload(ana.id, shown).await.unwrap(), None);
    assert!(tx.delete_upload(ana.id, young).await.unwrap().is_some());
}

async fn what_a_post_shows_is_replaced(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let ana = make::person(&mut tx, "ana", "a.example").await;
    let thread = make::thread(&ana, None);
    let post = thread.id;
    assert!(tx.insert_post(&thread, NOW).await.unwrap());
    let file = |url: &str| RemoteMedia {
        url: url.to_owned(),
        kind: "image",
        size: Some((4, 2)),
        focus: (500, -250),
        ..RemoteMedia::default()
    };
    let first = Shows {
        media: vec![file("https://a.example/1"), file("https://a.example/2")],
        link: Some("https://a.example".to_owned()),
        emojis: r#"[{"shortcode":"x"}]"#.to_owned(),
    };
    let ids = [MediaId(fresh()), MediaId(fresh())];
    tx.put_remote_shows(post, ana.id, &first, &ids, NOW)
        .await
        .unwrap();
    let found = tx.media_of(&[post]).await.unwrap();
    assert_eq!(found.iter().map(|file| file.id).collect::<Vec<_>>(), ids);
    assert_eq!((found[0].focus_x, found[0].focus_y), (0.5, -0.25));
    let shown = tx.shown_posts(&[post]).await.unwrap();
    assert!(shown[0].has_media);
    assert_eq!(shown[0].link.as_deref(), Some("https://a.example"));
    assert_eq!(tx.emojis_of(post).await.unwrap(), first.emojis);
    tx.put_remote_shows(post, ana.id, &Shows::default(), &[], NOW)
        .await
        .unwrap();
    assert!(tx.media_of(&[post]).await.unwrap().is_empty());
    assert!(!tx.shown_posts(&[post]).await.unwrap()[0].has_media);
}

async fn copies_go_when_nobody_looks(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let blobs = Blobs {
        blob: Some("a.png".to_owned()),
        preview: Some("b.png".to_owned()),
    };
    tx.put_remote_file("one", "https://a.example/1", Ok((&blobs, 10)), at(0))
        .await
        .unwrap();
    tx.put_remote_file("two", "https://a.example/2", Err(at(600)), at(0))
        .await
        .unwrap();
    let failed = tx.remote_file("two").await.unwrap().unwrap();
    assert_eq!((failed.blob, failed.retry_at), (None, Some(at(600))));
    tx.remote_file_used("one", at(100)).await.unwrap();
    assert!(names(&tx.forget_remote_files(at(50), 10).await.unwrap()).is_empty());
    assert!(tx.remote_file("two").await.unwrap().is_none());
    assert_eq!(
        names(&tx.forget_remote_files(at(101), 10).await.unwrap()),
        ["a.png", "b.png"]
    );
    let emoji = CustomEmoji {
        shortcode: "fablab".to_owned(),
        blob: "c.png".to_owned(),
        static_blob: "d.png".to_owned(),
        mime: "image/png".to_owned(),
        category: None,
    };
    tx.put_emoji(archipel_model::Id(fresh()), &emoji, NOW)
        .await
        .unwrap();
    let named = ["fablab".to_owned(), "other".to_owned()];
    assert_eq!(tx.emojis_named(&named).await.unwrap(), [emoji]);
    let gone = tx.remove_emoji("fablab").await.unwrap();
    assert_eq!(
        names(&gone.into_iter().collect::<Vec<_>>()),
        ["c.png", "d.png"]
    );
}

//! What is written for later is published once, whatever happens meanwhile.

use std::sync::Arc;

use archipel_actions::{Submitted, publish_scheduled};
use archipel_model::{PostId, ScheduledId};
use archipel_storage::{Draft, Scheduled};

use crate::database::{Database, both};
use crate::lab::{NOW, at, at_moment, context, open, person};

both!(what_is_due_is_published_once);
async fn what_is_due_is_published_once(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let anna = person(&ctx, &mut tx, "anna").await;
    let id: ScheduledId = ctx.id();
    let scheduled = Scheduled {
        id,
        owner: anna.id,
        account: None,
        draft: Draft {
            text: "@tilab Un titre\n\nPlus tard".to_owned(),
            visibility: "public".to_owned(),
            ..Draft::default()
        },
        due_at: at(600),
    };
    tx.put_scheduled(&scheduled, NOW).await.unwrap();
    assert_eq!(
        tx.scheduled_due(at(599), 5, 10).await.unwrap(),
        Vec::<ScheduledId>::new()
    );
    assert_eq!(tx.scheduled_due(at(600), 5, 10).await.unwrap(), [id]);
    tx.commit().await.unwrap();

    // Killed before the end: it waits on.
    let late = at_moment(601);
    let mut tx = db.store.write().await.unwrap();
    publish_scheduled(&late, &mut tx, id)
        .await
        .unwrap()
        .unwrap();
    drop(tx);
    let mut tx = db.store.write().await.unwrap();
    let kept = tx.scheduled(id).await.unwrap().unwrap();
    assert_eq!((&kept.draft, kept.due_at), (&scheduled.draft, at(600)));
    tx.scheduled_failed(id, "why", 1, at(700)).await.unwrap();
    assert!(tx.scheduled_due(at(699), 5, 10).await.unwrap().is_empty());
    assert_eq!(tx.scheduled_due(at(700), 5, 10).await.unwrap(), [id]);
    tx.commit().await.unwrap();

    // Several nodes at once: one publishes it, the others find nothing.
    let node = |db: Arc<Database>| {
        let ctx = late.clone();
        tokio::spawn(async move {
            let mut tx = db.store.write().await.unwrap();
            let written = publish_scheduled(&ctx, &mut tx, id).await.unwrap();
            tx.commit().await.unwrap();
            written
        })
    };
    let nodes: Vec<_> = (0..4).map(|_| node(db.clone())).collect();
    let mut posts: Vec<PostId> = Vec::new();
    for node in nodes {
        if let Some(written) = node.await.unwrap() {
            match written.submitted {
                Submitted::Published(id) => posts.push(id),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(posts.len(), 1);
    let mut conn = db.store.read().await.unwrap();
    let post = conn.post(posts[0]).await.unwrap().unwrap();
    assert_eq!(post.community_id, Some(hive.id));
    assert_eq!(post.title.as_deref(), Some("Un titre"));
    assert_eq!(post.published_at, at(601));
    assert!(conn.scheduled(id).await.unwrap().is_none());
}

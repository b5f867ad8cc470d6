//! An id that another node took in the same moment is replaced by the next one.

use std::sync::Arc;

use archipel_actions::Context;
use archipel_model::{PostId, Timestamp, Visibility};
use archipel_storage::{Actor, NewPost, PostKind, Tx};

use crate::database::{Database, both};
use crate::lab::{at, brought, context, neighbour, open, person, published, said, writing};

/// A post of another node that took this id.
async fn taken(ctx: &Context, tx: &mut Tx, author: &Actor, id: PostId) {
    let uri = ctx.site.post(id);
    let post = NewPost {
        id,
        is_local: true,
        kind: PostKind::Note,
        author_id: author.id,
        community_id: None,
        root_id: None,
        parent_id: None,
        parent_uri: None,
        title: None,
        content: "<p>Premier</p>".to_owned(),
        source: None,
        summary: None,
        sensitive: false,
        language: None,
        visibility: Visibility::Public,
        url: Some(uri.clone()),
        published_at: Timestamp::from_micros(0),
        updated_at: None,
        held_reason: None,
        received: None,
        uri,
    };
    assert!(tx.insert_post(&post, at(0)).await.unwrap());
}

both!(a_local_post_takes_the_next_id_and_its_address);
async fn a_local_post_takes_the_next_id_and_its_address(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    // Ids in order at one moment follow each other.
    let PostId(last) = ctx.id();
    for next in [last + 1, last + 2] {
        taken(&ctx, &mut tx, &bea, PostId(next)).await;
    }
    let post = published(&ctx, &mut tx, writing(&bea, Some(&hive))).await;
    assert_eq!(post.id, PostId(last + 3));
    assert_eq!(post.uri, ctx.site.post(post.id));
    assert_eq!(post.url.as_deref(), Some(post.uri.as_str()));
    assert_eq!(post.content, "<p>Bonjour</p>");
    for said in said(&mut tx).await {
        assert_eq!(said.post_id, Some(post.id));
        assert_eq!(said.object_uri.as_deref(), Some(post.uri.as_str()));
    }
}

both!(a_remote_post_takes_the_next_id_and_keeps_its_address);
async fn a_remote_post_takes_the_next_id_and_keeps_its_address(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let last = loop {
        let id = ctx.ids.next(at(-60)).0;
        // The sequence of the low bits is about to begin anew.
        if id & 0xffff < 0xfffd {
            break id;
        }
    };
    taken(&ctx, &mut tx, &bea, PostId(last + 1)).await;
    let uri = "https://peer.example/p/1";
    let post = published(&ctx, &mut tx, brought(&ana, Some(&hive), uri)).await;
    assert_eq!((post.id, post.uri.as_str()), (PostId(last + 2), uri));
    assert_eq!(post.author_id, ana.id);
    assert_eq!(said(&mut tx).await[0].post_id, Some(post.id));
}

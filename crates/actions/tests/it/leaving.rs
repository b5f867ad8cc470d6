//! What disappears: posts, actors elsewhere, actors here.

use std::sync::Arc;

use archipel_actions::{Error, actor_gone, author_deleted, delete_local_actor, follow};
use archipel_model::{ActorState, DestinationId};
use archipel_storage::{ActivityKind, PostState};

use crate::database::{Database, both};
use crate::lab::{
    NOW, asking, brought, context, join, neighbour, open, person, published, said, stored, writing,
};

both!(only_its_author_deletes_a_post);
async fn only_its_author_deletes_a_post(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let eve = person(&ctx, &mut tx, "eve").await;
    let post = brought(&ana, Some(&hive), "https://peer.example/p/1");
    let post = published(&ctx, &mut tx, post).await;
    for stranger in [&eve, &hive] {
        let deleted = author_deleted(&ctx, &mut tx, stranger, &post, None).await;
        assert!(!deleted.unwrap());
    }
    assert_eq!(stored(&mut tx, post.id).await.state, PostState::Published);
    assert!(
        author_deleted(&ctx, &mut tx, &ana, &post, None)
            .await
            .unwrap()
    );
    assert!(
        !author_deleted(&ctx, &mut tx, &ana, &post, None)
            .await
            .unwrap()
    );
    let tomb = stored(&mut tx, post.id).await;
    assert_eq!(
        (tomb.state, tomb.content.as_str()),
        (PostState::Deleted, "")
    );
}

both!(who_is_gone_follows_nobody_and_is_followed_by_nobody);
async fn who_is_gone_follows_nobody_and_is_followed_by_nobody(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    join(&ctx, &mut tx, &ana, &hive).await;
    follow(&ctx, &mut tx, asking(&bea, &ana)).await.unwrap();
    said(&mut tx).await;
    for _ in 0..2 {
        actor_gone(&ctx, &mut tx, &ana).await.unwrap();
    }
    let gone = tx.actor(ana.id).await.unwrap().unwrap();
    assert_eq!(gone.state, ActorState::Gone);
    assert_eq!(tx.follower_count(hive.id).await.unwrap(), 0);
    assert!(!tx.is_followed_here(ana.id).await.unwrap());
    assert!(said(&mut tx).await.is_empty());
    let again = follow(&ctx, &mut tx, asking(&bea, &gone)).await;
    assert!(matches!(again, Err(Error::Inactive(_))));
}

both!(a_local_actor_that_is_deleted_tells_its_followers_and_whom_it_followed);
async fn a_local_actor_that_is_deleted_tells_its_followers_and_whom_it_followed(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let cleo = person(&ctx, &mut tx, "cleo").await;
    join(&ctx, &mut tx, &ana, &bea).await;
    follow(&ctx, &mut tx, asking(&bea, &cleo)).await.unwrap();
    let post = published(&ctx, &mut tx, writing(&bea, None)).await;
    said(&mut tx).await;
    delete_local_actor(&ctx, &mut tx, &bea).await.unwrap();
    let gone = tx.actor(bea.id).await.unwrap().unwrap();
    assert_eq!(gone.state, ActorState::Gone);
    assert_eq!(stored(&mut tx, post.id).await.state, PostState::Deleted);
    let said = said(&mut tx).await;
    assert_eq!(said.len(), 1);
    assert_eq!(
        (said[0].kind, said[0].actor_id),
        (ActivityKind::DeleteActor, bea.id)
    );
    // Its followers are still known, so that they can be told, with its keys.
    let said = [said[0].id];
    let added = tx.expand(&said, NOW, || DestinationId(ctx.id::<DestinationId>().0));
    assert_eq!(added.await.unwrap().added, 2);
    assert_eq!(tx.keys_of(bea.id).await.unwrap().len(), 2);
    for actor in [&gone, &ana] {
        let again = delete_local_actor(&ctx, &mut tx, actor).await;
        assert!(matches!(again, Err(Error::Inactive(_))));
    }
}

//! Threads: what is stored and what is said, by whom and to whom.

use std::sync::Arc;

use archipel_actions::{Submission, Submitted, author_deleted, submit_post};
use archipel_model::{ActorKind, Visibility};
use archipel_storage::{ActivityKind, Lane};

use crate::database::{Database, both};
use crate::lab::{
    BROUGHT, NOW, at, brought, context, neighbour, open, person, published, remote, said, writing,
};

both!(a_remote_thread_is_announced_with_the_bytes_that_brought_it);
async fn a_remote_thread_is_announced_with_the_bytes_that_brought_it(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let uri = "https://peer.example/p/1";
    let post = published(&ctx, &mut tx, brought(&ana, Some(&hive), uri)).await;
    assert_eq!((post.uri.as_str(), post.url.as_deref()), (uri, Some(uri)));
    assert_eq!((post.author_id, post.community_id), (ana.id, Some(hive.id)));
    assert!(!post.is_local);
    assert_eq!(post.published_at, at(-60));
    // Its id is of the moment when it was written.
    assert_eq!(post.id.0 >> 16, at(-60).millis());
    let said = said(&mut tx).await;
    assert_eq!(said.len(), 1);
    assert_eq!(
        (said[0].kind, said[0].actor_id),
        (ActivityKind::AnnounceThread, hive.id)
    );
    assert_eq!(
        (said[0].post_id, said[0].object_uri.as_deref()),
        (Some(post.id), Some(uri))
    );
    assert_eq!(
        (said[0].inner_raw.as_deref(), said[0].inner_id),
        (Some(BROUGHT), None)
    );
    assert_eq!(
        (said[0].object_key.as_str(), said[0].lane),
        (uri, Lane::Content as i64)
    );
    assert!(said[0].to_followers);
    assert_eq!(said[0].recipients, "[]");
}

both!(a_local_thread_is_created_by_its_author_and_announced_by_its_community);
async fn a_local_thread_is_created_by_its_author_and_announced_by_its_community(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let post = published(&ctx, &mut tx, writing(&bea, Some(&hive))).await;
    assert_eq!(post.uri, format!("https://lab.example/p/{}", post.id));
    assert!(post.is_local);
    let said = said(&mut tx).await;
    let kinds: Vec<_> = said.iter().map(|said| (said.kind, said.actor_id)).collect();
    assert_eq!(
        kinds,
        [
            (ActivityKind::Create, bea.id),
            (ActivityKind::AnnounceThread, hive.id)
        ]
    );
    assert!(said[0].to_followers && said[1].to_followers);
    // The announcement passes on the very Create that the author said.
    assert_eq!(
        (said[1].inner_id, said[1].inner_raw.as_deref()),
        (Some(said[0].id), None)
    );
    assert!(said.iter().all(|said| said.post_id == Some(post.id)));
    assert!(said.iter().all(|said| said.object_key == post.uri));
}

both!(a_local_thread_for_a_remote_community_is_sent_there_and_announced_by_nobody_here);
async fn a_local_thread_for_a_remote_community_is_sent_there_and_announced_by_nobody_here(
    db: Arc<Database>,
) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let club = remote(&ctx, &mut tx, ActorKind::Group, "club").await;
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let post = published(&ctx, &mut tx, writing(&bea, Some(&club))).await;
    assert_eq!(post.community_id, Some(club.id));
    let said = said(&mut tx).await;
    assert_eq!(said.len(), 1);
    assert_eq!(
        (said[0].kind, said[0].actor_id),
        (ActivityKind::Create, bea.id)
    );
    assert_eq!(said[0].recipients, format!("[{}]", club.id));
}

both!(a_thread_without_a_community_is_its_author_s_own);
async fn a_thread_without_a_community_is_its_author_s_own(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    published(
        &ctx,
        &mut tx,
        brought(&ana, None, "https://peer.example/p/1"),
    )
    .await;
    assert!(said(&mut tx).await.is_empty());
    let post = published(&ctx, &mut tx, writing(&bea, None)).await;
    assert_eq!(post.community_id, None);
    let said = said(&mut tx).await;
    assert_eq!(said.len(), 1);
    assert_eq!(
        (said[0].kind, said[0].to_followers),
        (ActivityKind::Create, true)
    );
}

both!(what_is_direct_goes_to_no_follower);
async fn what_is_direct_goes_to_no_follower(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let parent = Submission {
        visibility: Visibility::Direct,
        ..brought(&ana, None, "https://peer.example/p/1")
    };
    let parent = published(&ctx, &mut tx, parent).await;
    let answer = Submission {
        visibility: Visibility::Direct,
        parent: Some(&parent),
        source: Some(format!("Oui @ana@{}", ana.host)),
        ..writing(&bea, None)
    };
    let answer = published(&ctx, &mut tx, answer).await;
    assert!(answer.content.contains("class=\"u-url mention\""));
    let said = said(&mut tx).await;
    assert_eq!((said.len(), said[0].kind), (1, ActivityKind::Create));
    assert!(!said[0].to_followers);
    assert_eq!(said[0].recipients, format!("[{}]", ana.id));
    // Who is not named gets nothing of it, not even whoever is answered.
    let unnamed = Submission {
        visibility: Visibility::Direct,
        parent: Some(&answer),
        source: Some("Non".to_owned()),
        ..writing(&bea, None)
    };
    published(&ctx, &mut tx, unnamed).await;
    let said = crate::lab::said(&mut tx).await;
    assert_eq!(said[0].recipients, "[]");
}

both!(what_comes_twice_is_known_and_says_nothing);
async fn what_comes_twice_is_known_and_says_nothing(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let other = open(&ctx, &mut tx, "utilo").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let uri = "https://peer.example/p/1";
    let first = published(&ctx, &mut tx, brought(&ana, Some(&hive), uri)).await;
    said(&mut tx).await;
    for community in [&hive, &other] {
        let again = Submission {
            content: "<p>Autre chose</p>".to_owned(),
            ..brought(&ana, Some(community), uri)
        };
        let again = submit_post(&ctx, &mut tx, again).await.unwrap();
        assert_eq!(again, Submitted::Known);
    }
    assert!(said(&mut tx).await.is_empty());
    let kept = tx.post_by_uri(uri).await.unwrap().unwrap();
    assert_eq!((kept.id, kept.content), (first.id, first.content));
    assert_eq!(kept.community_id, Some(hive.id));
}

both!(what_was_deleted_does_not_come_back);
async fn what_was_deleted_does_not_come_back(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let uri = "https://peer.example/p/1";
    let post = published(&ctx, &mut tx, brought(&ana, Some(&hive), uri)).await;
    said(&mut tx).await;
    assert!(
        author_deleted(&ctx, &mut tx, &ana, &post, None)
            .await
            .unwrap()
    );
    let kinds: Vec<_> = said(&mut tx).await.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [ActivityKind::Unboost]);
    let again = brought(&ana, Some(&hive), uri);
    let again = submit_post(&ctx, &mut tx, again).await.unwrap();
    assert_eq!(again, Submitted::Known);
    assert!(said(&mut tx).await.is_empty());
}

both!(a_post_from_the_future_is_of_now);
async fn a_post_from_the_future_is_of_now(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let ana = person(&ctx, &mut tx, "ana").await;
    let future = Submission {
        published_at: at(90_000),
        ..brought(&ana, None, "https://peer.example/p/1")
    };
    let post = published(&ctx, &mut tx, future).await;
    assert_eq!(post.published_at, NOW);
    assert_eq!(post.id.0 >> 16, NOW.millis());
    let ancient = Submission {
        published_at: archipel_model::Timestamp::from_micros(-1),
        ..brought(&ana, None, "https://peer.example/p/2")
    };
    assert!(published(&ctx, &mut tx, ancient).await.id.0 >= 0);
}

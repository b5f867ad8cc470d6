//! Replies: where they belong and who hears of them.

use std::sync::Arc;

use archipel_actions::Submission;
use archipel_storage::{ActivityKind, Actor, Post};

use crate::database::{Database, both};
use crate::lab::{
    BROUGHT, brought, context, neighbour, open, person, published, remote, said, writing,
};

fn reply<'a>(author: &'a Actor, parent: &'a Post, uri: &'a str) -> Submission<'a> {
    Submission {
        parent: Some(parent),
        title: None,
        ..brought(author, None, uri)
    }
}

both!(a_reply_goes_where_its_parent_is_whatever_it_says);
async fn a_reply_goes_where_its_parent_is_whatever_it_says(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let other = open(&ctx, &mut tx, "utilo").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let root = brought(&ana, Some(&hive), "https://peer.example/p/1");
    let root = published(&ctx, &mut tx, root).await;
    said(&mut tx).await;
    let mut parent = root.clone();
    for (index, named) in [None, Some(&other), Some(&hive)].into_iter().enumerate() {
        let uri = format!("https://peer.example/p/2/{index}");
        let answer = Submission {
            community: named,
            ..reply(&ana, &parent, &uri)
        };
        let answer = published(&ctx, &mut tx, answer).await;
        assert_eq!(answer.community_id, Some(hive.id));
        assert_eq!(
            (answer.root_id, answer.parent_id),
            (Some(root.id), Some(parent.id))
        );
        assert_eq!(answer.parent_uri.as_deref(), Some(parent.uri.as_str()));
        let said = said(&mut tx).await;
        assert_eq!(said.len(), 1);
        assert_eq!(
            (said[0].kind, said[0].actor_id),
            (ActivityKind::AnnounceReply, hive.id)
        );
        assert_eq!(said[0].inner_raw.as_deref(), Some(BROUGHT));
        assert!(said[0].to_followers);
        parent = answer;
    }
}

both!(a_local_reply_is_told_to_followers_the_one_answered_and_the_community);
async fn a_local_reply_is_told_to_followers_the_one_answered_and_the_community(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let root = brought(&ana, Some(&hive), "https://peer.example/p/1");
    let root = published(&ctx, &mut tx, root).await;
    said(&mut tx).await;
    let answer = Submission {
        parent: Some(&root),
        ..writing(&bea, None)
    };
    let answer = published(&ctx, &mut tx, answer).await;
    let said = said(&mut tx).await;
    let kinds: Vec<_> = said.iter().map(|said| (said.kind, said.actor_id)).collect();
    assert_eq!(
        kinds,
        [
            (ActivityKind::Create, bea.id),
            (ActivityKind::AnnounceReply, hive.id)
        ]
    );
    assert_eq!(said[0].recipients, format!("[{},{}]", ana.id, hive.id));
    assert_eq!(said[1].inner_id, Some(said[0].id));
    assert!(said.iter().all(|said| said.post_id == Some(answer.id)));
}

both!(a_reply_to_a_post_of_a_remote_community_stays_there);
async fn a_reply_to_a_post_of_a_remote_community_stays_there(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let club = remote(&ctx, &mut tx, archipel_model::ActorKind::Group, "club").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let root = brought(&ana, Some(&club), "https://peer.example/p/1");
    let root = published(&ctx, &mut tx, root).await;
    let answer = Submission {
        community: Some(&hive),
        ..reply(&ana, &root, "https://peer.example/p/2")
    };
    let answer = published(&ctx, &mut tx, answer).await;
    assert_eq!(answer.community_id, Some(club.id));
    assert!(said(&mut tx).await.is_empty());
}

both!(a_reply_to_what_we_do_not_have_is_a_reply_in_the_named_community);
async fn a_reply_to_what_we_do_not_have_is_a_reply_in_the_named_community(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let lost = "https://peer.example/p/lost";
    let answer = Submission {
        parent_uri: Some(lost),
        ..brought(&ana, Some(&hive), "https://peer.example/p/2")
    };
    let answer = published(&ctx, &mut tx, answer).await;
    assert_eq!((answer.parent_id, answer.root_id), (None, None));
    assert_eq!(answer.parent_uri.as_deref(), Some(lost));
    let said = said(&mut tx).await;
    assert_eq!((said.len(), said[0].kind), (1, ActivityKind::AnnounceReply));
    // It is no thread of the community.
    assert_eq!(tx.thread_count(hive.id).await.unwrap(), 0);
}

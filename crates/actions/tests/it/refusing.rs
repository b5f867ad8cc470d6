//! What a community does not take is neither stored nor said.

use std::sync::Arc;

use archipel_actions::{Submission, Submitted, actor_gone, submit_post};
use archipel_model::permission::Denial;
use archipel_model::submission::Refusal;
use archipel_model::{ActorKind, ActorState, CommunityPolicy, PostPolicy, Role, Visibility};
use archipel_storage::{ActivityKind, Tx};

use crate::database::{Database, both};
use crate::lab::{
    NOW, brought, community, context, join, neighbour, open, person, published, remote, said,
    writing,
};

/// Nothing of `uri` is stored, and nobody was told of it but its author.
async fn nothing_happened(tx: &mut Tx, uri: &str) {
    assert!(tx.post_by_uri(uri).await.unwrap().is_none());
    // Its author alone is told why.
    for told in said(tx).await {
        assert_eq!(told.kind, ActivityKind::Create);
        assert!(!told.to_followers);
        let note = tx.post(told.post_id.unwrap()).await.unwrap().unwrap();
        assert_eq!(note.visibility, Visibility::Direct);
        assert_eq!(note.parent_uri.as_deref(), Some(uri));
    }
}

both!(what_is_private_is_refused_by_a_community_of_ours);
async fn what_is_private_is_refused_by_a_community_of_ours(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let root = brought(&ana, Some(&hive), "https://peer.example/p/0");
    let root = published(&ctx, &mut tx, root).await;
    said(&mut tx).await;
    let uri = "https://peer.example/p/1";
    for visibility in [Visibility::Followers, Visibility::Direct] {
        for parent in [None, Some(&root)] {
            let private = Submission {
                visibility,
                parent,
                ..brought(&ana, Some(&hive), uri)
            };
            let submitted = submit_post(&ctx, &mut tx, private).await.unwrap();
            assert_eq!(submitted, Submitted::Refused(Refusal::NotPublic));
            nothing_happened(&mut tx, uri).await;
        }
    }
    let unlisted = Submission {
        visibility: Visibility::Unlisted,
        ..brought(&ana, Some(&hive), uri)
    };
    let kept = published(&ctx, &mut tx, unlisted).await;
    assert_eq!(kept.visibility, Visibility::Unlisted);
}

both!(members_only_means_members_only);
async fn members_only_means_members_only(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let policy = CommunityPolicy {
        post: PostPolicy::Members,
        ..CommunityPolicy::default()
    };
    let hive = community(&ctx, &mut tx, "tilab", policy).await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let uri = "https://peer.example/p/1";
    let submitted = submit_post(&ctx, &mut tx, brought(&ana, Some(&hive), uri)).await;
    let denied = Submitted::Refused(Refusal::Denied(Denial::MembersOnly));
    assert_eq!(submitted.unwrap(), denied);
    nothing_happened(&mut tx, uri).await;
    join(&ctx, &mut tx, &ana, &hive).await;
    let root = published(&ctx, &mut tx, brought(&ana, Some(&hive), uri)).await;
    // Replies have a policy of their own.
    let eve = person(&ctx, &mut tx, "eve").await;
    let reply = Submission {
        parent: Some(&root),
        ..brought(&eve, None, "https://peer.example/p/2")
    };
    published(&ctx, &mut tx, reply).await;
}

both!(moderators_only_asks_our_own_list_remote_moderators_included);
async fn moderators_only_asks_our_own_list_remote_moderators_included(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let policy = CommunityPolicy {
        post: PostPolicy::Moderators,
        ..CommunityPolicy::default()
    };
    let hive = community(&ctx, &mut tx, "tilab", policy).await;
    let ana = person(&ctx, &mut tx, "ana").await;
    join(&ctx, &mut tx, &ana, &hive).await;
    let uri = "https://peer.example/p/1";
    let submitted = submit_post(&ctx, &mut tx, brought(&ana, Some(&hive), uri)).await;
    let denied = Submitted::Refused(Refusal::Denied(Denial::ModeratorsOnly));
    assert_eq!(submitted.unwrap(), denied);
    nothing_happened(&mut tx, uri).await;
    tx.put_moderator(hive.id, ana.id, Role::Moderator, NOW)
        .await
        .unwrap();
    published(&ctx, &mut tx, brought(&ana, Some(&hive), uri)).await;
}

both!(who_is_suspended_or_gone_posts_nowhere_here);
async fn who_is_suspended_or_gone_posts_nowhere_here(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    tx.set_actor_state(bea.id, ActorState::Suspended, NOW)
        .await
        .unwrap();
    let submitted = submit_post(&ctx, &mut tx, writing(&bea, Some(&hive))).await;
    let denied = Submitted::Refused(Refusal::Denied(Denial::Suspended));
    assert_eq!(submitted.unwrap(), denied);
    assert_eq!(tx.post_count(bea.id).await.unwrap(), 0);
    assert!(said(&mut tx).await.is_empty());
}

both!(a_community_that_is_gone_takes_nothing);
async fn a_community_that_is_gone_takes_nothing(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let hive = open(&ctx, &mut tx, "tilab").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    actor_gone(&ctx, &mut tx, &hive).await.unwrap();
    let hive = tx.actor(hive.id).await.unwrap().unwrap();
    let uri = "https://peer.example/p/1";
    let submitted = submit_post(&ctx, &mut tx, brought(&ana, Some(&hive), uri)).await;
    assert_eq!(submitted.unwrap(), Submitted::Refused(Refusal::Closed));
    nothing_happened(&mut tx, uri).await;
}

both!(a_person_here_is_no_community);
async fn a_person_here_is_no_community(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let uri = "https://peer.example/p/1";
    let submitted = submit_post(&ctx, &mut tx, brought(&ana, Some(&bea), uri)).await;
    assert!(matches!(
        submitted,
        Err(archipel_actions::Error::NotACommunity(_))
    ));
    nothing_happened(&mut tx, uri).await;
}

both!(a_remote_community_decides_for_itself);
async fn a_remote_community_decides_for_itself(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let club = remote(&ctx, &mut tx, ActorKind::Group, "club").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let submission = brought(&ana, Some(&club), "https://peer.example/p/1");
    let post = published(&ctx, &mut tx, submission).await;
    assert_eq!(post.community_id, Some(club.id));
    assert!(said(&mut tx).await.is_empty());
}

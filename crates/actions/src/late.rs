//! Posts that come in another order than they were written: those that were met
//! before they came themselves, and those that were deleted before they came.

use archipel_model::{ActorState, Visibility};
use archipel_storage::{Actor, NewPost, Post, PostKind, PostState, Tx};

use archipel_model::notice::Cause;
use archipel_model::submission::Verdict;

use crate::announce::{Announcement, announce};
use crate::notice::{Telling, tell};
use crate::notify;
use crate::verdict::{Arrival, decided, parent_of};
use crate::{Context, Result};

/// A post that is here already, now brought by its own author.
#[derive(Clone, Copy, Debug)]
pub struct Brought<'a> {
    /// Who brings it.
    pub author: &'a Actor,
    /// The post as it is known.
    pub post: &'a Post,
    /// The community that it is meant for; one that it belongs to already counts
    /// more.
    pub community: Option<&'a Actor>,
    /// The activity that brings it, exact bytes.
    pub received: &'a str,
}

/// Makes up for what could not be done when a post was met first, as what somebody
/// answers: only now there is an activity of its author that a community can pass
/// on. Says whether the post is announced now.
pub async fn author_brings(ctx: &Context, tx: &mut Tx, brought: Brought<'_>) -> Result<bool> {
    let Brought { author, post, .. } = brought;
    let shown = matches!(post.state, PostState::Published | PostState::Held);
    if author.is_local || post.is_local || post.author_id != author.id || !shown {
        return Ok(false);
    }
    let community = match post.community_id {
        Some(id) => tx.actor(id).await?,
        None => brought.community.cloned(),
    };
    let Some(community) = community.filter(|community| community.is_local) else {
        return Ok(false);
    };
    if post.state == PostState::Held {
        // It was met as what somebody answers, and waits: only now there is something
        // to pass on, and somebody to tell.
        if tx.bring_held(post.id, brought.received).await? {
            let reason = post.held_reason.as_deref();
            if let Some(reason) = reason.and_then(|word| word.parse().ok()) {
                told(ctx, tx, &community, &brought, Cause::Held(reason)).await?;
                notify::waits(ctx, tx, &community, post.id, author.id).await?;
            }
        }
        return Ok(false);
    }
    if tx.is_announced(post.id).await? {
        return Ok(false);
    }
    let locked = match (post.parent_id, &post.parent_uri) {
        (Some(parent), _) => Some(tx.is_under_lock(parent).await?),
        (None, Some(_)) => Some(false),
        (None, None) => None,
    };
    let parent = match post.parent_id {
        Some(id) => tx.post(id).await?,
        None => None,
    };
    let arrival = Arrival {
        community: &community,
        author,
        visibility: post.visibility,
        reply_to_locked: locked,
        parent: parent.as_ref().map(parent_of).unwrap_or_default(),
    };
    match decided(ctx, tx, &arrival).await? {
        Verdict::Published => {}
        Verdict::Held(reason) => {
            tx.adopt_post(post.id, community.id).await?;
            if tx.hold_post(post.id, reason, brought.received).await? {
                told(ctx, tx, &community, &brought, Cause::Held(reason)).await?;
            }
            return Ok(false);
        }
        Verdict::Refused(refusal) => {
            told(ctx, tx, &community, &brought, Cause::Refused(refusal)).await?;
            return Ok(false);
        }
    }
    tx.adopt_post(post.id, community.id).await?;
    let what = Announcement {
        post: post.id,
        uri: &post.uri,
        is_reply: post.parent_uri.is_some(),
        created: None,
        received: Some(brought.received),
    };
    announce(ctx, tx, &community, what).await?;
    if tx.tells_published(author.id, community.id).await? {
        told(ctx, tx, &community, &brought, Cause::Published).await?;
    }
    Ok(true)
}

async fn told(
    ctx: &Context,
    tx: &mut Tx,
    community: &Actor,
    brought: &Brought<'_>,
    cause: Cause,
) -> Result<()> {
    let telling = Telling {
        community,
        author: brought.author,
        about: &brought.post.uri,
        answers: true,
        language: brought.post.language.as_deref(),
        cause,
        order: None,
        until: None,
    };
    tell(ctx, tx, &telling).await.map(drop)
}

/// An author deleted what never came: should it come later, it is not taken. The
/// caller knows that the id lies on the author's own server.
pub async fn author_deleted_unseen(
    ctx: &Context,
    tx: &mut Tx,
    author: &Actor,
    uri: &str,
) -> Result<()> {
    if author.is_local || author.state != ActorState::Active {
        return Ok(());
    }
    let now = ctx.now();
    let tombstone = NewPost {
        id: ctx.id(),
        uri: uri.to_owned(),
        is_local: false,
        kind: PostKind::Note,
        author_id: author.id,
        community_id: None,
        root_id: None,
        parent_id: None,
        parent_uri: None,
        title: None,
        content: String::new(),
        source: None,
        summary: None,
        sensitive: false,
        language: None,
        visibility: Visibility::Direct,
        url: None,
        published_at: now,
        updated_at: None,
        held_reason: None,
        received: None,
    };
    tx.insert_tombstone(&tombstone, now).await?;
    Ok(())
}

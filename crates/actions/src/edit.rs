//! Editing a post. Only its author can; who wrote it, where it belongs, what it
//! answers and when it was written never change.

use archipel_model::{Timestamp, Visibility};
use archipel_storage::{ActivityKind, Actor, Edited, Lane, NewActivity, Post, PostState, Tx};

use crate::relay::{Passed, Relay, relay};
use crate::say::saying;
use crate::{Context, Result};

/// A new version of a post.
#[derive(Clone, Debug)]
pub struct Edit<'a> {
    /// Its text and what surrounds it.
    pub content: Edited,
    /// When it was edited, as its author says; never later than now counts.
    pub at: Timestamp,
    /// The activity that brought it, exact bytes, of remote authors.
    pub received: Option<&'a str>,
}

/// Edits a post. The newest version wins, in whatever order versions come; says
/// whether something changed.
pub async fn edit_post(
    ctx: &Context,
    tx: &mut Tx,
    author: &Actor,
    post: &Post,
    edit: &Edit<'_>,
) -> Result<bool> {
    if post.author_id != author.id {
        return Ok(false);
    }
    crate::submit::acting(author)?;
    let at = edit.at.min(ctx.now());
    if !tx
        .edit_post(post.id, &edit.content, at, edit.received)
        .await?
    {
        return Ok(false);
    }
    // What waits, or was taken out, changes without a word to anybody.
    if post.state != PostState::Published {
        return Ok(true);
    }
    let what = match edit.received {
        Some(raw) => Passed::Received(raw),
        None if author.is_local => Passed::Ours(say_update(ctx, tx, author, post).await?),
        // Nobody here speaks for somebody elsewhere.
        None => return Ok(true),
    };
    let Some(community) = announced_home(tx, post).await? else {
        return Ok(true);
    };
    let passed = Relay {
        what,
        object: &post.uri,
        measure: None,
        also: &[],
        lane: Lane::Content,
    };
    relay(ctx, tx, &community, passed).await?;
    Ok(true)
}

/// The community of this server that has announced a post.
pub(crate) async fn announced_home(tx: &mut Tx, post: &Post) -> Result<Option<Actor>> {
    let Some(id) = post.community_id else {
        return Ok(None);
    };
    let community = tx.actor(id).await?.filter(|community| community.is_local);
    let Some(community) = community else {
        return Ok(None);
    };
    tx.flush().await?;
    let announced = tx.is_announced(post.id, community.id).await?;
    Ok(announced.then_some(community))
}

/// A local author tells all who got the post, and those who would get it today.
async fn say_update(
    ctx: &Context,
    tx: &mut Tx,
    author: &Actor,
    post: &Post,
) -> Result<archipel_model::ActivityId> {
    let said = about_own_post(ctx, tx, author, post, ActivityKind::Update).await?;
    tx.say(&said, ctx.now());
    Ok(said.id)
}

/// What a local author says of a post of theirs after its `Create`.
pub(crate) async fn about_own_post(
    ctx: &Context,
    tx: &mut Tx,
    author: &Actor,
    post: &Post,
    kind: ActivityKind,
) -> Result<NewActivity> {
    tx.flush().await?;
    let created = tx.activity_about(post.id, ActivityKind::Create).await?;
    Ok(NewActivity {
        post_id: Some(post.id),
        after_id: created.map(|created| created.id),
        lane: Lane::Content,
        to_followers: post.visibility != Visibility::Direct,
        recipients: post.community_id.into_iter().collect(),
        ..saying(ctx, kind, author.id, &post.uri)
    })
}

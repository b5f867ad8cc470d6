//! What members do with posts for themselves: keeping them, putting their own on top of
//! their profile, hearing nothing of a thread.

use archipel_model::Visibility;
use archipel_storage::{Actor, Post, PostState, Tx};

use crate::{Context, Error, Result};

/// Most posts on top of a profile.
pub const MOST_PINS: usize = 5;

/// Keeps a post, or no more.
pub async fn set_bookmarked(
    ctx: &Context,
    tx: &mut Tx,
    owner: &Actor,
    post: &Post,
    kept: bool,
) -> Result<()> {
    if kept {
        let id: archipel_model::EntryId = ctx.id();
        tx.bookmark(id.0, owner.id, post.id, ctx.now()).await?;
    } else {
        tx.unbookmark(owner.id, post.id).await?;
    }
    Ok(())
}

/// Puts a post of somebody on top of their profile, or takes it down.
pub async fn set_on_profile(
    ctx: &Context,
    tx: &mut Tx,
    owner: &Actor,
    post: &Post,
    on_top: bool,
) -> Result<()> {
    if post.author_id != owner.id {
        return Err(Error::NotTheirs(owner.acct()));
    }
    if !on_top {
        tx.unpin(owner.id, post.id).await?;
        return Ok(());
    }
    if post.state != PostState::Published || post.visibility == Visibility::Direct {
        return Err(Error::NotShown);
    }
    if !tx.pin(owner.id, post.id, ctx.now()).await? {
        return Ok(());
    }
    let most = i64::try_from(MOST_PINS).unwrap_or(i64::MAX);
    if tx.pin_count(owner.id).await? > most {
        return Err(Error::TooManyPins(MOST_PINS));
    }
    Ok(())
}

/// Somebody wants to hear nothing more of the thread of a post, or again.
pub async fn set_thread_muted(
    ctx: &Context,
    tx: &mut Tx,
    owner: &Actor,
    post: &Post,
    muted: bool,
) -> Result<()> {
    let root = post.root_id.unwrap_or(post.id);
    if muted {
        tx.mute_thread(owner.id, root, ctx.now()).await?;
    } else {
        tx.unmute_thread(owner.id, root).await?;
    }
    Ok(())
}

//! What disappears: posts that their authors deleted, actors that are gone.

use archipel_model::ActorState;
use archipel_storage::{Actor, Post, Tx};

use crate::{Context, Result};

/// An author deleted a post: it becomes a tombstone. Only the author can, by the
/// database's word, not the payload's; says whether something changed.
pub async fn author_deleted(
    ctx: &Context,
    tx: &mut Tx,
    author: &Actor,
    post: &Post,
) -> Result<bool> {
    if post.author_id != author.id {
        return Ok(false);
    }
    Ok(tx.delete_post(post.id, ctx.now()).await?)
}

/// An actor is gone for good: it follows nobody and nobody follows it. Its name
/// stays taken.
pub async fn actor_gone(ctx: &Context, tx: &mut Tx, actor: &Actor) -> Result<()> {
    tx.set_actor_state(actor.id, ActorState::Gone, ctx.now())
        .await?;
    tx.remove_follows_of(actor.id).await?;
    Ok(())
}

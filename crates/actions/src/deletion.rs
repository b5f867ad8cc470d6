//! What disappears: posts that their authors deleted, actors that are gone.

use archipel_model::ActorState;
use archipel_storage::{ActivityKind, Actor, Lane, NewActivity, Post, PostState, Tx};

use crate::edit::{about_own_post, announced_home};
use crate::relay::{Passed, Relay, relay};
use crate::removal::take_boost_back;
use crate::say::saying;
use crate::{Context, Error, Result};

/// An author deletes a post: it becomes a tombstone, and all who were shown it are
/// told. Only the author can, by the database's word, not the payload's; `received`
/// is the activity that said so, of remote authors. Says whether something changed.
pub async fn author_deleted(
    ctx: &Context,
    tx: &mut Tx,
    author: &Actor,
    post: &Post,
    received: Option<&str>,
) -> Result<bool> {
    if post.author_id != author.id {
        return Ok(false);
    }
    if !tx.delete_post(post.id, ctx.now()).await? {
        return Ok(false);
    }
    // What still waited was never told to anybody.
    if post.state == PostState::Held {
        return Ok(true);
    }
    let what = match received {
        Some(raw) => Some(Passed::Received(raw)),
        None if author.is_local => {
            let said = about_own_post(ctx, tx, author, post, ActivityKind::Delete).await?;
            tx.say(&said, ctx.now());
            Some(Passed::Ours(said.id))
        }
        // Nobody here speaks for somebody elsewhere.
        None => None,
    };
    if let Some(community) = announced_home(tx, post).await? {
        if let Some(what) = what {
            let passed = Relay {
                what,
                object: &post.uri,
                measure: None,
                also: &[],
                lane: Lane::Content,
            };
            relay(ctx, tx, &community, passed).await?;
        }
        if post.state == PostState::Published {
            take_boost_back(ctx, tx, &community, post).await?;
        }
    }
    Ok(true)
}

/// An actor is gone for good: it follows nobody and nobody follows it. Its name
/// stays taken.
pub async fn actor_gone(ctx: &Context, tx: &mut Tx, actor: &Actor) -> Result<()> {
    tx.set_actor_state(actor.id, ActorState::Gone, ctx.now())
        .await?;
    tx.remove_follows_of(actor.id).await?;
    Ok(())
}

/// A person or community of this server is deleted: its posts become tombstones,
/// and those who follow it or are followed by it are told. The name stays taken,
/// the address answers that it is gone, and the keys stay until all were told.
pub async fn delete_local_actor(ctx: &Context, tx: &mut Tx, actor: &Actor) -> Result<()> {
    if !actor.is_local || actor.state == ActorState::Gone {
        return Err(Error::Inactive(actor.acct()));
    }
    let now = ctx.now();
    let said = NewActivity {
        to_followers: true,
        recipients: tx.followed_by(actor.id).await?,
        ..saying(ctx, ActivityKind::DeleteActor, actor.id, &actor.uri)
    };
    tx.say(&said, now);
    tx.delete_posts_of(actor.id, now).await?;
    tx.set_actor_state(actor.id, ActorState::Gone, now).await?;
    Ok(())
}

//! People who want nothing to do with each other: blocks, which end follows both ways
//! and are told to the other's server, and letting followers in and out one by one.

use archipel_model::{ActorKind, FollowId, Id};
use archipel_storage::{ActivityKind, Actor, FollowState, NewActivity, Tx};

use crate::follow::{answer, unfollow};
use crate::say::saying;
use crate::{Context, Error, Result};

/// A local person blocks somebody. Says whether they did not before.
pub async fn block(ctx: &Context, tx: &mut Tx, owner: &Actor, target: &Actor) -> Result<bool> {
    if owner.id == target.id {
        return Err(Error::Oneself);
    }
    let said = NewActivity {
        recipients: vec![target.id],
        ..saying(ctx, ActivityKind::Block, owner.id, &target.uri)
    };
    let id: Id = ctx.id();
    if !tx
        .put_block(id.0, owner.id, target.id, &said.uri, ctx.now())
        .await?
    {
        return Ok(false);
    }
    unfollow(ctx, tx, owner, target).await?;
    remove_follower(ctx, tx, owner, target).await?;
    // Communities know no blocks by single people.
    if !target.is_local && target.kind != ActorKind::Group {
        tx.say(&said, ctx.now());
    }
    Ok(true)
}

/// A local person blocks somebody no more. Says whether they did.
pub async fn unblock(ctx: &Context, tx: &mut Tx, owner: &Actor, target: &Actor) -> Result<bool> {
    let Some(uri) = tx.remove_block(owner.id, target.id).await? else {
        return Ok(false);
    };
    if !target.is_local && target.kind != ActorKind::Group {
        let said = NewActivity {
            // The id of the Block that is undone.
            object_uri: Some(uri),
            recipients: vec![target.id],
            ..saying(ctx, ActivityKind::UndoBlock, owner.id, &target.uri)
        };
        tx.say(&said, ctx.now());
    }
    Ok(true)
}

/// Somebody elsewhere blocks a person here, who is not told, but sees nothing of them.
pub async fn blocked_elsewhere(
    ctx: &Context,
    tx: &mut Tx,
    owner: &Actor,
    target: &Actor,
    uri: &str,
) -> Result<()> {
    let id: Id = ctx.id();
    tx.put_block(id.0, owner.id, target.id, uri, ctx.now())
        .await?;
    tx.remove_follow(owner.id, target.id).await?;
    tx.remove_follow(target.id, owner.id).await?;
    Ok(())
}

/// Somebody elsewhere blocks a person here no more. Says whether they did.
pub async fn unblocked_elsewhere(tx: &mut Tx, owner: &Actor, target: &Actor) -> Result<bool> {
    Ok(tx.remove_block(owner.id, target.id).await?.is_some())
}

/// A local person ends somebody's follow of them. Says whether there was one.
pub async fn remove_follower(
    ctx: &Context,
    tx: &mut Tx,
    owner: &Actor,
    follower: &Actor,
) -> Result<bool> {
    let Some(follow) = tx.follow(follower.id, owner.id).await? else {
        return Ok(false);
    };
    tx.remove_follow(follower.id, owner.id).await?;
    if !follower.is_local && follow.state != FollowState::Rejected {
        answer(ctx, tx, &follow, follower, ActivityKind::Reject);
    }
    Ok(true)
}

/// A local person who decides on each follow lets somebody in, or not.
pub async fn decide_follower(
    ctx: &Context,
    tx: &mut Tx,
    owner: &Actor,
    follower: &Actor,
    accept: bool,
) -> Result<FollowId> {
    let follow = tx.follow(follower.id, owner.id).await?;
    let follow = follow.ok_or_else(|| Error::NoRequest(follower.acct()))?;
    let kind = if accept {
        tx.decide_follow(follow.id, FollowState::Accepted, ctx.now())
            .await?;
        ActivityKind::Accept
    } else {
        // Forgotten, so that they may ask again.
        tx.remove_follow(follower.id, owner.id).await?;
        ActivityKind::Reject
    };
    if !follower.is_local {
        answer(ctx, tx, &follow, follower, kind);
    }
    Ok(follow.id)
}

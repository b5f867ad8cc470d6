//! Deciding on those who ask to join, and hearing how others decided.

use archipel_storage::{ActivityKind, Actor, FollowState, Tx};

use crate::asking::granted;
use crate::follow::answer;
use crate::{Context, Error, Result};

/// Lets somebody in, or not. Refusing one who is in already removes them.
pub async fn decide_request(
    ctx: &Context,
    tx: &mut Tx,
    community: &Actor,
    follower: &Actor,
    accept: bool,
) -> Result<()> {
    let follow = tx
        .follow(follower.id, community.id)
        .await?
        .ok_or_else(|| Error::NoRequest(follower.acct()))?;
    let (state, kind) = if accept {
        (FollowState::Accepted, ActivityKind::Accept)
    } else {
        (FollowState::Rejected, ActivityKind::Reject)
    };
    tx.decide_follow(follow.id, state, ctx.now()).await?;
    if !follower.is_local {
        answer(ctx, tx, &follow, follower, kind);
    }
    Ok(())
}

/// A remote actor answered a follow from here. Only the one who was asked can
/// answer, and only what was asked; says whether that was so.
pub async fn follow_answered(
    ctx: &Context,
    tx: &mut Tx,
    follower: &Actor,
    answered_by: &Actor,
    accept: bool,
) -> Result<bool> {
    let Some(follow) = tx.follow(follower.id, answered_by.id).await? else {
        return Ok(false);
    };
    let state = if accept {
        FollowState::Accepted
    } else {
        FollowState::Rejected
    };
    if state == FollowState::Accepted {
        granted(ctx, tx, follow.id, answered_by).await?;
    } else {
        tx.decide_follow(follow.id, state, ctx.now()).await?;
    }
    Ok(true)
}

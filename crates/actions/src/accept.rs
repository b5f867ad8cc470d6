//! Deciding on those who ask to join, and hearing how others decided.

use archipel_model::Deed;
use archipel_model::permission::Measure;
use archipel_storage::{ActivityKind, Actor, FollowState, Tx};

use crate::asking::granted;
use crate::follow::answer;
use crate::order::{About, Order};
use crate::{Context, Error, Result};

/// Lets somebody in, or not. Refusing one who is in already removes them, and
/// withdraws their invitation. Asked again, they are told again; says whether something
/// changed.
pub async fn decide_request(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    follower: &Actor,
    accept: bool,
) -> Result<bool> {
    let target = order.upon_person(ctx, tx, follower, None).await?;
    order
        .authorise(ctx, tx, Measure::Admit, target, None)
        .await?;
    let community = order.community;
    let follow = tx
        .follow(follower.id, order.community.id)
        .await?
        .ok_or_else(|| Error::NoRequest(follower.acct()))?;
    if accept && order.standing_of(ctx, tx, follower).await?.banned {
        return Err(Error::StillBanned(follower.acct()));
    }
    // To put somebody out who is in takes more than to decide who comes in.
    if !accept && follow.state == FollowState::Accepted {
        order
            .authorise(ctx, tx, Measure::Expel, target, None)
            .await?;
    }
    let (state, kind, deed) = if accept {
        (FollowState::Accepted, ActivityKind::Accept, Deed::Admitted)
    } else {
        tx.remove_invitation(community.id, follower.id).await?;
        (
            FollowState::Rejected,
            ActivityKind::Reject,
            Deed::TurnedAway,
        )
    };
    tx.decide_follow(follow.id, state, ctx.now()).await?;
    if !follower.is_local {
        answer(ctx, tx, &follow, follower, kind);
    }
    if follow.state == state {
        return Ok(false);
    }
    let about = About {
        target: Some(follower.id),
        ..About::default()
    };
    order.log(ctx, tx, deed, about).await?;
    Ok(true)
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

//! Communities that follow communities of elsewhere. What those show comes in as
//! for a person who follows; it stays in its own community, and is not passed on.

use archipel_model::permission::{Measure, Target};
use archipel_model::{ActorKind, Deed};
use archipel_storage::{Actor, Tx};

use crate::order::{About, Order};
use crate::{Context, Error, FollowOutcome, FollowRequest, Result, follow, unfollow};

/// The community of this order asks to follow one of elsewhere.
pub async fn follow_as_community(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    target: &Actor,
) -> Result<FollowOutcome> {
    permitted(ctx, tx, order).await?;
    if target.kind != ActorKind::Group {
        return Err(Error::NotAGroup(target.acct()));
    }
    if target.is_local {
        return Err(Error::LivesHere(target.acct()));
    }
    let before = tx.follow(order.community.id, target.id).await?;
    let request = FollowRequest {
        follower: order.community,
        target,
        received: None,
    };
    let outcome = follow(ctx, tx, request).await?;
    if before.is_none() {
        log(ctx, tx, order, Deed::Followed, target).await?;
    }
    Ok(outcome)
}

/// The community of this order follows one of elsewhere no more; says whether it did.
pub async fn unfollow_as_community(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    target: &Actor,
) -> Result<bool> {
    permitted(ctx, tx, order).await?;
    let stopped = unfollow(ctx, tx, order.community, target).await?;
    if stopped {
        log(ctx, tx, order, Deed::Unfollowed, target).await?;
    }
    Ok(stopped)
}

async fn permitted(ctx: &Context, tx: &mut Tx, order: &Order<'_>) -> Result<()> {
    order
        .authorise(ctx, tx, Measure::Configure, Target::Community, None)
        .await
}

async fn log(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    deed: Deed,
    target: &Actor,
) -> Result<()> {
    let about = About {
        target: Some(target.id),
        ..About::default()
    };
    order.log(ctx, tx, deed, about).await.map(drop)
}

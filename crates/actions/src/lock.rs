//! Closing a thread to replies, putting it on top of its community, and the other
//! way round.

use archipel_model::Deed;
use archipel_model::permission::Measure;
use archipel_storage::{Post, PostState, Tx};

use crate::order::{About, Order};
use crate::{Context, Error, Result};

/// Most threads on top at once: more would be no top.
const MOST_PINNED: usize = 10;

/// Closes a thread to replies of all but moderators, or opens it again. Says
/// whether something changed.
pub async fn set_locked(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    post: &Post,
    locked: bool,
) -> Result<bool> {
    permitted(ctx, tx, order, post, Measure::Lock).await?;
    if !tx.set_post_locked(post.id, locked).await? {
        return Ok(false);
    }
    let (deed, undoes) = if locked {
        (Deed::Locked, None)
    } else {
        let lock = tx.last_measure_on_post(post.id, Deed::Locked).await?;
        (Deed::Unlocked, lock.map(|lock| lock.id))
    };
    told(ctx, tx, order, post, deed, undoes).await?;
    Ok(true)
}

/// Puts a thread on top of its community, or takes it down. Says whether something
/// changed.
pub async fn set_pinned(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    post: &Post,
    pinned: bool,
) -> Result<bool> {
    permitted(ctx, tx, order, post, Measure::Pin).await?;
    if pinned && post.parent_uri.is_some() {
        return Err(Error::NotAThread);
    }
    if pinned
        && post.pinned_at.is_none()
        && tx.pinned(order.community.id).await?.len() >= MOST_PINNED
    {
        return Err(Error::TooManyPinned(MOST_PINNED));
    }
    let since = pinned.then(|| ctx.now());
    if !tx.set_post_pinned(post.id, since).await? {
        return Ok(false);
    }
    let deed = if pinned { Deed::Pinned } else { Deed::Unpinned };
    told(ctx, tx, order, post, deed, None).await?;
    Ok(true)
}

async fn permitted(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    post: &Post,
    measure: Measure,
) -> Result<()> {
    let target = order.upon_post(ctx, tx, post).await?;
    order
        .authorise(ctx, tx, measure, target, Some(&post.uri))
        .await?;
    // Followers would hear of what they must not see.
    if post.state == PostState::Published {
        Ok(())
    } else {
        Err(Error::NotShown)
    }
}

async fn told(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    post: &Post,
    deed: Deed,
    undoes: Option<archipel_model::MeasureId>,
) -> Result<()> {
    let about = About {
        target: Some(post.author_id),
        post: Some(post.id),
        undoes,
        ..About::default()
    };
    let measure = order.log(ctx, tx, deed, about).await?;
    order.proclaim(ctx, tx, measure, &post.uri, &[]).await
}

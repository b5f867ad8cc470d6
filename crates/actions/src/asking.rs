//! Follows of elsewhere that are not answered: asked again by and by, and taken as
//! granted when the community shows its posts.

use std::time::Duration;

use archipel_model::{ActorKind, BackfillId, FollowId};
use archipel_storage::{Actor, BackfillKind, Follow, FollowState, Tx};

use crate::{Context, Result};

const HOUR: u64 = 60 * 60;

/// How long after each time it is asked again, in seconds: ten minutes, an hour, six
/// hours, then a day each, for a week in all.
const AGAIN: [u64; 9] = [
    600,
    HOUR,
    6 * HOUR,
    24 * HOUR,
    24 * HOUR,
    24 * HOUR,
    24 * HOUR,
    24 * HOUR,
    24 * HOUR,
];

/// Most follows asked for again in one go.
const AT_ONCE: i64 = 50;

/// Plans when a follow that was asked for so often is asked for again.
pub(crate) async fn plan(ctx: &Context, tx: &mut Tx, follow: FollowId, asked: i64) -> Result<()> {
    let wait = usize::try_from(asked - 1)
        .ok()
        .and_then(|times| AGAIN.get(times));
    let at = wait.map(|seconds| ctx.now().plus(Duration::from_secs(*seconds)));
    Ok(tx.plan_asking(follow, asked, at).await?)
}

/// Sends the same Follow again: under another id, a late answer that names only the
/// first one would be missed.
pub(crate) async fn ask_again(ctx: &Context, tx: &mut Tx, follow: &Follow) -> Result<()> {
    tx.flush().await?;
    tx.say_again(&follow.uri).await?;
    tx.wake_outbox();
    plan(ctx, tx, follow.id, 1).await
}

/// Asks again for all follows that are due; says how many there were.
pub async fn ask_again_when_due(ctx: &Context, tx: &mut Tx) -> Result<usize> {
    let due = tx.unanswered(ctx.now(), AT_ONCE).await?;
    for follow in &due {
        tx.say_again(&follow.uri).await?;
        plan(ctx, tx, follow.id, follow.asked + 1).await?;
    }
    if !due.is_empty() {
        tx.wake_outbox();
    }
    Ok(due.len())
}

/// A follow from here is granted. The past of a community is fetched the first time.
pub(crate) async fn granted(
    ctx: &Context,
    tx: &mut Tx,
    follow: FollowId,
    by: &Actor,
) -> Result<()> {
    let now = ctx.now();
    tx.decide_follow(follow, FollowState::Accepted, now).await?;
    tx.plan_asking(follow, 0, None).await?;
    if by.kind == ActorKind::Group && !by.is_local {
        let id: BackfillId = ctx.id();
        tx.want_backfill(id, &by.uri, BackfillKind::Community, false, now)
            .await?;
    }
    Ok(())
}

/// A community shows something to those who follow it: where nobody here was let in
/// so far, its answer was lost, and this is as good. One that was refused stays so;
/// where it chooses whom it lets in, only a single request can be meant. Says how many
/// follows were granted by that.
pub async fn shown_while_pending(ctx: &Context, tx: &mut Tx, community: &Actor) -> Result<usize> {
    if tx.is_granted_here(community.id).await? {
        return Ok(0);
    }
    let waiting = tx.pending_from_here(community.id).await?;
    if community.approves_followers && waiting.len() > 1 {
        return Ok(0);
    }
    for follow in &waiting {
        granted(ctx, tx, follow.id, community).await?;
    }
    Ok(waiting.len())
}

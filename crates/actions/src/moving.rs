//! Moving a thread, with all that answers it, from one community of this server to
//! another.

use archipel_model::permission::{Denial, Measure, Target};
use archipel_model::{ActorState, Deed};
use archipel_storage::{ActivityKind, Actor, Lane, NewActivity, Post, PostState, Tx};

use crate::order::{About, Door, Order};
use crate::relay::{Passed, Relay, is_local_only, relay};
use crate::removal::{boost_again_in, take_boost_back};
use crate::say::saying;
use crate::{Context, Error, Result};

/// Moves a thread out of the community of the order into another one: whoever does
/// it moderates the first, and may post in the second. Says whether something
/// changed.
pub async fn move_thread(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    thread: &Post,
    to: &Actor,
) -> Result<bool> {
    let upon = order.upon_post(ctx, tx, thread).await?;
    order.authorise(ctx, tx, Measure::Move, upon, None).await?;
    if thread.parent_uri.is_some() {
        return Err(Error::OnlyThreadsMove);
    }
    if !to.is_local || tx.community(to.id).await?.is_none() {
        return Err(Error::NotACommunity(to.acct()));
    }
    if to.state != ActorState::Active {
        return Err(Error::Inactive(to.acct()));
    }
    let from = order.community;
    if to.id == from.id || thread.state != PostState::Published {
        return Ok(false);
    }
    let there = Order {
        community: to,
        ..*order
    };
    welcome(ctx, tx, &there, thread).await?;
    // What is known here alone stays so, and what the world knows cannot be taken back.
    let hidden = is_local_only(tx, from).await?;
    if hidden != is_local_only(tx, to).await? {
        return Err(Error::AnotherReach);
    }
    if tx.move_thread(thread.id, from.id, to.id).await? == 0 {
        return Ok(false);
    }
    let about = |community: &Actor| About {
        target: Some(community.id),
        post: Some(thread.id),
        ..About::default()
    };
    let measure = order.log(ctx, tx, Deed::Moved, about(to)).await?;
    there.log(ctx, tx, Deed::Moved, about(from)).await?;
    if hidden {
        return Ok(true);
    }
    let what = match order.door {
        Door::Federation { raw, .. } => Passed::Received(raw),
        Door::Here(_) => {
            let said = NewActivity {
                measure_id: Some(measure),
                ..saying(ctx, ActivityKind::Measure, order.by.id, &thread.uri)
            };
            tx.say(&said, ctx.now());
            Passed::Ours(said.id)
        }
    };
    for community in [from, to] {
        let passed = Relay {
            what,
            object: &thread.uri,
            measure: Some(measure),
            also: &[],
            lane: Lane::Control,
        };
        relay(ctx, tx, community, passed).await?;
    }
    take_boost_back(ctx, tx, from, thread).await?;
    list(ctx, tx, to, thread).await?;
    boost_again_in(ctx, tx, to, thread);
    Ok(true)
}

/// Puts the thread into the outbox of its new community, with the bytes that brought
/// it. It is delivered to nobody: who knows communities was told that it moved.
async fn list(ctx: &Context, tx: &mut Tx, to: &Actor, thread: &Post) -> Result<()> {
    let shown = ActivityKind::AnnounceThread;
    let Some(first) = tx.activity_about(thread.id, shown).await? else {
        return Ok(());
    };
    let said = NewActivity {
        post_id: Some(thread.id),
        inner_id: first.inner_id,
        inner_raw: first.inner_raw,
        lane: Lane::Content,
        ..saying(ctx, shown, to.id, &thread.uri)
    };
    tx.say(&said, ctx.now());
    Ok(())
}

/// Whether who moves may bring a thread in: by moving, or by posting, where what is
/// posted is shown unread, and only what its author could have posted there.
async fn welcome(ctx: &Context, tx: &mut Tx, there: &Order<'_>, thread: &Post) -> Result<()> {
    let target = Target::Community;
    match there.authorise(ctx, tx, Measure::Move, target, None).await {
        Err(Error::Denied(_)) => {}
        other => return other,
    }
    there
        .authorise(ctx, tx, Measure::Post, target, None)
        .await?;
    let community = there.community.id;
    let reads = tx.community(community).await?;
    let reads = reads.is_some_and(|settings| settings.policy().holds_something());
    let author = tx.standing(community, thread.author_id, ctx.now()).await?;
    if reads || author.banned || author.suspended {
        return Err(Error::Denied(Denial::ModeratorsOnly));
    }
    Ok(())
}

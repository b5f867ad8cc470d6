//! What a community passes on to its followers besides posts: edits, deletions,
//! measures, votes.

use archipel_model::{ActivityId, ActorId, MeasureId, Reach};
use archipel_storage::{ActivityKind, Actor, Lane, NewActivity, Tx};

use crate::say::saying;
use crate::{Context, Result};

/// An activity to be passed on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Passed<'a> {
    /// One of an actor of this server.
    Ours(ActivityId),
    /// The exact bytes of one that came.
    Received(&'a str),
}

/// What a community passes on, and to whom besides its followers.
pub(crate) struct Relay<'a> {
    pub what: Passed<'a>,
    /// All about one object is told in order.
    pub object: &'a str,
    pub measure: Option<MeasureId>,
    pub also: &'a [ActorId],
    pub lane: Lane,
}

/// Passes something on, unless the community is known to this server alone.
pub(crate) async fn relay(
    ctx: &Context,
    tx: &mut Tx,
    community: &Actor,
    relay: Relay<'_>,
) -> Result<()> {
    if let Some(said) = relaying(ctx, tx, community, relay).await? {
        tx.say(&said, ctx.now());
    }
    Ok(())
}

/// What is said to pass something on.
pub(crate) async fn relaying(
    ctx: &Context,
    tx: &mut Tx,
    community: &Actor,
    relay: Relay<'_>,
) -> Result<Option<NewActivity>> {
    if is_local_only(tx, community).await? {
        return Ok(None);
    }
    let kind = if relay.lane == Lane::Votes {
        ActivityKind::RelayVote
    } else {
        ActivityKind::Relay
    };
    let (inner_id, inner_raw) = match relay.what {
        Passed::Ours(id) => (Some(id), None),
        Passed::Received(raw) => (None, Some(raw.to_owned())),
    };
    Ok(Some(NewActivity {
        inner_id,
        inner_raw,
        measure_id: relay.measure,
        lane: relay.lane,
        to_followers: true,
        recipients: relay.also.to_vec(),
        ..saying(ctx, kind, community.id, relay.object)
    }))
}

/// Whether other servers are told nothing of a community.
pub(crate) async fn is_local_only(tx: &mut Tx, community: &Actor) -> Result<bool> {
    let settings = tx.community(community.id).await?;
    Ok(settings.is_some_and(|settings| settings.reach == Reach::Local))
}

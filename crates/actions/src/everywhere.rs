//! Bans from the whole server: how the communities say them to the world, which of
//! them were decided here, and telling those whose ban has run out.

use archipel_model::notice::Told;
use archipel_model::{MeasureId, Timestamp};
use archipel_storage::{ActivityKind, Actor, Lane, NewActivity, Tx};

use crate::notice::{Telling, tell};
use crate::order::Order;
use crate::relay::{Passed, Relay, relay};
use crate::say::saying;
use crate::{Context, Result};

/// Most ended bans that are looked at in one go.
const AT_ONCE: i64 = 200;

/// Whether who runs this server keeps somebody out, and not their own server.
pub(crate) async fn decided_here(tx: &mut Tx, person: &Actor, now: Timestamp) -> Result<bool> {
    let Some(ban) = tx.ban_in_force(None, person.id, now).await? else {
        return Ok(false);
    };
    let by = match tx.measure(ban.measure_id).await? {
        Some(measure) => tx.actor(measure.by_id).await?,
        None => None,
    };
    Ok(by.is_none_or(|by| by.is_local))
}

/// Says a ban from the whole server, or its end, in the words that others know: for
/// each community concerned, a ban from that one, which it announces. Of somebody
/// who lives here also the ban from their own server, which all believe. What
/// another server says of its own people, it tells the world itself.
pub(crate) async fn proclaim_everywhere(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    measure: MeasureId,
    person: &Actor,
    communities: &[Actor],
) -> Result<()> {
    if !order.by.is_local {
        return Ok(());
    }
    for community in communities {
        let said = NewActivity {
            measure_id: Some(measure),
            object_key: person.uri.clone(),
            ..saying(ctx, ActivityKind::Measure, order.by.id, &community.uri)
        };
        tx.say(&said, ctx.now());
        let passed = Relay {
            what: Passed::Ours(said.id),
            object: &person.uri,
            measure: Some(measure),
            also: &[person.id],
            lane: Lane::Control,
        };
        relay(ctx, tx, community, passed).await?;
    }
    if person.is_local {
        let said = NewActivity {
            measure_id: Some(measure),
            object_key: person.uri.clone(),
            recipients: tx.follower_of_each_server().await?,
            ..saying(
                ctx,
                ActivityKind::Measure,
                order.by.id,
                &ctx.site.instance(),
            )
        };
        tx.say(&said, ctx.now());
    }
    Ok(())
}

/// Takes away the bans that have run out and tells those whom they were about.
/// Says how many there were.
pub async fn end_bans(ctx: &Context, tx: &mut Tx) -> Result<usize> {
    let now = ctx.now();
    let ended = tx.take_ended_bans(now, AT_ONCE).await?;
    for ban in &ended {
        let community = match ban.community_id {
            Some(community) => tx.actor(community).await?,
            None => tx.actor_by_uri(&ctx.site.instance()).await?,
        };
        let by = match tx.measure(ban.measure_id).await? {
            Some(measure) => tx.actor(measure.by_id).await?,
            None => None,
        };
        let by_their_own = ban.community_id.is_none() && by.is_some_and(|by| !by.is_local);
        let (Some(community), Some(person)) = (community, tx.actor(ban.actor_id).await?) else {
            continue;
        };
        if by_their_own {
            continue;
        }
        let telling = Telling {
            community: &community,
            author: &person,
            about: &person.uri,
            answers: false,
            language: None,
            cause: archipel_model::notice::Cause::Told(Told::BanEnded),
            order: None,
            until: None,
        };
        tell(ctx, tx, &telling).await?;
    }
    Ok(ended.len())
}

//! Who may not react, whatever they think: programs where only people count, and who is
//! banned.

use archipel_model::permission::{Denial, Measure, Origin, Target, authorise};
use archipel_model::{ActorId, ActorKind, CommunityPolicy, Uncounted};
use archipel_storage::{Actor, Post, Tx};

use crate::{Context, Result};

/// Whether an actor is a program rather than somebody.
pub(crate) fn is_program(actor: &Actor) -> bool {
    matches!(actor.kind, ActorKind::Service | ActorKind::Application)
}

/// Why somebody may not react to a post, if so: banned from the community of ours that
/// it belongs to, or from the whole server.
pub(crate) async fn barred(
    ctx: &Context,
    tx: &mut Tx,
    post: &Post,
    actor: Option<&Actor>,
) -> Result<Option<Uncounted>> {
    let Some(actor) = actor else {
        return Ok(None);
    };
    // 0 is no community: then only bans from the whole server are found.
    let community = post.community_id.unwrap_or(ActorId(0));
    if !tx.has_bans(community).await? {
        return Ok(None);
    }
    let standing = tx.standing(community, actor.id, ctx.now()).await?;
    let (target, policy) = (Target::Community, CommunityPolicy::OPEN);
    Ok(
        match authorise(&standing, Measure::React, target, Origin::Here, policy) {
            Ok(()) => None,
            Err(Denial::Suspended) => Some(Uncounted::Suspended),
            Err(_) => Some(Uncounted::Banned),
        },
    )
}

//! Other ids that a local actor goes by. A move to this actor is only believed from
//! those that it names (FEP-7628), so naming one prepares a move from there.

use archipel_model::ActorState;
use archipel_storage::{ActivityKind, Actor, Tx};

use crate::say::saying_to_all;
use crate::{Context, Error, Result};

/// Most other ids of one actor.
const MOST: usize = 10;

/// Names another id that this actor goes by, and tells all who know it. Says whether
/// it was not named before.
pub async fn add_alias(ctx: &Context, tx: &mut Tx, actor: &Actor, alias: &Actor) -> Result<bool> {
    if alias.id == actor.id {
        return Err(Error::Oneself);
    }
    let mut aliases = actor.aliases();
    if aliases.contains(&alias.uri) {
        return Ok(false);
    }
    if aliases.len() >= MOST {
        return Err(Error::TooManyAliases(MOST));
    }
    aliases.push(alias.uri.clone());
    change(ctx, tx, actor, &aliases).await?;
    Ok(true)
}

/// Names an id no more. Says whether it was named.
pub async fn remove_alias(ctx: &Context, tx: &mut Tx, actor: &Actor, uri: &str) -> Result<bool> {
    let mut aliases = actor.aliases();
    let before = aliases.len();
    aliases.retain(|alias| alias != uri);
    if aliases.len() == before {
        return Ok(false);
    }
    change(ctx, tx, actor, &aliases).await?;
    Ok(true)
}

async fn change(ctx: &Context, tx: &mut Tx, actor: &Actor, aliases: &[String]) -> Result<()> {
    if !actor.is_local || actor.state != ActorState::Active {
        return Err(Error::Inactive(actor.acct()));
    }
    let now = ctx.now();
    tx.set_identity(actor.id, aliases, actor.moved_to.as_deref(), now)
        .await?;
    let said = saying_to_all(ctx, tx, ActivityKind::UpdateActor, actor).await?;
    tx.say(&said, now);
    Ok(())
}

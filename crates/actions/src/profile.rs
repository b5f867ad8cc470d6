//! What people see of an account, and whether it acts at all.

use archipel_model::{ActorState, text};
use archipel_storage::{ActivityKind, Actor, Tx};

use crate::say::saying_to_all;
use crate::{Context, Error, Result};

/// What changes of an account; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    /// The name people read.
    pub name: Option<String>,
    /// About them, as typed.
    pub summary: Option<String>,
}

/// Changes what people see of a local person, and tells all who know them.
pub async fn change_profile(
    ctx: &Context,
    tx: &mut Tx,
    person: &Actor,
    change: &ProfileChange,
) -> Result<()> {
    if !person.is_local || person.state != ActorState::Active {
        return Err(Error::Inactive(person.acct()));
    }
    let name = change.name.as_deref().unwrap_or(&person.name);
    let summary = match &change.summary {
        Some(summary) => text::paragraphs(summary),
        None => person.summary.clone(),
    };
    tx.set_actor_profile(person.id, name, &summary, ctx.now())
        .await?;
    let said = saying_to_all(ctx, tx, ActivityKind::UpdateActor, person).await?;
    tx.say(&said, ctx.now());
    Ok(())
}

/// Stops a local person, or lets them act again, and tells all who know them. Says
/// whether something changed.
pub async fn set_suspended(
    ctx: &Context,
    tx: &mut Tx,
    person: &Actor,
    suspended: bool,
) -> Result<bool> {
    if !person.is_local || person.state == ActorState::Gone {
        return Err(Error::Inactive(person.acct()));
    }
    let state = if suspended {
        ActorState::Suspended
    } else {
        ActorState::Active
    };
    if person.state == state {
        return Ok(false);
    }
    tx.set_actor_state(person.id, state, ctx.now()).await?;
    let said = saying_to_all(ctx, tx, ActivityKind::UpdateActor, person).await?;
    tx.say(&said, ctx.now());
    Ok(true)
}

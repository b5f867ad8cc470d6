//! The team of a community: giving somebody a role, and taking it away.

use archipel_model::permission::Measure;
use archipel_model::{ActorKind, ActorState, Deed, Role};
use archipel_storage::{Actor, Tx};

use crate::order::{About, Order};
use crate::{Context, Error, Result};

/// Gives somebody a role, wherever they live. Says whether something changed.
pub async fn appoint(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    person: &Actor,
    role: Role,
) -> Result<bool> {
    let target = order.upon_person(ctx, tx, person, Some(role)).await?;
    order
        .authorise(ctx, tx, Measure::Appoint, target, None)
        .await?;
    if person.state != ActorState::Active {
        return Err(Error::Inactive(person.acct()));
    }
    if !matches!(person.kind, ActorKind::Person | ActorKind::Service) {
        return Err(Error::NotAPerson(person.acct()));
    }
    let before = order.standing_of(ctx, tx, person).await?;
    if before.role == Some(role) {
        return Ok(false);
    }
    tx.put_moderator(order.community.id, person.id, role, ctx.now())
        .await?;
    told(ctx, tx, order, person, Deed::Appointed, Some(role)).await?;
    Ok(true)
}

/// Takes somebody's role away. Says whether they had one.
pub async fn dismiss(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    person: &Actor,
) -> Result<bool> {
    let target = order.upon_person(ctx, tx, person, None).await?;
    order
        .authorise(ctx, tx, Measure::Dismiss, target, None)
        .await?;
    let before = order.standing_of(ctx, tx, person).await?;
    if !tx.remove_moderator(order.community.id, person.id).await? {
        return Ok(false);
    }
    told(ctx, tx, order, person, Deed::Dismissed, before.role).await?;
    Ok(true)
}

/// Facilitators moderate nothing, and other servers know no such role: they are
/// told of moderators only.
async fn told(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    person: &Actor,
    deed: Deed,
    role: Option<Role>,
) -> Result<()> {
    let about = About {
        target: Some(person.id),
        role,
        ..About::default()
    };
    let measure = order.log(ctx, tx, deed, about).await?;
    if role.is_some_and(|role| role >= Role::Moderator) {
        order
            .proclaim(ctx, tx, measure, &order.community.uri, &[person.id])
            .await?;
    }
    Ok(())
}

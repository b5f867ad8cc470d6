//! Members of a community: inviting somebody, vouching for a member, and ending a
//! membership.

use archipel_model::Deed;
use archipel_model::notice::Told;
use archipel_model::permission::Measure;
use archipel_storage::{Actor, Tx};

use crate::ban::end_membership;
use crate::order::{About, Order, Telltale};
use crate::{Context, Result};

/// Invites somebody: when they ask to join, they are let in. Says whether they were
/// not invited before.
pub async fn invite(ctx: &Context, tx: &mut Tx, order: &Order<'_>, person: &Actor) -> Result<bool> {
    permitted(ctx, tx, order, person, Measure::Invite).await?;
    let (community, by) = (order.community.id, order.by.id);
    if !tx
        .put_invitation(community, person.id, by, ctx.now())
        .await?
    {
        return Ok(false);
    }
    logged(ctx, tx, order, person, Deed::Invited).await?;
    Ok(true)
}

/// Vouches for a member, so that nothing of theirs is held, or takes that back. Says
/// whether something changed; who is no member cannot be vouched for.
pub async fn set_vouched(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    person: &Actor,
    vouched: bool,
) -> Result<bool> {
    permitted(ctx, tx, order, person, Measure::Vouch).await?;
    let since = vouched.then(|| ctx.now());
    if !tx.set_vouched(order.community.id, person.id, since).await? {
        return Ok(false);
    }
    let deed = if vouched {
        Deed::Vouched
    } else {
        Deed::Unvouched
    };
    logged(ctx, tx, order, person, deed).await?;
    Ok(true)
}

/// Ends a membership; their server is told. Says whether they were a member.
pub async fn expel(ctx: &Context, tx: &mut Tx, order: &Order<'_>, person: &Actor) -> Result<bool> {
    permitted(ctx, tx, order, person, Measure::Expel).await?;
    if !end_membership(ctx, tx, order.community, person).await? {
        return Ok(false);
    }
    logged(ctx, tx, order, person, Deed::Expelled).await?;
    let about = Telltale::person(person);
    order.tell(ctx, tx, person, Told::Expelled, about).await?;
    Ok(true)
}

pub(crate) async fn permitted(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    person: &Actor,
    measure: Measure,
) -> Result<()> {
    let target = order.upon_person(ctx, tx, person, None).await?;
    order.authorise(ctx, tx, measure, target, None).await
}

pub(crate) async fn logged(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    person: &Actor,
    deed: Deed,
) -> Result<()> {
    let about = About {
        target: Some(person.id),
        ..About::default()
    };
    order.log(ctx, tx, deed, about).await.map(drop)
}

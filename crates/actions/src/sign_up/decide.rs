//! Deciding on those who ask for an account.

use archipel_model::permission::{Measure, Standing, Target};
use archipel_model::{ActorKind, InviteLinkId};
use archipel_storage::{SignUp, Tx};

use super::Stage;
use super::way_in::{CONFIRM_WITHIN, activate, stage};
use crate::mail::{AccountRules, Letter, write};
use crate::order::Order;
use crate::{Context, Error, Result};

/// Most of those removed in one go who never confirmed their address.
const AT_ONCE: i64 = 200;

/// Lets somebody in who asked. The order is given on the whole server. Says whether
/// they were not in before.
pub async fn approve_sign_up(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    order: &Order<'_>,
    sign_up: &SignUp,
) -> Result<bool> {
    may_admit(ctx, tx, order).await?;
    if !activate(ctx, tx, sign_up).await? {
        return Ok(false);
    }
    if let Some(email) = &sign_up.email {
        let login = format!("{}/login", ctx.site.base());
        let letter = Letter::Approved {
            handle: &sign_up.handle,
            login: &login,
        };
        write(ctx, tx, rules, email, &sign_up.locale, letter).await?;
    }
    Ok(true)
}

/// Refuses somebody who asked: nothing of them is kept, and their name is free.
pub async fn reject_sign_up(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    order: &Order<'_>,
    sign_up: &SignUp,
) -> Result<()> {
    may_admit(ctx, tx, order).await?;
    if stage(sign_up) == Stage::Active {
        return Err(Error::NoSuchSignUp);
    }
    if let Some(email) = &sign_up.email
        && stage(sign_up) == Stage::Waiting
    {
        let letter = Letter::Rejected {
            reason: order.reason,
        };
        write(ctx, tx, rules, email, &sign_up.locale, letter).await?;
    }
    Ok(tx.remove_sign_up(sign_up).await?)
}

/// Removes those who never confirmed their address; an invitation that they came by
/// works again. Says how many.
pub async fn forget_stale_sign_ups(ctx: &Context, tx: &mut Tx) -> Result<usize> {
    let before = ctx.now().minus(CONFIRM_WITHIN);
    let stale = tx.stale_sign_ups(before, AT_ONCE).await?;
    for sign_up in &stale {
        if let Some(link) = sign_up.invite_id {
            tx.unuse_invite_link(InviteLinkId(link)).await?;
        }
        tx.remove_sign_up(sign_up).await?;
    }
    Ok(stale.len())
}

async fn may_admit(ctx: &Context, tx: &mut Tx, order: &Order<'_>) -> Result<()> {
    if order.community.kind != ActorKind::Application {
        return Err(Error::NotACommunity(order.community.acct()));
    }
    let somebody = Target::Person {
        standing: Standing::default(),
        oneself: false,
        role: None,
    };
    order
        .authorise(ctx, tx, Measure::Admit, somebody, None)
        .await
}

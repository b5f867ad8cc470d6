//! From an account that was asked for to one that acts.

use std::time::Duration;

use archipel_model::{AccountId, ActorState, Email, InviteLinkId};
use archipel_storage::{NewMailToken, SignUp, Tx};

use super::Stage;
use crate::invite_links::{let_in, opened};
use crate::mail::{AccountRules, Letter, write};
use crate::notify;
use crate::secret::{hash_of, new_secret};
use crate::{Context, Error, Result};

/// What such secrets are good for.
const CONFIRM: &str = "confirm";

/// How long a new account waits to be confirmed.
pub(super) const CONFIRM_WITHIN: Duration = Duration::from_hours(7 * 24);

/// Sends the link that confirms the address of a new account, again if need be;
/// earlier links work no more. Nothing where there is nothing to confirm.
pub async fn resend_confirmation(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    account: AccountId,
) -> Result<()> {
    let Some(sign_up) = tx.sign_up(account).await? else {
        return Ok(());
    };
    let (Stage::Unconfirmed, Some(email)) = (stage(&sign_up), &sign_up.email) else {
        return Ok(());
    };
    let secret = new_secret();
    let token = NewMailToken {
        hash: &hash_of(&secret),
        account_id: account,
        purpose: CONFIRM,
        email,
        expires_at: ctx.now().plus(CONFIRM_WITHIN),
    };
    tx.put_mail_token(&token, ctx.now()).await?;
    let link = format!("{}/confirm/{secret}", ctx.site.base());
    let letter = Letter::Confirm {
        handle: &sign_up.handle,
        link: &link,
    };
    write(ctx, tx, rules, email, &sign_up.locale, letter).await
}

/// Another address for a new account, whose first one was mistyped. That it belongs to
/// another account is told to the one who reads it alone.
pub async fn correct_address(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    account: AccountId,
    email: &Email,
) -> Result<()> {
    let Some(sign_up) = tx.sign_up(account).await? else {
        return Ok(());
    };
    if stage(&sign_up) != Stage::Unconfirmed {
        return Ok(());
    }
    match tx.sign_up_by_email(email.as_str()).await? {
        Some(other) if other.id != account => {
            tx.set_address(account, None).await?;
            tx.end_mail_tokens(account, CONFIRM).await?;
            let reset = format!("{}/password/reset", ctx.site.base());
            let letter = Letter::HasAccount {
                handle: &other.handle,
                reset: &reset,
            };
            write(ctx, tx, rules, email.as_str(), &other.locale, letter).await
        }
        _ => {
            tx.set_address(account, Some(email.as_str())).await?;
            resend_confirmation(ctx, tx, rules, account).await
        }
    }
}

/// Takes a confirmation back that was sent: says where the account stands then, or
/// nothing when the link does not work.
pub async fn confirm_address(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    secret: &str,
) -> Result<Option<Stage>> {
    let hash = hash_of(secret);
    let Some(token) = tx.use_mail_token(&hash, CONFIRM, ctx.now()).await? else {
        return Ok(None);
    };
    if !tx
        .confirm_address(token.account_id, &token.email, ctx.now())
        .await?
    {
        return Ok(None);
    }
    goes_on(ctx, tx, rules, token.account_id).await.map(Some)
}

/// The address is confirmed, or cannot be: who was invited is in, others wait.
pub(super) async fn goes_on(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    account: AccountId,
) -> Result<Stage> {
    let sign_up = tx.sign_up(account).await?.ok_or(Error::NoSuchSignUp)?;
    notify::signed_up(ctx, tx, sign_up.actor_id).await?;
    if sign_up.invite_id.is_some() {
        activate(ctx, tx, &sign_up).await?;
        return Ok(Stage::Active);
    }
    if tx
        .move_account(account, "unconfirmed", Stage::Waiting.word())
        .await?
    {
        let letter = Letter::Asked {
            handle: &sign_up.handle,
            reason: sign_up.request.as_deref().unwrap_or("-"),
        };
        for (email, locale) in tx.admin_addresses().await? {
            write(ctx, tx, rules, &email, &locale, letter).await?;
        }
    }
    Ok(Stage::Waiting)
}

/// Lets an account act, and makes its person a member where their invitation leads.
/// Says whether it did not act before.
pub(super) async fn activate(ctx: &Context, tx: &mut Tx, sign_up: &SignUp) -> Result<bool> {
    let from = stage(sign_up);
    if from == Stage::Active
        || !tx
            .move_account(sign_up.id, from.word(), Stage::Active.word())
            .await?
    {
        return Ok(false);
    }
    tx.set_actor_state(sign_up.actor_id, ActorState::Active, ctx.now())
        .await?;
    let Some(link) = sign_up.invite_id else {
        return Ok(true);
    };
    let link = tx.invite_link(InviteLinkId(link)).await?;
    let person = tx.actor(sign_up.actor_id).await?;
    let (Some(link), Some(person)) = (link, person) else {
        return Ok(true);
    };
    // Its use was counted when they came; what else it says counts now.
    let id = link.id;
    if let Some(open) = opened(ctx, tx, link).await? {
        match let_in(ctx, tx, &open, &person).await {
            Ok(()) => {}
            Err(error @ (Error::Denied(_) | Error::StillBanned(_) | Error::Inactive(_))) => {
                tracing::warn!(%error, link = %id, "an invitation led nowhere");
            }
            Err(error) => return Err(error),
        }
    } else {
        tracing::warn!(link = %id, "who made an invitation may not invite any more");
    }
    Ok(true)
}

/// How far somebody is. Who was stopped is past all of this.
pub(super) fn stage(sign_up: &SignUp) -> Stage {
    match sign_up.state.as_str() {
        "unconfirmed" => Stage::Unconfirmed,
        "waiting" => Stage::Waiting,
        _ => Stage::Active,
    }
}

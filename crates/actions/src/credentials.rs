//! What an account is logged in by, changed by whom it belongs to: the password,
//! forgotten or not, and the e-mail address.
//!
//! Hashing a password and checking one take long: doors do it on a blocking thread,
//! and hand the result in.

use std::time::Duration;

use archipel_model::{AccountId, Email, SessionId};
use archipel_storage::{Conn, LoginName, NewMailToken, SignUp, Store, Tx};

use crate::hashing::verify_aside;
use crate::limits::{Limit, count_try};
use crate::mail::{AccountRules, Letter, write};
use crate::secret::{hash_of, new_secret};
use crate::{Context, Result};

/// What a secret for choosing a new password is good for.
const RESET: &str = "reset";
/// What a secret for another address is good for.
const CHANGE: &str = "change";

/// How long a new password can be chosen.
const RESET_WITHIN: Duration = Duration::from_hours(1);
/// How long a new address can be confirmed.
const CHANGE_WITHIN: Duration = Duration::from_hours(24);

/// Where a new password is asked for.
fn reset_page(ctx: &Context) -> String {
    format!("{}/password/reset", ctx.site.base())
}

/// Sends a link for choosing a new password to who owns this address. Whether anybody
/// does is not told.
pub async fn ask_for_new_password(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    email: &Email,
) -> Result<()> {
    let found = tx.sign_up_by_email(email.as_str()).await?;
    let Some(account) = found.filter(|account| account.state == "active") else {
        return Ok(());
    };
    let secret = new_secret();
    let token = NewMailToken {
        hash: &hash_of(&secret),
        account_id: account.id,
        purpose: RESET,
        email: email.as_str(),
        expires_at: ctx.now().plus(RESET_WITHIN),
    };
    tx.put_mail_token(&token, ctx.now()).await?;
    let link = format!("{}/{secret}", reset_page(ctx));
    let letter = Letter::Reset {
        handle: &account.handle,
        link: &link,
    };
    write(ctx, tx, rules, email.as_str(), &account.locale, letter).await
}

/// Whose password can be chosen anew with this secret.
pub async fn new_password_for(
    ctx: &Context,
    conn: &mut Conn,
    secret: &str,
) -> Result<Option<SignUp>> {
    let token = conn.mail_token(&hash_of(secret), RESET, ctx.now()).await?;
    let Some(token) = token else {
        return Ok(None);
    };
    let account = conn.sign_up(token.account_id).await?;
    // The address may have changed since the link was sent.
    Ok(account.filter(|account| {
        account.state == "active" && account.email.as_deref() == Some(token.email.as_str())
    }))
}

/// Puts a new password in the place of a forgotten one. Every browser and every app has
/// to log in again. Says whether the secret still worked.
pub async fn choose_new_password(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    secret: &str,
    kept: &str,
) -> Result<bool> {
    let Some(account) = new_password_for(ctx, tx, secret).await? else {
        return Ok(false);
    };
    let used = tx
        .use_mail_token(&hash_of(secret), RESET, ctx.now())
        .await?;
    let Some(token) = used else {
        return Ok(false);
    };
    // They read that mailbox: nothing more is there to be confirmed.
    tx.confirm_address(account.id, &token.email, ctx.now())
        .await?;
    tx.set_password(account.id, kept).await?;
    tx.end_sessions(account.id, None).await?;
    tx.end_app_access(account.id).await?;
    told_of_password(ctx, tx, rules, &account).await?;
    Ok(true)
}

/// Puts a new password in the place of the one that was just proved. All browsers but
/// the present one have to log in again, and all apps where that is wanted.
pub async fn change_password(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    account: AccountId,
    present: SessionId,
    kept: &str,
    end_apps: bool,
) -> Result<()> {
    tx.set_password(account, kept).await?;
    tx.end_sessions(account, Some(present)).await?;
    tx.end_mail_tokens(account, RESET).await?;
    if end_apps {
        tx.end_app_access(account).await?;
    }
    if let Some(account) = tx.sign_up(account).await? {
        told_of_password(ctx, tx, rules, &account).await?;
    }
    Ok(())
}

async fn told_of_password(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    account: &SignUp,
) -> Result<()> {
    let Some(email) = &account.email else {
        return Ok(());
    };
    let letter = Letter::PasswordChanged {
        handle: &account.handle,
        reset: &reset_page(ctx),
    };
    write(ctx, tx, rules, email, &account.locale, letter).await
}

/// Sends a link to a new address, which becomes the one of the account once it is
/// opened. That it belongs to another account is told to the one who reads it alone.
pub async fn ask_for_new_address(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    account: AccountId,
    email: &Email,
) -> Result<()> {
    let Some(account) = tx.sign_up(account).await? else {
        return Ok(());
    };
    if let Some(other) = tx.sign_up_by_email(email.as_str()).await?
        && other.id != account.id
    {
        tx.end_mail_tokens(account.id, CHANGE).await?;
        let letter = Letter::HasAccount {
            handle: &other.handle,
            reset: &reset_page(ctx),
        };
        return write(ctx, tx, rules, email.as_str(), &other.locale, letter).await;
    }
    let secret = new_secret();
    let token = NewMailToken {
        hash: &hash_of(&secret),
        account_id: account.id,
        purpose: CHANGE,
        email: email.as_str(),
        expires_at: ctx.now().plus(CHANGE_WITHIN),
    };
    tx.put_mail_token(&token, ctx.now()).await?;
    let link = format!("{}/settings/email/{secret}", ctx.site.base());
    let letter = Letter::ChangeAddress {
        handle: &account.handle,
        link: &link,
    };
    write(ctx, tx, rules, email.as_str(), &account.locale, letter).await
}

/// Takes the confirmation of a new address back; the old one is told. Says whether it
/// worked.
pub async fn confirm_new_address(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    secret: &str,
) -> Result<bool> {
    let used = tx
        .use_mail_token(&hash_of(secret), CHANGE, ctx.now())
        .await?;
    let Some(token) = used else {
        return Ok(false);
    };
    let Some(before) = tx.sign_up(token.account_id).await? else {
        return Ok(false);
    };
    if !tx
        .confirm_address(before.id, &token.email, ctx.now())
        .await?
    {
        return Ok(false);
    }
    // Links that were sent to the old address work no more.
    tx.end_mail_tokens(before.id, RESET).await?;
    if let Some(old) = before.email.filter(|old| *old != token.email) {
        let letter = Letter::AddressChanged {
            handle: &before.handle,
        };
        write(ctx, tx, rules, &old, &before.locale, letter).await?;
    }
    Ok(true)
}

/// Whether somebody who is logged in knows the password of their account: asked before
/// anything that could shut them out. Tries are counted.
pub async fn prove_password(
    ctx: &Context,
    store: &Store,
    account: AccountId,
    password: &str,
) -> Result<bool> {
    count_try(ctx, store, Limit::Proof, account).await?;
    let login = store.read().await?.login(LoginName::Id(account)).await?;
    let kept = login.and_then(|login| login.password);
    // What is longer was never taken.
    if password.len() > 1024 {
        return Ok(false);
    }
    Ok(verify_aside(password.to_owned(), kept).await)
}

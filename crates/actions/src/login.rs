//! Logging in with a password, and out again.
//!
//! In three steps, because checking a password takes long: [`begin_login`] counts the try
//! and finds the account, [`Attempt::check`] runs on a blocking thread, [`finish_login`]
//! begins a session. Tries are counted by account and by address before the password is
//! looked at, so that many at once gain nothing; no count lasts longer than an hour, and
//! who comes from where they were logged in before is not kept out by what others tried.

use std::time::Duration;

use archipel_model::{AccountId, ActorId, ActorState};
use archipel_storage::{AccountState, Login, LoginName, Tx};

use crate::password::{hash_password, verify_password};
use crate::second_factor::use_code;
use crate::secret::hash_of;
use crate::session::{Browser, begin_session};
use crate::{Context, Error, Result};

/// Failed tries from one address.
const BY_ADDRESS: (i64, Duration) = (10, Duration::from_mins(5));
/// Failed tries for one account.
const BY_ACCOUNT: (i64, Duration) = (25, Duration::from_hours(1));
/// Longest password that is looked at, in bytes.
const PASSWORD: usize = 1024;

/// Somebody wants in.
#[derive(Debug)]
pub struct Attempt {
    login: Option<Login>,
    keys: Vec<String>,
}

/// Somebody wants in, and their password was looked at.
#[derive(Debug)]
pub struct Checked {
    attempt: Attempt,
    right: bool,
}

/// How a login went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoggedIn {
    /// They are in: the secret of the session.
    Yes(String),
    /// The second factor is asked for: the secret of the waiting session.
    NeedsCode(String),
    /// Wrong name or password, or code.
    Wrong,
    /// The password was right, but they have to be let in first.
    Waiting,
    /// The password was right, but the account may not act.
    Disabled,
    /// The password was right, but the e-mail address is not confirmed.
    Unconfirmed,
    /// It took too long.
    TooLate,
}

/// Counts a try, and finds the account that it is for: by handle or e-mail address.
pub async fn begin_login(
    ctx: &Context,
    tx: &mut Tx,
    name: &str,
    browser: &Browser,
) -> Result<Attempt> {
    let login = find(ctx, tx, name).await?;
    // Unknown names are counted like accounts: that they are unknown is nobody's business.
    let whom = match &login {
        Some(login) => login.account_id.to_string(),
        None => hash_of(&name.trim().to_lowercase()),
    };
    let keys = count(ctx, tx, &whom, login.as_ref(), browser).await?;
    Ok(Attempt { login, keys })
}

async fn find(ctx: &Context, tx: &mut Tx, name: &str) -> Result<Option<Login>> {
    let name = name.trim().to_lowercase();
    let name = name.strip_prefix('@').unwrap_or(&name);
    let name = match name.split_once('@') {
        None => LoginName::Handle(name),
        Some((handle, host)) if host == ctx.site.host().as_str() => LoginName::Handle(handle),
        Some(_) => LoginName::Email(name),
    };
    Ok(tx.login(name).await?)
}

/// Counts a try by address and account, and says what is to be forgiven when it was good.
async fn count(
    ctx: &Context,
    tx: &mut Tx,
    whom: &str,
    login: Option<&Login>,
    browser: &Browser,
) -> Result<Vec<String>> {
    let place = browser.place();
    let mut keys = Vec::new();
    if !place.is_empty() {
        keys.push((format!("login from {place}"), BY_ADDRESS));
    }
    let known_here = match login {
        Some(login) if !place.is_empty() => tx.came_from(login.account_id, &place).await?,
        _ => false,
    };
    if !known_here {
        keys.push((format!("login to {whom}"), BY_ACCOUNT));
    }
    let now = ctx.now();
    for (key, (most, window)) in &keys {
        if tx.hit(key, *window, now).await? > *most {
            let wait = tx.until_forgotten(key, *window, now).await?;
            return Err(Error::TooOften(wait.as_secs().max(1)));
        }
    }
    Ok(keys.into_iter().map(|(key, _)| key).collect())
}

impl Attempt {
    /// Looks at the password. Takes long, and as long when there is no such account.
    #[must_use]
    pub fn check(self, password: &str) -> Checked {
        let kept = self
            .login
            .as_ref()
            .and_then(|login| login.password.as_deref());
        let right = if password.len() > PASSWORD {
            false
        } else if let Some(kept) = kept {
            verify_password(password, kept)
        } else {
            let _ = hash_password(password);
            false
        };
        Checked {
            attempt: self,
            right,
        }
    }
}

/// Begins a session for who gave the right password.
pub async fn finish_login(
    ctx: &Context,
    tx: &mut Tx,
    checked: Checked,
    browser: &Browser,
) -> Result<LoggedIn> {
    let Some(login) = checked.attempt.login.filter(|_| checked.right) else {
        return Ok(LoggedIn::Wrong);
    };
    for key in &checked.attempt.keys {
        tx.forgive_hit(key).await?;
    }
    if let Some(refused) = refused(&login) {
        return Ok(refused);
    }
    let waits = login.totp_since.is_some();
    let secret = begin_session(ctx, tx, login.account_id, browser, waits).await?;
    Ok(if waits {
        LoggedIn::NeedsCode(secret)
    } else {
        LoggedIn::Yes(secret)
    })
}

/// Who is on their way in hears that, and not that their person acts not yet.
fn refused(login: &Login) -> Option<LoggedIn> {
    match login.state {
        AccountState::Unconfirmed => Some(LoggedIn::Unconfirmed),
        AccountState::Waiting => Some(LoggedIn::Waiting),
        AccountState::Disabled => Some(LoggedIn::Disabled),
        AccountState::Active if login.person != ActorState::Active => Some(LoggedIn::Disabled),
        AccountState::Active => None,
    }
}

/// Begins a session for who gave the right password before, and now the second factor.
pub async fn give_second_factor(
    ctx: &Context,
    tx: &mut Tx,
    waiting: &str,
    code: &str,
    browser: &Browser,
) -> Result<LoggedIn> {
    let waiting = hash_of(waiting);
    let Some(visit) = tx.visit(&waiting, true, ctx.now()).await? else {
        return Ok(LoggedIn::TooLate);
    };
    let Some(login) = tx.login(LoginName::Id(visit.account_id)).await? else {
        return Ok(LoggedIn::TooLate);
    };
    let whom = format!("{} by code", login.account_id);
    // Nobody is known by their address here: six digits are few.
    let keys = count(ctx, tx, &whom, None, browser).await?;
    if !use_code(ctx, tx, &login, code).await? {
        return Ok(LoggedIn::Wrong);
    }
    for key in &keys {
        tx.forgive_hit(key).await?;
    }
    tx.end_session_of(&waiting).await?;
    let secret = begin_session(ctx, tx, login.account_id, browser, false).await?;
    Ok(LoggedIn::Yes(secret))
}

/// Ends a session, whose secret the browser gave.
pub async fn log_out(tx: &mut Tx, secret: &str) -> Result<()> {
    Ok(tx.end_session_of(&hash_of(secret)).await?)
}

/// Gives an account another password, as an operator may: whoever is logged in with the
/// old one is logged out.
pub async fn replace_password(tx: &mut Tx, person: ActorId, kept: &str) -> Result<()> {
    let account: Option<AccountId> = tx.account_of(person).await?;
    if let Some(account) = account {
        tx.set_password(account, kept).await?;
        tx.end_sessions(account, None).await?;
    }
    Ok(())
}

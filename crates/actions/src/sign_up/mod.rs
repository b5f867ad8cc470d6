//! Making an account for oneself: by an invitation link, or by asking for one. Until
//! the address is confirmed and, where that is asked for, somebody has agreed, the
//! person is there for nobody; their name is kept for them.

mod decide;
mod register;
mod way_in;
mod wish;

use archipel_model::{AccountId, Email, Handle, Registration};
use archipel_storage::{Account, NewSignUp, Tx};

pub use decide::{approve_sign_up, forget_stale_sign_ups, reject_sign_up};
pub use register::{From as SignUpFrom, Registered, register};
pub use way_in::{confirm_address, correct_address, resend_confirmation};
pub use wish::{Flaw, Flawed, HandleRule, SignUpForm};

use crate::accounts::{NewKeys, create_local_person};
use crate::invite_links::{OpenLink, open_link};
use crate::mail::{AccountRules, Letter, write};
use crate::{Context, Error};

/// How far somebody is on their way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// They are to open a link that was sent to them.
    Unconfirmed,
    /// Somebody is to agree.
    Waiting,
    /// They may act.
    Active,
}

impl Stage {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Waiting => "waiting",
            Self::Active => "active",
        }
    }
}

/// Why nobody can make an account in this way.
#[derive(Debug, thiserror::Error)]
pub enum NoSignUp {
    /// Nobody makes accounts for themselves, or only by a link.
    #[error("registration is closed on this server")]
    Closed,
    /// The link does not exist, is used up, or works no more.
    #[error("this invitation does not work any more; ask for a new one")]
    DeadLink,
    /// What they wrote does not do.
    #[error("what was filled in is not complete")]
    Flawed(Flawed),
    /// Something failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<archipel_storage::Error> for NoSignUp {
    fn from(error: archipel_storage::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// A form that may make an account, once its password is hashed and keys are made.
#[derive(Debug)]
pub(crate) struct SignUpReady {
    handle: Handle,
    email: Email,
    name: String,
    password: String,
    reason: Option<String>,
    locale: &'static str,
    invite: Option<String>,
}

impl SignUpReady {
    /// The password, to be hashed where that holds nobody up.
    fn password(&self) -> &str {
        &self.password
    }
}

/// Looks at a form: cheap, and changes nothing.
pub(crate) async fn check_sign_up(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    form: &SignUpForm,
) -> std::result::Result<SignUpReady, NoSignUp> {
    let invited = invited(ctx, tx, rules, form.invite.as_deref()).await?;
    let flawless = form.look(invited.is_none());
    let taken = match form.handle.parse::<Handle>() {
        Ok(handle) => tx.local_actor(handle.as_str()).await?.is_some(),
        Err(_) => false,
    };
    match (flawless, taken) {
        (Ok(ready), false) => Ok(ready),
        (Ok(_), true) => Err(NoSignUp::Flawed(Flawed(vec![Flaw::HandleTaken]))),
        (Err(mut flawed), taken) => {
            if taken {
                flawed.0.push(Flaw::HandleTaken);
            }
            Err(NoSignUp::Flawed(flawed))
        }
    }
}

/// The link that somebody came by, if one can come in at all.
async fn invited(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    secret: Option<&str>,
) -> std::result::Result<Option<OpenLink>, NoSignUp> {
    match (rules.registration, secret) {
        (Registration::Closed, _) | (Registration::Invitation, None) => Err(NoSignUp::Closed),
        (Registration::Approval, None) => Ok(None),
        (_, Some(secret)) => open_link(ctx, tx, secret)
            .await?
            .map(Some)
            .ok_or(NoSignUp::DeadLink),
    }
}

/// Makes an account. Whether the address belongs to another account already is told to
/// nobody but the one who reads it.
pub(crate) async fn sign_up(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    ready: SignUpReady,
    password_hash: &str,
    keys: &NewKeys,
) -> std::result::Result<(AccountId, Stage), NoSignUp> {
    let link = invited(ctx, tx, rules, ready.invite.as_deref()).await?;
    if let Some(open) = &link
        && !tx.use_invite_link(open.link.id, ctx.now()).await?
    {
        return Err(NoSignUp::DeadLink);
    }
    let stage = match (rules.mail, &link) {
        (true, _) => Stage::Unconfirmed,
        (false, Some(_)) => Stage::Active,
        (false, None) => Stage::Waiting,
    };
    let other = tx.sign_up_by_email(ready.email.as_str()).await?;
    if other.is_some() && !rules.mail {
        // Nobody can be written to: this one thing has to be said here.
        return Err(NoSignUp::Flawed(Flawed(vec![Flaw::EmailTaken])));
    }
    let person = create_local_person(ctx, tx, &ready.handle, &ready.name, keys).await;
    let person = match person {
        Err(Error::HandleTaken(_)) => {
            return Err(NoSignUp::Flawed(Flawed(vec![Flaw::HandleTaken])));
        }
        person => person?,
    };
    tx.set_actor_state(person.id, archipel_model::ActorState::Suspended, ctx.now())
        .await?;
    let account = Account {
        id: ctx.id(),
        actor_id: person.id,
    };
    let new = NewSignUp {
        id: account.id,
        actor_id: account.actor_id,
        email: other.is_none().then_some(ready.email.as_str()),
        password: password_hash,
        // What follows finds it on its way in.
        state: Stage::Unconfirmed.word(),
        request: ready.reason.as_deref(),
        locale: ready.locale,
        invite_id: link.as_ref().map(|open| open.link.id),
    };
    tx.insert_sign_up(&new, ctx.now()).await?;
    if let Some(other) = other {
        let reset = format!("{}/password/reset", ctx.site.base());
        let letter = Letter::HasAccount {
            handle: &other.handle,
            reset: &reset,
        };
        write(ctx, tx, rules, ready.email.as_str(), &other.locale, letter).await?;
        return Ok((account.id, stage));
    }
    if rules.mail {
        resend_confirmation(ctx, tx, rules, account.id).await?;
    } else {
        way_in::goes_on(ctx, tx, rules, account.id).await?;
    }
    Ok((account.id, stage))
}

//! How often something may be tried, by account or address.

use std::time::Duration;

use archipel_storage::Store;

use crate::{Context, Error, Result};

/// What may be tried so often and no more.
#[derive(Clone, Copy, Debug)]
pub enum Limit {
    /// Making an account, from one address.
    SignUp,
    /// Asking for a mail with a secret: a new password, a confirmation, a new address;
    /// from one address, or for one account.
    SecretMail,
    /// Trying a password or a code where one is logged in already, for one account.
    Proof,
}

impl Limit {
    const fn name(self) -> &'static str {
        match self {
            Self::SignUp => "sign-up",
            Self::SecretMail => "secret-mail",
            Self::Proof => "proof",
        }
    }

    const fn most(self) -> i64 {
        match self {
            Self::SignUp | Self::SecretMail => 5,
            Self::Proof => 10,
        }
    }

    /// The time within which tries are counted.
    const fn window(self) -> Duration {
        match self {
            Self::SignUp | Self::SecretMail => Duration::from_mins(30),
            Self::Proof => Duration::from_mins(5),
        }
    }
}

/// Counts one more try, whatever becomes of it, and refuses one that is too many.
pub async fn count_try(
    ctx: &Context,
    store: &Store,
    limit: Limit,
    who: impl std::fmt::Display,
) -> Result<()> {
    let key = format!("{}:{who}", limit.name());
    let (now, window) = (ctx.now(), limit.window());
    let mut tx = store.write().await?;
    let count = tx.hit(&key, window, now).await?;
    let wait = tx.until_forgotten(&key, window, now).await?;
    tx.commit().await?;
    if count > limit.most() {
        return Err(Error::TooOften(wait.as_secs().max(1)));
    }
    Ok(())
}

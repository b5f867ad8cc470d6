//! How often something may be tried, by account or address.

use std::time::Duration;

use archipel_storage::Store;

use crate::{Context, Result};

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
    pub const fn window(self) -> Duration {
        match self {
            Self::SignUp | Self::SecretMail => Duration::from_mins(30),
            Self::Proof => Duration::from_mins(5),
        }
    }
}

/// Counts one more try, whatever becomes of it; false when it is one too many.
pub async fn within_limit(
    ctx: &Context,
    store: &Store,
    limit: Limit,
    who: impl std::fmt::Display,
) -> Result<bool> {
    let key = format!("{}:{who}", limit.name());
    let mut tx = store.write().await?;
    let count = tx.hit(&key, limit.window(), ctx.now()).await?;
    tx.commit().await?;
    Ok(count <= limit.most())
}

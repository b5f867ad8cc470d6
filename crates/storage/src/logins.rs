//! What logging in needs to know of accounts.

use archipel_model::{AccountId, ActorId, ActorState, Timestamp, UnknownWord};

use crate::conn::sql;
use crate::maybe::Maybe;
use crate::{Conn, Result};

/// Whether an account may be logged in to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// Yes.
    Active,
    /// Their e-mail address has to be confirmed first.
    Unconfirmed,
    /// Somebody has to let them in first.
    Waiting,
    /// No.
    Disabled,
}

impl TryFrom<String> for AccountState {
    type Error = UnknownWord;

    fn try_from(word: String) -> std::result::Result<Self, UnknownWord> {
        match word.as_str() {
            "active" => Ok(Self::Active),
            "unconfirmed" => Ok(Self::Unconfirmed),
            "waiting" => Ok(Self::Waiting),
            "disabled" => Ok(Self::Disabled),
            _ => Err(UnknownWord {
                found: word,
                known: "active, unconfirmed, waiting, disabled".to_owned(),
            }),
        }
    }
}

/// An account that somebody wants to log in to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Login {
    /// The account.
    #[sqlx(try_from = "i64")]
    pub account_id: AccountId,
    /// Its person.
    #[sqlx(try_from = "i64")]
    pub person_id: ActorId,
    /// What became of the person.
    #[sqlx(try_from = "String")]
    pub person: ActorState,
    /// What became of the account.
    #[sqlx(try_from = "String")]
    pub state: AccountState,
    /// The kept password; none: no login by password.
    pub password: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// When it was confirmed.
    #[sqlx(try_from = "Maybe")]
    pub confirmed_at: Option<Timestamp>,
    /// The secret of the second factor.
    pub totp_secret: Option<String>,
    /// Since when the second factor is asked for.
    #[sqlx(try_from = "Maybe")]
    pub totp_since: Option<Timestamp>,
}

/// How an account is named.
#[derive(Clone, Copy, Debug)]
pub enum LoginName<'a> {
    /// By its handle.
    Handle(&'a str),
    /// By its e-mail address, in lower case.
    Email(&'a str),
    /// By its id.
    Id(AccountId),
}

impl Conn {
    /// The account of this name.
    pub async fn login(&mut self, name: LoginName<'_>) -> Result<Option<Login>> {
        let (handle, email, id) = match name {
            LoginName::Handle(handle) => (Some(handle), None, None),
            LoginName::Email(email) => (None, Some(email), None),
            LoginName::Id(id) => (None, None, Some(id.0)),
        };
        sql!(
            self,
            fetch_optional as Login,
            "SELECT c.id AS account_id, a.id AS person_id, a.state AS person, c.state,
                c.password, c.email, c.confirmed_at, c.totp_secret, c.totp_since
             FROM account c JOIN actor a ON a.id = c.actor_id
             WHERE c.id = $3 OR c.email = $2
                OR c.actor_id = (SELECT id FROM actor WHERE is_local AND handle = $1)",
            handle,
            email,
            id
        )
    }

    /// Keeps a new password.
    pub async fn set_password(&mut self, account: AccountId, kept: &str) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE account SET password = $2 WHERE id = $1",
            account.0,
            kept
        )
        .map(drop)
    }

    /// Uses a time step of the second factor, unless it or a later one was used. Says
    /// whether it was.
    pub async fn use_totp_step(&mut self, account: AccountId, step: i64) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE account SET totp_step = $2 WHERE id = $1 AND totp_step < $2",
            account.0,
            step
        )
        .map(|rows| rows > 0)
    }

    /// Uses a recovery code, once. Says whether it was one.
    pub async fn use_recovery_code(
        &mut self,
        account: AccountId,
        hash: &str,
        now: Timestamp,
    ) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE recovery_code SET used_at = $3
             WHERE account_id = $1 AND hash = $2 AND used_at IS NULL",
            account.0,
            hash,
            now.micros()
        )
        .map(|rows| rows > 0)
    }
}

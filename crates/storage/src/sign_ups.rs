//! Accounts that people made for themselves: on their way in, and what they log in by.

use archipel_model::{AccountId, ActorId, InviteLinkId, Timestamp};

use crate::conn::sql;
use crate::maybe::{Maybe, Micros};
use crate::{Conn, Result};

/// What somebody gives who makes an account.
#[derive(Clone, Debug)]
pub struct NewSignUp<'a> {
    /// The account.
    pub id: AccountId,
    /// The person.
    pub actor_id: ActorId,
    /// Their address, in lower case; none when it belongs to another account.
    pub email: Option<&'a str>,
    /// The hash of their password.
    pub password: &'a str,
    /// unconfirmed, waiting or active.
    pub state: &'static str,
    /// Why they ask.
    pub request: Option<&'a str>,
    /// Their language.
    pub locale: &'a str,
    /// The link that they came by.
    pub invite_id: Option<InviteLinkId>,
}

/// How an account stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SignUp {
    /// The account.
    #[sqlx(try_from = "i64")]
    pub id: AccountId,
    /// The person.
    #[sqlx(try_from = "i64")]
    pub actor_id: ActorId,
    /// Their name in addresses.
    pub handle: String,
    /// unconfirmed, waiting, active or disabled.
    pub state: String,
    /// Their address.
    pub email: Option<String>,
    /// When they proved to read it.
    #[sqlx(try_from = "Maybe")]
    pub confirmed_at: Option<Timestamp>,
    /// Why they asked.
    pub request: Option<String>,
    /// Their language.
    pub locale: String,
    /// The link that they came by.
    pub invite_id: Option<i64>,
    /// The hash of their password.
    pub password: Option<String>,
    /// When it was made.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
}

/// The columns of a [`SignUp`].
macro_rules! sign_up {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.actor_id, a.handle, c.state, c.email, c.confirmed_at, c.request,
                c.locale, c.invite_id, c.password, c.created_at
             FROM account c JOIN actor a ON a.id = c.actor_id ",
            $rest
        )
    };
}

impl Conn {
    /// Makes an account as somebody asked for it.
    pub async fn insert_sign_up(&mut self, new: &NewSignUp<'_>, now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO account (id, actor_id, email, password, state, request, locale,
                invite_id, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            new.id.0,
            new.actor_id.0,
            new.email,
            new.password,
            new.state,
            new.request,
            new.locale,
            new.invite_id.map(|id| id.0),
            now.micros()
        )
        .map(drop)
    }

    /// How an account stands.
    pub async fn sign_up(&mut self, account: AccountId) -> Result<Option<SignUp>> {
        sql!(
            self,
            fetch_optional as SignUp,
            sign_up!("WHERE c.id = $1"),
            account.0
        )
    }

    /// The account with this address, in lower case.
    pub async fn sign_up_by_email(&mut self, email: &str) -> Result<Option<SignUp>> {
        sql!(
            self,
            fetch_optional as SignUp,
            sign_up!("WHERE c.email = $1"),
            email
        )
    }

    /// Who waits for somebody to agree, the longest waiting first.
    pub async fn waiting_sign_ups(&mut self) -> Result<Vec<SignUp>> {
        sql!(
            self,
            fetch_all as SignUp,
            sign_up!("WHERE c.state = 'waiting' ORDER BY c.id")
        )
    }

    /// Who never confirmed their address, of those who came before this moment.
    pub async fn stale_sign_ups(&mut self, before: Timestamp, limit: i64) -> Result<Vec<SignUp>> {
        sql!(
            self,
            fetch_all as SignUp,
            sign_up!(
                "WHERE c.state = 'unconfirmed' AND c.confirmed_at IS NULL AND c.created_at < $1
                 ORDER BY c.id LIMIT $2"
            ),
            before.micros(),
            limit
        )
    }

    /// The addresses and languages of those who administer this server and read mail.
    pub async fn admin_addresses(&mut self) -> Result<Vec<(String, String)>> {
        sql!(
            self,
            fetch_all as (String, String),
            "SELECT email, locale FROM account
             WHERE is_admin AND state = 'active' AND email IS NOT NULL
                AND confirmed_at IS NOT NULL
             ORDER BY id"
        )
    }

    /// Changes how an account stands, if it stood like that before.
    pub async fn move_account(
        &mut self,
        account: AccountId,
        from: &str,
        to: &'static str,
    ) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE account SET state = $3 WHERE id = $1 AND state = $2",
            account.0,
            from,
            to
        )
        .map(|rows| rows > 0)
    }

    /// Writes down that somebody reads this address: it is the one of their account
    /// now. False when another account has it.
    pub async fn confirm_address(
        &mut self,
        account: AccountId,
        email: &str,
        now: Timestamp,
    ) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE account SET email = $2, confirmed_at = $3 WHERE id = $1
                AND NOT EXISTS (SELECT 1 FROM account o WHERE o.email = $2 AND o.id <> $1)",
            account.0,
            email,
            now.micros()
        )
        .map(|rows| rows > 0)
    }

    /// Sets an address that nobody confirmed yet, of an account on its way in.
    pub async fn set_address(&mut self, account: AccountId, email: Option<&str>) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE account SET email = $2 WHERE id = $1 AND state = 'unconfirmed'",
            account.0,
            email
        )
        .map(drop)
    }

    /// Removes an account that never acted, with its person, as if it had not been.
    pub async fn remove_sign_up(&mut self, sign_up: &SignUp) -> Result<()> {
        for text in [
            "DELETE FROM mail_token WHERE account_id = $1",
            "DELETE FROM recovery_code WHERE account_id = $1",
            "DELETE FROM web_session WHERE account_id = $1",
            "DELETE FROM oauth_code WHERE account_id = $1",
            "DELETE FROM oauth_token WHERE account_id = $1",
            "DELETE FROM account WHERE id = $1",
        ] {
            sql!(self, execute, text, sign_up.id.0)?;
        }
        for text in [
            "DELETE FROM notification WHERE from_id = $1 OR owner_id = $1",
            "DELETE FROM profile WHERE actor_id = $1",
            "DELETE FROM actor_key WHERE actor_id = $1",
            "DELETE FROM actor WHERE id = $1",
        ] {
            sql!(self, execute, text, sign_up.actor_id.0)?;
        }
        Ok(())
    }
}

//! Secrets that were sent by e-mail: who has one reads that mailbox.

use archipel_model::{AccountId, Timestamp};

use crate::conn::sql;
use crate::{Conn, Result};

/// A secret to be sent.
#[derive(Clone, Debug)]
pub struct NewMailToken<'a> {
    /// What is kept of it.
    pub hash: &'a str,
    /// Whose.
    pub account_id: AccountId,
    /// What it is good for.
    pub purpose: &'static str,
    /// Where it is sent.
    pub email: &'a str,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// What a secret that came back is good for.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MailToken {
    /// Whose.
    #[sqlx(try_from = "i64")]
    pub account_id: AccountId,
    /// Where it was sent.
    pub email: String,
}

impl Conn {
    /// Keeps a secret. Earlier ones for the same purpose work no more.
    pub async fn put_mail_token(&mut self, token: &NewMailToken<'_>, now: Timestamp) -> Result<()> {
        self.end_mail_tokens(token.account_id, token.purpose)
            .await?;
        sql!(
            self,
            execute,
            "INSERT INTO mail_token (hash, account_id, purpose, email, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            token.hash,
            token.account_id.0,
            token.purpose,
            token.email,
            now.micros(),
            token.expires_at.micros()
        )
        .map(drop)
    }

    /// Ends the secrets of an account for a purpose.
    pub async fn end_mail_tokens(&mut self, account: AccountId, purpose: &str) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM mail_token WHERE account_id = $1 AND purpose = $2",
            account.0,
            purpose
        )
        .map(drop)
    }

    /// What a secret is good for, if it works.
    pub async fn mail_token(
        &mut self,
        hash: &str,
        purpose: &str,
        now: Timestamp,
    ) -> Result<Option<MailToken>> {
        sql!(
            self,
            fetch_optional as MailToken,
            "SELECT account_id, email FROM mail_token
             WHERE hash = $1 AND purpose = $2 AND expires_at > $3 AND used_at IS NULL",
            hash,
            purpose,
            now.micros()
        )
    }

    /// Uses a secret: it works for one only.
    pub async fn use_mail_token(
        &mut self,
        hash: &str,
        purpose: &str,
        now: Timestamp,
    ) -> Result<Option<MailToken>> {
        sql!(
            self,
            fetch_optional as MailToken,
            "UPDATE mail_token SET used_at = $3
             WHERE hash = $1 AND purpose = $2 AND expires_at > $3 AND used_at IS NULL
             RETURNING account_id, email",
            hash,
            purpose,
            now.micros()
        )
    }

    /// Removes secrets that work no more.
    pub(crate) async fn tidy_mail_tokens(&mut self, now: Timestamp) -> Result<u64> {
        sql!(
            self,
            execute,
            "DELETE FROM mail_token WHERE expires_at < $1 OR used_at IS NOT NULL",
            now.micros()
        )
    }
}

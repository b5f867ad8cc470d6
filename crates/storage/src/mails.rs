//! E-mail on its way out: written together with what causes it, sent later.

use archipel_model::{MailId, Timestamp};

use crate::conn::sql;
use crate::{Conn, Result};

/// A mail to be sent.
#[derive(Clone, Debug)]
pub struct NewMail<'a> {
    /// Its id.
    pub id: MailId,
    /// To whom.
    pub recipient: &'a str,
    /// What about.
    pub subject: &'a str,
    /// The text.
    pub body: &'a str,
}

/// A mail that was taken to be sent. Its text holds secrets: it is not for logs.
#[derive(Clone, sqlx::FromRow)]
pub struct Mail {
    /// Its id.
    #[sqlx(try_from = "i64")]
    pub id: MailId,
    /// To whom.
    pub recipient: String,
    /// What about.
    pub subject: String,
    /// The text.
    pub body: String,
    /// How often it was tried before.
    pub attempts: i64,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail")
            .field("id", &self.id)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

impl Conn {
    /// Queues a mail.
    pub async fn insert_mail(&mut self, mail: &NewMail<'_>, now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO mail (id, recipient, subject, body, next_try_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $5)",
            mail.id.0,
            mail.recipient,
            mail.subject,
            mail.body,
            now.micros()
        )
        .map(drop)
    }

    /// When the next mail is due, if any waits.
    pub async fn next_mail(&mut self) -> Result<Option<Timestamp>> {
        sql!(
            self,
            fetch_scalar as Option<i64>,
            "SELECT min(CASE WHEN lease_until > next_try_at THEN lease_until ELSE next_try_at END)
             FROM mail"
        )
        .map(|next| next.flatten().map(Timestamp::from_micros))
    }

    /// Takes mails that are due for this node until `lease_until`.
    pub async fn claim_mails(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Mail>> {
        sql!(
            self,
            fetch_all as Mail,
            sqlite: "UPDATE mail SET lease_until = $2 WHERE id IN (
                    SELECT id FROM mail WHERE next_try_at <= $1 AND lease_until <= $1
                    ORDER BY next_try_at LIMIT $3)
                 RETURNING id, recipient, subject, body, attempts",
            postgres: "WITH due AS MATERIALIZED (
                    SELECT id FROM mail WHERE next_try_at <= $1 AND lease_until <= $1
                    ORDER BY next_try_at LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED)
                 UPDATE mail SET lease_until = $2 WHERE id IN (SELECT id FROM due)
                 RETURNING id, recipient, subject, body, attempts",
            now.micros(),
            lease_until.micros(),
            limit
        )
    }

    /// Forgets a mail: it was sent, or never will be.
    pub async fn remove_mail(&mut self, mail: MailId) -> Result<()> {
        sql!(self, execute, "DELETE FROM mail WHERE id = $1", mail.0).map(drop)
    }

    /// Writes down that a mail could not be sent, and when to try again.
    pub async fn mail_failed(
        &mut self,
        mail: MailId,
        why: &str,
        next_try_at: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE mail SET attempts = attempts + 1, lease_until = 0, last_error = $2,
                next_try_at = $3
             WHERE id = $1",
            mail.0,
            why,
            next_try_at.micros()
        )
        .map(drop)
    }
}

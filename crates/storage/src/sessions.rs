//! Browsers that are logged in.

use archipel_model::{AccountId, ActorId, SessionId, Timestamp};

use crate::conn::sql;
use crate::maybe::Micros;
use crate::{Conn, Result};

/// A session that begins.
#[derive(Clone, Debug)]
pub struct NewSession<'a> {
    /// Its id.
    pub id: SessionId,
    /// What is kept of its secret.
    pub hash: &'a str,
    /// Whose it is.
    pub account_id: AccountId,
    /// What the browser calls itself.
    pub agent: &'a str,
    /// Where it came from.
    pub address: &'a str,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Whether the second factor is still asked for.
    pub waits: bool,
}

/// Whose browser asks.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Visit {
    /// The session.
    #[sqlx(try_from = "i64")]
    pub session_id: SessionId,
    /// Their account.
    #[sqlx(try_from = "i64")]
    pub account_id: AccountId,
    /// The person.
    #[sqlx(try_from = "i64")]
    pub person_id: ActorId,
    /// When it was last used, as far as was written down.
    #[sqlx(try_from = "Micros")]
    pub used_at: Timestamp,
}

/// A session as its owner sees it in a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SessionRow {
    /// Its id.
    #[sqlx(try_from = "i64")]
    pub id: SessionId,
    /// What the browser calls itself.
    pub agent: String,
    /// Where it came from.
    pub address: String,
    /// When it began.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
    /// When it was last used, to the hour.
    #[sqlx(try_from = "Micros")]
    pub used_at: Timestamp,
}

impl Conn {
    /// Begins a session.
    pub async fn insert_session(&mut self, new: &NewSession<'_>, now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO web_session (id, hash, account_id, agent, address, created_at, used_at,
                expires_at, waits)
             VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8)",
            new.id.0,
            new.hash,
            new.account_id.0,
            new.agent,
            new.address,
            now.micros(),
            new.expires_at.micros(),
            new.waits
        )
        .map(drop)
    }

    /// Whose session this is: of an account that may act. `waits` chooses between
    /// sessions and those that wait for the second factor.
    pub async fn visit(
        &mut self,
        hash: &str,
        waits: bool,
        now: Timestamp,
    ) -> Result<Option<Visit>> {
        sql!(
            self,
            fetch_optional as Visit,
            "SELECT s.id AS session_id, s.account_id, a.id AS person_id, s.used_at
             FROM web_session s
             JOIN account c ON c.id = s.account_id
             JOIN actor a ON a.id = c.actor_id
             WHERE s.hash = $1 AND s.waits = $2 AND s.expires_at > $3
                AND c.state = 'active' AND a.state = 'active'",
            hash,
            waits,
            now.micros()
        )
    }

    /// Writes down that a session was used, to the hour, and its account with it.
    pub async fn session_used(
        &mut self,
        session: SessionId,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE web_session SET used_at = $2, expires_at = $3 WHERE id = $1",
            session.0,
            now.micros(),
            expires_at.micros()
        )?;
        sql!(
            self,
            execute,
            "UPDATE account SET last_active_at = $2
             WHERE id = (SELECT account_id FROM web_session WHERE id = $1)",
            session.0,
            now.micros()
        )
        .map(drop)
    }

    /// The sessions of an account, the last used first.
    pub async fn sessions_of(
        &mut self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<SessionRow>> {
        sql!(
            self,
            fetch_all as SessionRow,
            "SELECT id, agent, address, created_at, used_at FROM web_session
             WHERE account_id = $1 AND NOT waits AND expires_at > $2
             ORDER BY used_at DESC, id DESC",
            account.0,
            now.micros()
        )
    }

    /// Whether somebody is, or lately was, logged in from an address.
    pub async fn came_from(&mut self, account: AccountId, address: &str) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as i64,
            "SELECT id FROM web_session WHERE account_id = $1 AND address = $2 AND NOT waits
             LIMIT 1",
            account.0,
            address
        )
        .map(|found| found.is_some())
    }

    /// Ends one session of an account. Says whether there was one.
    pub async fn end_session(&mut self, account: AccountId, session: SessionId) -> Result<bool> {
        sql!(
            self,
            execute,
            "DELETE FROM web_session WHERE id = $1 AND account_id = $2",
            session.0,
            account.0
        )
        .map(|rows| rows > 0)
    }

    /// Ends the session with this secret, whatever its state.
    pub async fn end_session_of(&mut self, hash: &str) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM web_session WHERE hash = $1",
            hash
        )
        .map(drop)
    }

    /// Ends the sessions of an account, but for one. Says how many.
    pub async fn end_sessions(
        &mut self,
        account: AccountId,
        but: Option<SessionId>,
    ) -> Result<u64> {
        sql!(
            self,
            execute,
            "DELETE FROM web_session WHERE account_id = $1 AND id <> $2",
            account.0,
            but.map_or(0, |id| id.0)
        )
    }

    /// Removes sessions that ended by themselves.
    pub(crate) async fn tidy_sessions(&mut self, now: Timestamp) -> Result<u64> {
        sql!(
            self,
            execute,
            "DELETE FROM web_session WHERE expires_at < $1",
            now.micros()
        )
    }
}

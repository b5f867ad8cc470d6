//! What is to be fetched of elsewhere: the past of communities, the answers in
//! threads. One row a thing, which is worked on again whenever somebody asks.

use archipel_model::{BackfillId, Timestamp};

use crate::conn::sql;
use crate::maybe::{Maybe, Micros};
use crate::{Conn, Result};

/// What kind of thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackfillKind {
    /// A community: its threads, what it shows on top, and their answers.
    Community,
    /// A thread: its answers.
    Thread,
}
archipel_model::words! { BackfillKind { Community => "community", Thread => "thread" } }

/// Something to be fetched.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Backfill {
    /// Its id.
    #[sqlx(try_from = "i64")]
    pub id: BackfillId,
    /// The ActivityPub id of the community or of the thread's first post.
    pub uri: String,
    /// What it is.
    #[sqlx(try_from = "String")]
    pub kind: BackfillKind,
    /// `waiting`, `done` or `failed`.
    pub state: String,
    /// How often it was tried since it was last asked for.
    pub attempts: i64,
    /// Posts that the last try brought.
    pub taken: i64,
    /// What became of the last try, in words.
    pub outcome: Option<String>,
    /// When it was first asked for.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
    /// When it was last done.
    #[sqlx(try_from = "Maybe")]
    pub done_at: Option<Timestamp>,
}

const ENDED: &[&str] = &["done", "failed"];

impl Conn {
    /// Asks for something to be fetched. What was asked for before is fetched again
    /// only where `again` says so; a job that is being worked on goes on. Says
    /// whether there is something new to do.
    pub async fn want_backfill(
        &mut self,
        id: BackfillId,
        uri: &str,
        kind: BackfillKind,
        again: bool,
        now: Timestamp,
    ) -> Result<bool> {
        sql!(
            self,
            execute,
            "INSERT INTO backfill (id, uri, kind, state, next_try_at, created_at)
             VALUES ($1, $2, $3, 'waiting', $4, $4)
             ON CONFLICT (uri) DO UPDATE SET state = 'waiting', attempts = 0,
                next_try_at = excluded.next_try_at
             WHERE $5 AND backfill.state <> 'waiting'",
            id.0,
            uri,
            kind.as_str(),
            now.micros(),
            again
        )
        .map(|rows| rows > 0)
    }

    /// Takes what is due, `uri` only when it is given, and holds it until `lease`.
    pub async fn claim_backfill(
        &mut self,
        uri: Option<&str>,
        now: Timestamp,
        lease: Timestamp,
    ) -> Result<Option<Backfill>> {
        sql!(
            self,
            fetch_optional as Backfill,
            "UPDATE backfill SET lease_until = $3, attempts = attempts + 1
             WHERE state = 'waiting' AND next_try_at <= $2 AND lease_until <= $2
                AND id = (SELECT id FROM backfill
                    WHERE state = 'waiting' AND next_try_at <= $2 AND lease_until <= $2
                        AND ($1 IS NULL OR uri = $1)
                    ORDER BY next_try_at, id LIMIT 1)
             RETURNING id, uri, kind, state, attempts, taken, outcome, created_at, done_at",
            uri,
            now.micros(),
            lease.micros()
        )
    }

    /// Writes down how a try ended; with `retry_at`, it is tried again then.
    pub async fn finish_backfill(
        &mut self,
        id: BackfillId,
        taken: i64,
        outcome: &str,
        failed: bool,
        retry_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<()> {
        let state = match (retry_at, failed) {
            (Some(_), _) => "waiting",
            (None, true) => "failed",
            (None, false) => "done",
        };
        sql!(
            self,
            execute,
            "UPDATE backfill SET state = $2, taken = $3, outcome = $4, lease_until = 0,
                next_try_at = coalesce($5, next_try_at), done_at = $6 WHERE id = $1",
            id.0,
            state,
            taken,
            outcome,
            retry_at.map(Timestamp::micros),
            ENDED.contains(&state).then_some(now.micros())
        )
        .map(drop)
    }

    /// Whether something is to be fetched, or asked for again, by now.
    pub async fn has_errands(&mut self, now: Timestamp) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM backfill WHERE state = 'waiting'
                    AND next_try_at <= $1 AND lease_until <= $1)
                OR EXISTS (SELECT 1 FROM follow WHERE ask_at IS NOT NULL AND ask_at <= $1
                    AND state = 'pending')",
            now.micros()
        )
        .map(Option::unwrap_or_default)
    }

    /// What was and is to be fetched, the latest first, at most `limit`.
    pub async fn backfills(&mut self, limit: i64) -> Result<Vec<Backfill>> {
        sql!(
            self,
            fetch_all as Backfill,
            "SELECT id, uri, kind, state, attempts, taken, outcome, created_at, done_at
             FROM backfill ORDER BY id DESC LIMIT $1",
            limit
        )
    }
}

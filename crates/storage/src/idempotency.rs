//! Requests that come twice, and what was answered to the first.

use std::time::Duration;

use archipel_model::{ActorId, PostId, ScheduledId, Timestamp};

use crate::conn::sql;
use crate::maybe::Maybe;
use crate::{Conn, Result};

/// How long an answer is remembered.
const KEPT: Duration = Duration::from_hours(1);

/// What a request with a key had as its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Answered {
    /// The post that was made.
    #[sqlx(try_from = "Maybe")]
    pub post_id: Option<PostId>,
    /// The post that is to be published later.
    #[sqlx(try_from = "Maybe")]
    pub scheduled_id: Option<ScheduledId>,
}

impl Conn {
    /// Takes a key for this transaction: who else uses it waits for its end. Gives what
    /// was answered before, if it was used within the hour.
    pub async fn claim_key(
        &mut self,
        owner: ActorId,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Answered>> {
        sql!(
            self,
            execute,
            "DELETE FROM idempotency WHERE owner_id = $1 AND created_at < $2",
            owner.0,
            now.minus(KEPT).micros()
        )?;
        let first = sql!(
            self,
            execute,
            "INSERT INTO idempotency (owner_id, key, created_at) VALUES ($1, $2, $3)
             ON CONFLICT (owner_id, key) DO NOTHING",
            owner.0,
            key,
            now.micros()
        )?;
        if first > 0 {
            return Ok(None);
        }
        sql!(
            self,
            fetch_optional as Answered,
            "SELECT post_id, scheduled_id FROM idempotency WHERE owner_id = $1 AND key = $2",
            owner.0,
            key
        )
    }

    /// Remembers what was answered.
    pub async fn answered_key(
        &mut self,
        owner: ActorId,
        key: &str,
        answered: Answered,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE idempotency SET post_id = $3, scheduled_id = $4
             WHERE owner_id = $1 AND key = $2",
            owner.0,
            key,
            answered.post_id.map(|id| id.0),
            answered.scheduled_id.map(|id| id.0)
        )
        .map(drop)
    }
}

//! Follows of actors elsewhere that nobody has answered yet.

use archipel_model::{ActorId, FollowId, Timestamp};

use crate::conn::sql;
use crate::{Conn, Follow, Result};

/// A follow that is to be asked for again.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Unanswered {
    /// The follow.
    #[sqlx(try_from = "i64")]
    pub id: FollowId,
    /// The id of the Follow activity.
    pub uri: String,
    /// How often it was asked.
    pub asked: i64,
}

impl Conn {
    /// Notes how often a follow was asked for, and when it is asked for again.
    pub async fn plan_asking(
        &mut self,
        id: FollowId,
        asked: i64,
        at: Option<Timestamp>,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE follow SET asked = $2, ask_at = $3 WHERE id = $1",
            id.0,
            asked,
            at.map(Timestamp::micros)
        )
        .map(drop)
    }

    /// What is to be asked for again by now, longest due first. What was answered
    /// meanwhile is not.
    pub async fn unanswered(&mut self, now: Timestamp, limit: i64) -> Result<Vec<Unanswered>> {
        sql!(
            self,
            fetch_all as Unanswered,
            "SELECT id, uri, asked FROM follow
             WHERE ask_at IS NOT NULL AND ask_at <= $1 AND state = 'pending'
             ORDER BY ask_at, id LIMIT $2",
            now.micros(),
            limit
        )
    }

    /// What waits for the answer of an actor elsewhere, asked from here.
    pub async fn pending_from_here(&mut self, target: ActorId) -> Result<Vec<Follow>> {
        sql!(
            self,
            fetch_all as Follow,
            "SELECT f.id, f.follower_id, f.target_id, f.state, f.uri, f.raw, f.created_at
             FROM follow f JOIN actor a ON a.id = f.follower_id
             WHERE f.target_id = $1 AND f.state = 'pending' AND a.is_local ORDER BY f.id",
            target.0
        )
    }

    /// Whether a follow from here was granted by this actor.
    pub async fn is_granted_here(&mut self, target: ActorId) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM follow f JOIN actor a ON a.id = f.follower_id
                WHERE f.target_id = $1 AND f.state = 'accepted' AND a.is_local)",
            target.0
        )
        .map(Option::unwrap_or_default)
    }

    /// Says something again that was said before, with the same bytes; false when
    /// there is no such activity of ours. What still waits to be sent stays as it is.
    pub async fn say_again(&mut self, uri: &str) -> Result<bool> {
        self.lock_queue().await?;
        sql!(
            self,
            execute,
            "DELETE FROM delivery WHERE state <> 'queued'
                AND activity_id IN (SELECT id FROM activity WHERE uri = $1)",
            uri
        )?;
        sql!(
            self,
            execute,
            "UPDATE activity SET state = 'new' WHERE uri = $1",
            uri
        )
        .map(|rows| rows > 0)
    }
}

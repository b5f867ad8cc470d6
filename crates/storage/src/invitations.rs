//! Who was invited to a community, and for whom a moderator vouched.

use archipel_model::{ActorId, Timestamp};

use crate::conn::sql;
use crate::{Conn, Result};

impl Conn {
    /// Invites somebody; false when they were invited already.
    pub async fn put_invitation(
        &mut self,
        community: ActorId,
        actor: ActorId,
        by: ActorId,
        now: Timestamp,
    ) -> Result<bool> {
        sql!(
            self,
            execute,
            "INSERT INTO invitation (community_id, actor_id, by_id, created_at)
             VALUES ($1, $2, $3, $4) ON CONFLICT (community_id, actor_id) DO NOTHING",
            community.0,
            actor.0,
            by.0,
            now.micros()
        )
        .map(|rows| rows > 0)
    }

    /// Whether somebody was invited.
    pub async fn is_invited(&mut self, community: ActorId, actor: ActorId) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM invitation WHERE community_id = $1 AND actor_id = $2)",
            community.0,
            actor.0
        )
        .map(Option::unwrap_or_default)
    }

    /// Withdraws an invitation.
    pub async fn remove_invitation(&mut self, community: ActorId, actor: ActorId) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM invitation WHERE community_id = $1 AND actor_id = $2",
            community.0,
            actor.0
        )
        .map(drop)
    }

    /// Vouches for a member since a moment, or no more; false when it was so
    /// already, or they are no member.
    pub async fn set_vouched(
        &mut self,
        community: ActorId,
        actor: ActorId,
        since: Option<Timestamp>,
    ) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE follow SET approved_at = $3 WHERE target_id = $1 AND follower_id = $2
                AND state = 'accepted'
                AND CASE WHEN $3 IS NULL THEN approved_at IS NOT NULL ELSE approved_at IS NULL END",
            community.0,
            actor.0,
            since.map(Timestamp::micros)
        )
        .map(|rows| rows > 0)
    }
}

//! Follows: who wants to hear whom, and whether that was granted.

use archipel_model::{ActorId, FollowId, Timestamp};

use crate::conn::sql;
use crate::maybe::Micros;
use crate::{Actor, Conn, Result};

/// Whether a follow was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowState {
    /// Asked, not decided.
    Pending,
    /// Granted.
    Accepted,
    /// Refused, or ended by the one who was followed.
    Rejected,
}
archipel_model::words! { FollowState {
    Pending => "pending", Accepted => "accepted", Rejected => "rejected",
} }

/// One actor's follow of another.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Follow {
    /// Its id.
    #[sqlx(try_from = "i64")]
    pub id: FollowId,
    /// Who follows.
    #[sqlx(try_from = "i64")]
    pub follower_id: ActorId,
    /// Who is followed.
    #[sqlx(try_from = "i64")]
    pub target_id: ActorId,
    /// Whether it was granted.
    #[sqlx(try_from = "String")]
    pub state: FollowState,
    /// The id of the Follow activity.
    pub uri: String,
    /// The Follow activity as it came, for the answer; none for local ones.
    pub raw: Option<String>,
    /// When it was first asked.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
}

impl Conn {
    /// Stores a follow. Asked again, it keeps its id and state but takes the new
    /// activity, which is the one that an answer must quote; a rejected one
    /// takes the new state.
    pub async fn put_follow(&mut self, follow: &Follow) -> Result<Follow> {
        sql!(
            self,
            fetch_one as Follow,
            "INSERT INTO follow
                (id, follower_id, target_id, state, uri, raw, created_at, decided_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
             ON CONFLICT (follower_id, target_id) DO UPDATE SET uri = excluded.uri,
                raw = excluded.raw,
                state = CASE WHEN follow.state = 'accepted' THEN 'accepted'
                    ELSE excluded.state END
             RETURNING id, follower_id, target_id, state, uri, raw, created_at",
            follow.id.0,
            follow.follower_id.0,
            follow.target_id.0,
            follow.state.as_str(),
            &follow.uri,
            follow.raw.as_deref(),
            follow.created_at.micros()
        )
    }

    /// The follow of one actor by another.
    pub async fn follow(&mut self, follower: ActorId, target: ActorId) -> Result<Option<Follow>> {
        sql!(
            self,
            fetch_optional as Follow,
            "SELECT id, follower_id, target_id, state, uri, raw, created_at FROM follow
             WHERE follower_id = $1 AND target_id = $2",
            follower.0,
            target.0
        )
    }

    /// The follow of this id.
    pub async fn follow_by_id(&mut self, id: FollowId) -> Result<Option<Follow>> {
        sql!(
            self,
            fetch_optional as Follow,
            "SELECT id, follower_id, target_id, state, uri, raw, created_at FROM follow
             WHERE id = $1",
            id.0
        )
    }

    /// The follow that this activity asked for.
    pub async fn follow_by_uri(&mut self, uri: &str, follower: ActorId) -> Result<Option<Follow>> {
        sql!(
            self,
            fetch_optional as Follow,
            "SELECT id, follower_id, target_id, state, uri, raw, created_at FROM follow
             WHERE follower_id = $2 AND uri = $1",
            uri,
            follower.0
        )
    }

    /// The follow by somebody here that this activity asked for.
    pub async fn local_follow_by_uri(&mut self, uri: &str) -> Result<Option<Follow>> {
        sql!(
            self,
            fetch_optional as Follow,
            "SELECT f.id, f.follower_id, f.target_id, f.state, f.uri, f.raw, f.created_at
             FROM follow f JOIN actor a ON a.id = f.follower_id
             WHERE f.uri = $1 AND a.is_local",
            uri
        )
    }

    /// Decides on a follow. Nobody vouches any more for who is let in no more.
    pub async fn decide_follow(
        &mut self,
        id: FollowId,
        state: FollowState,
        now: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM notification WHERE kind = 'follow_request' AND (owner_id, from_id) IN
                (SELECT target_id, follower_id FROM follow WHERE id = $1)",
            id.0
        )?;
        sql!(
            self,
            execute,
            "UPDATE follow SET state = $2, decided_at = $3,
                approved_at = CASE WHEN $2 = 'accepted' THEN approved_at END WHERE id = $1",
            id.0,
            state.as_str(),
            now.micros()
        )
        .map(drop)
    }

    /// Ends a follow; says whether there was one.
    pub async fn remove_follow(&mut self, follower: ActorId, target: ActorId) -> Result<bool> {
        sql!(
            self,
            execute,
            "DELETE FROM notification WHERE owner_id = $2 AND from_id = $1
                AND kind IN ('follow', 'follow_request')",
            follower.0,
            target.0
        )?;
        sql!(
            self,
            execute,
            "DELETE FROM follow WHERE follower_id = $1 AND target_id = $2",
            follower.0,
            target.0
        )
        .map(|rows| rows > 0)
    }

    /// Ends every follow of and by an actor that is gone.
    pub async fn remove_follows_of(&mut self, actor: ActorId) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM follow WHERE follower_id = $1 OR target_id = $1",
            actor.0
        )
        .map(drop)
    }

    /// How many follow an actor, granted; nobody of a server that is blocked.
    pub async fn follower_count(&mut self, target: ActorId) -> Result<i64> {
        sql!(
            self,
            fetch_scalar as i64,
            "SELECT count(*) FROM follow WHERE target_id = $1 AND state = 'accepted'
                AND follower_id NOT IN (SELECT id FROM actor WHERE host_blocked)",
            target.0
        )
        .map(Option::unwrap_or_default)
    }

    /// How many an actor follows, granted.
    pub async fn following_count(&mut self, follower: ActorId) -> Result<i64> {
        sql!(
            self,
            fetch_scalar as i64,
            "SELECT count(*) FROM follow WHERE follower_id = $1 AND state = 'accepted'",
            follower.0
        )
        .map(Option::unwrap_or_default)
    }

    /// Whether somebody here follows this actor, or asked to.
    pub async fn is_followed_here(&mut self, target: ActorId) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM follow f JOIN actor a ON a.id = f.follower_id
                WHERE f.target_id = $1 AND a.is_local AND a.state <> 'gone'
                    AND f.state <> 'rejected')",
            target.0
        )
        .map(Option::unwrap_or_default)
    }

    /// Whom an actor follows, or asked to.
    pub async fn followed_by(&mut self, follower: ActorId) -> Result<Vec<ActorId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "SELECT target_id FROM follow WHERE follower_id = $1 AND state <> 'rejected'
             ORDER BY id",
            follower.0
        )?;
        Ok(ids.into_iter().map(ActorId).collect())
    }

    /// Whom an actor follows, by ActivityPub id, and whether that was granted.
    pub async fn follows_of(&mut self, follower: ActorId) -> Result<Vec<(String, String)>> {
        sql!(
            self,
            fetch_all as (String, String),
            "SELECT a.uri, f.state FROM follow f JOIN actor a ON a.id = f.target_id
             WHERE f.follower_id = $1 ORDER BY f.id",
            follower.0
        )
    }

    /// Those of other servers who follow an actor, or asked to.
    pub async fn remote_followers(&mut self, target: ActorId) -> Result<Vec<Actor>> {
        sql!(
            self,
            fetch_all as Actor,
            "SELECT a.* FROM actor a JOIN follow f ON f.follower_id = a.id
             WHERE f.target_id = $1 AND f.state <> 'rejected' AND NOT a.is_local ORDER BY f.id",
            target.0
        )
    }

    /// Sets whether a member hears of each of their posts that is published; says
    /// whether they are a member.
    pub async fn set_tell_published(
        &mut self,
        follower: ActorId,
        target: ActorId,
        wanted: bool,
    ) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE follow SET tell_published = $3
             WHERE follower_id = $1 AND target_id = $2 AND state = 'accepted'",
            follower.0,
            target.0,
            wanted
        )
        .map(|rows| rows > 0)
    }

    /// Whether any member of a community hears of each of their posts that is published.
    pub async fn tells_anybody(&mut self, target: ActorId) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM follow WHERE target_id = $1 AND tell_published)",
            target.0
        )
        .map(Option::unwrap_or_default)
    }

    /// Whether a member hears of each of their posts that is published.
    pub async fn tells_published(&mut self, follower: ActorId, target: ActorId) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM follow WHERE follower_id = $1 AND target_id = $2
                AND state = 'accepted' AND tell_published)",
            follower.0,
            target.0
        )
        .map(Option::unwrap_or_default)
    }

    /// Who waits to be let in.
    pub async fn follow_requests(&mut self, target: ActorId) -> Result<Vec<Actor>> {
        sql!(
            self,
            fetch_all as Actor,
            "SELECT a.* FROM actor a JOIN follow f ON f.follower_id = a.id
             WHERE f.target_id = $1 AND f.state = 'pending' ORDER BY f.id",
            target.0
        )
    }
}

//! What bans reach: those that have run out, and where somebody takes part.

use archipel_model::{ActorId, MeasureId, Timestamp};

use crate::conn::sql;
use crate::maybe::Maybe;
use crate::{Actor, Conn, Result};

/// A ban.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct BanRow {
    /// Where; none for the whole server.
    #[sqlx(try_from = "Maybe")]
    pub community_id: Option<ActorId>,
    /// Whom.
    #[sqlx(try_from = "i64")]
    pub actor_id: ActorId,
    /// By which measure.
    #[sqlx(try_from = "i64")]
    pub measure_id: MeasureId,
    /// Until when.
    #[sqlx(try_from = "Maybe")]
    pub ends_at: Option<Timestamp>,
}

impl Conn {
    /// The ban of somebody in a community (`None`: on the whole server) that is in
    /// force.
    pub async fn ban_in_force(
        &mut self,
        community: Option<ActorId>,
        actor: ActorId,
        now: Timestamp,
    ) -> Result<Option<BanRow>> {
        sql!(
            self,
            fetch_optional as BanRow,
            "SELECT nullif(community_id, 0) AS community_id, actor_id, measure_id, ends_at FROM ban
             WHERE community_id = $1 AND actor_id = $2 AND (ends_at IS NULL OR ends_at > $3)",
            community.map_or(0, |id| id.0),
            actor.0,
            now.micros()
        )
    }

    /// Takes away the bans that have run out, at most `limit`, and gives them.
    pub async fn take_ended_bans(&mut self, now: Timestamp, limit: i64) -> Result<Vec<BanRow>> {
        let ended = sql!(
            self,
            fetch_all as BanRow,
            "SELECT nullif(community_id, 0) AS community_id, actor_id, measure_id, ends_at FROM ban WHERE ends_at <= $1
             ORDER BY ends_at LIMIT $2",
            now.micros(),
            limit
        )?;
        let mut taken = Vec::with_capacity(ended.len());
        for ban in ended {
            let gone = sql!(
                self,
                execute,
                "DELETE FROM ban WHERE community_id = $1 AND actor_id = $2 AND ends_at <= $3",
                ban.community_id.map_or(0, |id| id.0),
                ban.actor_id.0,
                now.micros()
            )?;
            if gone > 0 {
                taken.push(ban);
            }
        }
        Ok(taken)
    }

    /// The bans of somebody that are in force.
    pub async fn bans_of(&mut self, actor: ActorId, now: Timestamp) -> Result<Vec<BanRow>> {
        sql!(
            self,
            fetch_all as BanRow,
            "SELECT nullif(community_id, 0) AS community_id, actor_id, measure_id, ends_at FROM ban
             WHERE actor_id = $1 AND (ends_at IS NULL OR ends_at > $2) ORDER BY community_id",
            actor.0,
            now.micros()
        )
    }

    /// The living communities of this server that somebody belongs to, asked to join,
    /// or has posted in, by handle.
    pub async fn communities_of(&mut self, actor: ActorId) -> Result<Vec<Actor>> {
        sql!(
            self,
            fetch_all as Actor,
            "SELECT a.* FROM actor a WHERE a.is_local AND a.kind = 'Group' AND a.state = 'active'
                AND (EXISTS (SELECT 1 FROM follow f WHERE f.target_id = a.id
                        AND f.follower_id = $1 AND f.state <> 'rejected')
                    OR EXISTS (SELECT 1 FROM post p WHERE p.author_id = $1
                        AND p.community_id = a.id AND p.state <> 'deleted')
                    OR EXISTS (SELECT 1 FROM moderator m WHERE m.actor_id = $1
                        AND m.community_id = a.id))
             ORDER BY a.handle",
            actor.0
        )
    }

    /// One follower of a community of this server on each server that has some.
    pub async fn follower_of_each_server(&mut self) -> Result<Vec<ActorId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "SELECT min(a.id) FROM follow f JOIN actor a ON a.id = f.follower_id
                JOIN community c ON c.actor_id = f.target_id
             WHERE f.state = 'accepted' AND NOT a.is_local AND a.state = 'active'
             GROUP BY coalesce(a.shared_inbox, a.inbox)"
        )?;
        Ok(ids.into_iter().map(ActorId).collect())
    }
}

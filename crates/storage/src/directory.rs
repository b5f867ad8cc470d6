//! Finding people and communities without looking for them.

use archipel_model::ActorId;

use crate::conn::sql;
use crate::{Conn, Result};

/// Of whom everybody may be told: living, of servers that are not blocked, who did not
/// move away, and who want to be found. The tables are `a`, `r` (profile) and `c`
/// (community); `$1` is who asks, or 0.
macro_rules! listed {
    () => {
        "a.state = 'active' AND NOT a.host_blocked AND NOT a.host_limited
            AND a.moved_to IS NULL AND a.kind <> 'Application' AND a.id <> $1
            AND (c.reach = 'public' OR c.reach IS NULL
                AND coalesce(r.discoverable, a.kind = 'Group' AND NOT a.is_local))
            AND NOT EXISTS (SELECT 1 FROM block b WHERE b.owner_id = $1 AND b.target_id = a.id
                OR b.owner_id = a.id AND b.target_id = $1)
            AND NOT EXISTS (SELECT 1 FROM mute m WHERE m.owner_id = $1 AND m.target_id = a.id)
            AND NOT EXISTS (SELECT 1 FROM domain_block d
                WHERE d.owner_id = $1 AND d.host = a.host)"
    };
}

impl Conn {
    /// Those who want to be found: who showed something last first, or who came last.
    pub async fn directory(
        &mut self,
        eyes: Option<ActorId>,
        local: bool,
        newest: bool,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<ActorId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            concat!(
                "SELECT a.id FROM actor a LEFT JOIN profile r ON r.actor_id = a.id
                 LEFT JOIN community c ON c.actor_id = a.id
                 WHERE ",
                listed!(),
                " AND (a.is_local OR NOT $2)
                 ORDER BY CASE WHEN $3 THEN a.id ELSE coalesce(
                    (SELECT max(e.id) FROM feed_entry e WHERE e.actor_id = a.id), 0) END DESC,
                    a.id DESC
                 LIMIT $4 OFFSET $5"
            ),
            eyes.map_or(0, |eyes| eyes.0),
            local,
            newest,
            limit,
            offset
        )?;
        Ok(ids.into_iter().map(ActorId).collect())
    }

    /// Whom somebody does not follow yet and might want to: communities of here, then
    /// those of elsewhere, then people; each by how many follow them.
    pub async fn suggestions(&mut self, owner: ActorId, limit: i64) -> Result<Vec<ActorId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            concat!(
                "SELECT a.id FROM actor a LEFT JOIN profile r ON r.actor_id = a.id
                 LEFT JOIN community c ON c.actor_id = a.id
                 WHERE ",
                listed!(),
                " AND NOT EXISTS (SELECT 1 FROM follow f
                        WHERE f.follower_id = $1 AND f.target_id = a.id)
                    AND NOT EXISTS (SELECT 1 FROM suggestion_dismissed s
                        WHERE s.owner_id = $1 AND s.target_id = a.id)
                    AND NOT EXISTS (SELECT 1 FROM ban x
                        WHERE x.community_id = a.id AND x.actor_id = $1)
                    AND (c.join_policy IS NULL OR c.join_policy <> 'invitation')
                 ORDER BY CASE WHEN a.kind <> 'Group' THEN 2 WHEN a.is_local THEN 0 ELSE 1 END,
                    (SELECT count(*) FROM follow f WHERE f.target_id = a.id) DESC, a.id
                 LIMIT $2"
            ),
            owner.0,
            limit
        )?;
        Ok(ids.into_iter().map(ActorId).collect())
    }

    /// Suggests somebody no more.
    pub async fn dismiss_suggestion(&mut self, owner: ActorId, target: ActorId) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO suggestion_dismissed (owner_id, target_id) VALUES ($1, $2)
             ON CONFLICT DO NOTHING",
            owner.0,
            target.0
        )
        .map(drop)
    }

    /// Those whom `owner` follows and who follow `target`.
    pub async fn familiar_followers(
        &mut self,
        owner: ActorId,
        target: ActorId,
        limit: i64,
    ) -> Result<Vec<ActorId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "SELECT f.target_id FROM follow f
             JOIN follow g ON g.follower_id = f.target_id AND g.target_id = $2
                AND g.state = 'accepted'
             JOIN actor a ON a.id = f.target_id
             LEFT JOIN profile r ON r.actor_id = f.target_id
             WHERE f.follower_id = $1 AND f.state = 'accepted' AND a.state = 'active'
                AND a.kind <> 'Group' AND NOT coalesce(r.hide_collections, FALSE)
             ORDER BY f.id DESC LIMIT $3",
            owner.0,
            target.0,
            limit
        )?;
        Ok(ids.into_iter().map(ActorId).collect())
    }
}

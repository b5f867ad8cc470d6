//! What this server tells of itself and its neighbours in numbers and names.

use archipel_model::{ActorId, Timestamp};

use crate::conn::sql;
use crate::{Conn, Result};

impl Conn {
    /// The administrator who has been one here longest, for people to turn to.
    pub async fn first_admin(&mut self) -> Result<Option<ActorId>> {
        let id = sql!(
            self,
            fetch_scalar as i64,
            "SELECT a.id FROM account c JOIN actor a ON a.id = c.actor_id
             WHERE c.is_admin AND a.state = 'active' ORDER BY c.id LIMIT 1"
        )?;
        Ok(id.map(ActorId))
    }

    /// Servers that were met and are not blocked, by name, at most `limit`.
    pub async fn known_hosts(&mut self, limit: i64) -> Result<Vec<String>> {
        sql!(
            self,
            fetch_scalars as String,
            "SELECT host FROM peer WHERE policy <> 'blocked' ORDER BY host LIMIT $1",
            limit
        )
    }

    /// Servers that were decided against: name, whether blocked (else limited), why.
    pub async fn judged_hosts(&mut self) -> Result<Vec<(String, bool, Option<String>)>> {
        sql!(
            self,
            fetch_all as (String, bool, Option<String>),
            "SELECT host, policy = 'blocked', reason FROM peer
             WHERE policy IN ('blocked', 'limited') ORDER BY host"
        )
    }

    /// Between two moments: posts written here, people who wrote, new accounts.
    pub async fn week(&mut self, from: Timestamp, to: Timestamp) -> Result<(i64, i64, i64)> {
        sql!(
            self,
            fetch_one as (i64, i64, i64),
            "SELECT
                (SELECT count(*) FROM post WHERE is_local AND state = 'published'
                    AND id >= $3 AND id < $4),
                (SELECT count(DISTINCT author_id) FROM post WHERE is_local
                    AND state = 'published' AND id >= $3 AND id < $4),
                (SELECT count(*) FROM account WHERE created_at >= $1 AND created_at < $2)",
            from.micros(),
            to.micros(),
            from.millis() << 16,
            to.millis() << 16
        )
    }
}

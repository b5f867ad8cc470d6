//! Servers of which single members want to see nothing.

use archipel_model::{ActorId, Timestamp};

use crate::conn::sql;
use crate::window::page;
use crate::{Conn, Result, Window};

impl Conn {
    /// Wants to see nothing of a server.
    pub async fn put_domain_block(
        &mut self,
        id: i64,
        owner: ActorId,
        host: &str,
        now: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO domain_block (id, owner_id, host, created_at)
             VALUES ($1, $2, $3, $4) ON CONFLICT (owner_id, host) DO NOTHING",
            id,
            owner.0,
            host,
            now.micros()
        )
        .map(drop)
    }

    /// Sees a server again.
    pub async fn remove_domain_block(&mut self, owner: ActorId, host: &str) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM domain_block WHERE owner_id = $1 AND host = $2",
            owner.0,
            host
        )
        .map(drop)
    }

    /// The servers of which somebody wants to see nothing.
    pub async fn domain_block_page(
        &mut self,
        owner: ActorId,
        window: Window,
    ) -> Result<Vec<(i64, String)>> {
        page!(
            self,
            window,
            as (i64, String),
            "SELECT id, host FROM domain_block WHERE owner_id = $4",
            "id",
            owner.0
        )
    }

    /// How many somebody follows of a server, and how many follow them from there.
    pub async fn follows_with_host(&mut self, owner: ActorId, host: &str) -> Result<(i64, i64)> {
        sql!(
            self,
            fetch_one as (i64, i64),
            "SELECT
                (SELECT count(*) FROM follow f JOIN actor a ON a.id = f.target_id
                    WHERE f.follower_id = $1 AND f.state = 'accepted' AND a.host = $2),
                (SELECT count(*) FROM follow f JOIN actor a ON a.id = f.follower_id
                    WHERE f.target_id = $1 AND f.state = 'accepted' AND a.host = $2)",
            owner.0,
            host
        )
    }

    /// Everybody of a server whom somebody follows or who follows them.
    pub async fn tied_to_host(&mut self, owner: ActorId, host: &str) -> Result<Vec<ActorId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "SELECT a.id FROM actor a WHERE a.host = $2 AND (
                EXISTS (SELECT 1 FROM follow f
                    WHERE f.follower_id = $1 AND f.target_id = a.id)
                OR EXISTS (SELECT 1 FROM follow f
                    WHERE f.follower_id = a.id AND f.target_id = $1))",
            owner.0,
            host
        )?;
        Ok(ids.into_iter().map(ActorId).collect())
    }
}

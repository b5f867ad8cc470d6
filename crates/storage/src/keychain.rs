//! The keys of local actors, one generation after the other. A generation is shown
//! before it signs, signs, and is shown for a while after the next one took over.

use archipel_model::{ActorId, Timestamp};

use crate::conn::sql;
use crate::{Conn, Result, Tx};

impl Conn {
    /// Every key of an actor that ever was, so that no id is used again.
    pub async fn key_ids(&mut self, actor: ActorId) -> Result<Vec<String>> {
        sql!(
            self,
            fetch_scalars as String,
            "SELECT id FROM actor_key WHERE actor_id = $1",
            actor.0
        )
    }

    /// The local actors whose new keys sign since before this moment, of which the
    /// world was not told yet.
    pub async fn has_untold_keys(&mut self, before: Timestamp) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM actor_key WHERE private IS NOT NULL
                AND told_at IS NULL AND signs_from > 0 AND signs_from <= $1)",
            before.micros()
        )
        .map(Option::unwrap_or_default)
    }

    /// Has the keys of an actor that sign now replaced by those that follow: they are
    /// shown until `retired_at` and no longer.
    pub async fn retire_keys(&mut self, actor: ActorId, retired_at: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE actor_key SET retired_at = $2 WHERE actor_id = $1 AND private IS NOT NULL
                AND (retired_at IS NULL OR retired_at > $2)",
            actor.0,
            retired_at.micros()
        )
        .map(drop)
    }

    /// Forgets the private part of keys that are not shown any more since before this
    /// moment. Their ids stay taken.
    pub async fn forget_retired_keys(&mut self, before: Timestamp) -> Result<u64> {
        sql!(
            self,
            execute,
            "UPDATE actor_key SET private = NULL WHERE private IS NOT NULL
                AND retired_at IS NOT NULL AND retired_at < $1",
            before.micros()
        )
    }
}

impl Tx {
    /// Takes the telling of new keys upon this transaction; gives whose they are.
    /// Each is given once, whichever node asks.
    pub async fn take_untold_keys(
        &mut self,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<ActorId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "UPDATE actor_key SET told_at = $2 WHERE private IS NOT NULL AND told_at IS NULL
                AND signs_from > 0 AND signs_from <= $1 RETURNING actor_id",
            before.micros(),
            now.micros()
        )?;
        let ids: std::collections::BTreeSet<i64> = ids.into_iter().collect();
        Ok(ids.into_iter().map(ActorId).collect())
    }
}

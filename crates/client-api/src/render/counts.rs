//! Counts of actors, kept for a while: exact ones cost more the more somebody wrote.

use std::time::Duration;

use archipel_model::ActorId;
use archipel_storage::{Conn, Counts};
use moka::sync::Cache;

use crate::error::Result;

/// How old a count may be.
const FRESH: Duration = Duration::from_secs(30);
/// Actors whose counts are kept.
const KEPT: u64 = 20_000;

/// The counts that are kept.
#[derive(Debug)]
pub(crate) struct CountCache(Cache<ActorId, Counts>);

impl Default for CountCache {
    fn default() -> Self {
        Self(
            Cache::builder()
                .max_capacity(KEPT)
                .time_to_live(FRESH)
                .build(),
        )
    }
}

impl CountCache {
    /// The counts of an actor, at most [`FRESH`] old.
    pub(crate) async fn of(&self, conn: &mut Conn, actor: ActorId) -> Result<Counts> {
        if let Some(counts) = self.0.get(&actor) {
            return Ok(counts);
        }
        let counts = conn.counts_of(actor).await?;
        self.0.insert(actor, counts);
        Ok(counts)
    }

    /// Forgets the counts of an actor who just did something.
    pub(crate) fn forget(&self, actor: ActorId) {
        self.0.invalidate(&actor);
    }
}

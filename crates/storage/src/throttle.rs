//! How often something was tried lately. All nodes count in one table.

use std::time::Duration;

use archipel_model::Timestamp;

use crate::conn::sql;
use crate::{Conn, Result};

/// The longest window that anything is counted in; what is older is forgotten.
const LONGEST: Duration = Duration::from_hours(24);

impl Conn {
    /// Counts one more try under this key, and says how many there were in its window,
    /// this one included. A window begins with the first try.
    pub async fn hit(&mut self, key: &str, window: Duration, now: Timestamp) -> Result<i64> {
        sql!(
            self,
            fetch_scalar as i64,
            "INSERT INTO throttle (key, since, count) VALUES ($1, $2, 1)
             ON CONFLICT (key) DO UPDATE SET
                count = CASE WHEN throttle.since <= $3 THEN 1 ELSE throttle.count + 1 END,
                since = CASE WHEN throttle.since <= $3 THEN $2 ELSE throttle.since END
             RETURNING count",
            key,
            now.micros(),
            now.minus(window).micros()
        )
        .map(|count| count.unwrap_or(1))
    }

    /// How many tries there were under this key in its window.
    pub async fn hits(&mut self, key: &str, window: Duration, now: Timestamp) -> Result<i64> {
        sql!(
            self,
            fetch_scalar as i64,
            "SELECT count FROM throttle WHERE key = $1 AND since > $2",
            key,
            now.minus(window).micros()
        )
        .map(Option::unwrap_or_default)
    }

    /// Counts from nothing again, for a key that proved to be in good hands.
    pub async fn forget_hits(&mut self, key: &str) -> Result<()> {
        sql!(self, execute, "DELETE FROM throttle WHERE key = $1", key).map(drop)
    }

    /// Takes one try back, of somebody who proved to be who they say.
    pub async fn forgive_hit(&mut self, key: &str) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE throttle SET count = count - 1 WHERE key = $1 AND count > 0",
            key
        )
        .map(drop)
    }

    /// How long until the tries under this key are forgotten.
    pub async fn until_forgotten(
        &mut self,
        key: &str,
        window: Duration,
        now: Timestamp,
    ) -> Result<Duration> {
        let since = sql!(
            self,
            fetch_scalar as i64,
            "SELECT since FROM throttle WHERE key = $1",
            key
        )?;
        Ok(since.map_or(Duration::ZERO, |since| {
            Timestamp::from_micros(since).plus(window).since(now)
        }))
    }

    /// Removes what nothing is counted in any more.
    pub(crate) async fn tidy_throttle(&mut self, now: Timestamp) -> Result<u64> {
        sql!(
            self,
            execute,
            "DELETE FROM throttle WHERE since < $1",
            now.minus(LONGEST).micros()
        )
    }
}

//! Removes what was done long ago, a little at a time.

use std::time::Duration;

use archipel_model::Timestamp;

use crate::conn::sql;
use crate::{Conn, Result};

/// How long what was done is kept: for operators to see, and so that an activity
/// that comes again is known.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// Most rows of each kind removed in one go.
const AT_ONCE: i64 = 5_000;

impl Conn {
    /// Removes finished inbox items and deliveries, and renderings that nobody
    /// waits for, and the tombstones of posts that never came, when they are older
    /// than thirty days. Says how many rows went.
    pub async fn tidy(&mut self, now: Timestamp) -> Result<u64> {
        let before = now.minus(KEPT).micros();
        let received = sql!(
            self,
            execute,
            "DELETE FROM inbox_item WHERE id IN (SELECT id FROM inbox_item
                WHERE received_at < $1 AND state IN ('done', 'refused') ORDER BY id LIMIT $2)",
            before,
            AT_ONCE
        )?;
        let renderings = sql!(
            self,
            execute,
            "DELETE FROM rendering WHERE activity_id IN (SELECT y.id FROM activity y
                WHERE y.created_at < $1 AND y.state = 'expanded'
                    AND EXISTS (SELECT 1 FROM rendering r WHERE r.activity_id = y.id)
                    AND NOT EXISTS (SELECT 1 FROM delivery q
                        WHERE q.activity_id = y.id AND q.state = 'queued')
                ORDER BY y.id LIMIT $2)",
            before,
            AT_ONCE
        )?;
        let delivered = sql!(
            self,
            execute,
            "DELETE FROM delivery WHERE state <> 'queued' AND activity_id IN
                (SELECT y.id FROM activity y WHERE y.created_at < $1
                    AND EXISTS (SELECT 1 FROM delivery q
                        WHERE q.activity_id = y.id AND q.state <> 'queued')
                    ORDER BY y.id LIMIT $2)",
            before,
            AT_ONCE
        )?;
        let never_came = sql!(
            self,
            execute,
            "DELETE FROM post WHERE id IN (SELECT id FROM post
                WHERE state = 'deleted' AND created_at < $1 AND updated_at = created_at
                    AND NOT is_local AND visibility = 'direct'
                ORDER BY id LIMIT $2)",
            before,
            AT_ONCE
        )?;
        Ok(received + renderings + delivered + never_came)
    }
}

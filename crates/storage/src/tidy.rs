//! Removes what was done long ago, a little at a time.

use std::time::Duration;

use archipel_model::Timestamp;

use crate::conn::sql;
use crate::{Conn, Result};

/// How long what was done is kept: for operators to see, and so that an activity
/// that comes again is known.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// How long the private part of a key is kept that is shown no more: what was queued
/// may still have to be signed with it.
const KEY_KEPT: Duration = Duration::from_hours(7 * 24);

/// Most rows of each kind removed in one go.
const AT_ONCE: i64 = 5_000;

impl Conn {
    /// Removes finished inbox items and deliveries, and renderings that nobody
    /// waits for, the tombstones of posts that never came, when they are older than
    /// thirty days, and private keys out of use. Says how many rows went.
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
        let delivered = self.forget_deliveries(before).await?;
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
        let keys = self.forget_retired_keys(now.minus(KEY_KEPT)).await?;
        let tries = self.tidy_throttle(now).await?;
        let secrets = self.tidy_mail_tokens(now).await?;
        let sessions = self.tidy_sessions(now).await?;
        let grants = self.tidy_grants(now).await?;
        let own = tries + secrets + sessions + grants;
        Ok(received + renderings + delivered + never_came + keys + own)
    }

    /// Removes deliveries that ended, and notes whom they reached before that.
    async fn forget_deliveries(&mut self, before: i64) -> Result<u64> {
        // No delivery ends between the note and the removal.
        self.lock_queue().await?;
        let activities = sql!(
            self,
            fetch_scalars as i64,
            "SELECT y.id FROM activity y WHERE y.created_at < $1
                AND EXISTS (SELECT 1 FROM delivery q
                    WHERE q.activity_id = y.id AND q.state <> 'queued')
             ORDER BY y.id LIMIT $2",
            before,
            AT_ONCE
        )?;
        if activities.is_empty() {
            return Ok(0);
        }
        self.note_reached_by(&activities).await?;
        sql!(
            self,
            execute,
            "DELETE FROM delivery WHERE state <> 'queued' AND activity_id IN
                (SELECT CAST(value AS BIGINT) FROM json_each($1))",
            crate::json_list(&activities)
        )
    }
}

//! One serving process among others: who may take over what was held before.
//!
//! Work is taken under leases, so that a dead node's work goes on elsewhere. A node
//! that finds itself alone need not wait for leases of its former life to run out.

use std::fs::File;
use std::time::Duration;

use archipel_model::Timestamp;
use sqlx::{Connection as _, PgConnection};

use crate::conn::sql;
use crate::{Error, Result, Store, Tx};

/// Held by a serving process for as long as it lives.
#[derive(Debug)]
pub struct Node {
    _hold: Hold,
}

#[derive(Debug)]
#[expect(dead_code, reason = "held, not read: dropping it tells others")]
enum Hold {
    /// The lock file beside an SQLite database.
    File(File),
    /// The session that holds a shared lock of PostgreSQL.
    Session(PgConnection),
}

/// How long a process has to live before it touches again what was in hand twice when
/// one died.
const QUIET: Duration = Duration::from_secs(10);

/// The advisory locks of serving nodes: one held shared for a node's whole life,
/// one while a node finds out whether it is alone.
const ALIVE: &str = "SELECT pg_advisory_lock_shared(4242003)";
const ALONE: &str = "SELECT pg_try_advisory_lock(4242003)";
const DONE_ASKING: &str = "SELECT pg_advisory_unlock(4242003)";

impl Store {
    /// Begins to serve. On SQLite nobody else may; on PostgreSQL others may, and
    /// leases are only taken back from the dead when nobody else is there.
    ///
    /// Work that was in hand twice when a process died waits for [`QUIET`]: else three
    /// quick restarts, each while the same piece is the first to be worked on, put it
    /// aside as if it had killed them.
    pub async fn begin_serving(&self, now: Timestamp) -> Result<Node> {
        if let Some(file) = self.file() {
            let lock = File::create(file.with_extension("lock"))?;
            if lock.try_lock().is_err() {
                return Err(Error::InUse(file));
            }
            self.take_leases_back(now).await?;
            return Ok(Node {
                _hold: Hold::File(lock),
            });
        }
        let mut session = self.session().await?;
        let alone: bool = sqlx::query_scalar(ALONE).fetch_one(&mut session).await?;
        if alone {
            self.take_leases_back(now).await?;
        }
        sqlx::query(ALIVE).execute(&mut session).await?;
        if alone {
            sqlx::query(DONE_ASKING).execute(&mut session).await?;
        }
        session.ping().await?;
        Ok(Node {
            _hold: Hold::Session(session),
        })
    }

    async fn take_leases_back(&self, now: Timestamp) -> Result<()> {
        let mut tx: Tx = self.write().await?;
        sql!(
            tx,
            execute,
            "UPDATE inbox_item SET lease_until = 0,
                next_try_at = CASE WHEN crashes > 1 AND next_try_at < $1 THEN $1
                    ELSE next_try_at END
             WHERE state = 'waiting' AND lease_until > 0",
            now.plus(QUIET).micros()
        )?;
        sql!(
            tx,
            execute,
            "UPDATE destination SET lease_until = 0 WHERE lease_until > 0"
        )?;
        tx.commit().await
    }
}

//! What was received: kept before we answer, worked on afterwards, replayable.

use archipel_model::{InboxId, Timestamp};
use serde::Serialize;

use crate::conn::sql;
use crate::maybe::{Maybe, Micros};
use crate::{Conn, Result, Tx};

/// Where the work on something received stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboxState {
    /// Waits, or is tried again.
    Waiting,
    /// Had its effect.
    Done,
    /// Understood, and rightly without effect.
    Refused,
    /// Put aside after repeated trouble; an operator can retry it.
    Quarantined,
}
archipel_model::words! { InboxState {
    Waiting => "waiting", Done => "done", Refused => "refused", Quarantined => "quarantined",
} }

/// Something to keep.
#[derive(Clone, Debug, Serialize)]
pub struct NewInboxItem {
    /// Our id for it.
    pub id: i64,
    /// The activity's id.
    pub activity_uri: String,
    /// Who signed.
    pub signer_uri: String,
    /// Its type.
    pub kind: String,
    /// What must be worked on in order.
    pub order_key: String,
    /// The exact bytes.
    pub raw: String,
    /// When it came, microseconds.
    pub received_at: i64,
}

/// Something to work on.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct InboxItem {
    /// Its id.
    #[sqlx(try_from = "i64")]
    pub id: InboxId,
    /// Who signed.
    pub signer_uri: String,
    /// What must be worked on in order.
    pub order_key: String,
    /// The exact bytes.
    pub raw: String,
    /// How often it was tried in an orderly way.
    pub attempts: i64,
    /// How often the work on it never ended in an orderly way.
    pub crashes: i64,
    /// When it came.
    #[sqlx(try_from = "Micros")]
    pub received_at: Timestamp,
}

/// Something received, as an operator sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct InboxView {
    /// Its id.
    #[sqlx(try_from = "i64")]
    pub id: InboxId,
    /// The activity's id.
    pub activity_uri: String,
    /// Who signed.
    pub signer_uri: String,
    /// Its type.
    pub kind: String,
    /// Where it stands.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// What came of it, in words.
    pub outcome: Option<String>,
    /// The exact bytes.
    pub raw: String,
    /// When it came.
    #[sqlx(try_from = "Micros")]
    pub received_at: Timestamp,
    /// When it is tried next.
    #[sqlx(try_from = "Maybe")]
    pub next_try_at: Option<Timestamp>,
    /// When it ended.
    #[sqlx(try_from = "Maybe")]
    pub done_at: Option<Timestamp>,
}

/// How the work on one item ended, for [`Conn::finish_inbox`].
#[derive(Clone, Debug, Serialize)]
pub struct InboxResult {
    /// Which one.
    pub id: i64,
    /// Where it stands now.
    pub state: &'static str,
    /// How often it was tried in an orderly way.
    pub attempts: i64,
    /// When it is tried again, microseconds.
    pub next_try_at: i64,
    /// What came of it, in words.
    pub outcome: String,
    /// When it ended, microseconds.
    pub done_at: Option<i64>,
}

/// States as the list that `json_each` takes.
pub(crate) fn states_list(states: &[&str]) -> String {
    let rows: Vec<_> = states
        .iter()
        .map(|state| serde_json::json!({ "state": state }))
        .collect();
    crate::json_list(&rows)
}

impl Tx {
    /// Keeps what was received; what is known of the same signer is left alone.
    /// Workers are woken after the commit. NUL characters, which no database here
    /// can store, are left out. In one order, so that nodes that were sent the same
    /// do not wait for each other.
    pub async fn keep(&mut self, items: &[NewInboxItem]) -> Result<u64> {
        self.wake_inbox();
        sql!(
            self,
            execute,
            "INSERT INTO inbox_item (id, activity_uri, signer_uri, kind, order_key, raw,
                received_at, next_try_at)
             SELECT CAST(value ->> 'id' AS BIGINT), value ->> 'activity_uri',
                value ->> 'signer_uri', value ->> 'kind', value ->> 'order_key', value ->> 'raw',
                CAST(value ->> 'received_at' AS BIGINT), CAST(value ->> 'received_at' AS BIGINT)
             FROM json_each($1) WHERE true ORDER BY value ->> 'signer_uri', value ->> 'activity_uri'
             ON CONFLICT (signer_uri, activity_uri) DO NOTHING",
            crate::json_list(items)
        )
    }
}

impl Conn {
    /// Whether this was received before.
    pub async fn is_kept(&mut self, signer: &str, activity: &str) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM inbox_item WHERE signer_uri = $1 AND activity_uri = $2)",
            signer,
            activity
        )
        .map(Option::unwrap_or_default)
    }

    /// Takes work until `lease_until`, in order; counted as crashed until its end
    /// is written. What follows an item about the same object that has to wait,
    /// waits too. An item that crashed before is taken alone.
    ///
    /// `NOT … >` keeps SQLite, and the subquery in place of `NOT EXISTS` keeps
    /// PostgreSQL, on the way through the queue in its order, which can stop after
    /// `limit`.
    pub async fn claim_inbox(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: i64,
    ) -> Result<Vec<InboxItem>> {
        if let crate::conn::Driver::Postgres(conn) = self.driver() {
            // One claimer at a time: two would not see each other's leases.
            sqlx::query("SELECT pg_advisory_xact_lock(4242001)")
                .execute(conn)
                .await?;
        }
        let crashed = sql!(
            self,
            fetch_scalar as i64,
            "SELECT i.id FROM inbox_item i WHERE i.state = 'waiting' AND i.crashes > 0
                AND NOT i.next_try_at > $1 AND i.lease_until <= $1
                AND NOT EXISTS (SELECT 1 FROM inbox_item e WHERE e.state = 'waiting'
                    AND e.order_key = i.order_key AND e.id < i.id)
             ORDER BY i.id LIMIT 1",
            now.micros()
        )?;
        let ids = match crashed {
            Some(id) => vec![id],
            None => sql!(
                self,
                fetch_scalars as i64,
                "SELECT i.id FROM inbox_item i WHERE i.state = 'waiting' AND i.crashes = 0
                        AND NOT i.next_try_at > $1 AND i.lease_until <= $1
                        AND (SELECT e.id FROM inbox_item e WHERE e.state = 'waiting'
                            AND e.order_key = i.order_key AND e.id < i.id
                            AND (e.next_try_at > $1 OR e.lease_until > $1 OR e.crashes > 0)
                            LIMIT 1) IS NULL
                     ORDER BY i.id LIMIT $2",
                now.micros(),
                limit
            )?,
        };
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut items = sql!(
            self,
            fetch_all as InboxItem,
            "UPDATE inbox_item SET lease_until = $2, crashes = crashes + 1
             WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))
             RETURNING id, signer_uri, order_key, raw, attempts, crashes - 1 AS crashes,
                received_at",
            crate::json_list(&ids),
            lease_until.micros()
        )?;
        items.sort_by_key(|item| item.id);
        Ok(items)
    }

    /// Writes down how the work ended, all in one statement.
    pub async fn finish_inbox(&mut self, results: &[InboxResult]) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE inbox_item SET state = v.value ->> 'state', crashes = 0, lease_until = 0,
                attempts = CAST(v.value ->> 'attempts' AS BIGINT),
                next_try_at = CAST(v.value ->> 'next_try_at' AS BIGINT),
                outcome = v.value ->> 'outcome',
                done_at = CAST(v.value ->> 'done_at' AS BIGINT)
             FROM json_each($1) AS v
             WHERE inbox_item.id = CAST(v.value ->> 'id' AS BIGINT)",
            crate::json_list(results)
        )
        .map(drop)
    }

    /// Gives items back unworked, because another one of the batch crashed or
    /// something that they follow has to wait.
    pub async fn release_inbox(&mut self, ids: &[InboxId]) -> Result<()> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        sql!(
            self,
            execute,
            "UPDATE inbox_item SET lease_until = 0, crashes = crashes - 1
             WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) AND crashes > 0",
            crate::json_list(&ids)
        )
        .map(drop)
    }

    /// Keeps items taken until `lease_until`, because something that they need is
    /// being fetched; nothing crashed.
    pub async fn hold_inbox(&mut self, ids: &[InboxId], lease_until: Timestamp) -> Result<()> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        sql!(
            self,
            execute,
            "UPDATE inbox_item SET lease_until = $2,
                crashes = CASE WHEN crashes > 0 THEN crashes - 1 ELSE 0 END
             WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
            crate::json_list(&ids),
            lease_until.micros()
        )
        .map(drop)
    }

    /// Gives one item back with its mark of having crashed.
    pub async fn unlease_inbox(&mut self, id: InboxId) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE inbox_item SET lease_until = 0 WHERE id = $1",
            id.0
        )
        .map(drop)
    }

    /// When the next item becomes workable, microseconds; none when nothing waits.
    pub async fn next_inbox_due(&mut self, now: Timestamp) -> Result<Option<i64>> {
        sql!(
            self,
            fetch_scalar as Option<i64>,
            "SELECT min(t.due) FROM (
                SELECT min(next_try_at) AS due FROM inbox_item
                WHERE state = 'waiting' AND next_try_at > $1 AND lease_until <= $1
                UNION ALL
                SELECT min(CASE WHEN lease_until > next_try_at THEN lease_until
                    ELSE next_try_at END) AS due FROM inbox_item
                WHERE state = 'waiting' AND crashes > 0 AND lease_until > $1) AS t",
            now.micros()
        )
        .map(Option::flatten)
    }

    /// What was received, newest first, in these states; `retrying` stands for
    /// what waits after a try.
    pub async fn inbox_views(&mut self, states: &[&str], limit: i64) -> Result<Vec<InboxView>> {
        sql!(
            self,
            fetch_all as InboxView,
            "SELECT * FROM (SELECT id, activity_uri, signer_uri, kind,
                CASE WHEN state = 'waiting' AND attempts > 0 THEN 'retrying' ELSE state END
                    AS state,
                attempts, outcome, raw, received_at,
                CASE WHEN state = 'waiting' THEN next_try_at END AS next_try_at, done_at
                FROM inbox_item) AS i
             WHERE state IN (SELECT v.value ->> 'state' FROM json_each($1) AS v)
             ORDER BY id DESC LIMIT $2",
            states_list(states),
            limit
        )
    }

    /// One thing that was received.
    pub async fn inbox_view(&mut self, id: InboxId) -> Result<Option<InboxView>> {
        sql!(
            self,
            fetch_optional as InboxView,
            "SELECT id, activity_uri, signer_uri, kind,
                CASE WHEN state = 'waiting' AND attempts > 0 THEN 'retrying' ELSE state END
                    AS state,
                attempts, outcome, raw, received_at,
                CASE WHEN state = 'waiting' THEN next_try_at END AS next_try_at, done_at
             FROM inbox_item WHERE id = $1",
            id.0
        )
    }

    /// Makes one item, or every one put aside, waiting again; says how many. What
    /// somebody works on stays theirs until the lease ends.
    pub async fn retry_inbox(&mut self, id: Option<InboxId>, now: Timestamp) -> Result<u64> {
        sql!(
            self,
            execute,
            "UPDATE inbox_item SET state = 'waiting', next_try_at = $2, attempts = 0, done_at = NULL,
                crashes = CASE WHEN lease_until > $2 THEN crashes ELSE 0 END
             WHERE (id = $1) OR ($1 IS NULL AND state = 'quarantined')",
            id.map(|id| id.0),
            now.micros()
        )
    }
}

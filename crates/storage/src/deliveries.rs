//! Deliveries: one activity on its way to one destination.

use archipel_model::{ActivityId, DestinationId, Timestamp};
use serde::Serialize;

use crate::conn::sql;
use crate::maybe::{Maybe, MaybeWord};
use crate::{ActivityKind, Conn, PostKind, Result};

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// Waits, or is tried again.
    Queued,
    /// The peer took it.
    Delivered,
    /// The peer refused it for good, in words that were kept.
    Refused,
    /// Not said in this peer's dialect, or nothing was left to say.
    Skipped,
    /// Kept back: the peer is not spoken with.
    Withheld,
}
archipel_model::words! { DeliveryState {
    Queued => "queued", Delivered => "delivered", Refused => "refused",
    Skipped => "skipped", Withheld => "withheld",
} }

/// A delivery that may be tried now.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct QueuedDelivery {
    /// Where to.
    #[sqlx(try_from = "i64")]
    pub destination_id: DestinationId,
    /// What.
    #[sqlx(try_from = "i64")]
    pub activity_id: ActivityId,
    /// What is said.
    #[sqlx(try_from = "String")]
    pub kind: ActivityKind,
    /// Who says it.
    #[sqlx(try_from = "i64")]
    pub actor_id: archipel_model::ActorId,
    /// The key that signs it first, when that is not the current one.
    pub key_id: Option<String>,
    /// What must arrive in order.
    pub object_key: String,
    /// How often it was tried.
    pub attempts: i64,
    /// The form of the thread that it is about.
    #[sqlx(try_from = "MaybeWord")]
    pub thread_kind: Option<PostKind>,
}

/// How one try ended.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryResult {
    /// Where to.
    pub destination: i64,
    /// What.
    pub activity: i64,
    /// Where it stands now.
    pub state: &'static str,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried again, microseconds.
    pub next_try_at: i64,
    /// The peer's status, if it answered.
    pub status: Option<i64>,
    /// The peer's words, or ours about why it did not answer.
    pub words: Option<String>,
    /// When it ended, microseconds.
    pub done_at: Option<i64>,
}

/// A delivery as an operator sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DeliveryView {
    /// What.
    #[sqlx(try_from = "i64")]
    pub activity_id: ActivityId,
    /// What is said.
    pub kind: String,
    /// The activity's ActivityPub id.
    pub activity: String,
    /// The post's or actor's ActivityPub id.
    pub object: Option<String>,
    /// The peer.
    pub host: String,
    /// The inbox.
    pub inbox: String,
    /// Where it stands.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// The peer's last status.
    pub status: Option<i64>,
    /// The peer's last words.
    pub words: Option<String>,
    /// When it is tried next.
    #[sqlx(try_from = "Maybe")]
    pub next_try_at: Option<Timestamp>,
    /// When it ended.
    #[sqlx(try_from = "Maybe")]
    pub done_at: Option<Timestamp>,
}

impl Conn {
    /// What may be sent now to these destinations, at most `per_destination` to
    /// each, in order. What follows an earlier delivery about the same object
    /// that has to wait, waits too.
    ///
    /// `+ 0` and the subquery in place of `NOT EXISTS` keep planners on the way
    /// through the queue in its order, which can stop after `per_destination`.
    pub async fn queued_deliveries(
        &mut self,
        destinations: &[DestinationId],
        now: Timestamp,
        per_destination: i64,
    ) -> Result<Vec<QueuedDelivery>> {
        let ids: Vec<i64> = destinations.iter().map(|id| id.0).collect();
        sql!(
            self,
            fetch_all as QueuedDelivery,
            sqlite: "SELECT q.destination_id, q.activity_id, y.kind, y.actor_id, y.key_id,
                q.object_key, q.attempts, y.thread_kind
             FROM json_each($1) AS d JOIN delivery q ON q.destination_id = CAST(d.value AS BIGINT)
                AND q.activity_id IN (SELECT x.activity_id FROM delivery x
                    WHERE x.destination_id = CAST(d.value AS BIGINT) AND x.state = 'queued'
                        AND x.next_try_at + 0 <= $2
                        AND (SELECT e.activity_id FROM delivery e
                            WHERE e.destination_id = x.destination_id AND e.state = 'queued'
                                AND e.object_key = x.object_key AND e.activity_id < x.activity_id
                                AND (e.next_try_at > $2 OR e.lane > x.lane) LIMIT 1) IS NULL
                    ORDER BY x.lane, x.activity_id LIMIT $3)
                JOIN activity y ON y.id = q.activity_id
             ORDER BY q.destination_id, q.lane, q.activity_id",
            postgres: "SELECT q.destination_id, q.activity_id, y.kind, y.actor_id, y.key_id,
                q.object_key, q.attempts, y.thread_kind
             FROM json_each($1) AS d CROSS JOIN LATERAL (SELECT x.* FROM delivery x
                    WHERE x.destination_id = CAST(d.value AS BIGINT) AND x.state = 'queued'
                        AND x.next_try_at + 0 <= $2
                        AND (SELECT e.activity_id FROM delivery e
                            WHERE e.destination_id = x.destination_id AND e.state = 'queued'
                                AND e.object_key = x.object_key AND e.activity_id < x.activity_id
                                AND (e.next_try_at > $2 OR e.lane > x.lane) LIMIT 1) IS NULL
                    ORDER BY x.lane, x.activity_id LIMIT $3) AS q
                JOIN activity y ON y.id = q.activity_id
             ORDER BY q.destination_id, q.lane, q.activity_id",
            crate::json_list(&ids),
            now.micros(),
            per_destination
        )
    }

    /// Writes down how tries ended, all in one statement.
    pub async fn finish_deliveries(&mut self, results: &[DeliveryResult]) -> Result<()> {
        self.lock_queue().await?;
        sql!(
            self,
            execute,
            "UPDATE delivery SET state = v.value ->> 'state',
                attempts = CAST(v.value ->> 'attempts' AS BIGINT),
                next_try_at = CAST(v.value ->> 'next_try_at' AS BIGINT),
                status = CAST(v.value ->> 'status' AS BIGINT),
                words = v.value ->> 'words',
                done_at = CAST(v.value ->> 'done_at' AS BIGINT)
             FROM json_each($1) AS v
             WHERE delivery.destination_id = CAST(v.value ->> 'destination' AS BIGINT)
                AND delivery.activity_id = CAST(v.value ->> 'activity' AS BIGINT)",
            crate::json_list(results)
        )
        .map(drop)
    }

    /// Deliveries as an operator sees them, newest first: of one object, to one
    /// peer, in these states; `retrying` stands for what waits after a try.
    pub async fn delivery_views(
        &mut self,
        object: Option<&str>,
        host: Option<&str>,
        states: &[&str],
        limit: i64,
    ) -> Result<Vec<DeliveryView>> {
        sql!(
            self,
            fetch_all as DeliveryView,
            "SELECT y.id AS activity_id, y.kind, y.uri AS activity, y.object_uri AS object,
                d.host, d.inbox,
                CASE WHEN q.state = 'queued' AND q.attempts > 0 THEN 'retrying' ELSE q.state END
                    AS state,
                q.attempts, q.status, q.words,
                CASE WHEN q.state = 'queued' THEN q.next_try_at END AS next_try_at, q.done_at
             FROM delivery q JOIN activity y ON y.id = q.activity_id
                JOIN destination d ON d.id = q.destination_id
             WHERE ($1 IS NULL OR y.object_uri = $1) AND ($2 IS NULL OR d.host = $2)
                AND CASE WHEN q.state = 'queued' AND q.attempts > 0 THEN 'retrying' ELSE q.state END
                    IN (SELECT v.value ->> 'state' FROM json_each($3) AS v)
             ORDER BY q.activity_id DESC, d.host LIMIT $4",
            object,
            host,
            crate::inbox::states_list(states),
            limit
        )
    }

    /// Makes what waits be tried at once: to one peer, of one object, or all.
    pub async fn retry_deliveries(
        &mut self,
        host: Option<&str>,
        object: Option<&str>,
        now: Timestamp,
    ) -> Result<u64> {
        self.lock_queue().await?;
        let rows = sql!(
            self,
            execute,
            "UPDATE delivery SET next_try_at = $3 WHERE state = 'queued'
                AND destination_id IN (SELECT id FROM destination WHERE $1 IS NULL OR host = $1)
                AND activity_id IN (SELECT id FROM activity WHERE $2 IS NULL OR object_uri = $2)",
            host,
            object,
            now.micros()
        )?;
        sql!(
            self,
            execute,
            "UPDATE destination SET backoff_until = 0, due_at = $2 WHERE ($1 IS NULL OR host = $1)
                AND EXISTS (SELECT 1 FROM delivery q WHERE q.destination_id = destination.id
                    AND q.state = 'queued' AND q.next_try_at <= $2)",
            host,
            now.micros()
        )?;
        Ok(rows)
    }

    /// Queues refused deliveries again: to one peer, of one object, or all.
    pub async fn requeue_refused(
        &mut self,
        host: Option<&str>,
        object: Option<&str>,
        now: Timestamp,
    ) -> Result<u64> {
        self.lock_queue().await?;
        let rows = sql!(
            self,
            execute,
            "UPDATE delivery SET state = 'queued', next_try_at = $3, done_at = NULL
             WHERE state = 'refused'
                AND destination_id IN (SELECT id FROM destination WHERE $1 IS NULL OR host = $1)
                AND activity_id IN (SELECT id FROM activity WHERE $2 IS NULL OR object_uri = $2)",
            host,
            object,
            now.micros()
        )?;
        self.retry_deliveries(host, object, now).await?;
        Ok(rows)
    }
}

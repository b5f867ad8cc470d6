//! Destinations: the inboxes that we deliver to, and how each of them does.

use archipel_model::{ActivityId, DestinationId, Timestamp};
use serde::Serialize;

use crate::conn::sql;
use crate::maybe::Maybe;
use crate::{Conn, Result};

/// A destination whose queue this node may work on until its lease ends.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ClaimedDestination {
    /// Its id.
    #[sqlx(try_from = "i64")]
    pub id: DestinationId,
    /// The URL.
    pub inbox: String,
    /// The peer.
    pub host: String,
    /// Failures in a row of the destination as a whole.
    pub fail_count: i64,
    /// Since when it has been failing.
    #[sqlx(try_from = "Maybe")]
    pub failing_since: Option<Timestamp>,
    /// Since when it has been parked.
    #[sqlx(try_from = "Maybe")]
    pub parked_at: Option<Timestamp>,
}

/// How a round of deliveries to one destination ended.
#[derive(Clone, Debug, Serialize)]
pub struct DestinationResult {
    /// Which one.
    #[serde(serialize_with = "number")]
    pub id: DestinationId,
    /// Failures in a row, after this round.
    pub fail_count: i64,
    /// Since when it has been failing, microseconds; none when it works.
    pub failing_since: Option<i64>,
    /// Not to be tried before, microseconds.
    pub backoff_until: i64,
    /// Since when it has been parked, microseconds.
    pub parked_at: Option<i64>,
    /// When it last took something, microseconds; none keeps what is known.
    pub success_at: Option<i64>,
    /// What went wrong, in words; none keeps what is known.
    pub error: Option<String>,
    /// When that was, microseconds.
    pub error_at: Option<i64>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for this shape"
)]
fn number<S: serde::Serializer>(
    id: &DestinationId,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_i64(id.0)
}

/// A destination as an operator sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DestinationView {
    /// Its id.
    #[sqlx(try_from = "i64")]
    pub id: DestinationId,
    /// The URL.
    pub inbox: String,
    /// The peer.
    pub host: String,
    /// How many wait.
    pub queued: i64,
    /// How many were taken.
    pub delivered: i64,
    /// How many were refused.
    pub refused: i64,
    /// How many are kept back, because the peer is not spoken with.
    pub withheld: i64,
    /// Since when the oldest waits.
    #[sqlx(try_from = "Maybe")]
    pub oldest_at: Option<Timestamp>,
    /// When it is tried next.
    #[sqlx(try_from = "Maybe")]
    pub due_at: Option<Timestamp>,
    /// Since when it has been parked.
    #[sqlx(try_from = "Maybe")]
    pub parked_at: Option<Timestamp>,
    /// When it last took something.
    #[sqlx(try_from = "Maybe")]
    pub last_success_at: Option<Timestamp>,
    /// What last went wrong.
    pub last_error: Option<String>,
    /// When that was.
    #[sqlx(try_from = "Maybe")]
    pub last_error_at: Option<Timestamp>,
    /// Failures in a row.
    pub fail_count: i64,
}

/// What came of turning activities into deliveries.
#[derive(Clone, Debug, Default)]
pub struct Expanded {
    /// How many deliveries there are more than before.
    pub added: u64,
    /// The activities that wait to be delivered to somebody.
    pub to_deliver: Vec<ActivityId>,
}

#[derive(Clone, Debug, Serialize)]
struct MissingDestination {
    id: i64,
    inbox: String,
    host: String,
}

/// Who some activities go to: for each, the inboxes of its audience, each once.
macro_rules! audience {
    () => {
        "SELECT y.id AS activity, coalesce(a.shared_inbox, a.inbox) AS inbox, a.host AS host
         FROM json_each($1) AS g JOIN activity y ON y.id = CAST(g.value AS BIGINT)
            JOIN follow f ON f.target_id = y.actor_id AND f.state = 'accepted'
            JOIN actor a ON a.id = f.follower_id
         WHERE y.to_followers AND NOT a.is_local AND a.state = 'active'
         UNION
         SELECT y.id AS activity, coalesce(a.shared_inbox, a.inbox) AS inbox, a.host AS host
         FROM json_each($1) AS g JOIN activity y ON y.id = CAST(g.value AS BIGINT),
            json_each(y.recipients) AS r, actor a
         WHERE a.id = CAST(r.value AS BIGINT) AND NOT a.is_local
         UNION
         SELECT y.id AS activity, e.inbox AS inbox, e.host AS host
         FROM json_each($1) AS g JOIN activity y ON y.id = CAST(g.value AS BIGINT)
            JOIN delivery q ON q.activity_id = y.after_id
            JOIN destination e ON e.id = q.destination_id
         UNION
         SELECT y.id AS activity, e.inbox AS inbox, e.host AS host
         FROM json_each($1) AS g JOIN activity y ON y.id = CAST(g.value AS BIGINT)
            JOIN reached h ON h.actor_id = y.actor_id
            JOIN destination e ON e.id = h.destination_id
         WHERE y.to_reached"
    };
}

impl Conn {
    /// Turns activities into deliveries, one a destination; doing it twice changes
    /// nothing. `make_id` gives ids to destinations never met before.
    pub async fn expand(
        &mut self,
        activities: &[ActivityId],
        now: Timestamp,
        mut make_id: impl FnMut() -> DestinationId,
    ) -> Result<Expanded> {
        let ids: Vec<i64> = activities.iter().map(|id| id.0).collect();
        let ids = crate::json_list(&ids);
        self.lock_queue().await?;
        let missing = sql!(
            self,
            fetch_all as (String, String),
            concat!(
                "SELECT t.inbox, min(t.host) FROM (",
                audience!(),
                ") AS t WHERE NOT EXISTS (SELECT 1 FROM destination d WHERE d.inbox = t.inbox)
                 GROUP BY t.inbox"
            ),
            &ids
        )?;
        if !missing.is_empty() {
            let rows: Vec<MissingDestination> = missing
                .into_iter()
                .map(|(inbox, host)| MissingDestination {
                    id: make_id().0,
                    inbox,
                    host,
                })
                .collect();
            sql!(
                self,
                execute,
                "INSERT INTO destination (id, inbox, host, created_at)
                 SELECT CAST(value ->> 'id' AS BIGINT), value ->> 'inbox', value ->> 'host', $2
                 FROM json_each($1) WHERE true ON CONFLICT DO NOTHING",
                crate::json_list(&rows),
                now.micros()
            )?;
        }
        let added = sql!(
            self,
            execute,
            concat!(
                "INSERT INTO delivery (destination_id, activity_id, lane, object_key, state,
                    attempts, next_try_at, created_at)
                 SELECT d.id, v.id, v.lane, v.object_key, 'queued', 0, $2, $2
                 FROM (",
                audience!(),
                ") AS t JOIN destination d ON d.inbox = t.inbox AND d.parked_at IS NULL
                    JOIN activity v ON v.id = t.activity
                 WHERE true ON CONFLICT (destination_id, activity_id) DO NOTHING"
            ),
            &ids,
            now.micros()
        )?;
        if added == 0 {
            return Ok(Expanded::default());
        }
        sql!(
            self,
            execute,
            "UPDATE destination SET due_at =
                CASE WHEN backoff_until > $2 THEN backoff_until ELSE $2 END
             WHERE id IN (SELECT q.destination_id FROM json_each($1) AS g
                    JOIN delivery q ON q.activity_id = CAST(g.value AS BIGINT)
                    WHERE q.state = 'queued')
                AND (due_at IS NULL OR due_at >
                    CASE WHEN backoff_until > $2 THEN backoff_until ELSE $2 END)",
            &ids,
            now.micros()
        )?;
        let queued = sql!(
            self,
            fetch_scalars as i64,
            "SELECT DISTINCT q.activity_id FROM json_each($1) AS g
                JOIN delivery q ON q.activity_id = CAST(g.value AS BIGINT)
             WHERE q.state = 'queued'",
            &ids
        )?;
        Ok(Expanded {
            added,
            to_deliver: queued.into_iter().map(ActivityId).collect(),
        })
    }

    /// Takes due destinations for this node until `lease_until`, the longest
    /// waiting first.
    pub async fn claim_destinations(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: i64,
    ) -> Result<Vec<ClaimedDestination>> {
        sql!(
            self,
            fetch_all as ClaimedDestination,
            sqlite: "UPDATE destination SET lease_until = $2 WHERE id IN (
                    SELECT id FROM destination WHERE due_at <= $1 AND lease_until <= $1
                    ORDER BY due_at LIMIT $3)
                 RETURNING id, inbox, host, fail_count, failing_since, parked_at",
            postgres: "WITH due AS MATERIALIZED (
                    SELECT id FROM destination WHERE due_at <= $1 AND lease_until <= $1
                    ORDER BY due_at LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED)
                 UPDATE destination SET lease_until = $2 WHERE id IN (SELECT id FROM due)
                 RETURNING id, inbox, host, fail_count, failing_since, parked_at",
            now.micros(),
            lease_until.micros(),
            limit
        )
    }

    /// Keeps destinations taken until `lease_until`.
    pub async fn renew_destinations(
        &mut self,
        ids: &[DestinationId],
        lease_until: Timestamp,
    ) -> Result<()> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        sql!(
            self,
            execute,
            sqlite: "UPDATE destination SET lease_until = $2
                 WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) AND lease_until > 0",
            // Waits for nobody: what another transaction changes now, it gives back
            // or keeps from others itself.
            postgres: "UPDATE destination SET lease_until = $2 WHERE id IN (
                    SELECT id FROM destination
                    WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))
                        AND lease_until > 0 FOR NO KEY UPDATE SKIP LOCKED)",
            crate::json_list(&ids),
            lease_until.micros()
        )
        .map(drop)
    }

    /// When the next destination becomes workable, microseconds; none when no
    /// queue waits.
    pub async fn next_due(&mut self, now: Timestamp) -> Result<Option<i64>> {
        sql!(
            self,
            fetch_scalar as Option<i64>,
            "SELECT min(t.due) FROM (
                SELECT min(due_at) AS due FROM destination
                WHERE due_at IS NOT NULL AND lease_until <= $1
                UNION ALL
                SELECT min(CASE WHEN lease_until > due_at THEN lease_until ELSE due_at END) AS due
                FROM destination
                WHERE due_at IS NOT NULL AND lease_until > 0 AND lease_until > $1) AS t",
            now.micros()
        )
        .map(Option::flatten)
    }

    /// Writes down how destinations did and gives them back. Each is due when the
    /// first of what waits may be sent; what follows another about the same object
    /// does not count, because it cannot be sent before.
    pub async fn finish_destinations(&mut self, results: &[DestinationResult]) -> Result<()> {
        self.lock_queue().await?;
        sql!(
            self,
            execute,
            "UPDATE destination SET lease_until = 0,
                fail_count = CAST(v.value ->> 'fail_count' AS BIGINT),
                failing_since = CAST(v.value ->> 'failing_since' AS BIGINT),
                backoff_until = CAST(v.value ->> 'backoff_until' AS BIGINT),
                parked_after = CASE WHEN v.value ->> 'parked_at' IS NULL THEN NULL
                    WHEN destination.parked_at IS NULL THEN
                        (SELECT max(y.activity_id) FROM delivery y
                         WHERE y.destination_id = destination.id)
                    ELSE destination.parked_after END,
                parked_at = CAST(v.value ->> 'parked_at' AS BIGINT),
                last_success_at =
                    coalesce(CAST(v.value ->> 'success_at' AS BIGINT), last_success_at),
                last_error = coalesce(v.value ->> 'error', last_error),
                last_error_at = coalesce(CAST(v.value ->> 'error_at' AS BIGINT), last_error_at),
                due_at = (SELECT CASE
                        WHEN q.next_try_at < CAST(v.value ->> 'backoff_until' AS BIGINT)
                        THEN CAST(v.value ->> 'backoff_until' AS BIGINT)
                        ELSE q.next_try_at END
                    FROM delivery q
                    WHERE q.destination_id = destination.id AND q.state = 'queued'
                        AND (SELECT e.activity_id FROM delivery e
                            WHERE e.destination_id = q.destination_id AND e.state = 'queued'
                                AND e.object_key = q.object_key AND e.activity_id < q.activity_id
                            LIMIT 1) IS NULL
                    ORDER BY q.next_try_at, q.activity_id LIMIT 1)
             FROM json_each($1) AS v
             WHERE destination.id = CAST(v.value ->> 'id' AS BIGINT)",
            crate::json_list(results)
        )
        .map(drop)
    }

    /// Queues for a destination that came back what was said while it was
    /// parked, as far as the log goes back; nothing if it was not parked.
    pub async fn catch_up(&mut self, destination: DestinationId, now: Timestamp) -> Result<u64> {
        self.lock_queue().await?;
        let added = sql!(
            self,
            execute,
            "INSERT INTO delivery (destination_id, activity_id, lane, object_key, state,
                attempts, next_try_at, created_at)
             SELECT d.id, v.id, v.lane, v.object_key, 'queued', 0, $2, $2
             FROM destination d JOIN activity v ON v.id > d.parked_after
             WHERE d.id = $1 AND v.state = 'expanded' AND (
                (v.to_followers AND v.actor_id IN (SELECT f.target_id FROM actor a
                    JOIN follow f ON f.follower_id = a.id AND f.state = 'accepted'
                    WHERE coalesce(a.shared_inbox, a.inbox) =
                        (SELECT inbox FROM destination WHERE id = $1)
                        AND NOT a.is_local AND a.state = 'active'))
                OR EXISTS (SELECT 1 FROM json_each(v.recipients) AS r
                    JOIN actor a ON a.id = CAST(r.value AS BIGINT)
                    WHERE NOT a.is_local AND coalesce(a.shared_inbox, a.inbox) = d.inbox)
                OR EXISTS (SELECT 1 FROM delivery q
                    WHERE q.destination_id = d.id AND q.activity_id = v.after_id)
                OR (v.to_reached AND EXISTS (SELECT 1 FROM reached h
                    WHERE h.actor_id = v.actor_id AND h.destination_id = d.id)))
             ON CONFLICT (destination_id, activity_id) DO NOTHING",
            destination.0,
            now.micros()
        )?;
        sql!(
            self,
            execute,
            "UPDATE destination SET due_at = $2, parked_after = NULL
             WHERE id = $1 AND EXISTS (SELECT 1 FROM delivery
                WHERE destination_id = $1 AND state = 'queued')",
            destination.0,
            now.micros()
        )?;
        Ok(added)
    }

    /// Destinations of a peer, or all of them, with their queues.
    pub async fn destination_views(&mut self, host: Option<&str>) -> Result<Vec<DestinationView>> {
        sql!(
            self,
            fetch_all as DestinationView,
            "SELECT d.id, d.inbox, d.host,
                (SELECT count(*) FROM delivery q
                    WHERE q.destination_id = d.id AND q.state = 'queued') AS queued,
                (SELECT count(*) FROM delivery q
                    WHERE q.destination_id = d.id AND q.state = 'delivered') AS delivered,
                (SELECT count(*) FROM delivery q
                    WHERE q.destination_id = d.id AND q.state = 'refused') AS refused,
                (SELECT count(*) FROM delivery q
                    WHERE q.destination_id = d.id AND q.state = 'withheld') AS withheld,
                (SELECT min(q.created_at) FROM delivery q
                    WHERE q.destination_id = d.id AND q.state = 'queued') AS oldest_at,
                d.due_at, d.parked_at, d.last_success_at, d.last_error, d.last_error_at,
                d.fail_count
             FROM destination d WHERE $1 IS NULL OR d.host = $1 ORDER BY d.host, d.id",
            host
        )
    }
}

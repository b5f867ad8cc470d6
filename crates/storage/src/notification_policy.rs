//! Who may cause notifications of somebody, and those of whom some wait apart.

use archipel_model::notification::{Policy, Treatment};
use archipel_model::{ActorId, PostId, Timestamp};

use crate::conn::sql;
use crate::maybe::{Maybe, Micros};
use crate::{Conn, Result};

/// Somebody whose notifications wait apart.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct NotificationRequest {
    /// Its id.
    pub id: i64,
    /// Who.
    #[sqlx(try_from = "i64")]
    pub from_id: ActorId,
    /// How many wait.
    pub count: i64,
    /// The last post that one of them is about.
    #[sqlx(try_from = "Maybe")]
    pub last_post_id: Option<PostId>,
    /// Since when.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
    /// When the last one came.
    #[sqlx(try_from = "Micros")]
    pub updated_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "String")]
    not_following: Treatment,
    #[sqlx(try_from = "String")]
    not_followers: Treatment,
    #[sqlx(try_from = "String")]
    new_accounts: Treatment,
    #[sqlx(try_from = "String")]
    private_mentions: Treatment,
    #[sqlx(try_from = "String")]
    limited_accounts: Treatment,
}

macro_rules! requests {
    ($order:literal) => {
        concat!(
            "SELECT w.id, w.from_id, w.count, w.last_post_id, w.created_at, w.updated_at
             FROM notification_request w JOIN actor a ON a.id = w.from_id
             WHERE w.owner_id = $1 AND w.state = 'waiting' AND w.id < $2 AND w.id > $3
                AND a.state = 'active' AND NOT a.host_blocked
             ORDER BY w.id ",
            $order,
            " LIMIT $4"
        )
    };
}

impl Conn {
    /// What somebody decided about who may cause notifications.
    pub async fn notification_policy(&mut self, owner: ActorId) -> Result<Policy> {
        let row = sql!(
            self,
            fetch_optional as Row,
            "SELECT for_not_following AS not_following, for_not_followers AS not_followers,
                for_new_accounts AS new_accounts, for_private_mentions AS private_mentions,
                for_limited_accounts AS limited_accounts
             FROM notification_policy WHERE owner_id = $1",
            owner.0
        )?;
        Ok(row.map_or_else(Policy::default, |row| Policy {
            not_following: row.not_following,
            not_followers: row.not_followers,
            new_accounts: row.new_accounts,
            private_mentions: row.private_mentions,
            limited_accounts: row.limited_accounts,
        }))
    }

    /// Keeps what somebody decided.
    pub async fn put_notification_policy(&mut self, owner: ActorId, policy: &Policy) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO notification_policy (owner_id, for_not_following, for_not_followers,
                for_new_accounts, for_private_mentions, for_limited_accounts)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (owner_id) DO UPDATE SET
                for_not_following = excluded.for_not_following,
                for_not_followers = excluded.for_not_followers,
                for_new_accounts = excluded.for_new_accounts,
                for_private_mentions = excluded.for_private_mentions,
                for_limited_accounts = excluded.for_limited_accounts",
            owner.0,
            policy.not_following.as_str(),
            policy.not_followers.as_str(),
            policy.new_accounts.as_str(),
            policy.private_mentions.as_str(),
            policy.limited_accounts.as_str()
        )
        .map(drop)
    }

    /// How many wait apart: people, and notifications of them.
    pub async fn notifications_apart(&mut self, owner: ActorId) -> Result<(i64, i64)> {
        let found = sql!(
            self,
            fetch_optional as (i64, i64),
            "SELECT count(*), CAST(coalesce(sum(count), 0) AS BIGINT) FROM notification_request
             WHERE owner_id = $1 AND state = 'waiting'",
            owner.0
        )?;
        Ok(found.unwrap_or_default())
    }

    /// A page of those of whom some wait, the newest first.
    pub async fn notification_requests(
        &mut self,
        owner: ActorId,
        max: i64,
        min: i64,
        rises: bool,
        limit: i64,
    ) -> Result<Vec<NotificationRequest>> {
        let text = if rises {
            requests!("ASC")
        } else {
            requests!("DESC")
        };
        let mut rows = sql!(
            self,
            fetch_all as NotificationRequest,
            text,
            owner.0,
            max,
            min,
            limit
        )?;
        if rises {
            rows.reverse();
        }
        Ok(rows)
    }

    /// One of them.
    pub async fn notification_request(
        &mut self,
        owner: ActorId,
        id: i64,
    ) -> Result<Option<NotificationRequest>> {
        sql!(
            self,
            fetch_optional as NotificationRequest,
            "SELECT id, from_id, count, last_post_id, created_at, updated_at
             FROM notification_request
             WHERE owner_id = $1 AND id = $2 AND state = 'waiting'",
            owner.0,
            id
        )
    }

    /// Lets what waits in, and all that comes later.
    pub async fn accept_notifications(
        &mut self,
        owner: ActorId,
        from: ActorId,
        now: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE notification_request SET state = 'accepted', count = 0, updated_at = $3
             WHERE owner_id = $1 AND from_id = $2",
            owner.0,
            from.0,
            now.micros()
        )?;
        sql!(
            self,
            execute,
            "UPDATE notification SET filtered = FALSE
             WHERE owner_id = $1 AND from_id = $2 AND filtered",
            owner.0,
            from.0
        )
        .map(drop)
    }

    /// Forgets what waits; what comes later waits again.
    pub async fn refuse_notifications(&mut self, owner: ActorId, from: ActorId) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM notification_request
             WHERE owner_id = $1 AND from_id = $2 AND state = 'waiting'",
            owner.0,
            from.0
        )?;
        sql!(
            self,
            execute,
            "DELETE FROM notification WHERE owner_id = $1 AND from_id = $2 AND filtered",
            owner.0,
            from.0
        )
        .map(drop)
    }
}

//! Reading notifications: pages of them, one, how many are unread, and putting them away.

use archipel_model::notification::Kind;
use archipel_model::{ActorId, PostId, ReportId, Timestamp};
use serde::Serialize;

use crate::conn::sql;
use crate::maybe::{Maybe, Micros};
use crate::{Conn, Entry, Result};

/// A notification as kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Notification {
    /// A small number.
    pub id: i64,
    /// Whose it is.
    #[sqlx(try_from = "i64")]
    pub owner_id: ActorId,
    /// What it is about.
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    /// Who caused it.
    #[sqlx(try_from = "i64")]
    pub from_id: ActorId,
    /// The post that it is about.
    #[sqlx(try_from = "Maybe")]
    pub post_id: Option<PostId>,
    /// The report that it is about.
    #[sqlx(try_from = "Maybe")]
    pub report_id: Option<ReportId>,
    /// With which others it is shown as one; empty: with none.
    pub group_key: String,
    /// Whether it waits apart.
    pub filtered: bool,
    /// When.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
}

/// Which notifications are wanted.
#[derive(Clone, Debug)]
pub struct NotificationsWanted<'a> {
    /// Whose.
    pub owner: ActorId,
    /// Of these kinds.
    pub kinds: &'a [Kind],
    /// Caused by this one.
    pub from: Option<ActorId>,
    /// Those that wait apart too.
    pub with_filtered: bool,
    /// Below this.
    pub max: i64,
    /// Above this.
    pub min: i64,
    /// Whether those next to `min` are wanted; else the newest.
    pub rises: bool,
    /// How many.
    pub limit: i64,
}

#[derive(Serialize)]
struct Word {
    word: &'static str,
}

fn words(kinds: &[Kind]) -> String {
    let words: Vec<Word> = kinds
        .iter()
        .map(|kind| Word {
            word: kind.as_str(),
        })
        .collect();
    crate::json_list(&words)
}

/// Those that there is something to be shown of: what a post was about that is gone is
/// not there any more, and who is suspended causes nothing,
/// but that they ask for an account.
macro_rules! wanted {
    ($filtered:literal, $order:literal) => {
        concat!(
            "SELECT n.id, n.owner_id, n.kind, n.from_id, n.post_id, n.report_id, n.group_key,
                n.filtered, n.created_at
             FROM notification n JOIN actor a ON a.id = n.from_id
             WHERE n.owner_id = $1 AND n.id < $2 AND n.id > $3 ",
            $filtered,
            " AND (a.state = 'active' OR n.kind = 'admin.sign_up') AND NOT a.host_blocked
                AND n.kind IN (SELECT value ->> 'word' FROM json_each($4))
                AND ($5 = 0 OR n.from_id = $5)
                AND (n.post_id IS NULL OR EXISTS (SELECT 1 FROM post p
                    WHERE p.id = n.post_id AND p.state IN ('published', 'held')))
             ORDER BY n.id ",
            $order,
            " LIMIT $6"
        )
    };
}

impl Conn {
    /// A page of notifications, the newest first.
    pub async fn notifications(
        &mut self,
        wanted: &NotificationsWanted<'_>,
    ) -> Result<Vec<Notification>> {
        let text = match (wanted.with_filtered, wanted.rises) {
            (false, false) => wanted!("AND NOT n.filtered", "DESC"),
            (false, true) => wanted!("AND NOT n.filtered", "ASC"),
            (true, false) => wanted!("", "DESC"),
            (true, true) => wanted!("", "ASC"),
        };
        let mut rows = sql!(
            self,
            fetch_all as Notification,
            text,
            wanted.owner.0,
            wanted.max,
            wanted.min,
            words(wanted.kinds),
            wanted.from.map_or(0, |id| id.0),
            wanted.limit
        )?;
        if wanted.rises {
            rows.reverse();
        }
        Ok(rows)
    }

    /// One notification of somebody.
    pub async fn notification(&mut self, owner: ActorId, id: i64) -> Result<Option<Notification>> {
        sql!(
            self,
            fetch_optional as Notification,
            "SELECT * FROM notification WHERE id = $2 AND owner_id = $1",
            owner.0,
            id
        )
    }

    /// Notifications of a group, the newest first.
    pub async fn notification_group(
        &mut self,
        owner: ActorId,
        key: &str,
        limit: i64,
    ) -> Result<Vec<Notification>> {
        sql!(
            self,
            fetch_all as Notification,
            "SELECT n.* FROM notification n JOIN actor a ON a.id = n.from_id
             WHERE n.owner_id = $1 AND n.group_key = $2 AND NOT n.filtered
                AND a.state = 'active' AND NOT a.host_blocked
             ORDER BY n.id DESC LIMIT $3",
            owner.0,
            key,
            limit
        )
    }

    /// How many notifications each of these groups has.
    pub async fn notification_counts(
        &mut self,
        owner: ActorId,
        keys: &[String],
    ) -> Result<Vec<(String, i64)>> {
        #[derive(Serialize)]
        struct Key<'a> {
            key: &'a str,
        }
        let keys: Vec<Key<'_>> = keys.iter().map(|key| Key { key }).collect();
        sql!(
            self,
            fetch_all as (String, i64),
            "SELECT group_key, count(*) FROM notification
             WHERE owner_id = $1 AND NOT filtered
                AND group_key IN (SELECT value ->> 'key' FROM json_each($2))
             GROUP BY group_key",
            owner.0,
            crate::json_list(&keys)
        )
    }

    /// Forgets notifications of somebody: one, a group, or all.
    pub async fn dismiss_notification(&mut self, owner: ActorId, id: i64) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM notification WHERE owner_id = $1 AND id = $2",
            owner.0,
            id
        )
        .map(drop)
    }

    /// See [`Conn::dismiss_notification`].
    pub async fn dismiss_group(&mut self, owner: ActorId, key: &str) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM notification WHERE owner_id = $1 AND group_key = $2 AND NOT filtered",
            owner.0,
            key
        )
        .map(drop)
    }

    /// See [`Conn::dismiss_notification`].
    pub async fn clear_notifications(&mut self, owner: ActorId) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM notification WHERE owner_id = $1 AND NOT filtered",
            owner.0
        )
        .map(drop)
    }

    /// Posts as the statuses that they are themselves.
    pub async fn posts_as_entries(&mut self, posts: &[PostId]) -> Result<Vec<Entry>> {
        let ids: Vec<i64> = posts.iter().map(|id| id.0).collect();
        sql!(
            self,
            fetch_all as Entry,
            "SELECT id, author_id AS actor_id, id AS post_id, FALSE AS boost,
                published_at AS created_at
             FROM post WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
            crate::json_list(&ids)
        )
    }

    /// How far somebody has read their notifications.
    pub async fn notifications_read(&mut self, owner: ActorId) -> Result<i64> {
        let read = sql!(
            self,
            fetch_scalar as String,
            "SELECT last_read_id FROM marker WHERE owner_id = $1 AND timeline = 'notifications'",
            owner.0
        )?;
        Ok(read.and_then(|id| id.parse().ok()).unwrap_or_default())
    }
}

//! Posts as they are written, and those that are to be published later.

use archipel_model::{AccountId, ActorId, AppId, MediaId, PostId, ScheduledId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::conn::sql;
use crate::maybe::{Maybe, Micros};
use crate::{Conn, Result};

/// What somebody wrote, before it is a post.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// The text as typed.
    pub text: String,
    /// Files that were uploaded, in their order.
    pub media: Vec<MediaId>,
    /// The poll that it is to be.
    pub poll: Option<DraftPoll>,
    /// What it answers.
    pub parent: Option<PostId>,
    /// Whether its pictures are hidden at first.
    pub sensitive: bool,
    /// A content warning.
    pub summary: Option<String>,
    /// Who may see it, in a word of [`archipel_model::Visibility`].
    pub visibility: String,
    /// Its language.
    pub language: Option<String>,
    /// The app that it was written with.
    pub app: Option<AppId>,
}

/// A poll before it is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DraftPoll {
    /// The choices.
    pub options: Vec<String>,
    /// For how many seconds it is open.
    pub expires_in: u64,
    /// Whether one may choose several.
    pub multiple: bool,
    /// Whether nobody sees how it stands before it is closed.
    pub hide_totals: bool,
}

/// A post to be published later.
#[derive(Clone, Debug)]
pub struct Scheduled {
    /// Its id.
    pub id: ScheduledId,
    /// Who wrote it.
    pub owner: ActorId,
    /// The account that wrote it.
    pub account: Option<AccountId>,
    /// What.
    pub draft: Draft,
    /// When it is due.
    pub due_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "i64")]
    id: ScheduledId,
    #[sqlx(try_from = "i64")]
    owner_id: ActorId,
    #[sqlx(try_from = "Maybe")]
    account_id: Option<AccountId>,
    params: String,
    #[sqlx(try_from = "Micros")]
    due_at: Timestamp,
}

impl From<Row> for Scheduled {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            owner: row.owner_id,
            account: row.account_id,
            draft: serde_json::from_str(&row.params).unwrap_or_default(),
            due_at: row.due_at,
        }
    }
}

impl Conn {
    /// Stores a post to be published later, in the place of an earlier one of this id.
    pub async fn put_scheduled(&mut self, new: &Scheduled, now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO scheduled_post (id, owner_id, account_id, params, due_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (id) DO UPDATE SET params = excluded.params, due_at = excluded.due_at,
                attempts = 0, last_error = NULL",
            new.id.0,
            new.owner.0,
            new.account.map(|id| id.0),
            serde_json::to_string(&new.draft).unwrap_or_default(),
            new.due_at.micros(),
            now.micros()
        )
        .map(drop)
    }

    /// What somebody wrote to be published later, the newest first: `above` < id < `below`;
    /// of more than `limit` those next to `above` when `rises`.
    pub async fn scheduled_of(
        &mut self,
        owner: ActorId,
        (above, below): (i64, i64),
        rises: bool,
        limit: i64,
    ) -> Result<Vec<Scheduled>> {
        let text = if rises {
            "SELECT id, owner_id, account_id, params, due_at FROM scheduled_post
             WHERE owner_id = $1 AND id > $2 AND id < $3 ORDER BY id LIMIT $4"
        } else {
            "SELECT id, owner_id, account_id, params, due_at FROM scheduled_post
             WHERE owner_id = $1 AND id > $2 AND id < $3 ORDER BY id DESC LIMIT $4"
        };
        let rows = sql!(self, fetch_all as Row, text, owner.0, above, below, limit)?;
        let mut found: Vec<Scheduled> = rows.into_iter().map(Scheduled::from).collect();
        found.sort_by_key(|it| std::cmp::Reverse(it.id));
        Ok(found)
    }

    /// One post to be published later.
    pub async fn scheduled(&mut self, id: ScheduledId) -> Result<Option<Scheduled>> {
        let row = sql!(
            self,
            fetch_optional as Row,
            "SELECT id, owner_id, account_id, params, due_at FROM scheduled_post WHERE id = $1",
            id.0
        )?;
        Ok(row.map(Scheduled::from))
    }

    /// How many posts of somebody are to be published later.
    pub async fn scheduled_count(&mut self, owner: ActorId) -> Result<i64> {
        sql!(
            self,
            fetch_scalar as i64,
            "SELECT count(*) FROM scheduled_post WHERE owner_id = $1",
            owner.0
        )
        .map(Option::unwrap_or_default)
    }

    /// Takes a post out of those that are to be published later; who else does so at this
    /// moment waits and gets nothing.
    pub async fn take_scheduled(&mut self, id: ScheduledId) -> Result<Option<Scheduled>> {
        let row = sql!(
            self,
            fetch_optional as Row,
            "DELETE FROM scheduled_post WHERE id = $1
             RETURNING id, owner_id, account_id, params, due_at",
            id.0
        )?;
        Ok(row.map(Scheduled::from))
    }

    /// Posts that are due, and failed less than `most` times.
    pub async fn scheduled_due(
        &mut self,
        now: Timestamp,
        most: i64,
        limit: i64,
    ) -> Result<Vec<ScheduledId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "SELECT id FROM scheduled_post WHERE due_at <= $1 AND attempts < $2
                AND lease_until <= $1
             ORDER BY due_at LIMIT $3",
            now.micros(),
            most,
            limit
        )?;
        Ok(ids.into_iter().map(ScheduledId).collect())
    }

    /// Writes down why a post could not be published, and when to try again at the
    /// earliest.
    pub async fn scheduled_failed(
        &mut self,
        id: ScheduledId,
        why: &str,
        attempts: i64,
        again_at: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE scheduled_post SET attempts = attempts + $2, last_error = $3,
                lease_until = $4
             WHERE id = $1",
            id.0,
            attempts,
            why,
            again_at.micros()
        )
        .map(drop)
    }
}

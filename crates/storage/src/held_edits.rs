//! Newer versions of posts that are shown, waiting for a moderator.

use archipel_model::submission::HoldReason;
use archipel_model::{ActorId, PostId, Timestamp};

use crate::conn::sql;
use crate::maybe::Micros;
use crate::{Conn, Edited, Result};

/// A version of a post that waits.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct HeldEdit {
    /// Of which post.
    #[sqlx(try_from = "i64")]
    pub post_id: PostId,
    /// Where it waits.
    #[sqlx(try_from = "i64")]
    pub community_id: ActorId,
    /// Why.
    pub reason: String,
    /// Its title.
    pub title: Option<String>,
    /// Its text, safe HTML.
    pub content: String,
    /// Its text as typed, of local posts.
    pub source: Option<String>,
    /// A content warning.
    pub summary: Option<String>,
    /// Whether its pictures are hidden at first.
    pub sensitive: bool,
    /// Its language.
    pub language: Option<String>,
    /// When it was edited.
    #[sqlx(try_from = "Micros")]
    pub edited_at: Timestamp,
    /// The activity that brought it, exact bytes, of remote authors.
    pub received: Option<String>,
    /// Since when it waits.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
}

/// A version of a post that is to wait.
#[derive(Clone, Copy, Debug)]
pub struct NewHeldEdit<'a> {
    /// Of which post.
    pub post: PostId,
    /// Where it waits.
    pub community: ActorId,
    /// Why.
    pub reason: HoldReason,
    /// What it says.
    pub content: &'a Edited,
    /// When it was edited.
    pub at: Timestamp,
    /// The activity that brought it, exact bytes, of remote authors.
    pub received: Option<&'a str>,
}

impl Conn {
    /// Lets a version of a post wait, in the place of an older one; false when it is
    /// not newer than what is shown or waits.
    pub async fn put_held_edit(&mut self, edit: &NewHeldEdit<'_>, now: Timestamp) -> Result<bool> {
        sql!(
            self,
            execute,
            "INSERT INTO held_edit (post_id, community_id, reason, title, content, source, summary,
                sensitive, language, edited_at, received, created_at)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 FROM post
             WHERE id = $1 AND state = 'published' AND (updated_at IS NULL OR updated_at < $10)
             ON CONFLICT (post_id) DO UPDATE SET reason = excluded.reason,
                title = excluded.title, content = excluded.content, source = excluded.source,
                summary = excluded.summary, sensitive = excluded.sensitive,
                language = excluded.language, edited_at = excluded.edited_at,
                received = excluded.received, created_at = excluded.created_at
             WHERE held_edit.edited_at < excluded.edited_at",
            edit.post.0,
            edit.community.0,
            edit.reason.as_str(),
            edit.content.title.as_deref(),
            &edit.content.content,
            edit.content.source.as_deref(),
            edit.content.summary.as_deref(),
            edit.content.sensitive,
            edit.content.language.as_deref(),
            edit.at.micros(),
            edit.received,
            now.micros()
        )
        .map(|rows| rows > 0)
    }

    /// The version of a post that waits.
    pub async fn held_edit(&mut self, post: PostId) -> Result<Option<HeldEdit>> {
        sql!(
            self,
            fetch_optional as HeldEdit,
            "SELECT * FROM held_edit WHERE post_id = $1",
            post.0
        )
    }

    /// The versions of posts that wait in a community, oldest first, at most `limit`;
    /// nothing of a server that is blocked.
    pub async fn held_edits(&mut self, community: ActorId, limit: i64) -> Result<Vec<HeldEdit>> {
        sql!(
            self,
            fetch_all as HeldEdit,
            "SELECT e.* FROM held_edit e JOIN post p ON p.id = e.post_id
             WHERE e.community_id = $1
                AND p.author_id NOT IN (SELECT id FROM actor WHERE host_blocked)
             ORDER BY e.created_at, e.post_id LIMIT $2",
            community.0,
            limit
        )
    }

    /// Drops the version of a post that waits, if it was not written after this moment;
    /// false when there was none.
    pub async fn drop_older_held_edit(&mut self, post: PostId, at: Timestamp) -> Result<bool> {
        sql!(
            self,
            execute,
            "DELETE FROM held_edit WHERE post_id = $1 AND edited_at <= $2",
            post.0,
            at.micros()
        )
        .map(|rows| rows > 0)
    }

    /// Lets no version of a post wait any more; says whether one did.
    pub async fn drop_held_edit(&mut self, post: PostId) -> Result<bool> {
        sql!(
            self,
            execute,
            "DELETE FROM held_edit WHERE post_id = $1",
            post.0
        )
        .map(|rows| rows > 0)
    }
}

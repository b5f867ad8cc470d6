//! Earlier versions of posts, and the files that posts show.

use archipel_model::{ActorId, AppId, MediaId, PostId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::conn::sql;
use crate::maybe::{Maybe, Micros};
use crate::{Conn, Edited, PostState, Result, ShownMedia};

/// A version of a post that was replaced.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Version {
    /// Its title.
    pub title: Option<String>,
    /// Its text, safe HTML.
    pub content: String,
    /// A content warning.
    pub summary: Option<String>,
    /// Whether its pictures were hidden at first.
    pub sensitive: bool,
    /// JSON, see [`Extras`].
    pub extras: String,
    /// When it was written.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
}

/// What a version had besides its text.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Extras {
    /// The files that it showed.
    pub media: Vec<MediaId>,
    /// The choices of its poll.
    pub poll: Option<Vec<String>>,
}

#[derive(sqlx::FromRow)]
struct Before {
    title: Option<String>,
    content: String,
    summary: Option<String>,
    sensitive: bool,
    #[sqlx(try_from = "String")]
    state: PostState,
    #[sqlx(try_from = "Micros")]
    published_at: Timestamp,
    #[sqlx(try_from = "Maybe")]
    updated_at: Option<Timestamp>,
}

impl Conn {
    /// Keeps what a post says now, if `edited`, of this moment, is going to replace it.
    pub(crate) async fn keep_version(
        &mut self,
        id: PostId,
        edited: &Edited,
        at: Timestamp,
    ) -> Result<()> {
        let before = sql!(
            self,
            fetch_optional as Before,
            "SELECT title, content, summary, sensitive, state, published_at, updated_at
             FROM post WHERE id = $1",
            id.0
        )?;
        let Some(before) = before.filter(|it| it.state != PostState::Deleted) else {
            return Ok(());
        };
        let older = before.updated_at.is_none_or(|updated| updated < at);
        let same = before.title == edited.title
            && before.content == edited.content
            && before.summary == edited.summary
            && before.sensitive == edited.sensitive;
        if !older || same {
            return Ok(());
        }
        let media = self.media_of(&[id]).await?;
        let poll = self.poll(id).await?;
        let extras = Extras {
            media: media.into_iter().map(|file| file.id).collect(),
            poll: poll.map(|poll| poll.choices.into_iter().map(|it| it.name).collect()),
        };
        sql!(
            self,
            execute,
            "INSERT INTO post_version (post_id, title, content, summary, sensitive, extras,
                created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            id.0,
            before.title,
            before.content,
            before.summary,
            before.sensitive,
            serde_json::to_string(&extras).unwrap_or_default(),
            before.updated_at.unwrap_or(before.published_at).micros()
        )
        .map(drop)
    }

    /// The versions of a post that were replaced, oldest first.
    pub async fn versions(&mut self, post: PostId) -> Result<Vec<Version>> {
        sql!(
            self,
            fetch_all as Version,
            "SELECT title, content, summary, sensitive, extras, created_at FROM post_version
             WHERE post_id = $1 ORDER BY created_at",
            post.0
        )
    }

    /// Forgets what a post said before: nobody is to read it any more.
    pub(crate) async fn forget_versions(&mut self, post: PostId) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM post_version WHERE post_id = $1",
            post.0
        )
        .map(drop)
    }

    /// Files of somebody of these ids that are for posts, in no order.
    pub async fn own_media(&mut self, owner: ActorId, ids: &[MediaId]) -> Result<Vec<ShownMedia>> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        sql!(
            self,
            fetch_all as ShownMedia,
            "SELECT * FROM media WHERE owner_id = $2 AND purpose = 'attachment'
                AND id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
            crate::json_list(&ids),
            owner.0
        )
    }

    /// Lets a post show these files of its author, in this order, and no others; says
    /// whether all of them were free.
    pub async fn attach_media(
        &mut self,
        post: PostId,
        owner: ActorId,
        ids: &[MediaId],
        now: Timestamp,
    ) -> Result<bool> {
        self.detach_media(post, ids, now).await?;
        for (position, id) in (0_i64..).zip(ids) {
            let rows = sql!(
                self,
                execute,
                "UPDATE media SET post_id = $1, position = $4
                 WHERE id = $2 AND owner_id = $3 AND purpose = 'attachment'
                    AND (post_id IS NULL OR post_id = $1)",
                post.0,
                id.0,
                owner.0,
                position
            )?;
            if rows == 0 {
                return Ok(false);
            }
        }
        sql!(
            self,
            execute,
            "UPDATE post SET has_media = $2 WHERE id = $1",
            post.0,
            !ids.is_empty()
        )?;
        Ok(true)
    }

    /// Lets a post show no other files than these; what it showed is free again for a
    /// while.
    pub async fn detach_media(
        &mut self,
        post: PostId,
        but: &[MediaId],
        now: Timestamp,
    ) -> Result<()> {
        let but: Vec<i64> = but.iter().map(|id| id.0).collect();
        sql!(
            self,
            execute,
            "UPDATE media SET post_id = NULL, created_at = $3
             WHERE post_id = $1
                AND id NOT IN (SELECT CAST(value AS BIGINT) FROM json_each($2))",
            post.0,
            crate::json_list(&but),
            now.micros()
        )?;
        sql!(
            self,
            execute,
            "UPDATE post SET has_media = EXISTS (SELECT 1 FROM media m WHERE m.post_id = $1)
             WHERE id = $1",
            post.0
        )
        .map(drop)
    }

    /// Describes a file of a post anew.
    pub async fn describe_media(
        &mut self,
        id: MediaId,
        owner: ActorId,
        description: Option<&str>,
        focus: Option<(f64, f64)>,
        now: Timestamp,
    ) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE media SET description = coalesce($3, description),
                focus_x = coalesce($4, focus_x), focus_y = coalesce($5, focus_y),
                updated_at = $6
             WHERE id = $1 AND owner_id = $2",
            id.0,
            owner.0,
            description,
            focus.map(|(x, _)| x),
            focus.map(|(_, y)| y),
            now.micros()
        )
        .map(|rows| rows > 0)
    }

    /// Writes down with which app a post was written.
    pub async fn set_post_app(&mut self, post: PostId, app: Option<AppId>) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE post SET app_id = $2 WHERE id = $1",
            post.0,
            app.map(|id| id.0)
        )
        .map(drop)
    }
}

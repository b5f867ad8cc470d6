//! Files: uploaded pictures, those of posts of elsewhere, and which of them nobody needs.

use archipel_model::{ActorId, MediaId, PostId, Timestamp};

use crate::conn::sql;
use crate::{Conn, Result};

/// A picture that was made safe and kept.
#[derive(Clone, Debug)]
pub struct NewMedia<'a> {
    /// Its id.
    pub id: MediaId,
    /// Whose it is.
    pub owner: ActorId,
    /// attachment, avatar, header.
    pub purpose: &'a str,
    /// What it is.
    pub mime: &'a str,
    /// Its name in the store.
    pub blob: &'a str,
    /// The name of its preview.
    pub preview: &'a str,
    /// In words.
    pub description: Option<&'a str>,
    /// A few colours.
    pub blurhash: Option<&'a str>,
    /// Pixels.
    pub size: (u32, u32),
    /// Pixels of the preview.
    pub preview_size: (u32, u32),
    /// Bytes of both.
    pub bytes: i64,
    /// What must stay visible: -1 left to 1 right, -1 bottom to 1 top.
    pub focus: (f64, f64),
}

/// A file of a post of elsewhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RemoteMedia {
    /// Where it is.
    pub url: String,
    /// image, video, audio, unknown.
    pub kind: &'static str,
    /// What it says that it is.
    pub mime: String,
    /// In words.
    pub description: Option<String>,
    /// A few colours.
    pub blurhash: Option<String>,
    /// Pixels.
    pub size: Option<(u32, u32)>,
    /// What must stay visible.
    pub focus: (f64, f64),
}

/// What a post of elsewhere shows beside its text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shows {
    /// Files.
    pub media: Vec<RemoteMedia>,
    /// What a link post points at.
    pub link: Option<String>,
    /// A JSON list of `{"shortcode","url","static_url"}`.
    pub emojis: String,
}

/// A file of one of our own posts or actors, as others are told of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OwnFile {
    /// Its name in the store.
    pub blob: String,
    /// What it is.
    pub mime: String,
    /// In words.
    pub description: Option<String>,
    /// A few colours.
    pub blurhash: Option<String>,
    /// Pixels.
    pub width: Option<i64>,
    /// Pixels.
    pub height: Option<i64>,
    /// What must stay visible.
    pub focus_x: f64,
    /// See `focus_x`.
    pub focus_y: f64,
}

/// Names of files in the store that belong to one row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Blobs {
    /// The file.
    pub blob: Option<String>,
    /// Its preview.
    pub preview: Option<String>,
}

impl Blobs {
    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.blob
            .as_deref()
            .into_iter()
            .chain(self.preview.as_deref())
    }
}

impl Conn {
    /// Writes down a picture that is in the store.
    pub async fn insert_media(&mut self, new: &NewMedia<'_>, now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO media (id, owner_id, purpose, kind, mime, blob, preview, description,
                blurhash, width, height, preview_width, preview_height, size, focus_x, focus_y,
                created_at, updated_at)
             VALUES ($1, $2, $3, 'image', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
                $16, $16)",
            new.id.0,
            new.owner.0,
            new.purpose,
            new.mime,
            new.blob,
            new.preview,
            new.description,
            new.blurhash,
            i64::from(new.size.0),
            i64::from(new.size.1),
            i64::from(new.preview_size.0),
            i64::from(new.preview_size.1),
            new.bytes,
            new.focus.0,
            new.focus.1,
            now.micros()
        )
        .map(drop)
    }

    /// Removes an upload that no post shows; its names in the store, if there was one.
    pub async fn delete_upload(&mut self, owner: ActorId, id: MediaId) -> Result<Option<Blobs>> {
        sql!(
            self,
            fetch_optional as Blobs,
            "DELETE FROM media WHERE id = $1 AND owner_id = $2 AND post_id IS NULL
                AND purpose = 'attachment'
             RETURNING blob, preview",
            id.0,
            owner.0
        )
    }

    /// Writes down what a post of elsewhere shows now, in the place of what it showed.
    pub async fn put_remote_shows(
        &mut self,
        post: PostId,
        owner: ActorId,
        shows: &Shows,
        ids: &[MediaId],
        now: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM media WHERE post_id = $1 AND blob IS NULL",
            post.0
        )?;
        for ((position, file), id) in (0_i64..).zip(&shows.media).zip(ids) {
            sql!(
                self,
                execute,
                "INSERT INTO media (id, owner_id, post_id, position, purpose, kind, mime,
                    remote_url, description, blurhash, width, height, focus_x, focus_y,
                    created_at, updated_at)
                 VALUES ($1, $2, $3, $4, 'attachment', $5, $6, $7, $8, $9, $10, $11, $12, $13,
                    $14, $14)",
                id.0,
                owner.0,
                post.0,
                position,
                file.kind,
                &file.mime,
                &file.url,
                &file.description,
                &file.blurhash,
                file.size.map(|(width, _)| i64::from(width)),
                file.size.map(|(_, height)| i64::from(height)),
                file.focus.0,
                file.focus.1,
                now.micros()
            )?;
        }
        let emojis = if shows.emojis.is_empty() {
            "[]"
        } else {
            &shows.emojis
        };
        sql!(
            self,
            execute,
            "UPDATE post SET has_media = $2, link = $3, emojis = $4 WHERE id = $1",
            post.0,
            !shows.media.is_empty(),
            &shows.link,
            emojis
        )
        .map(drop)
    }

    /// The files that one of our own posts shows, in their order.
    pub async fn own_files(&mut self, post: PostId) -> Result<Vec<OwnFile>> {
        sql!(
            self,
            fetch_all as OwnFile,
            "SELECT blob, mime, description, blurhash, width, height, focus_x, focus_y
             FROM media WHERE post_id = $1 AND blob IS NOT NULL ORDER BY position, id",
            post.0
        )
    }

    /// Forgets uploads from before `before` that nobody used, pictures that profiles no
    /// longer show and files of posts that are deleted; what is to be removed from the
    /// store.
    pub async fn forget_idle_media(&mut self, before: Timestamp, limit: i64) -> Result<Vec<Blobs>> {
        sql!(
            self,
            fetch_all as Blobs,
            "DELETE FROM media WHERE id IN (
                SELECT m.id FROM media m
                 WHERE m.post_id IS NULL AND m.created_at < $1 AND (
                    m.purpose = 'attachment' AND NOT EXISTS (SELECT 1 FROM scheduled_post s
                        WHERE s.owner_id = m.owner_id
                            AND s.params LIKE '%\"' || CAST(m.id AS TEXT) || '\"%')
                    OR m.purpose <> 'attachment' AND NOT EXISTS (SELECT 1 FROM profile r
                        WHERE r.actor_id = m.owner_id
                            AND (r.avatar_id = m.id OR r.header_id = m.id)))
                UNION ALL
                SELECT m.id FROM media m JOIN post p ON p.id = m.post_id
                 WHERE p.state = 'deleted'
                LIMIT $2)
             RETURNING blob, preview",
            before.micros(),
            limit
        )
    }
}

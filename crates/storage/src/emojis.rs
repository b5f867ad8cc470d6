//! Custom emoji of this server.

use archipel_model::{Id, PostId, Timestamp};

use crate::conn::sql;
use crate::{Blobs, Conn, Result};

/// A picture that stands for `:shortcode:`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CustomEmoji {
    /// Its name.
    pub shortcode: String,
    /// Its name in the store.
    pub blob: String,
    /// The same of a picture that does not move.
    pub static_blob: String,
    /// What it is.
    pub mime: String,
    /// Under which it is shown to who chooses.
    pub category: Option<String>,
}

/// A name on its way into a list.
#[derive(serde::Serialize)]
struct Name<'a> {
    name: &'a str,
}

impl Conn {
    /// Adds an emoji, or gives one another picture. The caller removes the picture that
    /// it had before.
    pub async fn put_emoji(&mut self, id: Id, emoji: &CustomEmoji, now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO custom_emoji (id, shortcode, blob, static_blob, mime, category, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (shortcode) DO UPDATE SET blob = excluded.blob,
                static_blob = excluded.static_blob, mime = excluded.mime,
                category = excluded.category",
            id.0,
            &emoji.shortcode,
            &emoji.blob,
            &emoji.static_blob,
            &emoji.mime,
            &emoji.category,
            now.micros()
        )
        .map(drop)
    }

    /// Removes an emoji; its names in the store, if there was one.
    pub async fn remove_emoji(&mut self, shortcode: &str) -> Result<Option<Blobs>> {
        sql!(
            self,
            fetch_optional as Blobs,
            "DELETE FROM custom_emoji WHERE shortcode = $1
             RETURNING blob AS blob, static_blob AS preview",
            shortcode
        )
    }

    /// Every emoji, by name.
    pub async fn all_emojis(&mut self) -> Result<Vec<CustomEmoji>> {
        sql!(
            self,
            fetch_all as CustomEmoji,
            "SELECT shortcode, blob, static_blob, mime, category FROM custom_emoji
             ORDER BY shortcode"
        )
    }

    /// The emoji of these names, by name.
    pub async fn emojis_named(&mut self, shortcodes: &[String]) -> Result<Vec<CustomEmoji>> {
        let names: Vec<Name<'_>> = shortcodes.iter().map(|name| Name { name }).collect();
        sql!(
            self,
            fetch_all as CustomEmoji,
            "SELECT shortcode, blob, static_blob, mime, category FROM custom_emoji
             WHERE shortcode IN (SELECT v.value ->> 'name' FROM json_each($1) AS v)
             ORDER BY shortcode",
            crate::json_list(&names)
        )
    }

    /// The emoji of a post: a JSON list of `{"shortcode","url","static_url"}`.
    pub async fn emojis_of(&mut self, post: PostId) -> Result<String> {
        let found = sql!(
            self,
            fetch_scalar as String,
            "SELECT emojis FROM post WHERE id = $1",
            post.0
        )?;
        Ok(found.unwrap_or_else(|| "[]".to_owned()))
    }

    /// Writes down the emoji of a post.
    pub async fn set_emojis_of(&mut self, post: PostId, emojis: &str) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE post SET emojis = $2 WHERE id = $1 AND emojis <> $2",
            post.0,
            emojis
        )
        .map(drop)
    }
}

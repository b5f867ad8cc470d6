//! Whom and what posts name: mentions and hashtags.

use archipel_model::{HashtagId, PostId, Timestamp};

use crate::conn::sql;
use crate::{Actor, Conn, Result};

/// Somebody who is addressed, on the way into the database.
#[derive(serde::Serialize)]
struct Addressed {
    actor: i64,
    silent: bool,
}

/// Somebody who is named, as apps are told.
#[derive(serde::Serialize)]
struct Mention<'a> {
    id: String,
    username: &'a str,
    acct: String,
    url: &'a str,
}

impl Actor {
    /// The page of an actor; always an address.
    pub fn page(&self) -> &str {
        let page = self.url.as_deref();
        page.filter(|page| url::Url::parse(page).is_ok())
            .unwrap_or(&self.uri)
    }
}

fn mention(actor: &Actor) -> Mention<'_> {
    Mention {
        id: actor.id.to_string(),
        username: &actor.handle,
        acct: if actor.is_local {
            actor.handle.clone()
        } else {
            actor.acct()
        },
        url: actor.page(),
    }
}

impl Conn {
    /// Puts down whom a post names, to whom else it is addressed, and its hashtags as
    /// shown, in the place of what was put down before. Each actor is given once.
    pub async fn set_named(
        &mut self,
        post: PostId,
        named: &[Actor],
        addressed: &[Actor],
        tags: &[String],
    ) -> Result<()> {
        let row = |actor: &Actor, silent| Addressed {
            actor: actor.id.0,
            silent,
        };
        let rows: Vec<Addressed> = (named.iter().map(|actor| row(actor, false)))
            .chain(addressed.iter().map(|actor| row(actor, true)))
            .collect();
        let list = crate::json_list(&rows);
        let mentions: Vec<Mention<'_>> = named.iter().map(mention).collect();
        let (mentions, tags) = (crate::json_list(&mentions), crate::json_list(tags));
        sql!(
            self,
            execute,
            "DELETE FROM post_mention WHERE post_id = $1 AND actor_id NOT IN
                (SELECT CAST(value ->> 'actor' AS BIGINT) FROM json_each($2))",
            post.0,
            &list
        )?;
        sql!(
            self,
            execute,
            "INSERT INTO post_mention (post_id, actor_id, silent)
             SELECT $1, CAST(value ->> 'actor' AS BIGINT), CAST(value ->> 'silent' AS BOOLEAN)
             FROM json_each($2) WHERE TRUE
             ON CONFLICT (post_id, actor_id) DO UPDATE SET silent = excluded.silent",
            post.0,
            &list
        )?;
        sql!(
            self,
            execute,
            "UPDATE post SET mentions = $2, tags = $3 WHERE id = $1",
            post.0,
            mentions,
            tags
        )
        .map(drop)
    }

    /// Puts down the hashtags of a post, in the place of those before. `names` come with
    /// ids for those that are new.
    pub async fn set_hashtags(
        &mut self,
        post: PostId,
        names: &[(HashtagId, String)],
        now: Timestamp,
    ) -> Result<()> {
        #[derive(serde::Serialize)]
        struct Row<'a> {
            id: i64,
            name: &'a str,
        }
        let rows: Vec<Row<'_>> = names
            .iter()
            .map(|(id, name)| Row { id: id.0, name })
            .collect();
        let list = crate::json_list(&rows);
        sql!(
            self,
            execute,
            "INSERT INTO hashtag (id, name, created_at)
             SELECT CAST(value ->> 'id' AS BIGINT), value ->> 'name', $2
             FROM json_each($1) WHERE TRUE ON CONFLICT DO NOTHING",
            &list,
            now.micros()
        )?;
        sql!(
            self,
            execute,
            "DELETE FROM post_hashtag WHERE post_id = $1 AND hashtag_id NOT IN
                (SELECT h.id FROM hashtag h JOIN json_each($2) v ON h.name = v.value ->> 'name')",
            post.0,
            &list
        )?;
        sql!(
            self,
            execute,
            "INSERT INTO post_hashtag (hashtag_id, post_id)
             SELECT h.id, $1 FROM hashtag h JOIN json_each($2) v ON h.name = v.value ->> 'name'
             WHERE TRUE ON CONFLICT DO NOTHING",
            post.0,
            &list
        )
        .map(drop)
    }

    /// Whom a post names, silent ones left out.
    pub async fn mentioned(&mut self, post: PostId) -> Result<Vec<Actor>> {
        sql!(
            self,
            fetch_all as Actor,
            "SELECT a.* FROM actor a JOIN post_mention m ON m.actor_id = a.id
             WHERE m.post_id = $1 AND NOT m.silent ORDER BY a.id",
            post.0
        )
    }

    /// The hashtags of a post.
    pub async fn hashtags_of(&mut self, post: PostId) -> Result<Vec<String>> {
        let tags = sql!(
            self,
            fetch_scalar as String,
            "SELECT tags FROM post WHERE id = $1",
            post.0
        )?;
        Ok(tags
            .and_then(|tags| serde_json::from_str(&tags).ok())
            .unwrap_or_default())
    }
}

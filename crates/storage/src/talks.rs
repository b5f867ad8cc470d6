//! Direct conversations of members: one for each thread with direct posts that they wrote
//! or that name them.

use archipel_model::{ActorId, PostId};

use crate::conn::sql;
use crate::{Conn, Result};

/// A conversation of one member.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Conversation {
    /// Its id.
    pub id: i64,
    /// The first post of its thread.
    #[sqlx(try_from = "i64")]
    pub root_id: PostId,
    /// Its newest post.
    #[sqlx(try_from = "i64")]
    pub last_post_id: PostId,
    /// Whether they have not read it.
    pub unread: bool,
}

/// The direct posts of a thread, `p`, that its owner, `$1`, wrote or is named by.
macro_rules! newest {
    () => {
        "SELECT max(p.id) FROM post p
            WHERE (p.id = $2 OR p.root_id = $2) AND p.visibility = 'direct'
                AND p.state = 'published'
                AND (p.author_id = $1 OR EXISTS (SELECT 1 FROM post_mention m
                    WHERE m.post_id = p.id AND m.actor_id = $1))"
    };
}

impl Conn {
    /// Members and communities of this server who take part in a direct post: its author
    /// and whom it names.
    pub async fn talkers(&mut self, post: PostId) -> Result<Vec<ActorId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "SELECT a.id FROM actor a WHERE a.is_local AND a.kind IN ('Person', 'Group')
                AND (a.id = (SELECT author_id FROM post WHERE id = $1)
                    OR a.id IN (SELECT actor_id FROM post_mention WHERE post_id = $1))
             ORDER BY a.id",
            post.0
        )?;
        Ok(ids.into_iter().map(ActorId).collect())
    }

    /// Puts a direct post into the conversation of somebody; `id` is for a new one.
    /// Gives the id of the conversation.
    pub async fn talk(
        &mut self,
        id: i64,
        owner: ActorId,
        root: PostId,
        post: PostId,
        unread: bool,
    ) -> Result<Option<i64>> {
        sql!(
            self,
            fetch_scalar as i64,
            "INSERT INTO conversation (id, owner_id, root_id, last_post_id, unread)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (owner_id, root_id) DO UPDATE SET
                unread = excluded.unread,
                last_post_id = CASE WHEN excluded.last_post_id > conversation.last_post_id
                    THEN excluded.last_post_id ELSE conversation.last_post_id END
             RETURNING id",
            id,
            owner.0,
            root.0,
            post.0,
            unread
        )
    }

    /// A direct post is gone: conversations end with the one before it, or are gone too.
    pub async fn untalk(&mut self, post: PostId) -> Result<()> {
        let ends = sql!(
            self,
            fetch_all as (i64, i64, i64),
            "SELECT id, owner_id, root_id FROM conversation WHERE last_post_id = $1",
            post.0
        )?;
        for (id, owner, root) in ends {
            let newest = sql!(self, fetch_scalar as Option<i64>, newest!(), owner, root)?.flatten();
            match newest {
                Some(newest) => {
                    sql!(
                        self,
                        execute,
                        "UPDATE conversation SET last_post_id = $2 WHERE id = $1",
                        id,
                        newest
                    )?;
                }
                None => {
                    sql!(self, execute, "DELETE FROM conversation WHERE id = $1", id)?;
                }
            }
        }
        Ok(())
    }

    /// The conversations of somebody by their newest posts, `above` < post < `below`, the
    /// newest first; of more than `limit` those next to `above` when `rises`.
    pub async fn conversations(
        &mut self,
        owner: ActorId,
        (above, below): (i64, i64),
        rises: bool,
        limit: i64,
    ) -> Result<Vec<Conversation>> {
        let text = if rises {
            "SELECT id, root_id, last_post_id, unread FROM conversation
             WHERE owner_id = $1 AND last_post_id > $2 AND last_post_id < $3
             ORDER BY last_post_id LIMIT $4"
        } else {
            "SELECT id, root_id, last_post_id, unread FROM conversation
             WHERE owner_id = $1 AND last_post_id > $2 AND last_post_id < $3
             ORDER BY last_post_id DESC LIMIT $4"
        };
        let mut found = sql!(
            self,
            fetch_all as Conversation,
            text,
            owner.0,
            above,
            below,
            limit
        )?;
        found.sort_by_key(|it| std::cmp::Reverse(it.last_post_id));
        Ok(found)
    }

    /// One conversation of somebody.
    pub async fn conversation(&mut self, owner: ActorId, id: i64) -> Result<Option<Conversation>> {
        sql!(
            self,
            fetch_optional as Conversation,
            "SELECT id, root_id, last_post_id, unread FROM conversation
             WHERE owner_id = $1 AND id = $2",
            owner.0,
            id
        )
    }

    /// Marks a conversation as read.
    pub async fn conversation_read(&mut self, id: i64) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE conversation SET unread = FALSE WHERE id = $1",
            id
        )
        .map(drop)
    }

    /// Forgets a conversation; its posts stay.
    pub async fn remove_conversation(&mut self, id: i64) -> Result<()> {
        sql!(self, execute, "DELETE FROM conversation WHERE id = $1", id).map(drop)
    }

    /// Who takes part in a post, wherever they live: its author first.
    pub async fn participants(&mut self, post: PostId) -> Result<Vec<ActorId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "SELECT author_id FROM post WHERE id = $1
             UNION SELECT actor_id FROM post_mention WHERE post_id = $1",
            post.0
        )?;
        Ok(ids.into_iter().map(ActorId).collect())
    }
}

//! Entries of feeds: who shows which post, kept in step with what becomes of posts.
//!
//! The changes of posts that matter here have the names that they have on [`Conn`]; on a
//! [`Tx`] they take the entries, the counts of answers and those who listen with them.

use archipel_model::submission::HoldReason;
use archipel_model::{ActorId, EntryId, PostId, Timestamp};

use crate::conn::sql;
use crate::wake::GONE;
use crate::{Conn, Entry, PostState, Result, StreamEvent, Tx};

/// An entry to be stored.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// Its id; of a post itself the post's.
    pub id: EntryId,
    /// Who shows it.
    pub actor: ActorId,
    /// The post.
    pub post: PostId,
    /// Whether it is a boost.
    pub boost: bool,
    /// Whether it is an answer: of a post itself, one to somebody else; of what people
    /// boost, never.
    pub reply: bool,
    /// The activity that showed it, of boosts.
    pub uri: Option<String>,
    /// When it was shown.
    pub at: Timestamp,
}

/// The same on its way into the database.
#[derive(serde::Serialize)]
struct Row<'a> {
    id: i64,
    actor: i64,
    post: i64,
    boost: bool,
    reply: bool,
    uri: Option<&'a str>,
    at: i64,
}

impl Tx {
    /// Shows a post, when the transaction ends or [`Tx::flush`] is called. Whoever shows
    /// it already does so once.
    pub fn show(&mut self, entry: NewEntry) {
        self.entries.push(entry);
    }

    /// Writes what is shown.
    pub(crate) async fn flush_entries(&mut self) -> Result<()> {
        if self.entries.is_empty() {
            return Ok(());
        }
        let entries = std::mem::take(&mut self.entries);
        let rows: Vec<Row<'_>> = entries
            .iter()
            .map(|entry| Row {
                id: entry.id.0,
                actor: entry.actor.0,
                post: entry.post.0,
                boost: entry.boost,
                reply: entry.reply,
                uri: entry.uri.as_deref(),
                at: entry.at.micros(),
            })
            .collect();
        // `WHERE TRUE` keeps SQLite from reading `ON CONFLICT` as part of a join.
        sql!(
            self,
            execute,
            "INSERT INTO feed_entry (id, actor_id, post_id, boost, reply, uri, created_at)
             SELECT CAST(value ->> 'id' AS BIGINT), CAST(value ->> 'actor' AS BIGINT),
                CAST(value ->> 'post' AS BIGINT), CAST(value ->> 'boost' AS BOOLEAN),
                CAST(value ->> 'reply' AS BOOLEAN), value ->> 'uri',
                CAST(value ->> 'at' AS BIGINT)
             FROM json_each($1) WHERE TRUE ON CONFLICT DO NOTHING",
            crate::json_list(&rows)
        )
        .map(drop)
    }

    /// Somebody shows a post no more.
    pub async fn unshow(&mut self, post: PostId, actor: ActorId) -> Result<()> {
        self.flush_entries().await?;
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "DELETE FROM feed_entry WHERE post_id = $1 AND actor_id = $2 AND boost RETURNING id",
            post.0,
            actor.0
        )?;
        self.stream_gone(ids);
        Ok(())
    }

    /// An actor that is gone boosts nothing any more.
    pub async fn unshow_boosts_of(&mut self, actor: ActorId) -> Result<()> {
        self.flush_entries().await?;
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "DELETE FROM feed_entry WHERE actor_id = $1 AND boost RETURNING id",
            actor.0
        )?;
        self.stream_gone(ids);
        Ok(())
    }

    fn stream_gone(&mut self, ids: Vec<i64>) {
        let ids: Vec<EntryId> = ids.into_iter().map(EntryId).collect();
        for part in ids.chunks(GONE) {
            self.stream(StreamEvent::Gone {
                statuses: part.to_vec(),
            });
        }
    }

    /// See [`Conn::set_post_state`].
    pub async fn set_post_state(
        &mut self,
        id: PostId,
        from: PostState,
        to: PostState,
    ) -> Result<bool> {
        let changed = (**self).set_post_state(id, from, to).await?;
        if changed {
            self.became(&[id], to).await?;
        }
        Ok(changed)
    }

    /// See [`Conn::hold_post`].
    pub async fn hold_post(
        &mut self,
        id: PostId,
        reason: HoldReason,
        received: &str,
    ) -> Result<bool> {
        let changed = (**self).hold_post(id, reason, received).await?;
        if changed {
            self.became(&[id], PostState::Held).await?;
        }
        Ok(changed)
    }

    /// See [`Conn::remove_answers`].
    pub async fn remove_answers(&mut self, post: PostId) -> Result<Vec<PostId>> {
        let ids = (**self).remove_answers(post).await?;
        self.became(&ids, PostState::Removed).await?;
        Ok(ids)
    }

    /// See [`Conn::bring_answers_back`].
    pub async fn bring_answers_back(&mut self, post: PostId) -> Result<Vec<PostId>> {
        let ids = (**self).bring_answers_back(post).await?;
        self.became(&ids, PostState::Published).await?;
        Ok(ids)
    }

    /// See [`Conn::bring_posts_back`].
    pub async fn bring_posts_back(
        &mut self,
        author: ActorId,
        community: ActorId,
    ) -> Result<Vec<PostId>> {
        let ids = (**self).bring_posts_back(author, community).await?;
        self.became(&ids, PostState::Published).await?;
        Ok(ids)
    }

    /// See [`Conn::delete_post`].
    pub async fn delete_post(&mut self, id: PostId, now: Timestamp) -> Result<bool> {
        let changed = (**self).delete_post(id, now).await?;
        if changed {
            self.became(&[id], PostState::Deleted).await?;
        }
        Ok(changed)
    }

    /// See [`Conn::delete_posts_of`].
    pub async fn delete_posts_of(&mut self, author: ActorId, now: Timestamp) -> Result<u64> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "SELECT id FROM post WHERE author_id = $1 AND state <> 'deleted'",
            author.0
        )?;
        let deleted = (**self).delete_posts_of(author, now).await?;
        let ids: Vec<PostId> = ids.into_iter().map(PostId).collect();
        self.became(&ids, PostState::Deleted).await?;
        Ok(deleted)
    }

    /// See [`Conn::move_thread`]; what the first community showed, the second one shows.
    pub async fn move_thread(&mut self, root: PostId, from: ActorId, to: ActorId) -> Result<u64> {
        let moved = (**self).move_thread(root, from, to).await?;
        if moved == 0 {
            return Ok(0);
        }
        self.flush_entries().await?;
        let twice = sql!(
            self,
            fetch_scalars as i64,
            "DELETE FROM feed_entry WHERE actor_id = $2 AND boost
                AND post_id IN (SELECT id FROM post WHERE id = $1 OR root_id = $1)
                AND EXISTS (SELECT 1 FROM feed_entry o WHERE o.actor_id = $3 AND o.boost
                    AND o.post_id = feed_entry.post_id)
             RETURNING id",
            root.0,
            from.0,
            to.0
        )?;
        self.stream_gone(twice);
        sql!(
            self,
            execute,
            "UPDATE feed_entry SET actor_id = $3 WHERE actor_id = $2 AND boost
                AND post_id IN (SELECT id FROM post WHERE id = $1 OR root_id = $1)",
            root.0,
            from.0,
            to.0
        )?;
        self.stream(StreamEvent::Edited { post: root });
        Ok(moved)
    }

    /// What follows for feeds when posts are shown, shown no more, or deleted.
    async fn became(&mut self, posts: &[PostId], state: PostState) -> Result<()> {
        if posts.is_empty() {
            return Ok(());
        }
        self.flush_totals().await?;
        self.flush_entries().await?;
        let list: Vec<i64> = posts.iter().map(|id| id.0).collect();
        let list = crate::json_list(&list);
        match state {
            PostState::Published => {
                sql!(
                    self,
                    execute,
                    "UPDATE feed_entry SET shown = TRUE
                     WHERE post_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
                    &list
                )?;
            }
            PostState::Held | PostState::Removed => {
                if state == PostState::Removed {
                    self.forget_notifications_about(posts).await?;
                }
                let ids = sql!(
                    self,
                    fetch_scalars as i64,
                    "UPDATE feed_entry SET shown = FALSE
                     WHERE post_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))
                     RETURNING id",
                    &list
                )?;
                self.stream_gone(ids);
            }
            PostState::Deleted => {
                self.forget_notifications_about(posts).await?;
                let ids = sql!(
                    self,
                    fetch_scalars as i64,
                    "DELETE FROM feed_entry
                     WHERE post_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))
                     RETURNING id",
                    &list
                )?;
                self.stream_gone(ids);
            }
        }
        sql!(
            self,
            execute,
            "UPDATE post SET replies = (SELECT count(*) FROM post c
                    WHERE c.parent_uri = post.uri AND c.state = 'published'
                        AND c.visibility IN ('public', 'unlisted'))
             WHERE id IN (SELECT parent_id FROM post
                WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)))",
            &list
        )
        .map(drop)
    }
}

impl Conn {
    /// Whether somebody boosts a post, shown or not.
    pub async fn shows(&mut self, actor: ActorId, post: PostId) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM feed_entry
                WHERE post_id = $2 AND actor_id = $1 AND boost)",
            actor.0,
            post.0
        )
        .map(Option::unwrap_or_default)
    }

    /// The newest entry that there is, or the present in the order of ids.
    pub(crate) async fn last_entry(&mut self) -> Result<EntryId> {
        let id = sql!(
            self,
            fetch_scalar as Option<i64>,
            "SELECT max(id) FROM feed_entry"
        )?;
        Ok(EntryId(id.flatten().unwrap_or_default()))
    }

    /// Entries newer than that, a hundred at most.
    pub(crate) async fn entries_since(&mut self, since: EntryId) -> Result<Vec<Entry>> {
        sql!(
            self,
            fetch_all as Entry,
            "SELECT id, actor_id, post_id, boost, created_at FROM feed_entry
             WHERE id > $1 AND shown ORDER BY id LIMIT 100",
            since.0
        )
    }

    /// Posts of a thread, itself included, that belong to a community and are shown, but
    /// not yet by it.
    pub async fn unshown_in(
        &mut self,
        root: PostId,
        community: ActorId,
    ) -> Result<Vec<crate::Post>> {
        sql!(
            self,
            fetch_all as crate::Post,
            "SELECT * FROM post WHERE (id = $1 OR root_id = $1) AND community_id = $2
                AND state = 'published' AND visibility IN ('public', 'unlisted')
                AND NOT EXISTS (SELECT 1 FROM feed_entry e WHERE e.post_id = post.id
                    AND e.actor_id = $2 AND e.boost)
             ORDER BY id",
            root.0,
            community.0
        )
    }
}

//! Votes and boosts, one of each class an actor and post, and their totals.

use archipel_model::{ActorId, PostId, ReactionClass, ReactionKind, Timestamp};

use crate::conn::{Driver, sql};
use crate::maybe::Maybe;
use crate::{Conn, Post, Result, Tx};

/// A reaction as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Reaction {
    /// To which post.
    #[sqlx(try_from = "i64")]
    pub post_id: PostId,
    /// By whom: an ActivityPub id.
    pub actor_uri: String,
    /// By whom, if we have them.
    #[sqlx(try_from = "Maybe")]
    pub actor_id: Option<ActorId>,
    /// What.
    #[sqlx(try_from = "String")]
    pub kind: ReactionKind,
    /// The emoji that stood for it.
    pub emoji: Option<String>,
    /// The activity that said so.
    pub uri: String,
}

/// A reaction to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewReaction<'a> {
    /// To which post.
    pub post_id: PostId,
    /// By whom: an ActivityPub id.
    pub actor_uri: &'a str,
    /// By whom, if we have them.
    pub actor_id: Option<ActorId>,
    /// The server of whom.
    pub host: &'a str,
    /// What.
    pub kind: ReactionKind,
    /// The emoji that stood for it.
    pub emoji: Option<&'a str>,
    /// The activity that said so.
    pub uri: &'a str,
}

/// What is added to the totals of a post.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    likes: i64,
    dislikes: i64,
    boosts: i64,
    replies: i64,
}

/// The same on its way into the database.
#[derive(Debug, serde::Serialize)]
struct Added {
    id: i64,
    likes: i64,
    dislikes: i64,
    boosts: i64,
    replies: i64,
}

impl Tx {
    /// Until the end of this transaction, no other one changes the totals of a post, which
    /// it has read. Says how many reactions the post has at most. On SQLite there is one
    /// writer anyway, so nothing has to be asked.
    pub async fn lock_totals(&mut self, post: &Post) -> Result<i64> {
        let mut count = post.likes + post.dislikes + post.boosts;
        if let Driver::Postgres(conn) = self.driver() {
            count = sqlx::query_scalar(
                "SELECT likes + dislikes + boosts FROM post WHERE id = $1 FOR UPDATE",
            )
            .bind(post.id.0)
            .fetch_optional(conn)
            .await?
            .unwrap_or(count);
        }
        let counted = self.counted.get(&post.id).copied().unwrap_or_default();
        Ok(count + counted.likes + counted.dislikes + counted.boosts)
    }

    /// Adds to a total of a post, or takes from it, when the transaction ends or
    /// [`Tx::flush`] is called: many votes share one statement.
    pub fn add_to_totals(&mut self, post: PostId, kind: ReactionKind, by: i64) {
        let totals = self.counted.entry(post).or_default();
        match kind {
            ReactionKind::Like => totals.likes += by,
            ReactionKind::Dislike => totals.dislikes += by,
            ReactionKind::Boost => totals.boosts += by,
        }
    }

    /// Counts an answer to a post that is shown, like [`Tx::add_to_totals`].
    pub fn add_reply(&mut self, post: PostId) {
        self.counted.entry(post).or_default().replies += 1;
    }

    /// See [`Conn::post`]; with the totals that this transaction counted.
    pub async fn post(&mut self, id: PostId) -> Result<Option<Post>> {
        let post = (**self).post(id).await?;
        Ok(post.map(|post| self.with_counted(post)))
    }

    /// See [`Conn::post_by_uri`]; with the totals that this transaction counted.
    pub async fn post_by_uri(&mut self, uri: &str) -> Result<Option<Post>> {
        let post = (**self).post_by_uri(uri).await?;
        Ok(post.map(|post| self.with_counted(post)))
    }

    fn with_counted(&self, post: Post) -> Post {
        let Some(counted) = self.counted.get(&post.id) else {
            return post;
        };
        Post {
            likes: post.likes + counted.likes,
            dislikes: post.dislikes + counted.dislikes,
            boosts: post.boosts + counted.boosts,
            ..post
        }
    }

    /// Writes the totals.
    pub(crate) async fn flush_totals(&mut self) -> Result<()> {
        if self.counted.is_empty() {
            return Ok(());
        }
        let added: Vec<Added> = std::mem::take(&mut self.counted)
            .into_iter()
            .map(|(post, totals)| Added {
                id: post.0,
                likes: totals.likes,
                dislikes: totals.dislikes,
                boosts: totals.boosts,
                replies: totals.replies,
            })
            .collect();
        sql!(
            self,
            execute,
            "UPDATE post SET likes = likes + CAST(v.value ->> 'likes' AS BIGINT),
                dislikes = dislikes + CAST(v.value ->> 'dislikes' AS BIGINT),
                boosts = boosts + CAST(v.value ->> 'boosts' AS BIGINT),
                replies = replies + CAST(v.value ->> 'replies' AS BIGINT)
             FROM json_each($1) AS v WHERE post.id = CAST(v.value ->> 'id' AS BIGINT)",
            crate::json_list(&added)
        )
        .map(drop)
    }
}

impl Conn {
    /// Somebody's reaction of this class to a post.
    pub async fn reaction(
        &mut self,
        post: PostId,
        class: ReactionClass,
        actor_uri: &str,
    ) -> Result<Option<Reaction>> {
        sql!(
            self,
            fetch_optional as Reaction,
            "SELECT post_id, actor_uri, actor_id, kind, emoji, uri FROM reaction
             WHERE post_id = $1 AND class = $2 AND actor_uri = $3",
            post.0,
            class.as_str(),
            actor_uri
        )
    }

    /// Somebody's reaction by the activity that said it.
    pub async fn reaction_by_uri(
        &mut self,
        uri: &str,
        actor_uri: &str,
    ) -> Result<Option<Reaction>> {
        sql!(
            self,
            fetch_optional as Reaction,
            "SELECT post_id, actor_uri, actor_id, kind, emoji, uri FROM reaction
             WHERE uri = $1 AND actor_uri = $2 ORDER BY post_id LIMIT 1",
            uri,
            actor_uri
        )
    }

    /// Stores somebody's first reaction of its class to a post; says whether it is. The
    /// totals are the caller's, see [`Tx::add_to_totals`].
    pub async fn put_first_reaction(
        &mut self,
        new: &NewReaction<'_>,
        now: Timestamp,
    ) -> Result<bool> {
        sql!(
            self,
            execute,
            "INSERT INTO reaction (post_id, class, actor_uri, actor_id, host, kind, emoji, uri,
                created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (post_id, class, actor_uri) DO NOTHING",
            new.post_id.0,
            new.kind.class().as_str(),
            new.actor_uri,
            new.actor_id.map(|id| id.0),
            new.host,
            new.kind.as_str(),
            new.emoji,
            new.uri,
            now.micros()
        )
        .map(|rows| rows > 0)
    }

    /// Stores a reaction in the place of an earlier one of its class; the totals are
    /// the caller's, see [`Tx::add_to_totals`].
    pub async fn put_reaction(&mut self, new: &NewReaction<'_>, now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO reaction (post_id, class, actor_uri, actor_id, host, kind, emoji, uri,
                created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (post_id, class, actor_uri) DO UPDATE SET kind = excluded.kind,
                actor_id = coalesce(excluded.actor_id, reaction.actor_id),
                emoji = excluded.emoji, uri = excluded.uri",
            new.post_id.0,
            new.kind.class().as_str(),
            new.actor_uri,
            new.actor_id.map(|id| id.0),
            new.host,
            new.kind.as_str(),
            new.emoji,
            new.uri,
            now.micros()
        )
        .map(drop)
    }

    /// Forgets somebody's reaction of this class to a post.
    pub async fn remove_reaction(
        &mut self,
        post: PostId,
        class: ReactionClass,
        actor_uri: &str,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM reaction WHERE post_id = $1 AND class = $2 AND actor_uri = $3",
            post.0,
            class.as_str(),
            actor_uri
        )
        .map(drop)
    }

    /// How many reactions to a post came from one server since then, counted up to
    /// `most`.
    pub async fn reactions_from(
        &mut self,
        post: PostId,
        host: &str,
        since: Timestamp,
        most: i64,
    ) -> Result<i64> {
        sql!(
            self,
            fetch_scalar as i64,
            "SELECT count(*) FROM (SELECT 1 AS one FROM reaction
                WHERE post_id = $1 AND host = $2 AND created_at > $3 LIMIT $4) AS t",
            post.0,
            host,
            since.micros(),
            most
        )
        .map(Option::unwrap_or_default)
    }
}

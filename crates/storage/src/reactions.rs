//! Votes and boosts, one of each class an actor and post, and their totals.

use archipel_model::{ActorId, PostId, ReactionClass, ReactionKind, Timestamp};

use crate::conn::sql;
use crate::maybe::Maybe;
use crate::{Conn, Result};

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

impl Conn {
    /// Until the end of this transaction, no other one changes the totals of a post.
    pub async fn lock_totals(&mut self, post: PostId) -> Result<()> {
        sql!(
            self,
            fetch_scalar as i64,
            sqlite: "SELECT id FROM post WHERE id = $1",
            postgres: "SELECT id FROM post WHERE id = $1 FOR UPDATE",
            post.0
        )
        .map(drop)
    }

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

    /// Stores a reaction in the place of an earlier one of its class; the totals are
    /// the caller's, see [`Conn::add_to_totals`].
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

    /// Adds to a total of a post, or takes from it.
    pub async fn add_to_totals(&mut self, post: PostId, kind: ReactionKind, by: i64) -> Result<()> {
        let share = |of: ReactionKind| if of == kind { by } else { 0 };
        sql!(
            self,
            execute,
            "UPDATE post SET likes = likes + $2, dislikes = dislikes + $3, boosts = boosts + $4
             WHERE id = $1",
            post.0,
            share(ReactionKind::Like),
            share(ReactionKind::Dislike),
            share(ReactionKind::Boost)
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

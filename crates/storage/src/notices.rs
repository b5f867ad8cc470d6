//! What authors were told about their posts.

use archipel_model::{ActorId, NoticeId, PostId, Timestamp};

use crate::conn::sql;
use crate::maybe::Micros;
use crate::{Conn, Result};

/// Something that an author was told.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Notice {
    /// Its id.
    #[sqlx(try_from = "i64")]
    pub id: NoticeId,
    /// Who was told.
    #[sqlx(try_from = "i64")]
    pub actor_id: ActorId,
    /// By which community.
    #[sqlx(try_from = "i64")]
    pub community_id: ActorId,
    /// Why: the same is not said twice within an hour.
    pub cause: String,
    /// The ActivityPub id of the post that it is about.
    pub about: String,
    /// What was said, plain text.
    pub text: String,
    /// When.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
}

impl Conn {
    /// Writes down what an author was told; `post` is the message that told them.
    pub async fn insert_notice(&mut self, notice: &Notice, post: Option<PostId>) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO notice
                (id, actor_id, community_id, cause, about, post_id, text, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            notice.id.0,
            notice.actor_id.0,
            notice.community_id.0,
            &notice.cause,
            &notice.about,
            post.map(|id| id.0),
            &notice.text,
            notice.created_at.micros()
        )
        .map(drop)
    }

    /// Whether a community told somebody the same since a moment.
    pub async fn was_told(
        &mut self,
        actor: ActorId,
        community: ActorId,
        cause: &str,
        since: Timestamp,
    ) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM notice WHERE actor_id = $1 AND community_id = $2
                AND cause = $3 AND created_at > $4)",
            actor.0,
            community.0,
            cause,
            since.micros()
        )
        .map(Option::unwrap_or_default)
    }

    /// Whether a community told somebody this about one post.
    pub async fn was_told_about(
        &mut self,
        actor: ActorId,
        community: ActorId,
        cause: &str,
        about: &str,
    ) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM notice WHERE about = $4 AND actor_id = $1
                AND community_id = $2 AND cause = $3)",
            actor.0,
            community.0,
            cause,
            about
        )
        .map(Option::unwrap_or_default)
    }

    /// Whether a community told somebody this about the same thing since a moment.
    pub async fn was_told_lately(
        &mut self,
        actor: ActorId,
        community: ActorId,
        cause: &str,
        about: &str,
        since: Timestamp,
    ) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM notice WHERE actor_id = $1 AND created_at > $5
                AND community_id = $2 AND cause = $3 AND about = $4)",
            actor.0,
            community.0,
            cause,
            about,
            since.micros()
        )
        .map(Option::unwrap_or_default)
    }

    /// How many messages went to an actor, and to all of its server, since a moment.
    pub async fn notices_since(
        &mut self,
        actor: ActorId,
        host: &str,
        since: Timestamp,
    ) -> Result<(i64, i64)> {
        let to_actor = sql!(
            self,
            fetch_scalar as i64,
            "SELECT count(*) FROM notice WHERE actor_id = $1 AND created_at > $2",
            actor.0,
            since.micros()
        )?;
        let to_host = sql!(
            self,
            fetch_scalar as i64,
            "SELECT count(*) FROM notice n JOIN actor a ON a.id = n.actor_id
             WHERE n.created_at > $2 AND a.host = $1",
            host,
            since.micros()
        )?;
        Ok((to_actor.unwrap_or_default(), to_host.unwrap_or_default()))
    }

    /// What somebody was told, newest first, at most `limit`.
    pub async fn notices_of(&mut self, actor: ActorId, limit: i64) -> Result<Vec<Notice>> {
        sql!(
            self,
            fetch_all as Notice,
            "SELECT id, actor_id, community_id, cause, about, text, created_at FROM notice
             WHERE actor_id = $1 ORDER BY id DESC LIMIT $2",
            actor.0,
            limit
        )
    }
}

//! What moderators and administrators did, and the bans in force.

use archipel_model::{ActorId, Deed, MeasureId, PostId, Role, Timestamp};

use crate::conn::sql;
use crate::maybe::{Maybe, MaybeWord, Micros};
use crate::{Conn, Result};

/// One entry of the log of a community, or of the server.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Measure {
    /// Its id, also the order.
    #[sqlx(try_from = "i64")]
    pub id: MeasureId,
    /// Where; none for the whole server.
    #[sqlx(try_from = "Maybe")]
    pub community_id: Option<ActorId>,
    /// What was done.
    #[sqlx(try_from = "String")]
    pub kind: Deed,
    /// By whom; the server's own actor stands for an operator.
    #[sqlx(try_from = "i64")]
    pub by_id: ActorId,
    /// To whom.
    #[sqlx(try_from = "Maybe")]
    pub target_id: Option<ActorId>,
    /// To which post.
    #[sqlx(try_from = "Maybe")]
    pub post_id: Option<PostId>,
    /// The role that was given.
    #[sqlx(try_from = "MaybeWord")]
    pub role: Option<Role>,
    /// Why, in the words of who did it.
    pub reason: Option<String>,
    /// The number of the rule that it rests on, from 1.
    pub rule: Option<i64>,
    /// Until when.
    #[sqlx(try_from = "Maybe")]
    pub ends_at: Option<Timestamp>,
    /// Whether what they posted, or what answers the post, goes too.
    pub with_content: bool,
    /// The earlier measure that it takes back.
    #[sqlx(try_from = "Maybe")]
    pub undoes_id: Option<MeasureId>,
    /// The door through which it came: a word for people who look later.
    pub origin: String,
    /// The ActivityPub id of the activity that asked for it, or that tells of it.
    pub activity_uri: Option<String>,
    /// When.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
}

impl Conn {
    /// Writes an entry into the log.
    pub async fn insert_measure(&mut self, measure: &Measure) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO measure (id, community_id, kind, by_id, target_id, post_id, role, reason,
                rule, ends_at, with_content, undoes_id, origin, activity_uri, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            measure.id.0,
            measure.community_id.map(|id| id.0),
            measure.kind.as_str(),
            measure.by_id.0,
            measure.target_id.map(|id| id.0),
            measure.post_id.map(|id| id.0),
            measure.role.map(Role::as_str),
            measure.reason.as_deref(),
            measure.rule,
            measure.ends_at.map(Timestamp::micros),
            measure.with_content,
            measure.undoes_id.map(|id| id.0),
            &measure.origin,
            measure.activity_uri.as_deref(),
            measure.created_at.micros()
        )
        .map(drop)
    }

    /// The measure of this id.
    pub async fn measure(&mut self, id: MeasureId) -> Result<Option<Measure>> {
        sql!(
            self,
            fetch_optional as Measure,
            "SELECT * FROM measure WHERE id = $1",
            id.0
        )
    }

    /// The log of a community (`None`: of the whole server), newest first, before
    /// `before`, at most `limit`.
    pub async fn measures(
        &mut self,
        community: Option<ActorId>,
        before: MeasureId,
        limit: i64,
    ) -> Result<Vec<Measure>> {
        sql!(
            self,
            fetch_all as Measure,
            "SELECT * FROM measure WHERE coalesce(community_id, 0) = $1 AND id < $2
             ORDER BY id DESC LIMIT $3",
            community.map_or(0, |id| id.0),
            before.0,
            limit
        )
    }

    /// The last measure of this kind upon a post.
    pub async fn last_measure_on_post(
        &mut self,
        post: PostId,
        kind: Deed,
    ) -> Result<Option<Measure>> {
        sql!(
            self,
            fetch_optional as Measure,
            "SELECT * FROM measure WHERE post_id = $1 AND kind = $2 ORDER BY id DESC LIMIT 1",
            post.0,
            kind.as_str()
        )
    }

    /// The last measure of this kind upon somebody in a community (`None`: on the
    /// whole server).
    pub async fn last_measure_on_actor(
        &mut self,
        community: Option<ActorId>,
        target: ActorId,
        kind: Deed,
    ) -> Result<Option<Measure>> {
        sql!(
            self,
            fetch_optional as Measure,
            "SELECT * FROM measure WHERE target_id = $1 AND kind = $2
                AND coalesce(community_id, 0) = $3 ORDER BY id DESC LIMIT 1",
            target.0,
            kind.as_str(),
            community.map_or(0, |id| id.0)
        )
    }

    /// Puts a ban into force, or in the place of an earlier one. `community` is
    /// `None` for the whole server.
    pub async fn put_ban(
        &mut self,
        community: Option<ActorId>,
        actor: ActorId,
        measure: MeasureId,
        ends_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO ban (community_id, actor_id, measure_id, ends_at, created_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (community_id, actor_id) DO UPDATE SET
                measure_id = excluded.measure_id, ends_at = excluded.ends_at,
                created_at = excluded.created_at",
            community.map_or(0, |id| id.0),
            actor.0,
            measure.0,
            ends_at.map(Timestamp::micros),
            now.micros()
        )
        .map(drop)
    }

    /// Whether anybody at all is banned from a community or from the whole server:
    /// nearly always nobody is, and then nobody has to be looked up.
    pub async fn has_bans(&mut self, community: ActorId) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM ban WHERE community_id IN ($1, 0))",
            community.0
        )
        .map(Option::unwrap_or_default)
    }

    /// Ends a ban; says whether one was in force.
    pub async fn lift_ban(
        &mut self,
        community: Option<ActorId>,
        actor: ActorId,
        now: Timestamp,
    ) -> Result<bool> {
        let was = sql!(
            self,
            fetch_scalars as i64,
            "DELETE FROM ban WHERE community_id = $1 AND actor_id = $2
             RETURNING CAST(CASE WHEN ends_at IS NULL OR ends_at > $3 THEN 1 ELSE 0 END AS BIGINT)",
            community.map_or(0, |id| id.0),
            actor.0,
            now.micros()
        )?;
        Ok(was.contains(&1))
    }
}

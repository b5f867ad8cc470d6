//! What those need who look after a community through an app: how people stand to it,
//! whom it bans, and which of its posts an id of a status means.

use archipel_model::{ActorId, EntryId, PostId, Timestamp};

use crate::conn::sql;
use crate::window::page;
use crate::{Conn, Entry, KeyedId, Result, Window};

/// How somebody stands to a community.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Bond {
    /// Who.
    #[sqlx(try_from = "i64")]
    pub actor_id: ActorId,
    /// Whether they are a member.
    pub member: bool,
    /// Whether a moderator vouched for them.
    pub vouched: bool,
    /// Whether they are banned from it.
    pub banned: bool,
}

impl Conn {
    /// How these actors stand to a community, in no order.
    pub async fn bonds(
        &mut self,
        community: ActorId,
        actors: &[ActorId],
        now: Timestamp,
    ) -> Result<Vec<Bond>> {
        let ids: Vec<i64> = actors.iter().map(|id| id.0).collect();
        sql!(
            self,
            fetch_all as Bond,
            "SELECT a.id AS actor_id,
                coalesce(f.state = 'accepted', FALSE) AS member,
                coalesce(f.state = 'accepted' AND f.approved_at IS NOT NULL, FALSE) AS vouched,
                EXISTS (SELECT 1 FROM ban b WHERE b.community_id = $1 AND b.actor_id = a.id
                    AND (b.ends_at IS NULL OR b.ends_at > $3)) AS banned
             FROM actor a
             LEFT JOIN follow f ON f.follower_id = a.id AND f.target_id = $1
             WHERE a.id IN (SELECT CAST(value AS BIGINT) FROM json_each($2))",
            community.0,
            crate::json_list(&ids),
            now.micros()
        )
    }

    /// Who is banned from a community, newest first, by the measure that did it.
    pub async fn banned_page(
        &mut self,
        community: ActorId,
        window: Window,
        now: Timestamp,
    ) -> Result<Vec<KeyedId>> {
        page!(
            self,
            window,
            as KeyedId,
            "SELECT measure_id, actor_id FROM ban
             WHERE community_id = $4 AND (ends_at IS NULL OR ends_at > $5)",
            "measure_id",
            community.0,
            now.micros()
        )
    }

    /// The post that an id of a status means, whatever became of it: itself, or what was
    /// boosted. Says nothing of who may see it.
    pub async fn post_of_status(&mut self, id: EntryId) -> Result<Option<PostId>> {
        sql!(
            self,
            fetch_scalar as i64,
            "SELECT post_id FROM feed_entry WHERE id = $1 AND boost
             UNION ALL SELECT id FROM post WHERE id = $1",
            id.0
        )
        .map(|id| id.map(PostId))
    }

    /// The boost of a post by somebody.
    pub async fn boost_by(&mut self, actor: ActorId, post: PostId) -> Result<Option<Entry>> {
        sql!(
            self,
            fetch_optional as Entry,
            "SELECT id, actor_id, post_id, boost, created_at FROM feed_entry
             WHERE post_id = $1 AND actor_id = $2 AND boost",
            post.0,
            actor.0
        )
    }
}

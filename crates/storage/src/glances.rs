//! What decides whether somebody sees posts, asked for many posts at once.

use std::collections::HashMap;

use archipel_model::audience::{Glance, Glancer, may_see};
use archipel_model::{ActorId, PostId, Visibility};

use crate::conn::sql;
use crate::{Conn, PostState, Result};

/// Who looks: the person or community that an app speaks as. `None` is a stranger.
pub type Eyes = Option<ActorId>;

#[derive(sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
struct Row {
    #[sqlx(try_from = "i64")]
    id: PostId,
    #[sqlx(try_from = "String")]
    visibility: Visibility,
    #[sqlx(try_from = "String")]
    state: PostState,
    local_only: bool,
    host_blocked: bool,
    suspended: bool,
    author: bool,
    follows: bool,
    addressed: bool,
    moderates: bool,
    blocked: bool,
}

impl Row {
    fn glance(&self, here: bool) -> Glance {
        Glance {
            visibility: self.visibility,
            published: self.state == PostState::Published,
            held: self.state == PostState::Held,
            local_only: self.local_only,
            host_blocked: self.host_blocked,
            suspended: self.suspended,
            viewer: Glancer {
                here,
                author: self.author,
                follows: self.follows,
                addressed: self.addressed,
                moderates: self.moderates,
                blocked: self.blocked,
            },
        }
    }
}

impl Conn {
    /// Which of these posts `eyes` may see.
    pub async fn seen_by(&mut self, eyes: Eyes, posts: &[PostId]) -> Result<HashMap<PostId, bool>> {
        let ids: Vec<i64> = posts.iter().map(|id| id.0).collect();
        let rows = sql!(
            self,
            fetch_all as Row,
            "SELECT p.id, p.visibility, p.state,
                EXISTS (SELECT 1 FROM community c
                    WHERE c.actor_id = p.community_id AND c.reach = 'local') AS local_only,
                a.host_blocked, a.state <> 'active' AS suspended,
                p.author_id = $2 AS author,
                EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = $2
                    AND f.target_id = p.author_id AND f.state = 'accepted') AS follows,
                EXISTS (SELECT 1 FROM post_mention m
                    WHERE m.post_id = p.id AND m.actor_id = $2) AS addressed,
                (p.community_id IS NOT NULL AND (p.community_id = $2
                    OR EXISTS (SELECT 1 FROM moderator m
                        WHERE m.community_id = p.community_id AND m.actor_id = $2))) AS moderates,
                EXISTS (SELECT 1 FROM block b
                    WHERE b.owner_id = p.author_id AND b.target_id = $2) AS blocked
             FROM post p JOIN actor a ON a.id = p.author_id
             WHERE p.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
            crate::json_list(&ids),
            eyes.map_or(0, |actor| actor.0)
        )?;
        Ok(rows
            .iter()
            .map(|row| (row.id, may_see(&row.glance(eyes.is_some()))))
            .collect())
    }
}

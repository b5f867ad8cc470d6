//! What decides whether somebody sees posts, asked for many posts at once.

use std::collections::HashMap;

use archipel_model::audience::{Glance, Glancer, may_see};
use archipel_model::{ActorId, PostId, Visibility};

use crate::conn::sql;
use crate::{Conn, PostState, Result};

/// Who looks: the person or community that an app speaks as. `None` is a stranger.
pub type Eyes = Option<ActorId>;

/// What is asked of a post; see [`glance_columns`].
#[derive(sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub(crate) struct Facts {
    #[sqlx(try_from = "String")]
    visibility: Visibility,
    #[sqlx(try_from = "String")]
    post_state: PostState,
    local_only: bool,
    host_blocked: bool,
    suspended: bool,
    author: bool,
    follows: bool,
    addressed: bool,
    moderates: bool,
    blocked: bool,
}

/// The columns of [`Facts`]: the post is called `p`, its author `a`, and `$me` is who
/// looks. What cannot matter is not looked up.
macro_rules! glance_columns {
    ($me:literal) => {
        concat!(
            " p.visibility, p.state AS post_state,
                (",
            $me,
            " = 0 AND EXISTS (SELECT 1 FROM community gc
                    WHERE gc.actor_id = p.community_id AND gc.reach = 'local')) AS local_only,
                a.host_blocked, a.state <> 'active' AS suspended,
                p.author_id = ",
            $me,
            " AS author,
                (p.visibility = 'private' AND EXISTS (SELECT 1 FROM follow gf
                    WHERE gf.follower_id = ",
            $me,
            " AND gf.target_id = p.author_id AND gf.state = 'accepted')) AS follows,
                (p.visibility IN ('private', 'direct') AND EXISTS (SELECT 1 FROM post_mention gm
                    WHERE gm.post_id = p.id AND gm.actor_id = ",
            $me,
            ")) AS addressed,
                (p.state = 'held' AND p.community_id IS NOT NULL AND (p.community_id = ",
            $me,
            " OR EXISTS (SELECT 1 FROM moderator gm
                        WHERE gm.community_id = p.community_id AND gm.actor_id = ",
            $me,
            "))) AS moderates,
                EXISTS (SELECT 1 FROM block gb
                    WHERE gb.owner_id = p.author_id AND gb.target_id = ",
            $me,
            ") AS blocked"
        )
    };
}
pub(crate) use glance_columns;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "i64")]
    id: PostId,
    #[sqlx(flatten)]
    facts: Facts,
}

impl Facts {
    pub(crate) fn glance(&self, here: bool) -> Glance {
        Glance {
            visibility: self.visibility,
            published: self.post_state == PostState::Published,
            held: self.post_state == PostState::Held,
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
            concat!(
                "SELECT p.id,",
                glance_columns!("$2"),
                " FROM post p JOIN actor a ON a.id = p.author_id
                 WHERE p.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))"
            ),
            crate::json_list(&ids),
            eyes.map_or(0, |actor| actor.0)
        )?;
        Ok(rows
            .iter()
            .map(|row| (row.id, may_see(&row.facts.glance(eyes.is_some()))))
            .collect())
    }
}

//! Bringing removed posts back: which of them nothing keeps out any more.
//!
//! A post can be kept out by several measures at once: its own removal, that of what
//! it answers, a ban of its author that took along what they had posted. The log
//! says which are in force. One counts that is younger than the post, than the last
//! time that the post itself was brought back, and than the last time that the
//! measure was undone.

use archipel_model::{ActorId, PostId};

use crate::conn::sql;
use crate::{Conn, Result};

impl Conn {
    /// Shows again all that answers a post, however deep, and that nothing else keeps
    /// out; what is done to the post itself must be in the log before. Gives the ids.
    pub async fn bring_answers_back(&mut self, post: PostId) -> Result<Vec<PostId>> {
        self.bring_back(post, ActorId(0), ActorId(0)).await
    }

    /// Shows again what an author has in a community and that nothing else keeps out;
    /// the end of the ban must be in the log before. Gives the ids.
    pub async fn bring_posts_back(
        &mut self,
        author: ActorId,
        community: ActorId,
    ) -> Result<Vec<PostId>> {
        self.bring_back(PostId(0), author, community).await
    }

    /// Whether a removed post would stay so if its own removal were undone: with its
    /// author, or with what it answers.
    pub async fn is_kept_out_with_others(&mut self, post: PostId) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "WITH RECURSIVE up (id) AS (
                SELECT parent_id FROM post WHERE id = $1 AND parent_id IS NOT NULL
                UNION SELECT p.parent_id FROM post p JOIN up u ON u.id = p.id
                WHERE p.parent_id IS NOT NULL),
             away (author_id, community_id, since, shown) AS (
                SELECT p.author_id, p.community_id, p.created_at,
                    coalesce((SELECT max(m.id) FROM measure m WHERE m.post_id = p.id
                        AND m.kind IN ('restored', 'approved')), 0)
                FROM post p WHERE p.id = $1)
             SELECT EXISTS (SELECT 1 FROM away a JOIN measure m ON m.target_id = a.author_id
                WHERE (m.community_id = a.community_id OR m.community_id IS NULL) AND m.kind = 'banned'
                    AND m.with_content AND m.id > a.shown AND m.created_at >= a.since
                    AND NOT EXISTS (SELECT 1 FROM measure n WHERE n.target_id = m.target_id
                        AND coalesce(n.community_id, 0) = coalesce(m.community_id, 0) AND n.kind = 'unbanned'
                        AND n.with_content AND n.id > m.id))
                OR EXISTS (SELECT 1 FROM away a, up u JOIN measure m ON m.post_id = u.id
                    WHERE m.kind = 'removed' AND m.with_content
                    AND m.id > a.shown AND m.created_at >= a.since
                    AND NOT EXISTS (SELECT 1 FROM measure n WHERE n.post_id = m.post_id
                        AND n.kind = 'restored' AND n.id > m.id))",
            post.0
        )
        .map(Option::unwrap_or_default)
    }

    async fn bring_back(
        &mut self,
        above: PostId,
        author: ActorId,
        community: ActorId,
    ) -> Result<Vec<PostId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "WITH RECURSIVE below (id) AS (
                SELECT id FROM post WHERE parent_id = $1
                UNION SELECT p.id FROM post p JOIN below b ON p.parent_id = b.id),
             away (id, author_id, community_id, since, shown) AS (
                SELECT p.id, p.author_id, p.community_id, p.created_at,
                    coalesce((SELECT max(m.id) FROM measure m WHERE m.post_id = p.id
                        AND m.kind IN ('restored', 'approved')), 0)
                FROM post p JOIN (SELECT id FROM below UNION
                    SELECT id FROM post WHERE author_id = $2 AND community_id = $3) c
                    ON c.id = p.id
                WHERE p.state = 'removed'),
             up (id, ancestor) AS (
                SELECT p.id, p.parent_id FROM post p JOIN away a ON a.id = p.id
                WHERE p.parent_id IS NOT NULL
                UNION SELECT u.id, p.parent_id FROM post p JOIN up u ON u.ancestor = p.id
                WHERE p.parent_id IS NOT NULL)
             UPDATE post SET state = 'published', held_reason = NULL, received = NULL,
                pinned_at = NULL
             WHERE id IN (SELECT a.id FROM away a
                WHERE NOT EXISTS (SELECT 1 FROM measure m WHERE m.post_id = a.id
                    AND m.kind IN ('removed', 'refused') AND m.id > a.shown)
                AND NOT EXISTS (SELECT 1 FROM measure m WHERE m.target_id = a.author_id
                    AND (m.community_id = a.community_id OR m.community_id IS NULL) AND m.kind = 'banned'
                    AND m.with_content AND m.id > a.shown AND m.created_at >= a.since
                    AND NOT EXISTS (SELECT 1 FROM measure n WHERE n.target_id = m.target_id
                        AND coalesce(n.community_id, 0) = coalesce(m.community_id, 0) AND n.kind = 'unbanned'
                        AND n.with_content AND n.id > m.id))
                AND NOT EXISTS (SELECT 1 FROM up u JOIN measure m ON m.post_id = u.ancestor
                    WHERE u.id = a.id AND m.kind = 'removed' AND m.with_content
                    AND m.id > a.shown AND m.created_at >= a.since
                    AND NOT EXISTS (SELECT 1 FROM measure n WHERE n.post_id = m.post_id
                        AND n.kind = 'restored' AND n.id > m.id)))
             RETURNING id",
            above.0,
            author.0,
            community.0
        )?;
        Ok(ids.into_iter().map(PostId).collect())
    }
}

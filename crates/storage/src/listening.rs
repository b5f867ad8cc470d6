//! What streams ask before they tell somebody of something.

use archipel_model::{ActorId, EntryId, PostId};

use crate::conn::sql;
use crate::{Conn, Entry, Result};

/// Most entries of one post that an edit is told through.
const ENTRIES: i64 = 20;

impl Conn {
    /// An entry as it is stored: a boost, or a post itself.
    pub async fn entry(&mut self, id: EntryId, boost: bool) -> Result<Option<Entry>> {
        sql!(
            self,
            fetch_optional as Entry,
            "SELECT id, actor_id, post_id, boost, created_at FROM feed_entry
             WHERE id = $1 AND boost = $2 AND shown",
            id.0,
            boost
        )
    }

    /// The entries through which a post is shown, the newest first.
    pub async fn entries_of(&mut self, post: PostId) -> Result<Vec<Entry>> {
        sql!(
            self,
            fetch_all as Entry,
            "SELECT id, actor_id, post_id, boost, created_at FROM feed_entry
             WHERE post_id = $1 AND shown ORDER BY id DESC LIMIT $2",
            post.0,
            ENTRIES
        )
    }

    /// Those of these readers in whose home an entry may be; whether it is, their home
    /// itself says.
    pub async fn perhaps_at_home(
        &mut self,
        entry: &Entry,
        readers: &[ActorId],
    ) -> Result<Vec<ActorId>> {
        if readers.is_empty() {
            return Ok(Vec::new());
        }
        let readers: Vec<i64> = readers.iter().map(|id| id.0).collect();
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "WITH reader (id) AS (SELECT CAST(value AS BIGINT) FROM json_each($1))
             SELECT r.id FROM reader r WHERE r.id = $2
             UNION SELECT r.id FROM reader r
                JOIN follow f ON f.follower_id = r.id AND f.target_id = $2
                    AND f.state = 'accepted'
             UNION SELECT r.id FROM reader r
                JOIN hashtag_follow h ON h.owner_id = r.id
                JOIN post_hashtag t ON t.hashtag_id = h.hashtag_id AND t.post_id = $3",
            crate::json_list(&readers),
            entry.actor_id.0,
            entry.post_id.0
        )?;
        Ok(ids.into_iter().map(ActorId).collect())
    }

    /// Those of these for whom a post does not look as for others: they did something with
    /// it, or filter what they read.
    pub async fn particular(&mut self, post: PostId, people: &[ActorId]) -> Result<Vec<ActorId>> {
        if people.is_empty() {
            return Ok(Vec::new());
        }
        let people: Vec<i64> = people.iter().map(|id| id.0).collect();
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "SELECT a.id FROM actor a JOIN post p ON p.id = $2
             WHERE a.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))
                AND (a.id IN (p.author_id, coalesce(p.community_id, 0))
                    OR EXISTS (SELECT 1 FROM filter f WHERE f.owner_id = a.id)
                    OR EXISTS (SELECT 1 FROM reaction x
                        WHERE x.post_id = p.id AND x.actor_uri = a.uri)
                    OR EXISTS (SELECT 1 FROM bookmark b
                        WHERE b.owner_id = a.id AND b.post_id = p.id)
                    OR EXISTS (SELECT 1 FROM thread_mute t WHERE t.owner_id = a.id
                        AND t.root_id = coalesce(p.root_id, p.id))
                    OR EXISTS (SELECT 1 FROM poll_vote v
                        WHERE v.post_id = p.id AND v.actor_id = a.id))",
            crate::json_list(&people),
            post.0
        )?;
        Ok(ids.into_iter().map(ActorId).collect())
    }
}

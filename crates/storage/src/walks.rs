//! Threads as apps show them: what a post answers, and what answers it.

use archipel_model::PostId;

use crate::conn::sql;
use crate::{Conn, Entry, Result};

impl Conn {
    /// What a post answers, what that answers and so on, the nearest first.
    pub async fn answered_by(&mut self, post: PostId, limit: i64) -> Result<Vec<PostId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "WITH RECURSIVE up (id, parent_id, depth) AS (
                SELECT id, parent_id, 0 FROM post WHERE id = $1
                UNION ALL
                SELECT p.id, p.parent_id, u.depth + 1 FROM post p
                JOIN up u ON u.parent_id = p.id WHERE u.depth < $2)
             SELECT id FROM up WHERE depth > 0 ORDER BY depth",
            post.0,
            limit
        )?;
        Ok(ids.into_iter().map(PostId).collect())
    }

    /// All that answers something in a thread: each with what it answers, oldest first.
    pub async fn thread_tree(&mut self, root: PostId, limit: i64) -> Result<Vec<(PostId, PostId)>> {
        let rows = sql!(
            self,
            fetch_all as (i64, i64),
            "SELECT id, parent_id FROM post
             WHERE root_id = $1 AND parent_id IS NOT NULL AND state IN ('published', 'held')
             ORDER BY id LIMIT $2",
            root.0,
            limit
        )?;
        Ok(rows
            .into_iter()
            .map(|(id, parent)| (PostId(id), PostId(parent)))
            .collect())
    }

    /// Posts of these ids as entries of their authors, in the order of the ids given.
    pub async fn own_entries(&mut self, posts: &[PostId]) -> Result<Vec<Entry>> {
        let ids: Vec<i64> = posts.iter().map(|id| id.0).collect();
        let mut found = sql!(
            self,
            fetch_all as Entry,
            "SELECT id, author_id AS actor_id, id AS post_id, FALSE AS boost,
                published_at AS created_at
             FROM post WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
            crate::json_list(&ids)
        )?;
        let place: std::collections::HashMap<PostId, usize> = posts
            .iter()
            .enumerate()
            .map(|(place, id)| (*id, place))
            .collect();
        found.sort_by_key(|entry| place.get(&entry.post_id).copied());
        Ok(found)
    }
}

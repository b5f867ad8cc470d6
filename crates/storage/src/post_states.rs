//! What becomes of posts after they were stored: edited, held, removed, deleted,
//! locked, put on top, taken into a community.

use archipel_model::submission::HoldReason;
use archipel_model::{ActorId, Host, PeerPolicy, PostId, Timestamp};

use crate::conn::sql;
use crate::{Conn, Post, PostState, Result};

/// What an author may change of a post.
#[derive(Clone, Debug)]
pub struct Edited {
    /// Its title.
    pub title: Option<String>,
    /// Its text, safe HTML.
    pub content: String,
    /// Its text as typed.
    pub source: Option<String>,
    /// A content warning.
    pub summary: Option<String>,
    /// Whether its pictures are hidden at first.
    pub sensitive: bool,
    /// Its language.
    pub language: Option<String>,
}

impl Conn {
    /// Puts a newer version of a post in the place of an older one; false when it
    /// is not newer, or the post is deleted. Of one that waits, the activity that
    /// brought this version is kept instead.
    pub async fn edit_post(
        &mut self,
        id: PostId,
        edited: &Edited,
        at: Timestamp,
        received: Option<&str>,
    ) -> Result<bool> {
        self.keep_version(id, edited, at).await?;
        sql!(
            self,
            execute,
            "UPDATE post SET title = $2, content = $3, source = $4, summary = $5, sensitive = $6,
                language = coalesce($7, language), updated_at = $8,
                received = CASE WHEN state = 'held' THEN coalesce($9, received) END
             WHERE id = $1 AND state <> 'deleted'
                AND (updated_at IS NULL OR updated_at < $8)",
            id.0,
            edited.title.as_deref(),
            &edited.content,
            edited.source.as_deref(),
            edited.summary.as_deref(),
            edited.sensitive,
            edited.language.as_deref(),
            at.micros(),
            received
        )
        .map(|rows| rows > 0)
    }

    /// Locks a thread, or opens it again; false when it was so already.
    pub async fn set_post_locked(&mut self, id: PostId, locked: bool) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE post SET locked = $2 WHERE id = $1 AND locked <> $2",
            id.0,
            locked
        )
        .map(|rows| rows > 0)
    }

    /// Puts a thread on top, or takes it down; false when it was so already.
    pub async fn set_post_pinned(&mut self, id: PostId, since: Option<Timestamp>) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE post SET pinned_at = $2 WHERE id = $1
                AND CASE WHEN $2 IS NULL THEN pinned_at IS NOT NULL ELSE pinned_at IS NULL END",
            id.0,
            since.map(Timestamp::micros)
        )
        .map(|rows| rows > 0)
    }

    /// The threads that a community shows on top, the latest first.
    pub async fn pinned(&mut self, community: ActorId) -> Result<Vec<Post>> {
        sql!(
            self,
            fetch_all as Post,
            "SELECT * FROM post WHERE community_id = $1 AND pinned_at IS NOT NULL
                AND state = 'published'
                AND author_id NOT IN (SELECT id FROM actor WHERE host_blocked)
             ORDER BY pinned_at DESC, id DESC",
            community.0
        )
    }

    /// What waits in a community, oldest first, at most `limit`; nothing of a server
    /// that is blocked.
    pub async fn held_posts(&mut self, community: ActorId, limit: i64) -> Result<Vec<Post>> {
        sql!(
            self,
            fetch_all as Post,
            "SELECT * FROM post WHERE community_id = $1 AND state = 'held'
                AND author_id NOT IN (SELECT id FROM actor WHERE host_blocked)
             ORDER BY id LIMIT $2",
            community.0,
            limit
        )
    }

    /// Lets a post that was shown wait for a moderator, with the activity that its
    /// author brought it with; false when it was not shown.
    pub async fn hold_post(
        &mut self,
        id: PostId,
        reason: HoldReason,
        received: &str,
    ) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE post SET state = 'held', held_reason = $2, received = $3
             WHERE id = $1 AND state = 'published'",
            id.0,
            reason.as_str(),
            received
        )
        .map(|rows| rows > 0)
    }

    /// Keeps the activity that brings a post which waits; false when one is kept.
    pub async fn bring_held(&mut self, id: PostId, received: &str) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE post SET received = $2
             WHERE id = $1 AND state = 'held' AND received IS NULL",
            id.0,
            received
        )
        .map(|rows| rows > 0)
    }

    /// What an author has in a community in this state.
    pub async fn posts_in(
        &mut self,
        author: ActorId,
        community: ActorId,
        state: PostState,
    ) -> Result<Vec<Post>> {
        sql!(
            self,
            fetch_all as Post,
            "SELECT * FROM post WHERE author_id = $1 AND community_id = $2 AND state = $3
             ORDER BY id",
            author.0,
            community.0,
            state.as_str()
        )
    }

    /// Whether something of an author was published in a community before.
    pub async fn has_published(&mut self, author: ActorId, community: ActorId) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM post WHERE author_id = $1 AND community_id = $2
                AND state = 'published')",
            author.0,
            community.0
        )
        .map(Option::unwrap_or_default)
    }

    /// Whether a server was expressly allowed, or something of it was published in
    /// a community here before.
    pub async fn is_server_known(&mut self, host: &str) -> Result<bool> {
        let name: Option<Host> = host.parse().ok();
        if let Some(name) = name
            && self.domains().await?.of(&name) == PeerPolicy::Allowed
        {
            return Ok(true);
        }
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM actor a JOIN post p ON p.author_id = a.id
                    JOIN community c ON c.actor_id = p.community_id
                    WHERE a.host = $1 AND p.state = 'published')",
            host
        )
        .map(Option::unwrap_or_default)
    }

    /// Changes what a post is; false when it was not in the state that it is to
    /// leave. What is decided waits no more.
    pub async fn set_post_state(
        &mut self,
        id: PostId,
        from: PostState,
        to: PostState,
    ) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE post SET state = $3, held_reason = NULL, received = NULL, pinned_at = NULL
             WHERE id = $1 AND state = $2",
            id.0,
            from.as_str(),
            to.as_str()
        )
        .map(|rows| rows > 0)
    }

    /// Takes out all that answers a post and is shown in its community, however deep. Gives
    /// the ids.
    pub async fn remove_answers(&mut self, post: PostId) -> Result<Vec<PostId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "WITH RECURSIVE below (id) AS (
                SELECT id FROM post WHERE parent_id = $1
                UNION SELECT p.id FROM post p JOIN below b ON p.parent_id = b.id)
             UPDATE post SET state = 'removed', pinned_at = NULL
             WHERE id IN (SELECT id FROM below) AND state = 'published'
                AND community_id = (SELECT community_id FROM post WHERE id = $1)
             RETURNING id",
            post.0
        )?;
        Ok(ids.into_iter().map(PostId).collect())
    }

    /// Whether a post, or something that it answers however indirectly, is locked.
    pub async fn is_under_lock(&mut self, post: PostId) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "WITH RECURSIVE up (id, parent_id, locked) AS (
                SELECT id, parent_id, locked FROM post WHERE id = $1
                UNION SELECT p.id, p.parent_id, p.locked FROM post p JOIN up u ON u.parent_id = p.id)
             SELECT EXISTS (SELECT 1 FROM up WHERE locked)",
            post.0
        )
        .map(Option::unwrap_or_default)
    }

    /// Turns all posts of an author into tombstones.
    pub async fn delete_posts_of(&mut self, author: ActorId, now: Timestamp) -> Result<u64> {
        sql!(
            self,
            execute,
            "DELETE FROM held_edit WHERE post_id IN (SELECT id FROM post WHERE author_id = $1)",
            author.0
        )?;
        sql!(
            self,
            execute,
            "DELETE FROM post_version WHERE post_id IN (SELECT id FROM post WHERE author_id = $1)",
            author.0
        )?;
        sql!(
            self,
            execute,
            "UPDATE post SET state = 'deleted', content = '', source = NULL, title = NULL,
                summary = NULL, received = NULL, pinned_at = NULL, updated_at = $2 WHERE author_id = $1 AND state <> 'deleted'",
            author.0,
            now.micros()
        )
    }

    /// Turns a post into a tombstone; false when it was not shown.
    pub async fn delete_post(&mut self, id: PostId, now: Timestamp) -> Result<bool> {
        self.drop_held_edit(id).await?;
        self.forget_versions(id).await?;
        sql!(
            self,
            execute,
            "UPDATE post SET state = 'deleted', content = '', source = NULL, title = NULL,
                summary = NULL, received = NULL, pinned_at = NULL, updated_at = $2 WHERE id = $1 AND state <> 'deleted'",
            id.0,
            now.micros()
        )
        .map(|rows| rows > 0)
    }

    /// Marks a post as sensitive, or takes the mark away; false when it was so already.
    pub async fn set_post_sensitive(&mut self, id: PostId, sensitive: bool) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE post SET sensitive = $2 WHERE id = $1 AND sensitive <> $2",
            id.0,
            sensitive
        )
        .map(|rows| rows > 0)
    }

    /// Moves a thread with all its replies from one community to another; says how
    /// many posts moved.
    pub async fn move_thread(&mut self, root: PostId, from: ActorId, to: ActorId) -> Result<u64> {
        sql!(
            self,
            execute,
            "UPDATE post SET community_id = $3, pinned_at = NULL
             WHERE (id = $1 OR root_id = $1) AND community_id = $2",
            root.0,
            from.0,
            to.0
        )
    }

    /// Puts a post of elsewhere that belongs to no community yet into one. Into one of
    /// elsewhere, which alone decides what is in it, goes with a thread what answers it.
    pub async fn adopt_post(&mut self, id: PostId, community: ActorId) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE post SET community_id = $2
             WHERE (id = $1 OR (root_id = $1
                    AND EXISTS (SELECT 1 FROM actor c WHERE c.id = $2 AND NOT c.is_local)))
                AND community_id IS NULL AND NOT is_local
                AND visibility IN ('public', 'unlisted')",
            id.0,
            community.0
        )
        .map(drop)
    }
}

//! What members keep of posts for themselves or show on their profile: bookmarks, pins,
//! muted threads, and how far they have read.

use archipel_model::{ActorId, PostId, Timestamp};

use crate::conn::sql;
use crate::maybe::Micros;
use crate::window::page;
use crate::{Conn, Entry, KeyedId, Result, Window};

/// How far somebody has read.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Marker {
    /// home or notifications.
    pub timeline: String,
    /// The last that they read.
    pub last_read_id: String,
    /// How often it was set.
    pub version: i64,
    /// When it was last set.
    #[sqlx(try_from = "Micros")]
    pub updated_at: Timestamp,
}

impl Conn {
    /// Keeps a post for somebody; false when it is kept already.
    pub async fn bookmark(
        &mut self,
        id: i64,
        owner: ActorId,
        post: PostId,
        now: Timestamp,
    ) -> Result<bool> {
        sql!(
            self,
            execute,
            "INSERT INTO bookmark (id, owner_id, post_id, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (owner_id, post_id) DO NOTHING",
            id,
            owner.0,
            post.0,
            now.micros()
        )
        .map(|rows| rows > 0)
    }

    /// Keeps a post no more.
    pub async fn unbookmark(&mut self, owner: ActorId, post: PostId) -> Result<bool> {
        sql!(
            self,
            execute,
            "DELETE FROM bookmark WHERE owner_id = $1 AND post_id = $2",
            owner.0,
            post.0
        )
        .map(|rows| rows > 0)
    }

    /// How many posts somebody has on top of their profile.
    pub async fn pin_count(&mut self, owner: ActorId) -> Result<i64> {
        sql!(
            self,
            fetch_scalar as i64,
            "SELECT count(*) FROM profile_pin n JOIN post p ON p.id = n.post_id
             WHERE n.owner_id = $1 AND p.state = 'published'",
            owner.0
        )
        .map(Option::unwrap_or_default)
    }

    /// Puts a post on top of a profile; false when it is there already.
    pub async fn pin(&mut self, owner: ActorId, post: PostId, now: Timestamp) -> Result<bool> {
        sql!(
            self,
            execute,
            "INSERT INTO profile_pin (owner_id, post_id, created_at) VALUES ($1, $2, $3)
             ON CONFLICT (owner_id, post_id) DO NOTHING",
            owner.0,
            post.0,
            now.micros()
        )
        .map(|rows| rows > 0)
    }

    /// Takes a post down from a profile.
    pub async fn unpin(&mut self, owner: ActorId, post: PostId) -> Result<bool> {
        sql!(
            self,
            execute,
            "DELETE FROM profile_pin WHERE owner_id = $1 AND post_id = $2",
            owner.0,
            post.0
        )
        .map(|rows| rows > 0)
    }

    /// Somebody wants to hear nothing of a thread.
    pub async fn mute_thread(
        &mut self,
        owner: ActorId,
        root: PostId,
        now: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO thread_mute (owner_id, root_id, created_at) VALUES ($1, $2, $3)
             ON CONFLICT (owner_id, root_id) DO NOTHING",
            owner.0,
            root.0,
            now.micros()
        )
        .map(drop)
    }

    /// Somebody wants to hear of a thread again.
    pub async fn unmute_thread(&mut self, owner: ActorId, root: PostId) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM thread_mute WHERE owner_id = $1 AND root_id = $2",
            owner.0,
            root.0
        )
        .map(drop)
    }

    /// How far somebody has read.
    pub async fn markers(&mut self, owner: ActorId) -> Result<Vec<Marker>> {
        sql!(
            self,
            fetch_all as Marker,
            "SELECT timeline, last_read_id, version, updated_at FROM marker
             WHERE owner_id = $1 ORDER BY timeline",
            owner.0
        )
    }

    /// Writes down how far somebody has read.
    pub async fn put_marker(
        &mut self,
        owner: ActorId,
        timeline: &str,
        last_read: &str,
        now: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO marker (owner_id, timeline, last_read_id, version, updated_at)
             VALUES ($1, $2, $3, 1, $4)
             ON CONFLICT (owner_id, timeline) DO UPDATE SET
                last_read_id = excluded.last_read_id, version = marker.version + 1,
                updated_at = excluded.updated_at",
            owner.0,
            timeline,
            last_read,
            now.micros()
        )
        .map(drop)
    }

    /// Somebody's boost of a post.
    pub async fn boost_of(&mut self, actor: ActorId, post: PostId) -> Result<Option<Entry>> {
        sql!(
            self,
            fetch_optional as Entry,
            "SELECT id, actor_id, post_id, boost, created_at FROM feed_entry
             WHERE actor_id = $1 AND post_id = $2 AND boost",
            actor.0,
            post.0
        )
    }

    /// Who boosted a post, people and communities, by the id of the boost.
    pub async fn boosters(&mut self, post: PostId, window: Window) -> Result<Vec<KeyedId>> {
        page!(
            self,
            window,
            as KeyedId,
            "SELECT e.id, e.actor_id FROM feed_entry e JOIN actor a ON a.id = e.actor_id
             WHERE e.post_id = $4 AND e.boost AND a.state = 'active' AND NOT a.host_blocked",
            "e.id",
            post.0
        )
    }

    /// Who likes a post, by when they said so.
    pub async fn likers(&mut self, post: PostId, window: Window) -> Result<Vec<KeyedId>> {
        page!(
            self,
            window,
            as KeyedId,
            "SELECT x.created_at, x.actor_id FROM reaction x JOIN actor a ON a.id = x.actor_id
             WHERE x.post_id = $4 AND x.class = 'vote' AND x.kind = 'like'
                AND a.state = 'active' AND NOT a.host_blocked",
            "x.created_at",
            post.0
        )
    }
}

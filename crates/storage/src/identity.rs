//! What an actor says of itself over time: other ids, where it moved to, whether its
//! own server suspended it.

use archipel_model::{ActorId, Timestamp};

use crate::conn::sql;
use crate::{Actor, Conn, Post, Result, Tx};

impl Tx {
    /// Sets which other ids an actor goes by and where it moved to.
    pub async fn set_identity(
        &mut self,
        id: ActorId,
        also_known_as: &[String],
        moved_to: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        self.forget();
        sql!(
            self,
            execute,
            "UPDATE actor SET also_known_as = $2, moved_to = $3, updated_at = $4 WHERE id = $1",
            id.0,
            crate::json_list(also_known_as),
            moved_to,
            now.micros()
        )
        .map(drop)
    }

    /// Notes that a remote actor was suspended by its own server, or is so no more.
    /// What an operator here decided stays.
    pub async fn set_suspended_at_home(&mut self, id: ActorId, suspended: bool) -> Result<()> {
        self.forget();
        sql!(
            self,
            execute,
            "UPDATE actor SET
                state = CASE WHEN $2 AND state = 'active' THEN 'suspended'
                    WHEN NOT $2 AND state = 'suspended' AND suspended_at_home THEN 'active'
                    ELSE state END,
                suspended_at_home = CASE WHEN $2 THEN (state = 'active' OR suspended_at_home)
                    ELSE FALSE END
             WHERE id = $1 AND NOT is_local",
            id.0,
            suspended
        )
        .map(drop)
    }
}

impl Conn {
    /// The people and communities of this server that follow somebody, or asked to.
    pub async fn local_followers(&mut self, target: ActorId) -> Result<Vec<Actor>> {
        sql!(
            self,
            fetch_all as Actor,
            "SELECT a.* FROM follow f JOIN actor a ON a.id = f.follower_id
             WHERE f.target_id = $1 AND a.is_local AND a.state = 'active'
                AND f.state <> 'rejected' ORDER BY f.id",
            target.0
        )
    }

    /// The communities of this server in which somebody holds a role.
    pub async fn communities_led_by(&mut self, actor: ActorId) -> Result<Vec<Actor>> {
        sql!(
            self,
            fetch_all as Actor,
            "SELECT a.* FROM moderator m JOIN actor a ON a.id = m.community_id
             WHERE m.actor_id = $1 ORDER BY a.id",
            actor.0
        )
    }

    /// Who says that they moved to this id, at most ten.
    pub async fn moved_here(&mut self, uri: &str) -> Result<Vec<Actor>> {
        sql!(
            self,
            fetch_all as Actor,
            "SELECT * FROM actor WHERE moved_to = $1 AND state = 'active' ORDER BY id LIMIT 10",
            uri
        )
    }

    /// Whether a moderator vouched for a member.
    pub async fn is_vouched(&mut self, community: ActorId, actor: ActorId) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM follow WHERE target_id = $1 AND follower_id = $2
                AND state = 'accepted' AND approved_at IS NOT NULL)",
            community.0,
            actor.0
        )
        .map(Option::unwrap_or_default)
    }

    /// The remote actors that have this inbox for themselves alone, at most ten.
    pub async fn actors_at_inbox(&mut self, inbox: &str) -> Result<Vec<Actor>> {
        sql!(
            self,
            fetch_all as Actor,
            "SELECT * FROM actor WHERE inbox = $1 AND NOT is_local AND state = 'active'
                AND coalesce(shared_inbox, inbox) = $1
             ORDER BY id LIMIT 10",
            inbox
        )
    }

    /// The newest threads of an author that communities of this server show.
    pub async fn shown_threads_of(&mut self, author: ActorId, limit: i64) -> Result<Vec<Post>> {
        sql!(
            self,
            fetch_all as Post,
            "SELECT p.* FROM post p JOIN actor c ON c.id = p.community_id AND c.is_local
             WHERE p.author_id = $1 AND p.state = 'published' AND p.parent_uri IS NULL
             ORDER BY p.id DESC LIMIT $2",
            author.0,
            limit
        )
    }
}

//! Actors, local and remote, and their keys.

use archipel_model::{ActorId, ActorKind, ActorState, Timestamp};

use crate::conn::sql;
use crate::maybe::{Maybe, Micros};
use crate::{Conn, Result};

/// An actor as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, each a column"
)]
pub struct Actor {
    /// Our id of it.
    #[sqlx(try_from = "i64")]
    pub id: ActorId,
    /// Its ActivityPub id.
    pub uri: String,
    /// What it is.
    #[sqlx(try_from = "String")]
    pub kind: ActorKind,
    /// Whether it lives here.
    pub is_local: bool,
    /// Its name in handles; of remote actors as they say.
    pub handle: String,
    /// Its host.
    pub host: String,
    /// Its display name.
    pub name: String,
    /// About it, safe HTML.
    pub summary: String,
    /// Its page.
    pub url: Option<String>,
    /// Where it is written to.
    pub inbox: String,
    /// Where its whole host is written to.
    pub shared_inbox: Option<String>,
    /// Its outbox.
    pub outbox: Option<String>,
    /// Its followers collection, which posts are addressed to.
    pub followers: Option<String>,
    /// Its pinned posts.
    pub featured: Option<String>,
    /// A community's moderators.
    pub moderators: Option<String>,
    /// Whether it decides on each follow.
    pub approves_followers: bool,
    /// Whether it still acts.
    #[sqlx(try_from = "String")]
    pub state: ActorState,
    /// Whether its own server suspended it, rather than an operator here.
    pub suspended_at_home: bool,
    /// Where it moved to, an ActivityPub id; of remote actors as they say.
    pub moved_to: Option<String>,
    /// Other ids of the same one, as it says: a JSON list.
    also_known_as: String,
    /// When we first knew it, or made it.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
    /// When it last changed.
    #[sqlx(try_from = "Micros")]
    pub updated_at: Timestamp,
    /// When its document was last read.
    #[sqlx(try_from = "Micros")]
    pub fetched_at: Timestamp,
    /// Whether its server is blocked: it is neither heard nor shown.
    pub host_blocked: bool,
    /// Whether its server is limited: it joins and posts only after a moderator
    /// decided.
    pub host_limited: bool,
}

impl Actor {
    /// `handle@host`, as people write it, without a leading sign.
    pub fn acct(&self) -> String {
        format!("{}@{}", self.handle, self.host)
    }

    /// Other ids of the same one, as it says.
    pub fn aliases(&self) -> Vec<String> {
        serde_json::from_str(&self.also_known_as).unwrap_or_default()
    }

    /// Whether it says that it is also known under this id.
    pub fn is_also(&self, uri: &str) -> bool {
        self.aliases().iter().any(|alias| alias == uri)
    }
}

/// What is known of an actor when it is made or read again.
#[derive(Clone, Debug)]
pub struct NewActor {
    /// Our id, used only if it is new.
    pub id: ActorId,
    /// Its ActivityPub id.
    pub uri: String,
    /// What it is.
    pub kind: ActorKind,
    /// Whether it lives here.
    pub is_local: bool,
    /// Its name in handles.
    pub handle: String,
    /// Its host.
    pub host: String,
    /// Its display name.
    pub name: String,
    /// About it, safe HTML.
    pub summary: String,
    /// Its page.
    pub url: Option<String>,
    /// Where it is written to.
    pub inbox: String,
    /// Where its whole host is written to.
    pub shared_inbox: Option<String>,
    /// Its outbox.
    pub outbox: Option<String>,
    /// Its followers collection.
    pub followers: Option<String>,
    /// Its pinned posts.
    pub featured: Option<String>,
    /// A community's moderators.
    pub moderators: Option<String>,
    /// Whether it decides on each follow.
    pub approves_followers: bool,
}

/// The kind of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAlgorithm {
    /// RSA, public part as SPKI PEM.
    Rsa,
    /// Ed25519, public part as Multikey.
    Ed25519,
}
archipel_model::words! { KeyAlgorithm { Rsa => "rsa", Ed25519 => "ed25519" } }

/// A key of an actor.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ActorKey {
    /// The key's id, a URL.
    pub id: String,
    /// Whose it is.
    #[sqlx(try_from = "i64")]
    pub actor_id: ActorId,
    /// Its kind.
    #[sqlx(try_from = "String")]
    pub algorithm: KeyAlgorithm,
    /// The public part: PEM or Multikey, as it was published.
    pub public: String,
    /// The private part, PKCS#8 PEM; of local actors only.
    pub private: Option<String>,
    /// From when it signs.
    #[sqlx(try_from = "Micros")]
    pub signs_from: Timestamp,
    /// From when it is not shown any more.
    #[sqlx(try_from = "Maybe")]
    pub retired_at: Option<Timestamp>,
}

/// How much is going on here.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Usage {
    /// Living local people.
    pub people: i64,
    /// Living local communities.
    pub communities: i64,
    /// Local people who wrote within a month.
    pub active_month: i64,
    /// Local people who wrote within half a year.
    pub active_half_year: i64,
    /// Threads begun here.
    pub threads: i64,
    /// Replies written here.
    pub replies: i64,
}

impl Conn {
    /// The actor of this ActivityPub id.
    pub async fn actor_by_uri(&mut self, uri: &str) -> Result<Option<Actor>> {
        sql!(
            self,
            fetch_optional as Actor,
            "SELECT * FROM actor WHERE uri = $1",
            uri
        )
    }

    /// The actor of this id of ours.
    pub async fn actor(&mut self, id: ActorId) -> Result<Option<Actor>> {
        sql!(
            self,
            fetch_optional as Actor,
            "SELECT * FROM actor WHERE id = $1",
            id.0
        )
    }

    /// The local actor of this name, living or gone.
    pub async fn local_actor(&mut self, handle: &str) -> Result<Option<Actor>> {
        sql!(
            self,
            fetch_optional as Actor,
            "SELECT * FROM actor WHERE handle = $1 AND is_local",
            handle
        )
    }

    /// Actors of these ids, in no order.
    pub async fn actors(&mut self, ids: &[ActorId]) -> Result<Vec<Actor>> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        sql!(
            self,
            fetch_all as Actor,
            "SELECT * FROM actor WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
            crate::json_list(&ids)
        )
    }

    /// Stores an actor, or what changed of it. Identity never changes: id, kind
    /// and host of a known actor stay, whatever its document says now.
    pub async fn put_actor(&mut self, actor: &NewActor, now: Timestamp) -> Result<Actor> {
        sql!(
            self,
            fetch_one as Actor,
            "INSERT INTO actor (id, uri, kind, is_local, handle, host, name, summary, url, inbox,
                shared_inbox, outbox, followers, featured, moderators, approves_followers, state,
                created_at, updated_at, fetched_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                'active', $17, $17, $17)
             ON CONFLICT (uri) DO UPDATE SET handle = excluded.handle, name = excluded.name,
                summary = excluded.summary, url = excluded.url, inbox = excluded.inbox,
                shared_inbox = excluded.shared_inbox, outbox = excluded.outbox,
                followers = excluded.followers, featured = excluded.featured,
                moderators = excluded.moderators,
                approves_followers = excluded.approves_followers,
                state = CASE WHEN actor.state = 'gone' AND NOT actor.is_local THEN 'active'
                    ELSE actor.state END,
                updated_at = excluded.updated_at, fetched_at = excluded.fetched_at
             RETURNING *",
            actor.id.0,
            &actor.uri,
            actor.kind.as_str(),
            actor.is_local,
            &actor.handle,
            &actor.host,
            &actor.name,
            &actor.summary,
            actor.url.as_deref(),
            &actor.inbox,
            actor.shared_inbox.as_deref(),
            actor.outbox.as_deref(),
            actor.followers.as_deref(),
            actor.featured.as_deref(),
            actor.moderators.as_deref(),
            actor.approves_followers,
            now.micros()
        )
    }

    /// Sets whether an actor still acts.
    pub async fn set_actor_state(
        &mut self,
        id: ActorId,
        state: ActorState,
        now: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE actor SET state = $2, updated_at = $3 WHERE id = $1",
            id.0,
            state.as_str(),
            now.micros()
        )
        .map(drop)
    }

    /// Sets what people see of an actor.
    pub async fn set_actor_profile(
        &mut self,
        id: ActorId,
        name: &str,
        summary: &str,
        now: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE actor SET name = $2, summary = $3, updated_at = $4 WHERE id = $1",
            id.0,
            name,
            summary,
            now.micros()
        )
        .map(drop)
    }

    /// Sets whether an actor decides on each follow.
    pub async fn set_approves_followers(&mut self, id: ActorId, approves: bool) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE actor SET approves_followers = $2 WHERE id = $1",
            id.0,
            approves
        )
        .map(drop)
    }

    /// Replaces the keys of a remote actor by those that it publishes now.
    /// A key id that belongs to somebody else is left alone.
    pub async fn replace_keys(
        &mut self,
        actor: ActorId,
        keys: &[ActorKey],
        now: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM actor_key WHERE actor_id = $1 AND private IS NULL",
            actor.0
        )?;
        for key in keys {
            self.put_key(key, now).await?;
        }
        Ok(())
    }

    /// Stores one key, unless its id is taken.
    pub async fn put_key(&mut self, key: &ActorKey, now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO actor_key
                (id, actor_id, algorithm, public, private, signs_from, retired_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
            &key.id,
            key.actor_id.0,
            key.algorithm.as_str(),
            &key.public,
            key.private.as_deref(),
            key.signs_from.micros(),
            key.retired_at.map(Timestamp::micros),
            now.micros()
        )
        .map(drop)
    }

    /// The key of this id.
    pub async fn key(&mut self, id: &str) -> Result<Option<ActorKey>> {
        sql!(
            self,
            fetch_optional as ActorKey,
            "SELECT * FROM actor_key WHERE id = $1",
            id
        )
    }

    /// All keys of an actor.
    pub async fn keys_of(&mut self, actor: ActorId) -> Result<Vec<ActorKey>> {
        sql!(
            self,
            fetch_all as ActorKey,
            "SELECT * FROM actor_key WHERE actor_id = $1 ORDER BY id",
            actor.0
        )
    }

    /// How much is going on here, as far as others may know; people are active who
    /// wrote since then.
    pub async fn usage(&mut self, month: Timestamp, half_year: Timestamp) -> Result<Usage> {
        sql!(
            self,
            fetch_one as Usage,
            "SELECT
                (SELECT count(*) FROM actor
                    WHERE is_local AND kind = 'Person' AND state = 'active') AS people,
                (SELECT count(*) FROM actor
                    WHERE is_local AND kind = 'Group' AND state = 'active'
                        AND id NOT IN (SELECT actor_id FROM community WHERE reach = 'local'))
                    AS communities,
                (SELECT count(DISTINCT author_id) FROM post
                    WHERE is_local AND created_at > $1 AND author_id IN
                        (SELECT id FROM actor WHERE is_local AND kind = 'Person')) AS active_month,
                (SELECT count(DISTINCT author_id) FROM post
                    WHERE is_local AND created_at > $2 AND author_id IN
                        (SELECT id FROM actor WHERE is_local AND kind = 'Person')) AS active_half_year,
                (SELECT count(*) FROM post WHERE is_local AND state = 'published'
                    AND visibility IN ('public', 'unlisted') AND parent_uri IS NULL
                    AND (community_id IS NULL OR community_id NOT IN
                        (SELECT actor_id FROM community WHERE reach = 'local'))) AS threads,
                (SELECT count(*) FROM post WHERE is_local AND state = 'published'
                    AND visibility IN ('public', 'unlisted') AND parent_uri IS NOT NULL
                    AND (community_id IS NULL OR community_id NOT IN
                        (SELECT actor_id FROM community WHERE reach = 'local'))) AS replies",
            month.micros(),
            half_year.micros()
        )
    }
}

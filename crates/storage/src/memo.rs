//! What a transaction read of actors and communities.
//!
//! One transaction works on many activities of the same few actors and communities.
//! It reads each once; whatever it writes to them makes it forget all of them.

use std::collections::{HashMap, HashSet};

use archipel_model::{ActorId, ActorState, Domains, MeasureId, PeerPolicy, PostId, Timestamp};

use crate::{Actor, Community, NewActor, Result, Tx};

/// What was read, and that there was nothing.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    by_uri: HashMap<String, Option<Actor>>,
    by_handle: HashMap<String, Option<Actor>>,
    by_id: HashMap<ActorId, Option<Actor>>,
    communities: HashMap<ActorId, Option<Community>>,
    has_bans: HashMap<ActorId, bool>,
    tells_anybody: HashMap<ActorId, bool>,
    announced: HashSet<PostId>,
}

impl Tx {
    /// See [`crate::Conn::actor_by_uri`].
    pub async fn actor_by_uri(&mut self, uri: &str) -> Result<Option<Actor>> {
        if let Some(known) = self.memo.by_uri.get(uri) {
            return Ok(known.clone());
        }
        let actor = (**self).actor_by_uri(uri).await?;
        self.memo.by_uri.insert(uri.to_owned(), actor.clone());
        Ok(actor)
    }

    /// See [`crate::Conn::actor`].
    pub async fn actor(&mut self, id: ActorId) -> Result<Option<Actor>> {
        if let Some(known) = self.memo.by_id.get(&id) {
            return Ok(known.clone());
        }
        let actor = (**self).actor(id).await?;
        self.memo.by_id.insert(id, actor.clone());
        Ok(actor)
    }

    /// See [`crate::Conn::local_actor`].
    pub async fn local_actor(&mut self, handle: &str) -> Result<Option<Actor>> {
        if let Some(known) = self.memo.by_handle.get(handle) {
            return Ok(known.clone());
        }
        let actor = (**self).local_actor(handle).await?;
        self.memo.by_handle.insert(handle.to_owned(), actor.clone());
        Ok(actor)
    }

    /// See [`crate::Conn::community`].
    pub async fn community(&mut self, actor: ActorId) -> Result<Option<Community>> {
        if let Some(known) = self.memo.communities.get(&actor) {
            return Ok(known.clone());
        }
        let community = (**self).community(actor).await?;
        self.memo.communities.insert(actor, community.clone());
        Ok(community)
    }

    /// See [`crate::Conn::has_bans`].
    pub async fn has_bans(&mut self, community: ActorId) -> Result<bool> {
        if let Some(known) = self.memo.has_bans.get(&community) {
            return Ok(*known);
        }
        let has = (**self).has_bans(community).await?;
        self.memo.has_bans.insert(community, has);
        Ok(has)
    }

    /// See [`crate::Conn::tells_published`]. Nearly always nobody asked a community for
    /// it, and then nobody has to be looked up.
    pub async fn tells_published(&mut self, follower: ActorId, target: ActorId) -> Result<bool> {
        Ok(self.tells_anybody(target).await? && (**self).tells_published(follower, target).await?)
    }

    /// See [`crate::Conn::tells_anybody`].
    pub async fn tells_anybody(&mut self, target: ActorId) -> Result<bool> {
        if let Some(known) = self.memo.tells_anybody.get(&target) {
            return Ok(*known);
        }
        let anybody = (**self).tells_anybody(target).await?;
        self.memo.tells_anybody.insert(target, anybody);
        Ok(anybody)
    }

    /// See [`crate::Conn::set_tell_published`].
    pub async fn set_tell_published(
        &mut self,
        follower: ActorId,
        target: ActorId,
        wanted: bool,
    ) -> Result<bool> {
        self.forget();
        (**self).set_tell_published(follower, target, wanted).await
    }

    /// See [`crate::Conn::is_announced`]; also by what this transaction is about to say.
    pub async fn is_announced(&mut self, post: PostId) -> Result<bool> {
        if self.memo.announced.contains(&post) {
            return Ok(true);
        }
        let announced = self.says_announcement(post) || (**self).is_announced(post).await?;
        if announced {
            self.memo.announced.insert(post);
        }
        Ok(announced)
    }

    /// See [`crate::Conn::put_ban`].
    pub async fn put_ban(
        &mut self,
        community: Option<ActorId>,
        actor: ActorId,
        measure: MeasureId,
        ends_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<()> {
        self.forget();
        (**self)
            .put_ban(community, actor, measure, ends_at, now)
            .await
    }

    /// See [`crate::Conn::put_actor`].
    pub async fn put_actor(&mut self, actor: &NewActor, now: Timestamp) -> Result<Actor> {
        self.forget();
        (**self).put_actor(actor, now).await
    }

    /// See [`crate::Conn::set_actor_state`].
    pub async fn set_actor_state(
        &mut self,
        id: ActorId,
        state: ActorState,
        now: Timestamp,
    ) -> Result<()> {
        self.forget();
        (**self).set_actor_state(id, state, now).await
    }

    /// See [`crate::Conn::set_actor_profile`].
    pub async fn set_actor_profile(
        &mut self,
        id: ActorId,
        name: &str,
        summary: &str,
        now: Timestamp,
    ) -> Result<()> {
        self.forget();
        (**self).set_actor_profile(id, name, summary, now).await
    }

    /// See [`crate::Conn::set_approves_followers`].
    pub async fn set_approves_followers(&mut self, id: ActorId, approves: bool) -> Result<()> {
        self.forget();
        (**self).set_approves_followers(id, approves).await
    }

    /// See [`crate::Conn::put_community`].
    pub async fn put_community(&mut self, community: &Community) -> Result<()> {
        self.forget();
        (**self).put_community(community).await
    }

    /// See [`crate::Conn::mark_host`].
    pub async fn mark_host(&mut self, host: &str, policy: PeerPolicy) -> Result<()> {
        self.forget();
        (**self).mark_host(host, policy).await
    }

    /// See [`crate::Conn::mark_hosts`].
    pub async fn mark_hosts(&mut self, domains: &Domains) -> Result<()> {
        self.forget();
        (**self).mark_hosts(domains).await
    }

    /// Forgets what was read, after a write or a step back.
    pub(crate) fn forget(&mut self) {
        self.memo = Memo::default();
    }
}

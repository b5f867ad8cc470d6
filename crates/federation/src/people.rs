//! Actors of other servers: fetched, checked, stored, refreshed.

use archipel_model::{
    ActorId, ActorKind, Host, PeerPolicy, Timestamp, origin_of, same_origin, text,
};
use archipel_storage::{Actor, ActorKey, KeyAlgorithm, NewActor};
use url::Url;

use crate::client::{Budget, FetchError, Refused};
use crate::parse::{self, KeyMaterial, Moderators, RemoteActor};
use crate::signature::{Algorithm, VerifyingKey};
use crate::state::{Federation, SignerError};

/// Why an actor could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ActorError {
    /// It could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// What was fetched is not an actor.
    #[error("not an actor: {0}")]
    Parse(#[from] parse::ParseError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] archipel_storage::Error),
    /// Our own key is missing.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// It claims to live here.
    #[error("this address is one of ours")]
    Ours,
}

impl ActorError {
    /// Whether asking again later may help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Fetch(error) => error.is_transient(),
            Self::Storage(_) | Self::Signer(_) => true,
            Self::Parse(_) | Self::Ours => false,
        }
    }
}

impl Federation {
    /// An actor by its id: from the database, else fetched and stored.
    pub async fn actor(&self, uri: &Url, budget: &mut Budget) -> Result<Actor, ActorError> {
        if let Some(actor) = self.store.read().await?.actor_by_uri(uri.as_str()).await? {
            return Ok(actor);
        }
        self.refresh_actor(uri, budget).await
    }

    /// Fetches an actor's document and stores what it says now.
    pub async fn refresh_actor(&self, uri: &Url, budget: &mut Budget) -> Result<Actor, ActorError> {
        if self.actions.site.is_ours(uri.as_str()) {
            return Err(ActorError::Ours);
        }
        budget.take()?;
        let signer = self.instance_signer().await?;
        let fetched = self
            .client
            .get_activity(uri, Some(&signer), self.now())
            .await?;
        let remote = parse::actor(&fetched.value)?;
        if remote.id != fetched.url || self.actions.site.is_ours(remote.id.as_str()) {
            return Err(ActorError::Ours);
        }
        self.store_actor(&remote).await
    }

    /// Stores an actor's document that was fetched from its own origin.
    pub(crate) async fn store_actor(&self, remote: &RemoteActor) -> Result<Actor, ActorError> {
        let now = self.now();
        let origin = origin_of(&remote.id).ok_or(FetchError::Malformed("its id is no URL"))?;
        // However its document came here.
        if self.peers.admits(origin.host()).is_err() {
            return Err(FetchError::from(Refused::Blocked).into());
        }
        let host = origin.host().to_string();
        let new = NewActor {
            id: self.actions.id(),
            uri: remote.id.to_string(),
            kind: remote.kind,
            is_local: false,
            handle: remote.username.clone(),
            host: host.clone(),
            name: remote.name.clone().unwrap_or_default(),
            summary: remote
                .summary_html
                .as_deref()
                .map(text::sanitise)
                .unwrap_or_default(),
            url: remote.url.as_ref().map(Url::to_string),
            inbox: remote.inbox.to_string(),
            shared_inbox: remote.shared_inbox.as_ref().map(Url::to_string),
            outbox: remote.outbox.as_ref().map(Url::to_string),
            followers: remote.followers.as_ref().map(Url::to_string),
            featured: remote.featured.as_ref().map(Url::to_string),
            moderators: match &remote.moderators {
                Some(Moderators::Collection(url)) => Some(url.to_string()),
                Some(Moderators::Listed(_)) | None => None,
            },
            approves_followers: remote.manually_approves,
        };
        let mut tx = self.store.write().await?;
        let mut actor = tx.put_actor(&new, now).await?;
        let policy = tx.domains().await?.of(origin.host());
        let marked = (policy == PeerPolicy::Blocked, policy == PeerPolicy::Limited);
        if marked != (actor.host_blocked, actor.host_limited) {
            tx.mark_host(&host, policy).await?;
        }
        let moved_to = remote.moved_to.as_ref().map(Url::as_str);
        let aliases: Vec<String> = remote.also_known_as.iter().map(Url::to_string).collect();
        if aliases != actor.aliases() || moved_to != actor.moved_to.as_deref() {
            tx.set_identity(actor.id, &aliases, moved_to, now).await?;
        }
        if remote.suspended || actor.suspended_at_home {
            tx.set_suspended_at_home(actor.id, remote.suspended).await?;
        }
        if let Some(changed) = tx.actor(actor.id).await? {
            actor = changed;
        }
        tx.replace_keys(actor.id, &usable_keys(remote, actor.id), now)
            .await?;
        tx.meet_peer(&host, now).await?;
        tx.commit().await?;
        self.keyring.forget(&actor.uri);
        Ok(actor)
    }

    /// A community or person elsewhere by `name@host`, `@name@host`,
    /// `!name@host` or address; local ones too.
    pub async fn find(&self, text: &str, budget: &mut Budget) -> Result<Actor, FindError> {
        let text = text.trim();
        if text.starts_with("https://") || text.starts_with("http://") {
            let url = Url::parse(text).map_err(|_| FindError::Form)?;
            return Ok(self.actor(&url, budget).await?);
        }
        let bare = text.trim_start_matches(['@', '!']);
        let wants_group = text.starts_with('!');
        let (name, host) = match bare.split_once('@') {
            Some((name, host)) => (name, Some(host)),
            None => (bare, None),
        };
        let ours = self.actions.site.host();
        let is_ours = host.is_none_or(|host| host.parse::<Host>().is_ok_and(|host| host == *ours));
        if is_ours {
            let handle = name.to_ascii_lowercase();
            let local = self.store.read().await?.local_actor(&handle).await?;
            return local.ok_or(FindError::Unknown);
        }
        let host = host.ok_or(FindError::Form)?;
        let kind = wants_group.then_some("Group");
        let url = crate::discovery::webfinger::resolve_kind(&self.client, name, host, kind).await?;
        Ok(self.actor(&url, budget).await?)
    }
}

/// Why nobody was found.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// Not a handle and not an address.
    #[error("write it as name@host, or as the address of the community or person")]
    Form,
    /// Nobody of that name here.
    #[error("there is nobody of that name here")]
    Unknown,
    /// The handle could not be resolved.
    #[error(transparent)]
    Webfinger(#[from] crate::discovery::webfinger::WebfingerError),
    /// The actor could not be had.
    #[error(transparent)]
    Actor(#[from] ActorError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] archipel_storage::Error),
}

/// The keys that can be used, of the actor itself and of its own server.
fn usable_keys(remote: &RemoteActor, actor: ActorId) -> Vec<ActorKey> {
    remote
        .keys
        .iter()
        .filter(|key| key.owner == remote.id && same_origin(&key.id, &remote.id))
        .filter_map(|key| {
            let (parsed, public) = match &key.material {
                KeyMaterial::Pem(pem) => (VerifyingKey::from_pem(pem).ok()?, pem),
                KeyMaterial::Multibase(word) => (VerifyingKey::from_multibase(word).ok()?, word),
            };
            Some(ActorKey {
                id: key.id.to_string(),
                actor_id: actor,
                algorithm: match parsed.algorithm() {
                    Algorithm::RsaSha256 => KeyAlgorithm::Rsa,
                    Algorithm::Ed25519 => KeyAlgorithm::Ed25519,
                },
                public: public.clone(),
                private: None,
                signs_from: Timestamp::from_micros(0),
                retired_at: None,
            })
        })
        .collect()
}

/// Whether an actor of this kind is a community.
pub(crate) fn is_group(actor: &Actor) -> bool {
    is_group_kind(actor.kind)
}

/// Whether this is the kind of a community.
pub(crate) fn is_group_kind(kind: ActorKind) -> bool {
    kind == ActorKind::Group
}

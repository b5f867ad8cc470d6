//! What every part of this door shares: the store, the client, the keys, the peers.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use archipel_actions::Context;
use archipel_model::{ActorId, Timestamp};
use archipel_storage::{ActorKey, KeyAlgorithm, Store};
use moka::sync::Cache;
use url::Url;

use crate::client::{ActorKeys, Client, FetchError};
use crate::documents::Documents;
use crate::found::Found;
use crate::inbox::Keeper;
use crate::keyring::Keyring;
use crate::keys;
use crate::peers::PeerBook;
use crate::signature::{Signer, SigningKey};
use crate::turns::Turns;

/// How this server federates.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether documents are only given to those who sign (keys stay readable).
    pub authorized_fetch: bool,
    /// Deliveries signed and sent at the same time.
    pub senders: usize,
    /// The title of the server, for `NodeInfo` and its actor.
    pub title: String,
    /// Whether newcomers may make an account by themselves.
    pub open_registrations: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            authorized_fetch: false,
            senders: 256,
            title: "Archipel".to_owned(),
            open_registrations: false,
        }
    }
}

/// The federation door; cheap to clone.
#[derive(Clone, Debug)]
pub struct Federation(Arc<Inner>);

/// The shared parts, each used by one or more modules of this crate.
#[derive(Debug)]
pub struct Inner {
    /// Database.
    pub store: Store,
    /// For actions: addresses, clock, ids.
    pub actions: Context,
    /// The one HTTP client.
    pub client: Client,
    /// How this server federates.
    pub settings: Settings,
    /// What other servers are and may.
    pub(crate) peers: Arc<PeerBook>,
    /// Public keys of those who write to us.
    pub(crate) keyring: Keyring,
    /// Accepts activities into the database, many in one commit.
    pub(crate) keeper: Keeper,
    /// Documents of elsewhere that were fetched a moment ago, and what could not be.
    pub(crate) found: Found,
    /// Our own documents, rendered a moment ago.
    pub(crate) documents: Documents,
    /// Which keys local actors sign with.
    signers: Cache<ActorId, Arc<Signers>>,
    /// Their private keys, parsed, by key id.
    parsed: Cache<String, Signer>,
    /// The server's own actor, once it exists.
    instance: OnceLock<ActorId>,
    /// Those who knocked a moment ago, and how many are written down at once.
    pub(crate) knocked: Cache<String, ()>,
    pub(crate) knocking: tokio::sync::Semaphore,
    /// Fetches for the work behind the inbox, at the same time.
    pub(crate) fetching: Turns,
}

impl std::ops::Deref for Federation {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// How long the keys that sign are taken for the same: less than what the world waits
/// to be told of new ones.
const SIGNERS_AGE: Duration = Duration::from_secs(3);

/// What a local actor signs with.
#[derive(Clone, Debug)]
pub struct Signers {
    /// The keys that sign now.
    pub present: ActorKeys,
    /// Those that signed before, for peers that have not read the present ones yet.
    pub before: Option<ActorKeys>,
}

/// Why a local actor cannot sign.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] archipel_storage::Error),
    /// A stored key cannot be used.
    #[error("the key {0} cannot be used: {1}")]
    Key(String, crate::signature::KeyError),
    /// The actor has no private RSA key.
    #[error("this actor has no key to sign with")]
    None,
}

impl Federation {
    /// Opens the door on a database with an HTTP client.
    pub fn new(
        store: Store,
        actions: Context,
        client: Client,
        peers: Arc<PeerBook>,
        settings: Settings,
    ) -> Self {
        let keeper = Keeper::start(store.clone(), actions.clone());
        Self(Arc::new(Inner {
            keeper,
            store,
            actions,
            client,
            settings,
            peers,
            keyring: Keyring::default(),
            found: Found::default(),
            documents: Documents::default(),
            signers: Cache::builder()
                .max_capacity(2_000)
                .time_to_live(SIGNERS_AGE)
                .build(),
            parsed: Cache::builder()
                .max_capacity(4_000)
                .time_to_idle(Duration::from_mins(10))
                .build(),
            instance: OnceLock::new(),
            knocked: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(Duration::from_mins(1))
                .build(),
            knocking: tokio::sync::Semaphore::new(2),
            fetching: Turns::of(32, 4),
        }))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.actions.now()
    }

    /// The keys that a local actor signs with. Which they are is asked anew every few
    /// seconds, since another node or the command line may replace them.
    pub async fn signers(&self, actor: ActorId) -> Result<Arc<Signers>, SignerError> {
        if let Some(known) = self.signers.get(&actor) {
            return Ok(known);
        }
        let stored = self.store.read().await?.keys_of(actor).await?;
        let now = self.now();
        let signing = |algorithm| keys::signing(&stored, algorithm, now);
        let before = |algorithm| keys::signed_before(&stored, algorithm, now);
        let signers = Arc::new(Signers {
            present: self
                .parsed(signing(KeyAlgorithm::Rsa), signing(KeyAlgorithm::Ed25519))?
                .ok_or(SignerError::None)?,
            before: self.parsed(before(KeyAlgorithm::Rsa), before(KeyAlgorithm::Ed25519))?,
        });
        self.signers.insert(actor, signers.clone());
        Ok(signers)
    }

    fn parsed(
        &self,
        rsa: Option<&ActorKey>,
        ed25519: Option<&ActorKey>,
    ) -> Result<Option<ActorKeys>, SignerError> {
        let rsa = rsa.map(|key| self.signer(key)).transpose()?.flatten();
        let ed25519 = ed25519.map(|key| self.signer(key)).transpose()?.flatten();
        Ok(rsa.map(|rsa| ActorKeys { rsa, ed25519 }))
    }

    /// A stored key, parsed: that costs more than asking which one it is.
    fn signer(&self, key: &ActorKey) -> Result<Option<Signer>, SignerError> {
        let Some(private) = &key.private else {
            return Ok(None);
        };
        if let Some(known) = self.parsed.get(&key.id) {
            return Ok(Some(known));
        }
        let signer = Signer {
            key_id: key.id.clone(),
            key: SigningKey::from_pem(private)
                .map_err(|error| SignerError::Key(key.id.clone(), error))?,
        };
        self.parsed.insert(key.id.clone(), signer.clone());
        Ok(Some(signer))
    }

    /// Fetches a file to be shown, of at most so many bytes.
    pub async fn fetch_file(&self, url: &Url, most: usize) -> Result<bytes::Bytes, FetchError> {
        self.client.get_file(url, most).await
    }

    /// The key that the server itself signs fetches with.
    pub async fn instance_signer(&self) -> Result<Signer, SignerError> {
        let id = if let Some(id) = self.instance.get() {
            *id
        } else {
            let uri = self.actions.site.instance();
            let actor = self.store.read().await?.actor_by_uri(&uri).await?;
            let id = actor.ok_or(SignerError::None)?.id;
            *self.instance.get_or_init(|| id)
        };
        Ok(self.signers(id).await?.present.rsa.clone())
    }
}

/// The URL in a text that was stored as one.
pub(crate) fn stored_url(text: &str) -> Option<Url> {
    Url::parse(text).ok()
}

//! What other servers are, how they are spoken to, and what they may.
//!
//! The book answers from memory and is read again every second or so, so that a
//! block set on the command line counts at once everywhere.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use archipel_model::{Clock, Dialect, Domains, Host, PeerPolicy, Timestamp};
use archipel_storage::{Peer, Store};
use moka::sync::Cache;
use url::Url;

use crate::client::{Client, HostPolicy, Knock};
use crate::discovery::nodeinfo;
use crate::gate::Refusal;

/// How long what a peer runs is believed, and how soon a failed look is repeated.
const SOFTWARE_AGE: Duration = Duration::from_hours(24);
const FAILED_AGE: Duration = Duration::from_mins(15);

/// How long policies are believed.
const POLICY_AGE: Duration = Duration::from_secs(1);

/// Whom this server speaks with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Everybody who is not blocked.
    #[default]
    Open,
    /// Only those who were expressly allowed.
    Trusted,
    /// Nobody.
    Closed,
}

/// What is known of peers.
#[derive(Debug)]
pub struct PeerBook {
    mode: Mode,
    policies: RwLock<Policies>,
    known: Cache<String, Arc<Peer>>,
}

#[derive(Debug, Default)]
struct Policies {
    domains: Domains,
    read_at: Option<Timestamp>,
}

impl HostPolicy for PeerBook {
    fn permits(&self, host: &Host) -> bool {
        self.admits(host).is_ok()
    }
}

impl PeerBook {
    /// A book for a server of this mode.
    pub fn new(mode: Mode) -> Self {
        Self {
            mode,
            policies: RwLock::default(),
            known: Cache::builder()
                .max_capacity(20_000)
                .time_to_live(Duration::from_secs(20))
                .build(),
        }
    }

    /// Whether a host may speak with us and we with it: what was decided about the
    /// longest domain that it is within, and the mode of this server. In a trusted
    /// network whoever is limited is let in like those who are allowed.
    pub fn admits(&self, host: &Host) -> Result<(), Refusal> {
        // A poisoned lock still holds the last decisions: a block never opens.
        let policies = self.policies.read().unwrap_or_else(PoisonError::into_inner);
        self.admits_by(&policies.domains, host)
    }

    /// The same by these decisions.
    pub fn admits_by(&self, domains: &Domains, host: &Host) -> Result<(), Refusal> {
        match (domains.of(host), self.mode) {
            (PeerPolicy::Blocked, _) => Err(Refusal::DomainBlocked),
            (_, Mode::Open) | (PeerPolicy::Allowed | PeerPolicy::Limited, Mode::Trusted) => Ok(()),
            (_, Mode::Trusted | Mode::Closed) => Err(Refusal::NotAllowed),
        }
    }

    /// The same by what the database says at this moment: what was decided may have
    /// been decided just now, by another process.
    pub async fn admits_now(&self, store: &Store, host: &Host) -> Result<(), Refusal> {
        self.refresh_now(store).await;
        self.admits(host)
    }

    /// Reads what was decided, however old what is known is.
    pub async fn refresh_now(&self, store: &Store) {
        match store.read().await {
            Ok(mut conn) => self.take(conn.domains().await),
            Err(error) => self.take(Err(error)),
        }
    }

    /// Puts what was read in the place of what was known.
    fn take(&self, read: archipel_storage::Result<Domains>) {
        match read {
            Ok(domains) => {
                if let Ok(mut policies) = self.policies.write() {
                    policies.domains = domains;
                }
            }
            Err(error) => tracing::warn!(%error, "peer policies could not be read"),
        }
    }

    /// Whether this server speaks with everybody who is not blocked.
    pub fn is_open(&self) -> bool {
        self.mode == Mode::Open
    }

    /// Reads policies again when they are older than a second.
    pub async fn refresh(&self, store: &Store, clock: &dyn Clock) {
        let now = clock.now();
        let fresh = self.policies.read().is_ok_and(|policies| {
            policies
                .read_at
                .is_some_and(|read| now.since(read) < POLICY_AGE)
        });
        if fresh {
            return;
        }
        if let Ok(mut policies) = self.policies.write() {
            policies.read_at = Some(now);
        }
        self.refresh_now(store).await;
    }

    /// What is known of a peer, from memory or the database.
    async fn peer(&self, store: &Store, host: &str) -> archipel_storage::Result<Option<Arc<Peer>>> {
        if let Some(peer) = self.known.get(host) {
            return Ok(Some(peer));
        }
        let peer = store.read().await?.peer(host).await?.map(Arc::new);
        if let Some(peer) = &peer {
            self.known.insert(host.to_owned(), peer.clone());
        }
        Ok(peer)
    }

    /// The dialect and signature scheme for a peer. A peer never looked at is
    /// looked at first, so that the first thing it gets is in its own form.
    pub async fn manner(
        &self,
        store: &Store,
        client: &Client,
        host: &str,
        base: &Url,
        now: Timestamp,
    ) -> archipel_storage::Result<Manner> {
        let mut peer = self.peer(store, host).await?;
        if peer.as_ref().is_none_or(|peer| is_stale(peer, now)) {
            self.scout(store, client, host, base, now).await?;
            peer = self.peer(store, host).await?;
        }
        Ok(peer.map_or(Manner::default(), |peer| Manner::of(&peer)))
    }

    /// Reads what a peer runs and writes it down.
    pub async fn scout(
        &self,
        store: &Store,
        client: &Client,
        host: &str,
        base: &Url,
        now: Timestamp,
    ) -> archipel_storage::Result<()> {
        let software = nodeinfo::fetch(client, base).await;
        if let Err(error) = &software {
            tracing::debug!(host, %error, "NodeInfo could not be read");
        }
        let software = software.ok();
        let mut tx = store.write().await?;
        let seen = software
            .as_ref()
            .map(|found| (found.name.as_str(), found.version.as_str(), found.dialect()));
        tx.set_peer_software(host, seen, now).await?;
        tx.commit().await?;
        self.known.invalidate(host);
        Ok(())
    }

    /// Remembers the signature scheme that a peer accepted, if it is news.
    pub async fn learn_knock(
        &self,
        store: &Store,
        host: &str,
        knock: Knock,
        now: Timestamp,
    ) -> archipel_storage::Result<()> {
        let mut tx = store.write().await?;
        tx.set_peer_knock(host, knock.as_str(), now).await?;
        tx.commit().await?;
        self.known.invalidate(host);
        Ok(())
    }
}

fn is_stale(peer: &Peer, now: Timestamp) -> bool {
    let age = if peer.software.is_some() {
        SOFTWARE_AGE
    } else {
        FAILED_AGE
    };
    peer.checked_at
        .is_none_or(|checked| now.since(checked) > age)
}

/// How a peer is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// Which form of announcements it understands.
    pub dialect: Dialect,
    /// How it wants requests signed.
    pub knock: Knock,
    /// Whether it is Lemmy, which refuses a whole activity for one type that it does not
    /// know.
    pub is_lemmy: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            dialect: Dialect::Unknown,
            knock: Knock::Cavage,
            is_lemmy: false,
        }
    }
}

impl Manner {
    fn of(peer: &Peer) -> Self {
        let verifies_ed25519 = peer.software.as_deref() == Some("archipel");
        let knock = match peer.knock.as_deref() {
            Some(word) => Knock::from_stored(word),
            // Our own kind verifies Ed25519, which costs a thirtieth of RSA.
            None if verifies_ed25519 => Knock::Rfc9421Ed25519,
            None => Knock::Cavage,
        };
        Self {
            dialect: peer.spoken_dialect(),
            knock,
            is_lemmy: peer
                .software
                .as_deref()
                .is_some_and(|name| name.eq_ignore_ascii_case("lemmy")),
        }
    }
}

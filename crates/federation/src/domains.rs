//! Deciding about a domain, and all that follows from it: whose actors are shown,
//! what was kept back is sent, who waited at the door is let in.

use archipel_model::{Host, PeerPolicy, Timestamp};
use archipel_storage::Parked;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::gate::{Envelope, GateRules};
use crate::inbox;
use crate::state::Federation;

/// Largest request that is parked, in bytes: a `Follow` is far smaller.
const MAX_PARKED: usize = 16 * 1024;

/// The headers that a signature can be about, as far as any peer signs them.
const KEPT_HEADERS: [&str; 10] = [
    "host",
    "date",
    "digest",
    "content-digest",
    "content-type",
    "content-length",
    "signature",
    "signature-input",
    "authorization",
    "user-agent",
];

/// The head of a parked request.
#[derive(Serialize, Deserialize)]
struct KeptHead {
    uri: String,
    headers: Vec<(String, String)>,
}

/// What became of those who waited at the door.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LetIn {
    /// Requests to follow that were verified and are worked off now.
    pub taken: usize,
    /// Those whose signature does not hold.
    pub refused: usize,
    /// Those whose key cannot be had now: to be tried again.
    pub waiting: usize,
}

impl Federation {
    /// Decides what a host, and all below it, may do here, with everything that
    /// follows from it.
    pub async fn decide_domain(
        &self,
        rules: &GateRules,
        host: &Host,
        policy: PeerPolicy,
        reason: Option<&str>,
    ) -> archipel_storage::Result<LetIn> {
        let now = self.now();
        let mut tx = self.store.write().await?;
        tx.set_peer_policy(host.as_str(), policy, reason, now)
            .await?;
        let domains = tx.domains().await?;
        tx.mark_hosts(&domains).await?;
        tx.commit().await?;
        self.after_deciding(rules).await
    }

    /// Forgets a peer, and with it what was decided about it. Says whether it was
    /// known.
    pub async fn forget_domain(
        &self,
        rules: &GateRules,
        host: &Host,
    ) -> archipel_storage::Result<bool> {
        let mut tx = self.store.write().await?;
        let known = tx.forget_peer(host.as_str()).await?;
        tx.forget_knock(host.as_str()).await?;
        let domains = tx.domains().await?;
        tx.mark_hosts(&domains).await?;
        tx.commit().await?;
        self.after_deciding(rules).await?;
        Ok(known)
    }

    async fn after_deciding(&self, rules: &GateRules) -> archipel_storage::Result<LetIn> {
        self.peers.refresh_now(&self.store).await;
        self.release_admitted().await?;
        self.let_in(rules).await
    }

    /// Queues what was kept back for servers that are spoken with now: after a
    /// decision, and when the server starts in another mode.
    pub(crate) async fn release_admitted(&self) -> archipel_storage::Result<()> {
        let hosts = self.store.read().await?.withheld_hosts().await?;
        let admitted: Vec<&String> = hosts
            .iter()
            .filter(|host| {
                let host = host.parse();
                host.is_ok_and(|host| self.peers.admits(&host).is_ok())
            })
            .collect();
        if admitted.is_empty() {
            return Ok(());
        }
        let now = self.now();
        let mut tx = self.store.write().await?;
        for host in admitted {
            tx.release_withheld(host, now).await?;
        }
        tx.wake_outbox();
        tx.commit().await
    }

    /// Works off what was parked of servers that are let in now, and forgets those
    /// that are blocked.
    async fn let_in(&self, rules: &GateRules) -> archipel_storage::Result<LetIn> {
        let mut result = LetIn::default();
        let knocks = self.store.read().await?.knocks().await?;
        for knock in knocks {
            let Ok(host) = knock.host.parse::<Host>() else {
                continue;
            };
            let still = match self.peers.admits(&host) {
                Ok(()) => self.replay(rules, &knock.host, &mut result).await?,
                // In a trusted network, who is not named goes on waiting.
                Err(refusal) => refusal != crate::gate::Refusal::DomainBlocked,
            };
            if !still {
                let mut tx = self.store.write().await?;
                tx.forget_knock(&knock.host).await?;
                tx.commit().await?;
            }
        }
        Ok(result)
    }

    /// Verifies what a server had sent and hands it to the inbox; says whether
    /// something has to be tried again.
    async fn replay(
        &self,
        rules: &GateRules,
        host: &str,
        result: &mut LetIn,
    ) -> archipel_storage::Result<bool> {
        let waiting = result.waiting;
        for parked in self.store.read().await?.parked(host).await? {
            let Some(parts) = restored(&parked) else {
                result.refused += 1;
                continue;
            };
            let body = Bytes::from(parked.body);
            match inbox::receive_parked(self, rules, &parts, body, parked.received_at).await {
                Ok(()) => result.taken += 1,
                Err(refusal) if refusal.retry_after().is_some() => result.waiting += 1,
                Err(refusal) => {
                    tracing::info!(host, %refusal, "a parked request does not hold");
                    result.refused += 1;
                }
            }
        }
        Ok(result.waiting > waiting)
    }

    /// Writes down that a server which is not let in wrote, and keeps its wish to
    /// follow. Nothing is verified: its keys are asked for once it is let in. Where
    /// many knock at once, some are not noted.
    pub(crate) async fn note_knock(&self, parts: &Parts, envelope: &Envelope, body: &[u8]) {
        let Some(origin) = archipel_model::origin_of(&envelope.actor) else {
            return;
        };
        let host = origin.host().as_str();
        let about = match (envelope.kind.as_str(), &envelope.object_id) {
            ("Follow" | "Join", Some(about)) => Some(about.as_str()),
            _ => None,
        };
        let key = format!("{host} {} {}", envelope.actor, about.unwrap_or_default());
        let key = if about.is_some() {
            key
        } else {
            host.to_owned()
        };
        if self.knocked.contains_key(&key) {
            return;
        }
        let Ok(_turn) = self.knocking.try_acquire() else {
            return;
        };
        self.knocked.insert(key, ());
        let now = self.now();
        let parked = about.and_then(|about| kept(parts, envelope, about, host, body, now));
        let written = async {
            let mut tx = self.store.write().await?;
            tx.note_knock(host, envelope.actor.as_str(), &envelope.kind, now)
                .await?;
            if let Some(parked) = &parked {
                tx.park(parked).await?;
            }
            tx.commit().await
        };
        let written: archipel_storage::Result<()> = written.await;
        if let Err(error) = written {
            tracing::warn!(%error, host, "a knock could not be written down");
        }
    }
}

/// A request as it is parked; `None` when it is too large or cannot be kept as text.
fn kept(
    parts: &Parts,
    envelope: &Envelope,
    about: &str,
    host: &str,
    body: &[u8],
    now: Timestamp,
) -> Option<Parked> {
    let mut headers = Vec::new();
    for (name, value) in &parts.headers {
        if KEPT_HEADERS.contains(&name.as_str()) {
            headers.push((name.as_str().to_owned(), value.to_str().ok()?.to_owned()));
        }
    }
    let head = serde_json::to_string(&KeptHead {
        uri: parts.uri.to_string(),
        headers,
    })
    .ok()?;
    (head.len() + body.len() <= MAX_PARKED).then(|| Parked {
        host: host.to_owned(),
        actor_uri: envelope.actor.to_string(),
        about: about.to_owned(),
        head,
        body: String::from_utf8_lossy(body).into_owned(),
        received_at: now,
    })
}

/// The request as it came.
fn restored(parked: &Parked) -> Option<Parts> {
    let head: KeptHead = serde_json::from_str(&parked.head).ok()?;
    let mut headers = HeaderMap::new();
    for (name, value) in &head.headers {
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).ok()?,
            HeaderValue::from_str(value).ok()?,
        );
    }
    let request = http::Request::post(&head.uri).body(()).ok()?;
    let (mut parts, ()) = request.into_parts();
    parts.headers = headers;
    Some(parts)
}

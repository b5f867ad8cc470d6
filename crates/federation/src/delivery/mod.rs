//! What we say to the world: durable, per destination, in order per object.
//!
//! `expand` turns what was said into deliveries and keeps the exact bytes,
//! `compose` writes them, `send` takes a destination's queue and sends it,
//! `record` writes results down many at a time, `backoff` knows how long to wait,
//! `restamp` gives boosts that arrive late a new date, `readable` knows what
//! each peer understands.

mod backoff;
mod compose;
mod expand;
mod gone;
mod readable;
mod record;
mod restamp;
mod send;

use std::sync::Arc;
use std::time::Duration;

use archipel_model::{ActivityId, DestinationId, Timestamp};
use archipel_storage::{ClaimedDestination, Form, QueuedDelivery};
use bytes::Bytes;
use moka::sync::Cache;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::client::Knock;
use crate::signature::BodyDigest;
use crate::state::Federation;
pub(crate) use compose::wrapped;
use record::{Recorder, Round};

/// How long a node may hold a destination without renewing it.
const LEASE: Duration = Duration::from_secs(20);

/// How often leases are renewed.
const RENEWAL: Duration = Duration::from_secs(5);

/// Most deliveries taken for one destination at a time.
const PER_DESTINATION: i64 = 24;

/// Bytes of renderings kept in memory.
const KEPT_BYTES: u64 = 16 * 1024 * 1024;

/// Hosts of which it is known in memory which knock they take, and for how long.
const KEPT_HOSTS: u64 = 10_000;
const KNOCK_TRUSTED: Duration = Duration::from_hours(1);

/// The deliverer of one node.
#[derive(Clone)]
struct Deliverer {
    federation: Federation,
    /// Destinations worked on at the same time.
    places: Arc<Semaphore>,
    /// Signatures being made or about to be: two a core, so that none waits for the
    /// next.
    signing: Arc<Semaphore>,
    bodies: Cache<(ActivityId, Form), Body>,
    /// The knock that a host took last: its next 400 is about what was sent.
    taken: Cache<String, Knock>,
    recorder: Recorder,
}

/// What is sent, with its digest.
#[derive(Clone, Debug)]
struct Body {
    bytes: Bytes,
    digest: Arc<BodyDigest>,
}

impl Body {
    fn new(text: String) -> Self {
        let bytes = Bytes::from(text);
        Self {
            digest: Arc::new(BodyDigest::of(&bytes)),
            bytes,
        }
    }
}

/// Delivers until told to stop; then finishes what is on its way.
pub async fn run(federation: Federation, stop: CancellationToken) {
    let senders = federation.settings.senders.max(1);
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let (recorder, recording) = Recorder::start(federation.clone());
    let deliverer = Deliverer {
        places: Arc::new(Semaphore::new(senders)),
        signing: Arc::new(Semaphore::new(cores * 4)),
        bodies: Cache::builder()
            .max_capacity(KEPT_BYTES)
            .weigher(|_, body: &Body| u32::try_from(body.bytes.len()).unwrap_or(u32::MAX))
            .build(),
        taken: Cache::builder()
            .max_capacity(KEPT_HOSTS)
            .time_to_live(KNOCK_TRUSTED)
            .build(),
        recorder,
        federation,
    };
    let rounds = TaskTracker::new();
    // Another mode may speak with servers that the last one did not.
    if let Err(error) = deliverer.federation.release_admitted().await {
        tracing::error!(%error, "what was kept back for other servers stays so for now");
    }
    // Without its recorder a deliverer would send the same again and again.
    while !stop.is_cancelled() && !recording.is_finished() {
        match deliverer.turn(&rounds).await {
            Ok(0) => deliverer.pause(&stop).await,
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "delivery failed, trying again");
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_secs(1)) => {}
                    () = stop.cancelled() => {}
                }
            }
        }
    }
    rounds.close();
    let _ = tokio::time::timeout(Duration::from_secs(20), rounds.wait()).await;
    drop(deliverer);
    let _ = tokio::time::timeout(Duration::from_secs(5), recording).await;
}

impl Deliverer {
    /// Expands what is new, takes due destinations and sets them off; says how
    /// much there was to do.
    async fn turn(&self, rounds: &TaskTracker) -> archipel_storage::Result<usize> {
        let federation = &self.federation;
        let clock = federation.actions.clock.as_ref();
        federation.peers.refresh(&federation.store, clock).await;
        let expanded = expand::expand(&self.federation, &self.bodies).await?;
        let free = self.places.available_permits();
        if free == 0 {
            // Whoever comes back wakes us.
            return Ok(expanded);
        }
        let claimed = self.claim(free).await?;
        let count = expanded + claimed.len();
        for (destination, queue) in claimed {
            let Ok(place) = self.places.clone().acquire_owned().await else {
                break;
            };
            let this = self.clone();
            rounds.spawn(async move {
                let round = send::round(&this, destination, queue).await;
                if round.results.iter().any(record::Sent::is_gone) {
                    gone::confirm(&this.federation, &round.destination.inbox).await;
                }
                this.recorder.round(round).await;
                drop(place);
                this.federation.store.wakes().outbox.notify_one();
            });
        }
        Ok(count)
    }

    /// Takes due destinations with the beginning of their queues.
    async fn claim(
        &self,
        free: usize,
    ) -> archipel_storage::Result<Vec<(ClaimedDestination, Vec<QueuedDelivery>)>> {
        let now = self.federation.now();
        let limit = i64::try_from(free).unwrap_or(i64::MAX);
        if self
            .federation
            .store
            .read()
            .await?
            .next_due(now)
            .await?
            .is_none_or(|due| due > now.micros())
        {
            return Ok(Vec::new());
        }
        let mut tx = self.federation.store.write().await?;
        let claimed = tx.claim_destinations(now, now.plus(LEASE), limit).await?;
        tx.commit().await?;
        if claimed.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<DestinationId> = claimed.iter().map(|destination| destination.id).collect();
        self.recorder.hold(&ids);
        let mut conn = self.federation.store.read().await?;
        let queue = conn.queued_deliveries(&ids, now, PER_DESTINATION).await?;
        let mut queues: std::collections::HashMap<DestinationId, Vec<QueuedDelivery>> =
            std::collections::HashMap::with_capacity(ids.len());
        for delivery in queue {
            queues
                .entry(delivery.destination_id)
                .or_default()
                .push(delivery);
        }
        Ok(claimed
            .into_iter()
            .map(|destination| {
                let queue = queues.remove(&destination.id).unwrap_or_default();
                (destination, queue)
            })
            .collect())
    }

    /// Sleeps until something was said, came back, or becomes due.
    async fn pause(&self, stop: &CancellationToken) {
        let due = async {
            let now = self.federation.now();
            self.federation.store.read().await?.next_due(now).await
        };
        let due: archipel_storage::Result<Option<i64>> = due.await;
        let sleep = match due {
            Ok(Some(due)) => Timestamp::from_micros(due)
                .since(self.federation.now())
                .clamp(Duration::from_millis(20), Duration::from_secs(30)),
            Ok(None) => Duration::from_secs(30),
            Err(_) => Duration::from_secs(1),
        };
        tokio::select! {
            () = self.federation.store.wakes().outbox.notified() => {}
            () = tokio::time::sleep(sleep) => {}
            () = stop.cancelled() => {}
        }
    }
}

impl Round {
    /// A round in which nothing was sent.
    fn empty(destination: &ClaimedDestination) -> Self {
        Self {
            destination: destination.clone(),
            results: Vec::new(),
        }
    }
}

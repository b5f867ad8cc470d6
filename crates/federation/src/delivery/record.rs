//! Writes down how deliveries ended, many at a time, and keeps leases alive.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use archipel_model::{DestinationId, Timestamp};
use archipel_storage::{
    ClaimedDestination, DeliveryResult, DeliveryState, DestinationResult, QueuedDelivery,
};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::backoff::{PARK_AFTER, next_try};
use super::{LEASE, RENEWAL};
use crate::client::{PostClass, PostReport};
use crate::state::Federation;

/// Most rounds written down in one commit.
const BATCH: usize = 512;

/// How one activity fared at one destination.
pub(super) struct Sent {
    delivery: QueuedDelivery,
    what: What,
}

enum What {
    Report(PostReport),
    /// Not said in this peer's dialect, or deleted before it was ever said; or for
    /// another reason, in words for the operator.
    Skipped(Option<&'static str>),
    /// Kept back, because the peer is not spoken with.
    Withheld,
    /// Trouble on our side: to be tried again.
    Ours(String),
}

impl Sent {
    pub(super) fn reported(delivery: QueuedDelivery, report: PostReport) -> Self {
        let what = What::Report(report);
        Self { delivery, what }
    }

    pub(super) fn skipped(delivery: QueuedDelivery) -> Self {
        let what = What::Skipped(None);
        Self { delivery, what }
    }

    pub(super) fn skipped_because(delivery: QueuedDelivery, why: &'static str) -> Self {
        let what = What::Skipped(Some(why));
        Self { delivery, what }
    }

    pub(super) fn withheld(delivery: QueuedDelivery) -> Self {
        let what = What::Withheld;
        Self { delivery, what }
    }

    pub(super) fn our_trouble(delivery: QueuedDelivery, why: &str) -> Self {
        let what = What::Ours(why.to_owned());
        Self { delivery, what }
    }

    /// Whether the inbox is said to be gone for good.
    pub(super) fn is_gone(&self) -> bool {
        matches!(&self.what, What::Report(report)
            if report.class == PostClass::Gone && report.status == Some(410))
    }

    /// Whether it has to be tried again.
    pub(super) fn waits(&self) -> bool {
        match &self.what {
            What::Report(report) => report.class == PostClass::Retry,
            What::Skipped(_) | What::Withheld => false,
            What::Ours(_) => true,
        }
    }
}

/// How a destination fared.
pub(super) struct Round {
    pub(super) destination: ClaimedDestination,
    pub(super) results: Vec<Sent>,
}

/// The way to the one task that writes results down.
#[derive(Clone)]
pub(super) struct Recorder {
    rounds: mpsc::Sender<Round>,
    held: Arc<Mutex<HashSet<DestinationId>>>,
}

impl Recorder {
    /// Starts the task; it ends when the last recorder is dropped.
    pub(super) fn start(federation: Federation) -> (Self, JoinHandle<()>) {
        let (rounds, incoming) = mpsc::channel(BATCH);
        let held = Arc::new(Mutex::new(HashSet::new()));
        let task = tokio::spawn(run(federation, incoming, held.clone()));
        (Self { rounds, held }, task)
    }

    /// Keeps these destinations ours until their rounds are written down.
    pub(super) fn hold(&self, ids: &[DestinationId]) {
        if let Ok(mut held) = self.held.lock() {
            held.extend(ids);
        }
    }

    /// Hands a finished round over.
    pub(super) async fn round(&self, round: Round) {
        // Fails only when the task is gone, at the end of the process; then the
        // lease runs out and the round is repeated.
        let _ = self.rounds.send(round).await;
    }
}

async fn run(
    federation: Federation,
    mut incoming: mpsc::Receiver<Round>,
    held: Arc<Mutex<HashSet<DestinationId>>>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut renewal = tokio::time::interval(RENEWAL);
    renewal.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            count = incoming.recv_many(&mut batch, BATCH) => {
                if count == 0 {
                    return;
                }
                record(&federation, &batch).await;
                if let Ok(mut held) = held.lock() {
                    for round in &batch {
                        held.remove(&round.destination.id);
                    }
                }
                batch.clear();
            }
            _ = renewal.tick() => renew(&federation, &held).await,
        }
    }
}

async fn renew(federation: &Federation, held: &Mutex<HashSet<DestinationId>>) {
    let ids: Vec<DestinationId> = held
        .lock()
        .map(|held| held.iter().copied().collect())
        .unwrap_or_default();
    if ids.is_empty() {
        return;
    }
    let until = federation.now().plus(LEASE);
    let renewed = async {
        let mut tx = federation.store.write().await?;
        tx.renew_destinations(&ids, until).await?;
        tx.commit().await
    };
    let renewed: archipel_storage::Result<()> = renewed.await;
    if let Err(error) = renewed {
        tracing::warn!(%error, "leases could not be renewed");
    }
}

/// Writes a batch down, trying until it succeeds: forgetting it would send
/// everything again.
async fn record(federation: &Federation, batch: &[Round]) {
    let now = federation.now();
    let mut deliveries = Vec::new();
    let mut destinations = Vec::new();
    let mut back = Vec::new();
    for round in batch {
        deliveries.extend(round.results.iter().map(|sent| result(sent, now)));
        let fared = fared(round, now);
        if round.destination.parked_at.is_some() && fared.parked_at.is_none() {
            back.push(round.destination.id);
        }
        destinations.push(fared);
    }
    for attempt in 1..=5 {
        let write = async {
            let mut tx = federation.store.write().await?;
            if !deliveries.is_empty() {
                tx.finish_deliveries(&deliveries).await?;
            }
            for id in &back {
                tx.catch_up(*id, now).await?;
            }
            tx.finish_destinations(&destinations).await?;
            tx.wake_outbox();
            tx.commit().await
        };
        let written: archipel_storage::Result<()> = write.await;
        match written {
            Ok(()) => return,
            Err(error) => {
                tracing::error!(%error, attempt, "results of deliveries could not be written");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

fn chance() -> f64 {
    rand::random()
}

/// What to write down of one try.
fn result(sent: &Sent, now: Timestamp) -> DeliveryResult {
    // What was kept back was not tried.
    let tried = i64::from(!matches!(sent.what, What::Withheld));
    let attempts = sent.delivery.attempts + tried;
    let (state, status, words, retry_after) = match &sent.what {
        What::Report(report) => {
            let state = match report.class {
                PostClass::Delivered => DeliveryState::Delivered,
                PostClass::Retry => DeliveryState::Queued,
                PostClass::Refused | PostClass::Gone => DeliveryState::Refused,
            };
            let words = (!report.words.is_empty()).then(|| report.words.clone());
            (state, report.status, words, report.retry_after)
        }
        What::Skipped(why) => (DeliveryState::Skipped, None, why.map(str::to_owned), None),
        What::Withheld => {
            let words = "this server does not speak with that host".to_owned();
            (DeliveryState::Withheld, None, Some(words), None)
        }
        What::Ours(why) => (DeliveryState::Queued, None, Some(why.clone()), None),
    };
    let waits = state == DeliveryState::Queued;
    let next = if waits {
        next_try(attempts, retry_after, now, chance())
    } else {
        now
    };
    DeliveryResult {
        destination: sent.delivery.destination_id.0,
        activity: sent.delivery.activity_id.0,
        state: state.as_str(),
        attempts,
        next_try_at: next.micros(),
        status: status.map(i64::from),
        words,
        done_at: (!waits).then(|| now.micros()),
    }
}

/// What to write down of a destination: one answer shows that it lives, silence
/// or a plea for time makes it wait as a whole.
fn fared(round: &Round, now: Timestamp) -> DestinationResult {
    let reports = || {
        round.results.iter().filter_map(|sent| match &sent.what {
            What::Report(report) => Some(report),
            What::Skipped(_) | What::Withheld | What::Ours(_) => None,
        })
    };
    let success = reports().any(|report| report.class == PostClass::Delivered);
    let failure = reports().find(|report| report.class != PostClass::Delivered);
    let in_trouble = reports().find(|report| {
        report.class == PostClass::Retry
            && (report.status.is_none()
                || report.retry_after.is_some()
                || matches!(report.status, Some(429 | 500..=599)))
    });
    // A server that fails at one thing, and was asked nothing else, may well take the
    // next: GoToSocial answers 500 to what it does not like.
    let lone = round.results.len() == 1;
    let in_trouble = in_trouble.filter(|report| !(lone && report.status == Some(500)));
    let before = &round.destination;
    let mut result = DestinationResult {
        id: before.id,
        fail_count: before.fail_count,
        failing_since: before.failing_since.map(Timestamp::micros),
        backoff_until: 0,
        parked_at: before.parked_at.map(Timestamp::micros),
        success_at: success.then(|| now.micros()),
        error: failure.map(describe),
        error_at: failure.map(|_| now.micros()),
    };
    match in_trouble {
        Some(report) if !success || report.retry_after.is_some() => {
            result.fail_count += 1;
            let since = before.failing_since.unwrap_or(now);
            result.failing_since = Some(since.micros());
            let next = next_try(result.fail_count, report.retry_after, now, chance());
            result.backoff_until = next.micros();
            if now.since(since) >= PARK_AFTER && result.parked_at.is_none() {
                result.parked_at = Some(now.micros());
            }
        }
        _ if success || reports().any(|report| report.status != Some(500)) => {
            result.fail_count = 0;
            result.failing_since = None;
            result.parked_at = None;
        }
        _ => {}
    }
    result
}

fn describe(report: &PostReport) -> String {
    match report.status {
        Some(status) if report.words.is_empty() => format!("status {status}"),
        Some(status) => format!("status {status}: {}", report.words),
        None => report.words.clone(),
    }
}

#[cfg(test)]
mod tests {
    use archipel_model::{ActivityId, ActorId, DestinationId};
    use archipel_storage::ActivityKind;

    use super::*;
    use crate::client::Knock;

    /// How a destination fares that failed twice before, after answers of these
    /// statuses in one round.
    fn after(statuses: &[u16]) -> DestinationResult {
        let sent = |(number, status): (i64, &u16)| {
            let delivery = QueuedDelivery {
                destination_id: DestinationId(1),
                activity_id: ActivityId(number),
                kind: ActivityKind::Relay,
                actor_id: ActorId(1),
                object_key: number.to_string(),
                attempts: 1,
                thread_kind: None,
                key_id: None,
            };
            let class = match status {
                200..=299 => PostClass::Delivered,
                500..=599 => PostClass::Retry,
                _ => PostClass::Refused,
            };
            Sent::reported(
                delivery,
                PostReport {
                    status: Some(*status),
                    retry_after: None,
                    words: String::new(),
                    knock: Knock::Cavage,
                    class,
                },
            )
        };
        let round = Round {
            destination: ClaimedDestination {
                id: DestinationId(1),
                inbox: "https://social.example/inbox".to_owned(),
                host: "social.example".to_owned(),
                fail_count: 2,
                failing_since: Some(Timestamp::from_unix_seconds(1_800_000_000)),
                parked_at: None,
            },
            results: (1..).zip(statuses).map(sent).collect(),
        };
        fared(&round, Timestamp::from_unix_seconds(1_800_000_100))
    }

    /// GoToSocial answers 500 to what it does not like, again and again; all else
    /// must not wait for that.
    #[test]
    fn one_thing_that_fails_delays_nothing_else() {
        let lone = after(&[500]);
        assert_eq!((lone.fail_count, lone.backoff_until), (2, 0));
        assert_eq!(after(&[500, 202]).fail_count, 0);
        for trouble in [&[500, 500][..], &[503], &[502, 500]] {
            let result = after(trouble);
            assert_eq!(result.fail_count, 3, "{trouble:?}");
            assert!(result.backoff_until > 0, "{trouble:?}");
        }
        assert_eq!(after(&[400]).fail_count, 0);
    }
}

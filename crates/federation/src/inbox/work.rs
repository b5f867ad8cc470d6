//! Works off what was kept: many activities in one transaction, each a piece that
//! succeeds or fails alone, in order per sender and object.
//!
//! Effects and the mark that the work is done are one commit, so a killed process
//! neither loses nor repeats anything. Work that panics is undone, counted and,
//! the third time, put aside for an operator.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use archipel_model::{InboxId, Timestamp};
use archipel_storage::{InboxItem, InboxResult, InboxState};
use futures::FutureExt as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::apply::apply;
use super::job::{Lack, Outcome, Stop};
use super::lacking;
use crate::state::Federation;

/// Most activities in one transaction.
const BATCH: i64 = 128;

/// How long a node may hold what it took.
const LEASE: Duration = Duration::from_secs(30);

/// How long an activity waits for what it lacks; fetching ends well before.
const FETCH_LEASE: Duration = Duration::from_mins(5);

/// Most activities for which something is being fetched. More would only fill
/// the memory: they wait in the database.
const MOST_FETCHING: usize = 1_000;

/// How long they wait there.
const PUT_OFF: Duration = Duration::from_secs(30);

/// How often work may end badly before it is put aside.
const MAX_CRASHES: i64 = 3;

/// Waiting times between orderly tries.
const SCHEDULE: [u64; 7] = [10, 60, 300, 1_800, 7_200, 43_200, 86_400];

/// Works until told to stop.
pub async fn run(federation: Federation, stop: CancellationToken) {
    let fetches = TaskTracker::new();
    while !stop.is_cancelled() {
        match round(&federation, &fetches).await {
            Ok(0) => pause(&federation, &stop).await,
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "work on the inbox failed, trying again");
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_secs(1)) => {}
                    () = stop.cancelled() => {}
                }
            }
        }
    }
    fetches.close();
    let _ = tokio::time::timeout(Duration::from_secs(10), fetches.wait()).await;
}

/// Sleeps until something was kept or becomes due.
async fn pause(federation: &Federation, stop: &CancellationToken) {
    let due = async {
        let now = federation.now();
        let mut conn = federation.store.read().await?;
        conn.next_inbox_due(now).await
    };
    let sleep = match due.await {
        Ok(Some(due)) => Timestamp::from_micros(due)
            .since(federation.now())
            .clamp(Duration::from_millis(10), Duration::from_secs(30)),
        Ok(None) => Duration::from_secs(30),
        Err(_) => Duration::from_secs(1),
    };
    tokio::select! {
        () = federation.store.wakes().inbox.notified() => {}
        () = tokio::time::sleep(sleep) => {}
        () = stop.cancelled() => {}
    }
}

/// Takes some work and does it; says how much it took.
pub(super) async fn round(
    federation: &Federation,
    fetches: &TaskTracker,
) -> archipel_storage::Result<usize> {
    let clock = federation.actions.clock.as_ref();
    federation.peers.refresh(&federation.store, clock).await;
    let now = federation.now();
    let mut tx = federation.store.write().await?;
    let items = tx.claim_inbox(now, now.plus(LEASE), BATCH).await?;
    tx.commit().await?;
    if items.is_empty() {
        return Ok(0);
    }
    let room = MOST_FETCHING.saturating_sub(fetches.len());
    let worked = work_off(federation, &items, room).await;
    if worked.is_err() {
        // The trouble is the database's, not theirs: nothing crashed.
        let ids: Vec<InboxId> = items.iter().map(|item| item.id).collect();
        let giving = async {
            let mut tx = federation.store.write().await?;
            tx.release_inbox(&ids).await?;
            tx.commit().await
        };
        let returned: archipel_storage::Result<()> = giving.await;
        if let Err(error) = returned {
            tracing::warn!(%error, "work on the inbox waits until its lease has run out");
        }
    }
    for (item, lack) in worked? {
        fetches.spawn(lacking::fetch(federation.clone(), item, lack));
    }
    Ok(items.len())
}

/// Does what was taken; gives what something has to be fetched for.
async fn work_off(
    federation: &Federation,
    items: &[InboxItem],
    room: usize,
) -> archipel_storage::Result<Vec<(Tried, Lack)>> {
    // Nearly always everything succeeds, and the pieces need no savepoints; if
    // one does not, all is undone and done again piece by piece.
    for pieces in [Pieces::Together, Pieces::Apart] {
        match attempt(federation, items, pieces, room).await? {
            Attempt::Done(batch) => return Ok(batch.lacking),
            Attempt::Disturbed => {}
            Attempt::Panicked => break,
        }
    }
    Ok(Vec::new())
}

/// How the pieces of a transaction hang together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pieces {
    /// All or nothing.
    Together,
    /// Each in a savepoint of its own.
    Apart,
}

/// How a transaction ended.
enum Attempt {
    /// Committed.
    Done(Batch),
    /// Undone, because one piece did not succeed.
    Disturbed,
    /// Undone, because one piece panicked; all were given back.
    Panicked,
}

/// Applies what was taken in one transaction.
async fn attempt(
    federation: &Federation,
    items: &[InboxItem],
    pieces: Pieces,
    room: usize,
) -> archipel_storage::Result<Attempt> {
    let apart = pieces == Pieces::Apart;
    let mut batch = Batch::default();
    let mut tx = federation.store.write().await?;
    for item in items {
        if batch.waits(item) {
            batch.released.push(item.id);
            continue;
        }
        if item.crashes >= MAX_CRASHES {
            batch.quarantine(item, federation.now());
            continue;
        }
        if apart {
            tx.savepoint().await?;
        }
        let applied = AssertUnwindSafe(apply(federation, &mut tx, item))
            .catch_unwind()
            .await;
        match applied {
            Ok(Ok(outcome)) => {
                if apart {
                    tx.release().await?;
                }
                batch.done(item, outcome, federation.now());
            }
            Ok(Err(_)) if !apart => return Ok(Attempt::Disturbed),
            Ok(Err(Stop::Lack(lack))) => {
                tx.rollback_to_savepoint().await?;
                if batch.lacking.len() < room {
                    batch.lack(item, lack);
                } else {
                    batch.put_off(item, federation.now());
                }
            }
            Ok(Err(error)) => {
                tx.rollback_to_savepoint().await?;
                tracing::warn!(item = %item.id, %error, "an activity could not be applied");
                batch.trouble(item, &error.to_string(), federation.now());
            }
            Err(_panic) => {
                // Nothing of this transaction can be trusted any more.
                drop(tx);
                tracing::error!(item = %item.id, "the work on an activity panicked");
                panicked(federation, items, item.id).await?;
                return Ok(Attempt::Panicked);
            }
        }
    }
    tx.finish_inbox(&batch.results).await?;
    if !batch.released.is_empty() {
        tx.release_inbox(&batch.released).await?;
    }
    if !batch.lacking.is_empty() {
        let held: Vec<InboxId> = batch.lacking.iter().map(|(item, _)| item.id).collect();
        let until = federation.now().plus(FETCH_LEASE);
        tx.hold_inbox(&held, until).await?;
    }
    tx.commit().await?;
    Ok(Attempt::Done(batch))
}

/// Gives back what was in the transaction of a panic. The one that panicked keeps
/// its mark, is taken alone next time and put aside the third time.
async fn panicked(
    federation: &Federation,
    items: &[InboxItem],
    culprit: InboxId,
) -> archipel_storage::Result<()> {
    let others: Vec<InboxId> = items
        .iter()
        .map(|item| item.id)
        .filter(|id| *id != culprit)
        .collect();
    let mut tx = federation.store.write().await?;
    tx.release_inbox(&others).await?;
    tx.unlease_inbox(culprit).await?;
    tx.commit().await
}

/// An activity that is tried again, without its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tried {
    pub id: InboxId,
    pub attempts: i64,
}

impl From<&InboxItem> for Tried {
    fn from(item: &InboxItem) -> Self {
        Self {
            id: item.id,
            attempts: item.attempts,
        }
    }
}

/// What became of the activities of one transaction.
#[derive(Default)]
struct Batch {
    results: Vec<InboxResult>,
    lacking: Vec<(Tried, Lack)>,
    released: Vec<InboxId>,
    waiting: HashSet<String>,
}

impl Batch {
    /// Whether an earlier activity about the same object has to wait.
    fn waits(&self, item: &InboxItem) -> bool {
        self.waiting.contains(&item.order_key)
    }

    fn done(&mut self, item: &InboxItem, outcome: Outcome, now: Timestamp) {
        self.results.push(InboxResult {
            id: item.id.0,
            state: outcome.state().as_str(),
            attempts: item.attempts + 1,
            next_try_at: now.micros(),
            outcome: outcome.words(),
            done_at: Some(now.micros()),
        });
    }

    fn quarantine(&mut self, item: &InboxItem, now: Timestamp) {
        self.results.push(InboxResult {
            id: item.id.0,
            state: InboxState::Quarantined.as_str(),
            attempts: item.attempts,
            next_try_at: now.micros(),
            outcome: format!("put aside: the work on it ended badly {MAX_CRASHES} times"),
            done_at: Some(now.micros()),
        });
    }

    fn trouble(&mut self, item: &InboxItem, why: &str, now: Timestamp) {
        self.waiting.insert(item.order_key.clone());
        self.results.push(after_trouble(item.into(), why, now));
    }

    /// Later, and it does not count: too much is being fetched already.
    fn put_off(&mut self, item: &InboxItem, now: Timestamp) {
        self.waiting.insert(item.order_key.clone());
        self.results.push(InboxResult {
            id: item.id.0,
            state: InboxState::Waiting.as_str(),
            attempts: item.attempts,
            next_try_at: now.plus(PUT_OFF).micros(),
            outcome: "waits until less is being fetched".to_owned(),
            done_at: None,
        });
    }

    fn lack(&mut self, item: &InboxItem, lack: Lack) {
        self.waiting.insert(item.order_key.clone());
        self.lacking.push((item.into(), lack));
    }
}

/// How an activity goes on after trouble that may pass.
pub(super) fn after_trouble(item: Tried, why: &str, now: Timestamp) -> InboxResult {
    let attempts = item.attempts + 1;
    let wait = usize::try_from(item.attempts)
        .ok()
        .and_then(|index| SCHEDULE.get(index));
    match wait {
        Some(seconds) => InboxResult {
            id: item.id.0,
            state: InboxState::Waiting.as_str(),
            attempts,
            next_try_at: now.plus(Duration::from_secs(*seconds)).micros(),
            outcome: format!("to be tried again: {why}"),
            done_at: None,
        },
        None => InboxResult {
            id: item.id.0,
            state: InboxState::Quarantined.as_str(),
            attempts,
            next_try_at: now.micros(),
            outcome: format!("given up: {why}"),
            done_at: Some(now.micros()),
        },
    }
}

/// Writes results down outside a batch; trouble leaves the lease to run out.
pub(super) async fn write_down(federation: &Federation, results: Vec<InboxResult>) {
    let write = async {
        let mut tx = federation.store.write().await?;
        tx.finish_inbox(&results).await?;
        tx.wake_inbox();
        tx.commit().await
    };
    let written: archipel_storage::Result<()> = write.await;
    if let Err(error) = written {
        tracing::error!(%error, "the state of the inbox could not be written");
    }
}

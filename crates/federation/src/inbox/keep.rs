//! Keeps what was received before anybody is told so.
//!
//! Whatever waits to be kept at one moment shares one statement and one commit,
//! so that durability costs little under load and nothing at rest.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use archipel_actions::Context;
use archipel_model::Id;
use archipel_storage::{NewInboxItem, Store};
use futures::FutureExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

/// Most that share one commit.
const BATCH: usize = 256;

/// Most that may wait; beyond, peers are asked to come back later.
const WAITING: usize = 4_096;

/// Most bytes that may wait.
const WAITING_BYTES: usize = 64 * 1024 * 1024;

/// The way to the one task that keeps.
#[derive(Clone, Debug)]
pub struct Keeper {
    queue: mpsc::Sender<Waiting>,
    room: Arc<Semaphore>,
}

#[derive(Debug)]
struct Waiting {
    item: NewInboxItem,
    done: oneshot::Sender<bool>,
    room: OwnedSemaphorePermit,
}

/// Something could not be kept: the peer must come back later.
#[derive(Debug, thiserror::Error)]
#[error("what was sent could not be kept at the moment")]
pub struct NotKept;

impl Keeper {
    /// Starts the task; it ends when the last keeper is dropped.
    pub fn start(store: Store, ctx: Context) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING);
        tokio::spawn(run(store, ctx, waiting));
        let room = Arc::new(Semaphore::new(WAITING_BYTES));
        Self { queue, room }
    }

    /// Keeps one activity; when this returns well, it is on disk.
    pub async fn keep(&self, item: NewInboxItem) -> Result<(), NotKept> {
        let bytes = u32::try_from(item.raw.len()).map_err(|_| NotKept)?;
        let room = self.room.clone().try_acquire_many_owned(bytes);
        let room = room.map_err(|_| NotKept)?;
        let (done, kept) = oneshot::channel();
        self.queue
            .try_send(Waiting { item, done, room })
            .map_err(|_| NotKept)?;
        match kept.await {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(NotKept),
        }
    }
}

async fn run(store: Store, ctx: Context, mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let (mut items, answers): (Vec<_>, Vec<_>) = batch
            .drain(..)
            .map(|waiting| (waiting.item, (waiting.done, waiting.room)))
            .unzip();
        for item in &mut items {
            let Id(id) = ctx.ids.next_in_order(ctx.now());
            item.id = id;
        }
        // The one task that keeps outlives whatever happens to a batch.
        let kept = AssertUnwindSafe(keep(&store, &items)).catch_unwind().await;
        match &kept {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(%error, count = items.len(), "received activities could not be kept");
            }
            Err(_panic) => tracing::error!(count = items.len(), "keeping activities panicked"),
        }
        let kept = matches!(kept, Ok(Ok(())));
        for (answer, _room) in answers {
            // A peer that hung up does not hear it; it is kept all the same.
            let _ = answer.send(kept);
        }
    }
}

async fn keep(store: &Store, items: &[NewInboxItem]) -> archipel_storage::Result<()> {
    let mut tx = store.write().await?;
    tx.keep(items).await?;
    tx.commit().await
}

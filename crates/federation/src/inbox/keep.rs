//! Keeps what was received before anybody is told so.
//!
//! Whatever waits to be kept at one moment shares one statement and one commit,
//! so that durability costs little under load and nothing at rest.

use archipel_actions::Context;
use archipel_model::Id;
use archipel_storage::{NewInboxItem, Store};
use tokio::sync::{mpsc, oneshot};

/// Most that share one commit.
const BATCH: usize = 256;

/// Most that may wait; beyond, peers are asked to come back later.
const WAITING: usize = 4_096;

/// The way to the one task that keeps.
#[derive(Clone, Debug)]
pub struct Keeper {
    queue: mpsc::Sender<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    item: NewInboxItem,
    done: oneshot::Sender<bool>,
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
        Self { queue }
    }

    /// Keeps one activity; when this returns well, it is on disk.
    pub async fn keep(&self, item: NewInboxItem) -> Result<(), NotKept> {
        let (done, kept) = oneshot::channel();
        self.queue
            .try_send(Waiting { item, done })
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
            .map(|waiting| (waiting.item, waiting.done))
            .unzip();
        for item in &mut items {
            let Id(id) = ctx.ids.next_in_order(ctx.now());
            item.id = id;
        }
        let kept = keep(&store, &items).await;
        if let Err(error) = &kept {
            tracing::error!(%error, count = items.len(), "received activities could not be kept");
        }
        for answer in answers {
            // A peer that hung up does not hear it; it is kept all the same.
            let _ = answer.send(kept.is_ok());
        }
    }
}

async fn keep(store: &Store, items: &[NewInboxItem]) -> archipel_storage::Result<()> {
    let mut tx = store.write().await?;
    tx.keep(items).await?;
    tx.commit().await
}

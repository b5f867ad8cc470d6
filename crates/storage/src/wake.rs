//! Who is woken when something was committed, and what streams hear of it.
//!
//! Inside one process by [`Notify`] and [`Wakes::streams`]; between nodes on PostgreSQL by
//! `LISTEN/NOTIFY`; between a command and a running server on SQLite by looking
//! at the file's version.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use archipel_model::{ActorId, EntryId, PostId};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, broadcast};

/// Events that a slow listener may be behind before it misses some.
const BEHIND: usize = 4096;

/// Entries whose events are remembered, so that none is told twice.
const REMEMBERED: usize = 2048;

/// Most ids of one [`StreamEvent::Gone`]: what PostgreSQL tells other nodes is short.
pub(crate) const GONE: usize = 200;

/// Something that those who listen may have to hear of. Events say what happened, never
/// what was written: who may see it is asked for each listener.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum StreamEvent {
    /// Somebody showed a post.
    Shown {
        /// The entry; for apps the id of the status.
        entry: EntryId,
        /// Who shows it.
        actor: ActorId,
        /// What.
        post: PostId,
        /// Whether it is a boost.
        boost: bool,
    },
    /// A post was edited.
    Edited {
        /// The post.
        post: PostId,
    },
    /// Statuses are shown no more: posts and boosts of them.
    Gone {
        /// Their ids.
        statuses: Vec<EntryId>,
    },
    /// Somebody has a new notification.
    Notified {
        /// Its id.
        notification: i64,
        /// Whose it is.
        owner: ActorId,
    },
    /// Somebody changed their filters.
    FiltersChanged {
        /// Who.
        owner: ActorId,
    },
    /// A conversation of somebody has something new.
    Conversation {
        /// Whose it is.
        owner: ActorId,
        /// The conversation.
        id: i64,
    },
}

/// An event on its way to other nodes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FromNode {
    /// The process that it comes from.
    pub node: u64,
    /// What happened.
    pub what: StreamEvent,
}

/// The sleepers of this process.
#[derive(Debug)]
pub struct Wakes {
    /// Something was received and waits to be worked on.
    pub inbox: Notify,
    /// Something was said and waits to be delivered.
    pub outbox: Notify,
    streams: broadcast::Sender<StreamEvent>,
    told: Mutex<VecDeque<EntryId>>,
    /// Tells this process from others that share the database.
    pub(crate) node: u64,
}

impl Default for Wakes {
    fn default() -> Self {
        use std::hash::{BuildHasher as _, Hasher as _};
        Self {
            inbox: Notify::new(),
            outbox: Notify::new(),
            streams: broadcast::channel(BEHIND).0,
            told: Mutex::default(),
            node: std::hash::RandomState::new().build_hasher().finish(),
        }
    }
}

impl Wakes {
    /// Wakes everybody: something changed, it is not known what.
    pub fn all(&self) {
        self.inbox.notify_one();
        self.outbox.notify_one();
    }

    /// Hears every event from now on. Who is too slow is told that they missed some.
    pub fn streams(&self) -> broadcast::Receiver<StreamEvent> {
        self.streams.subscribe()
    }

    pub(crate) fn by_word(&self, word: &str) {
        match word {
            "inbox" => self.inbox.notify_one(),
            "outbox" => self.outbox.notify_one(),
            _ => self.all(),
        }
    }

    /// Notes, before the commit, which entries this process tells of itself.
    pub(crate) fn about_to_tell(&self, events: &[StreamEvent]) {
        for event in events {
            if let StreamEvent::Shown { entry, .. } = event {
                self.is_news(*entry);
            }
        }
    }

    /// Whether an entry was not told of yet; from now on it was.
    pub(crate) fn is_news(&self, entry: EntryId) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.contains(&entry) {
            return false;
        }
        if told.len() >= REMEMBERED {
            told.pop_front();
        }
        told.push_back(entry);
        true
    }

    /// Tells those who listen in this process.
    pub(crate) fn stream(&self, event: StreamEvent) {
        // Nobody may be listening.
        self.streams.send(event).ok();
    }

    /// Tells those who listen in this process what another node says.
    pub(crate) fn stream_from_afar(&self, words: &str) {
        match serde_json::from_str::<FromNode>(words) {
            Ok(told) if told.node != self.node => self.stream(told.what),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "an event of another node cannot be read"),
        }
    }
}

//! Who listens on this node, and to what.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use archipel_model::{ActorId, Scope, Scopes, TokenId};
use serde_json::json;
use tokio::sync::mpsc;

use super::channel::Channel;
use crate::viewer::Viewer;

/// What may wait for one listener before they are dropped.
const QUEUE: usize = 32;
/// Most who listen on one node.
const MOST: usize = 20_000;
/// Most channels of one listener.
const CHANNELS: usize = 100;

/// Something that a listener is told.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    labels: Arc<[String]>,
    event: &'static str,
    payload: Option<Arc<str>>,
}

impl Told {
    pub(crate) fn new(channel: &Channel, event: &'static str, payload: Option<Arc<str>>) -> Self {
        Self {
            labels: channel.labels().into(),
            event,
            payload,
        }
    }

    /// As a message of a WebSocket.
    pub(crate) fn message(&self) -> String {
        let mut message = json!({ "stream": &*self.labels, "event": self.event });
        if let (Some(payload), Some(fields)) = (&self.payload, message.as_object_mut()) {
            fields.insert("payload".to_owned(), (&**payload).into());
        }
        message.to_string()
    }

    /// As an event of a stream of events. Some readers take nothing without data.
    pub(crate) fn event(&self) -> String {
        let payload = self.payload.as_deref().unwrap_or("{}");
        format!("event: {}\ndata: {payload}\n\n", self.event)
    }
}

/// Who a listener is: nobody need be somebody.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    token: Option<TokenId>,
    me: Option<ActorId>,
    scopes: Scopes,
}

impl Who {
    /// Somebody, or nobody.
    pub(crate) fn new(viewer: Option<&Viewer>) -> Self {
        Self {
            token: viewer.map(|viewer| viewer.token),
            me: viewer.map(|viewer| viewer.subject),
            scopes: viewer
                .map(|viewer| viewer.scopes.clone())
                .unwrap_or_default(),
        }
    }

    /// The person or community that listens.
    pub(crate) fn me(&self) -> Option<ActorId> {
        self.me
    }

    /// Whether they may listen to a channel; `None` when somebody is needed.
    pub(crate) fn may(&self, channel: &Channel) -> Option<bool> {
        match (channel.needs(), self.me) {
            (None, _) => Some(true),
            (Some(_), None) => None,
            (Some(scope), Some(_)) => Some(self.scopes.allow(scope)),
        }
    }

    fn hears_notifications(&self) -> bool {
        self.scopes.allow(Scope::ReadNotifications)
    }
}

#[derive(Debug)]
struct Listener {
    who: Who,
    channels: Vec<Channel>,
    queue: mpsc::Sender<Told>,
}

/// Who listens on this node.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    listeners: Mutex<Listeners>,
}

#[derive(Debug, Default)]
struct Listeners {
    next: u64,
    by_id: HashMap<u64, Listener>,
}

/// The place of one listener; who leaves it listens no more.
#[derive(Debug)]
pub(crate) struct Seat {
    hub: Arc<Hub>,
    id: u64,
    /// What they are told; it ends when they are dropped.
    pub(crate) told: mpsc::Receiver<Told>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.hub.lock().by_id.remove(&self.id);
    }
}

impl Seat {
    /// Begins to listen to a channel; false when there are too many.
    pub(crate) fn open(&self, channel: Channel) -> bool {
        let mut listeners = self.hub.lock();
        let Some(listener) = listeners.by_id.get_mut(&self.id) else {
            return false;
        };
        if listener.channels.contains(&channel) {
            return true;
        }
        if listener.channels.len() >= CHANNELS {
            return false;
        }
        listener.channels.push(channel);
        true
    }

    /// Listens to a channel no more.
    pub(crate) fn close(&self, channel: &Channel) {
        if let Some(listener) = self.hub.lock().by_id.get_mut(&self.id) {
            listener.channels.retain(|open| open != channel);
        }
    }
}

/// One channel of one listener.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ear {
    /// The listener.
    pub(crate) id: u64,
    /// Who they are.
    pub(crate) me: Option<ActorId>,
    /// The channel.
    pub(crate) channel: Channel,
}

impl Hub {
    fn lock(&self) -> MutexGuard<'_, Listeners> {
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place; none is left when too many listen.
    pub(crate) fn sit(self: &Arc<Self>, who: Who) -> Option<Seat> {
        let (queue, told) = mpsc::channel(QUEUE);
        let mut listeners = self.lock();
        if listeners.by_id.len() >= MOST {
            return None;
        }
        listeners.next += 1;
        let id = listeners.next;
        let listener = Listener {
            who,
            channels: Vec::new(),
            queue,
        };
        listeners.by_id.insert(id, listener);
        Some(Seat {
            hub: Arc::clone(self),
            id,
            told,
        })
    }

    /// The channels that are listened to and wanted.
    pub(crate) fn ears(&self, wanted: impl Fn(&Channel) -> bool) -> Vec<Ear> {
        let listeners = self.lock();
        let of = |(id, listener): (&u64, &Listener)| -> Vec<Ear> {
            listener
                .channels
                .iter()
                .filter(|channel| wanted(channel))
                .map(|channel| Ear {
                    id: *id,
                    me: listener.who.me,
                    channel: channel.clone(),
                })
                .collect()
        };
        listeners.by_id.iter().flat_map(of).collect()
    }

    /// Where somebody hears what they are told.
    pub(crate) fn ears_for_notifications(&self, owner: ActorId) -> Vec<Ear> {
        let listeners = self.lock();
        let mut ears = Vec::new();
        for (id, listener) in &listeners.by_id {
            if listener.who.me != Some(owner) || !listener.who.hears_notifications() {
                continue;
            }
            let told =
                |channel: &&Channel| matches!(channel, Channel::User | Channel::Notifications);
            ears.extend(listener.channels.iter().filter(told).map(|channel| Ear {
                id: *id,
                me: Some(owner),
                channel: channel.clone(),
            }));
        }
        ears
    }

    /// Tells a listener; one whose queue is full is dropped.
    pub(crate) fn tell(&self, id: u64, told: Told) {
        let mut listeners = self.lock();
        let full = listeners
            .by_id
            .get(&id)
            .is_some_and(|listener| listener.queue.try_send(told).is_err());
        if full {
            listeners.by_id.remove(&id);
        }
    }

    /// The tokens of those who listen.
    pub(crate) fn tokens(&self) -> Vec<TokenId> {
        let listeners = self.lock();
        let tokens: HashSet<TokenId> = listeners
            .by_id
            .values()
            .filter_map(|listener| listener.who.token)
            .collect();
        tokens.into_iter().collect()
    }

    /// Drops those whose token is none of these.
    pub(crate) fn keep(&self, alive: &HashSet<TokenId>, asked: &HashSet<TokenId>) {
        let gone = |token: &TokenId| asked.contains(token) && !alive.contains(token);
        self.lock()
            .by_id
            .retain(|_, listener| !listener.who.token.as_ref().is_some_and(gone));
    }

    /// Drops everybody: they come back, and look for what they missed.
    pub(crate) fn clear(&self) {
        self.lock().by_id.clear();
    }
}

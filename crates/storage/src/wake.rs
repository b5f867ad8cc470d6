//! Who is woken when something was committed.
//!
//! Inside one process by [`Notify`]; between nodes on PostgreSQL by
//! `LISTEN/NOTIFY`; between a command and a running server on SQLite by looking
//! at the file's version.

use tokio::sync::Notify;

/// The sleepers of this process.
#[derive(Debug, Default)]
pub struct Wakes {
    /// Something was received and waits to be worked on.
    pub inbox: Notify,
    /// Something was said and waits to be delivered.
    pub outbox: Notify,
}

impl Wakes {
    /// Wakes everybody: something changed, it is not known what.
    pub fn all(&self) {
        self.inbox.notify_one();
        self.outbox.notify_one();
    }

    pub(crate) fn by_word(&self, word: &str) {
        match word {
            "inbox" => self.inbox.notify_one(),
            "outbox" => self.outbox.notify_one(),
            _ => self.all(),
        }
    }
}

//! Our own documents, rendered a moment ago.
//!
//! Actors are read far more often than they change. What was rendered is kept for
//! a few seconds, which is also how long a change made on another node, or on the
//! command line, takes to be seen.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use moka::sync::Cache;

/// How long a rendering is served.
const AGE: Duration = Duration::from_secs(3);

/// Bytes of renderings kept.
const KEPT_BYTES: u64 = 8 * 1024 * 1024;

/// Something that is served.
#[derive(Clone, Debug)]
pub struct Document {
    /// Whether it is a tombstone of something that is gone.
    pub gone: bool,
    /// The JSON.
    pub body: Bytes,
    /// The same, as it is given to strangers when fetches must be signed: just
    /// what is needed to check a signature. `None` when there is no such part.
    pub stub: Option<Bytes>,
}

/// The memory of what was rendered, by path.
#[derive(Debug)]
pub struct Documents {
    kept: Cache<String, Option<Arc<Document>>>,
}

impl Default for Documents {
    fn default() -> Self {
        Self {
            kept: Cache::builder()
                .max_capacity(KEPT_BYTES)
                .weigher(|path: &String, document: &Option<Arc<Document>>| {
                    let bytes = document.as_ref().map_or(0, |d| d.body.len());
                    u32::try_from(path.len() + bytes + 64).unwrap_or(u32::MAX)
                })
                .time_to_live(AGE)
                .build(),
        }
    }
}

impl Documents {
    /// What is kept for a path; the inner `None` means that there is nothing.
    #[expect(
        clippy::option_option,
        reason = "not known, and known to be nothing, differ"
    )]
    pub fn get(&self, path: &str) -> Option<Option<Arc<Document>>> {
        self.kept.get(path)
    }

    /// Forgets what a path was: it changed, and others are about to be told.
    pub fn forget(&self, path: &str) {
        self.kept.invalidate(path);
    }

    /// Keeps what a path is.
    pub fn keep(&self, path: &str, document: Option<Arc<Document>>) {
        self.kept.insert(path.to_owned(), document);
    }
}

//! What a peer was sent, and what it is told to answer.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use super::signing::Scheme;

/// A POST to one of a peer's inboxes.
#[derive(Clone, Debug)]
pub struct Received {
    /// The inbox's path.
    pub path: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The exact bytes.
    pub body: Bytes,
    /// The same as JSON.
    pub json: Value,
    /// How it was signed, where it was.
    pub scheme: Option<Scheme>,
    /// The key whose signature verified; `None` where none did.
    pub signed_by: Option<String>,
    /// What `algorithm` or `alg` said.
    pub algorithm: Option<String>,
    /// What was signed.
    pub covered: Vec<String>,
    /// What it was answered.
    pub status: u16,
    /// When.
    pub at: Instant,
}

impl Received {
    /// Whether the peer took it.
    pub fn accepted(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// An answer to a POST.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Seconds in `Retry-After`.
    pub retry_after: Option<u64>,
    /// The peer's own words.
    pub words: String,
}

impl Answer {
    /// A status with nothing else.
    pub fn status(status: u16) -> Self {
        Self {
            status,
            retry_after: None,
            words: String::new(),
        }
    }

    /// A status with words.
    pub fn says(status: u16, words: &str) -> Self {
        Self {
            words: words.to_owned(),
            ..Self::status(status)
        }
    }

    /// 429 with `Retry-After`.
    pub fn later(seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::status(429)
        }
    }
}

#[derive(Debug)]
pub(super) struct Script {
    pub next: VecDeque<Answer>,
    pub always: Answer,
    pub only: Option<Scheme>,
    pub only_key: Option<String>,
    pub delay: Duration,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            next: VecDeque::new(),
            always: Answer::status(202),
            only: None,
            only_key: None,
            delay: Duration::ZERO,
        }
    }
}

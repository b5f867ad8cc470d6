//! Posts of elsewhere that were fetched a moment ago, and what could not be.
//!
//! Work behind the inbox never awaits the network while a transaction is open:
//! it says what it lacks, that is fetched and kept here, and the work is done
//! again. What cannot be had is remembered for a while, so that it is not asked
//! for over and over.

use std::sync::Arc;
use std::time::Duration;

use archipel_model::Timestamp;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use crate::client::FetchError;
use crate::parse::RemoteObject;
use crate::people::ActorError;

/// Bytes of posts kept, about.
const KEPT_BYTES: u64 = 32 * 1024 * 1024;

/// What is known of a post that we do not have.
#[derive(Clone, Debug)]
pub enum Known {
    /// Fetched from its origin.
    Post(Arc<RemoteObject>),
    /// Its origin does not give it.
    Missing(Absent),
}

/// Why something is not to be had, in words.
#[derive(Clone, Debug)]
pub struct Absent {
    why: Arc<str>,
    /// Whether its origin says that there is no such thing, which is more than not
    /// showing it to us.
    pub gone: bool,
}

impl std::fmt::Display for Absent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.why)
    }
}

impl From<&str> for Absent {
    fn from(why: &str) -> Self {
        Self {
            why: Arc::from(why),
            gone: false,
        }
    }
}

impl Absent {
    /// What became of a fetch.
    pub fn after(error: &ActorError) -> Self {
        Self {
            why: Arc::from(error.to_string()),
            gone: matches!(
                error,
                ActorError::Fetch(FetchError::Gone | FetchError::NotFound)
            ),
        }
    }
}

/// What is known, and since when.
#[derive(Clone, Debug)]
struct Entry {
    known: Known,
    at: Timestamp,
}

/// The memory of what was fetched.
#[derive(Debug)]
pub struct Found {
    posts: Cache<String, Entry>,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            posts: Cache::builder()
                .max_capacity(KEPT_BYTES)
                .weigher(|uri: &String, entry: &Entry| {
                    u32::try_from(uri.len() + weight(&entry.known)).unwrap_or(u32::MAX)
                })
                // What came last is what is asked for next.
                .eviction_policy(EvictionPolicy::lru())
                .time_to_live(Duration::from_mins(10))
                .build(),
        }
    }
}

/// The bytes that an entry holds, about: texts and lists can be long.
fn weight(known: &Known) -> usize {
    let post = match known {
        Known::Missing(why) => return 100 + why.why.len(),
        Known::Post(post) => post,
    };
    let addresses = [
        &post.to,
        &post.cc,
        &post.audience,
        &post.authors,
        &post.groups,
    ]
    .into_iter()
    .flatten()
    .chain(post.mentions.iter().map(|mention| &mention.href));
    let texts = [&post.content_html, &post.source_markdown, &post.summary];
    1_000
        + addresses.map(|url| 100 + url.as_str().len()).sum::<usize>()
        + texts.into_iter().flatten().map(String::len).sum::<usize>()
}

impl Found {
    /// What is known of this post.
    pub fn post(&self, uri: &str) -> Option<Known> {
        self.posts.get(uri).map(|entry| entry.known)
    }

    /// What is known of this post from a reading since then.
    pub fn post_since(&self, uri: &str, since: Timestamp) -> Option<Known> {
        let entry = self.posts.get(uri).filter(|entry| entry.at >= since)?;
        Some(entry.known)
    }

    /// Remembers a post that was read, under the address it was asked at and its own.
    pub fn remember(&self, asked: &str, post: RemoteObject, at: Timestamp) {
        let own = post.id.to_string();
        let entry = Entry {
            known: Known::Post(Arc::new(post)),
            at,
        };
        self.posts.insert(own, entry.clone());
        self.posts.insert(asked.to_owned(), entry);
    }

    /// Remembers that something cannot be had.
    pub fn missing(&self, uri: &str, absent: Absent, at: Timestamp) {
        let known = Known::Missing(absent);
        self.posts.insert(uri.to_owned(), Entry { known, at });
    }
}

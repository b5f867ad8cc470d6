//! Posts of elsewhere that were fetched a moment ago, and what could not be.
//!
//! Work behind the inbox never awaits the network while a transaction is open:
//! it says what it lacks, that is fetched and kept here, and the work is done
//! again. What cannot be had is remembered for a while, so that it is not asked
//! for over and over.

use std::sync::Arc;
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use crate::parse::RemoteObject;

/// Bytes of posts kept, about.
const KEPT_BYTES: u64 = 32 * 1024 * 1024;

/// What is known of a post that we do not have.
#[derive(Clone, Debug)]
pub enum Known {
    /// Fetched from its origin.
    Post(Arc<RemoteObject>),
    /// Its origin does not give it, and why.
    Missing(Arc<str>),
}

/// The memory of what was fetched.
#[derive(Debug)]
pub struct Found {
    posts: Cache<String, Known>,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            posts: Cache::builder()
                .max_capacity(KEPT_BYTES)
                .weigher(|uri: &String, known: &Known| {
                    u32::try_from(uri.len() + weight(known)).unwrap_or(u32::MAX)
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
        Known::Missing(why) => return 100 + why.len(),
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
        self.posts.get(uri)
    }

    /// Remembers a post, under the address it was asked at and its own.
    pub fn remember(&self, asked: &str, post: RemoteObject) {
        let post = Arc::new(post);
        self.posts
            .insert(post.id.to_string(), Known::Post(post.clone()));
        self.posts.insert(asked.to_owned(), Known::Post(post));
    }

    /// Remembers that something cannot be had.
    pub fn missing(&self, uri: &str, why: &str) {
        self.posts
            .insert(uri.to_owned(), Known::Missing(Arc::from(why)));
    }
}

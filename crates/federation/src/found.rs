//! Posts of elsewhere that were fetched a moment ago, and what could not be.
//!
//! Work behind the inbox never awaits the network while a transaction is open:
//! it says what it lacks, that is fetched and kept here, and the work is done
//! again. What cannot be had is remembered for a while, so that it is not asked
//! for over and over.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use crate::parse::RemoteObject;

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
                .max_capacity(2_000)
                .time_to_live(Duration::from_mins(10))
                .build(),
        }
    }
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

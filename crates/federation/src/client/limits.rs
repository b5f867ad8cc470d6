//! How long, how much and how often the client listens to a peer.
//!
//! Times, sizes and the fetch budget of one incoming activity. Sizes are those
//! after decompression, so that a small answer cannot become a large one.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::Response;

use super::error::{FetchError, Refused};

/// Longest URL the server fetches, keeps or delivers to, in bytes.
pub const MAX_URL: usize = 2_000;

/// Redirects followed for one GET; a POST follows none.
pub const MAX_REDIRECTS: usize = 3;

/// Requests one [`get_activity`](super::Client::get_activity) may cost in all:
/// redirects, second knocks and the second look at an `id` together.
pub(super) const MAX_REQUESTS: usize = 8;

/// How much of a refusal is read for the peer's own words, in bytes.
pub(super) const MAX_REFUSAL: usize = 2_048;

/// How long the rest of an answer whose status is known may take.
pub(super) const LINGER: Duration = Duration::from_secs(1);

/// Times and sizes of the client; [`Default`] holds the values of production.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// DNS, TCP and TLS together.
    pub connect: Duration,
    /// One fetch with its redirects, knocks and body.
    pub fetch: Duration,
    /// One file with its redirects.
    pub file: Duration,
    /// One delivery attempt with its second knock.
    pub send: Duration,
    /// Body of a fetched document, in bytes after decompression.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            fetch: Duration::from_secs(10),
            file: Duration::from_secs(30),
            send: Duration::from_secs(20),
            body: 1024 * 1024,
        }
    }
}

/// How many documents may still be fetched on behalf of one incoming activity,
/// so that chains and cycles of references end.
#[derive(Debug)]
pub struct Budget(u32);

impl Budget {
    /// The fetches an incoming activity is worth.
    pub const PER_ACTIVITY: u32 = 20;

    /// A budget of `fetches`.
    pub const fn of(fetches: u32) -> Self {
        Self(fetches)
    }

    /// Takes one fetch, or says that there are none left.
    pub fn take(&mut self) -> Result<(), FetchError> {
        self.0 = self.0.checked_sub(1).ok_or(Refused::BudgetSpent)?;
        Ok(())
    }

    /// What is left.
    pub const fn left(&self) -> u32 {
        self.0
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self(Self::PER_ACTIVITY)
    }
}

/// Reads a body whole, or refuses it as soon as it is known to be too large.
pub(super) async fn read_whole(mut response: Response, most: usize) -> Result<Bytes, FetchError> {
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |length| length > most) {
        return Err(Refused::TooLarge.into());
    }
    let Some(first) = response.chunk().await? else {
        return Ok(Bytes::new());
    };
    if first.len() > most {
        return Err(Refused::TooLarge.into());
    }
    let Some(second) = response.chunk().await? else {
        return Ok(first); // the common case: nothing is copied
    };
    let mut whole = BytesMut::from(first);
    let mut next = Some(second);
    while let Some(chunk) = next {
        if whole.len().saturating_add(chunk.len()) > most {
            return Err(Refused::TooLarge.into());
        }
        whole.extend_from_slice(&chunk);
        next = response.chunk().await?;
    }
    Ok(whole.freeze())
}

/// Reads the beginning of a body, whatever happens to the rest: at most
/// `most` bytes, for at most a second.
pub(super) async fn read_start(mut response: Response, most: usize) -> Vec<u8> {
    if response.content_length() == Some(0) {
        return Vec::new();
    }
    let mut start = Vec::new();
    let reading = async {
        while start.len() < most {
            let Ok(Some(chunk)) = response.chunk().await else {
                break;
            };
            let room = most.saturating_sub(start.len());
            start.extend(chunk.iter().take(room));
        }
    };
    // Out of time or not, what has been read is what there is.
    let _ = tokio::time::timeout(LINGER, reading).await;
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_ends() {
        let mut budget = Budget::of(2);
        assert_eq!(budget.take(), Ok(()));
        assert_eq!(budget.take(), Ok(()));
        assert_eq!(budget.take(), Err(Refused::BudgetSpent.into()));
        assert_eq!(budget.left(), 0);
        assert_eq!(Budget::default().left(), 20);
    }
}

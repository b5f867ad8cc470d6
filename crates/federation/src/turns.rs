//! Turns at fetching: some at the same time in all, fewer at one host, so that a
//! host that answers slowly keeps its own questions waiting and nobody else's.

use std::sync::Arc;
use std::time::Duration;

use archipel_model::origin_of;
use moka::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

/// Hosts whose turns are remembered, and how long after the last one.
const HOSTS: u64 = 10_000;
const REMEMBERED: Duration = Duration::from_mins(10);

/// Who may fetch now.
#[derive(Debug)]
pub(crate) struct Turns {
    all: Arc<Semaphore>,
    hosts: Cache<String, Arc<Semaphore>>,
    per_host: usize,
}

/// A turn; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _host: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Turns {
    /// So many at the same time, and so many of them at one host.
    pub(crate) fn of(all: usize, per_host: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(all)),
            hosts: Cache::builder()
                .max_capacity(HOSTS)
                .time_to_idle(REMEMBERED)
                .build(),
            per_host,
        }
    }

    /// Waits for a turn at the host of this address. A place among all is taken
    /// last, so that nobody holds one while waiting for a busy host.
    pub(crate) async fn at(&self, url: &Url) -> Option<Turn> {
        let host = origin_of(url)?.host().to_string();
        let places = self
            .hosts
            .get_with(host, || Arc::new(Semaphore::new(self.per_host)));
        let host = places.acquire_owned().await.ok()?;
        let all = self.all.clone().acquire_owned().await.ok()?;
        Some(Turn {
            _host: host,
            _all: all,
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use futures::FutureExt as _;

    #[tokio::test]
    async fn a_busy_host_keeps_nobody_else_waiting() {
        let turns = Turns::of(3, 2);
        let slow = Url::parse("https://slow.example/x").unwrap();
        let other = Url::parse("https://other.example/x").unwrap();
        let first = turns.at(&slow).await.unwrap();
        let _second = turns.at(&slow).await.unwrap();
        assert!(turns.at(&slow).now_or_never().is_none(), "the host is busy");
        let third = turns.at(&other).await.unwrap();
        assert!(turns.at(&other).now_or_never().is_none(), "all are taken");
        drop(third);
        drop(first);
        assert!(turns.at(&slow).now_or_never().flatten().is_some());
    }
}

//! Waiting for what must come, and for what must not.

use std::future::Future;
use std::time::{Duration, Instant};

/// How often a condition is looked at.
const STEP: Duration = Duration::from_millis(50);

/// Polls `look` until it returns `Some`, and returns that.
///
/// # Panics
/// After `limit`, naming what was awaited.
pub async fn eventually<T, F, R>(what: &str, limit: Duration, mut look: F) -> T
where
    F: FnMut() -> R,
    R: Future<Output = Option<T>>,
{
    let start = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(
            start.elapsed() < limit,
            "waited {} s in vain for: {what}",
            limit.as_secs()
        );
        tokio::time::sleep(STEP).await;
    }
}

/// Watches that `holds` stays true for the whole of `span`: for things that must
/// never come. Such a test is only worth something after the work that could have
/// produced them was seen to be done; wait for that first.
///
/// # Panics
/// As soon as it does not hold.
pub async fn stays<F, R>(what: &str, span: Duration, mut holds: F)
where
    F: FnMut() -> R,
    R: Future<Output = bool>,
{
    let start = Instant::now();
    while start.elapsed() < span {
        assert!(holds().await, "no longer true: {what}");
        tokio::time::sleep(STEP).await;
    }
}

/// The usual patience: long enough for a debug build on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

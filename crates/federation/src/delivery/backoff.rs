//! How long to wait after a failure, and when to stop trying.

use std::time::Duration;

use archipel_model::Timestamp;

/// Waiting times after the first, second… failure in a row, in seconds.
const STEPS: [u64; 9] = [10, 60, 300, 900, 3_600, 10_800, 21_600, 43_200, 86_400];

/// The longest that a peer can make us wait by `Retry-After`.
const LONGEST: Duration = Duration::from_hours(24);

/// A destination that failed for this long is parked: probed once a day, its
/// queue caught up from the log when it comes back.
pub const PARK_AFTER: Duration = Duration::from_hours(14 * 24);

/// When to try again after `failures` in a row (at least one): the peer's own
/// wish if it has one, else an exponential wait of ±20 % so that peers that
/// failed together are not tried together.
pub fn next_try(
    failures: i64,
    retry_after: Option<Duration>,
    now: Timestamp,
    chance: f64,
) -> Timestamp {
    if let Some(wish) = retry_after {
        return now.plus(wish.min(LONGEST));
    }
    let index = usize::try_from(failures.max(1) - 1).unwrap_or(usize::MAX);
    let seconds = STEPS.get(index).or(STEPS.last()).copied().unwrap_or(86_400);
    let wait = Duration::from_secs(seconds).mul_f64(0.8 + 0.4 * chance.clamp(0.0, 1.0));
    now.plus(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

    #[test]
    fn waits_grow_to_a_day() {
        let wait = |failures| next_try(failures, None, NOW, 0.5).since(NOW).as_secs();
        assert_eq!(wait(1), 10);
        assert_eq!(wait(3), 300);
        assert_eq!(wait(9), 86_400);
        assert_eq!(wait(500), 86_400);
    }

    #[test]
    fn the_peers_wish_counts_but_not_for_ever() {
        let wait = |seconds| {
            next_try(1, Some(Duration::from_secs(seconds)), NOW, 0.0)
                .since(NOW)
                .as_secs()
        };
        assert_eq!(wait(120), 120);
        assert_eq!(wait(10_000_000), 86_400);
    }
}

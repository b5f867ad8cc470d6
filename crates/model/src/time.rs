//! One kind of moment: microseconds since 1970, UTC.
//!
//! Databases, wire formats and rules all use [`Timestamp`]; only a [`Clock`]
//! knows what time it is, so that retries over days are tested in milliseconds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A moment in UTC, in microseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// A date that is not RFC 3339, or lies outside what can be stored.
#[derive(Debug, thiserror::Error)]
#[error("not an RFC 3339 date: {0:?}")]
pub struct TimeError(String);

impl Timestamp {
    /// From microseconds since 1970, as stored in the databases.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From whole seconds since 1970, as signatures carry them; clamped to what fits.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since 1970.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since 1970, rounded down.
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This moment later by `duration`, clamped to what fits.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(micros_of(duration)))
    }

    /// This moment earlier by `duration`, clamped to what fits.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(micros_of(duration)))
    }

    /// Time from `earlier` to this moment; zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// RFC 3339 in UTC with `Z`; milliseconds are shown only when there are some.
    pub fn rfc3339(self) -> String {
        let millis = self.millis();
        let nanos = i128::from(millis) * 1_000_000;
        OffsetDateTime::from_unix_timestamp_nanos(nanos)
            .ok()
            .and_then(|moment| moment.format(&Rfc3339).ok())
            .unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
    }

    /// Reads RFC 3339 with any offset, upper or lower case, `T` or a space.
    pub fn parse_rfc3339(text: &str) -> Result<Self, TimeError> {
        let moment = OffsetDateTime::parse(text.trim(), &Rfc3339)
            .map_err(|_| TimeError(text.chars().take(64).collect()))?;
        i64::try_from(moment.unix_timestamp_nanos() / 1_000)
            .map(Self)
            .map_err(|_| TimeError(text.chars().take(64).collect()))
    }

    /// The system's wall clock as a moment.
    pub fn from_system(now: SystemTime) -> Self {
        now.duration_since(UNIX_EPOCH)
            .map_or(Self(0), |elapsed| Self(micros_of(elapsed)))
    }
}

fn micros_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Tells what time it is. Passed in wherever time matters.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the clock is the one place that asks the machine"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::from_system(SystemTime::now())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn dates_round_trip_and_offsets_become_utc() {
        let moment = Timestamp::parse_rfc3339("2026-11-23T11:00:00+01:00").unwrap();
        assert_eq!(moment.rfc3339(), "2026-11-23T10:00:00Z");
        let fine = Timestamp::parse_rfc3339("2026-11-23T10:00:00.123456789Z").unwrap();
        assert_eq!(fine.micros() % 1_000_000, 123_456);
        assert_eq!(fine.rfc3339(), "2026-11-23T10:00:00.123Z");
    }

    #[test]
    fn absurd_dates_are_refused_not_wrapped() {
        assert!(Timestamp::parse_rfc3339("999999-01-01T00:00:00Z").is_err());
        assert!(Timestamp::parse_rfc3339("hier").is_err());
    }
}

//! Ids: `(unix milliseconds << 16) | 16 bits`, printed as decimal strings.
//!
//! Sortable by time across nodes, what Mastodon clients expect, and safe after a
//! restored backup because they never come from a database counter.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, AtomicU16, Ordering};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Timestamp;

/// A bare id; the newtypes below say what it is the id of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub i64);

/// Makes ids. One per process; the low bits are a sequence from a random start,
/// so two processes collide rarely, and a collision takes the next number.
#[derive(Debug)]
pub struct IdSource {
    sequence: AtomicU16,
    last: AtomicI64,
}

impl Default for IdSource {
    fn default() -> Self {
        Self {
            sequence: AtomicU16::new(rand::random()),
            last: AtomicI64::new(0),
        }
    }
}

impl IdSource {
    /// The next id for the present moment: later than every other one that this
    /// method gave, so that what this process says has an order.
    pub fn next_in_order(&self, now: Timestamp) -> Id {
        let fresh = self.next(now).0;
        let id = self
            .last
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
                Some(fresh.max(last + 1))
            })
            .map_or(fresh, |last| fresh.max(last + 1));
        Id(id)
    }

    /// The next id for any moment `at`, such as when a remote post was written.
    pub fn next(&self, at: Timestamp) -> Id {
        let low = self.sequence.fetch_add(1, Ordering::Relaxed);
        Id((at.millis().max(0) << 16) | i64::from(low))
    }
}

macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl $name {
            /// The moment in it, to the millisecond: when it was made.
            pub const fn made_at(self) -> Timestamp {
                Timestamp::from_micros((self.0 >> 16) * 1_000)
            }
        }

        impl From<Id> for $name {
            fn from(id: Id) -> Self {
                Self(id.0)
            }
        }

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

id_types! {
    /// An actor, local or remote: a person, a community, an instance.
    ActorId,
    /// A local account: a person who can log in here.
    AccountId,
    /// A post or a reply.
    PostId,
    /// One entry of the log of what is said to the world.
    ActivityId,
    /// One actor's follow of another.
    FollowId,
    /// One activity received and kept.
    InboxId,
    /// One inbox URL that we deliver to.
    DestinationId,
    /// Something that a moderator or administrator did.
    MeasureId,
    /// A report of a post or an actor.
    ReportId,
    /// Something that an author was told about a post of theirs.
    NoticeId,
    /// Something of elsewhere that is to be fetched.
    BackfillId,
    /// An app that was registered.
    AppId,
    /// A token of an app.
    TokenId,
    /// A browser that is logged in.
    SessionId,
    /// An invitation link.
    InviteLinkId,
    /// An e-mail on its way out.
    MailId,
    /// One entry of a feed; for apps a status like a post.
    EntryId,
    /// A hashtag.
    HashtagId,
    /// A list of somebody.
    ListId,
    /// A filter of somebody.
    FilterId,
    /// A picture or another file.
    MediaId,
    /// A post to be published later.
    ScheduledId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_differ_within_a_millisecond() {
        let source = IdSource::default();
        let early = source.next(Timestamp::from_unix_seconds(1_700_000_000));
        let late = source.next(Timestamp::from_unix_seconds(1_700_000_001));
        assert!(early < late);
        let at = Timestamp::from_unix_seconds(1_700_000_002);
        assert_ne!(source.next(at), source.next(at));
        assert_eq!(early.0 >> 16, 1_700_000_000_000);
        let now = Timestamp::from_unix_seconds(1_700_000_003);
        let mut last = source.next_in_order(now);
        for _ in 0..70_000 {
            let next = source.next_in_order(now);
            assert!(next > last);
            last = next;
        }
    }
}

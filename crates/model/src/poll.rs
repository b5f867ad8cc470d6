//! Polls: a question with choices, open for a while.

use std::time::Duration;

use crate::Timestamp;

/// Fewest and most choices of a poll that is made here.
pub const CHOICES: std::ops::RangeInclusive<usize> = 2..=10;

/// Longest choice of a poll that is made here, in characters.
pub const CHOICE_LENGTH: usize = 100;

/// Longest that a poll made here is open.
pub const LONGEST: Duration = Duration::from_hours(366 * 24);

/// How often the counts of a poll are told while votes come in.
pub const TOLD_EVERY: Duration = Duration::from_mins(3);

/// One choice of a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// In words, plain text.
    pub name: String,
    /// How many chose it.
    pub votes: u32,
}

/// A poll as its author's server describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poll {
    /// Whether one may choose several.
    pub multiple: bool,
    /// The choices, in order; no two alike.
    pub choices: Vec<Choice>,
    /// Until when one may choose; open without end if none.
    pub ends_at: Option<Timestamp>,
    /// Whether it is closed already.
    pub closed: bool,
    /// How many people chose; none where it is not told.
    pub voters: Option<u32>,
}

/// Why a poll cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PollError {
    /// Too few or too many choices.
    #[error("a poll has {} to {} choices: give each with --poll-option", CHOICES.start(), CHOICES.end())]
    Count,
    /// A choice is empty.
    #[error("a choice of a poll cannot be empty")]
    Empty,
    /// A choice is too long.
    #[error("a choice of a poll has at most {CHOICE_LENGTH} characters")]
    Long,
    /// Two are alike: a vote names its choice.
    #[error("two choices of a poll cannot be the same")]
    Alike,
    /// Not open at all, or for too long.
    #[error("a poll is open for at least a second and at most a year, such as --poll-ends 3d")]
    Duration,
}

impl Poll {
    /// A new poll that is open for this long from now on.
    pub fn new(
        names: &[String],
        multiple: bool,
        open: Duration,
        now: Timestamp,
    ) -> Result<Self, PollError> {
        if !CHOICES.contains(&names.len()) {
            return Err(PollError::Count);
        }
        if open < Duration::from_secs(1) || open > LONGEST {
            return Err(PollError::Duration);
        }
        let mut choices: Vec<Choice> = Vec::with_capacity(names.len());
        for name in names {
            let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
            if name.is_empty() {
                return Err(PollError::Empty);
            }
            if name.chars().count() > CHOICE_LENGTH {
                return Err(PollError::Long);
            }
            if choices.iter().any(|choice| choice.name == name) {
                return Err(PollError::Alike);
            }
            choices.push(Choice { name, votes: 0 });
        }
        Ok(Self {
            multiple,
            choices,
            ends_at: Some(now.plus(open)),
            closed: false,
            voters: Some(0),
        })
    }
}

/// Why a vote in a poll does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteRefusal {
    /// There is no such poll here, or it is not shown.
    NoPoll,
    /// The poll is another server's to count.
    NotOurs,
    /// It is closed.
    Closed,
    /// It has no such choice.
    NoSuchChoice,
    /// They chose before, and one may choose only once.
    Twice,
    /// It is their own poll.
    Own,
    /// They may not act there.
    Barred,
}
crate::policy::words! { VoteRefusal {
    NoPoll => "no_such_poll", NotOurs => "not_our_poll", Closed => "poll_closed",
    NoSuchChoice => "no_such_choice", Twice => "voted_already", Own => "own_poll",
    Barred => "barred",
} }

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn polls_are_small_and_clear() {
        let now = Timestamp::from_unix_seconds(1_800_000_000);
        let day = Duration::from_hours(24);
        let make = |names: &[&str], open| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            Poll::new(&names, false, open, now)
        };
        assert_eq!(make(&["Oui"], day), Err(PollError::Count));
        assert_eq!(make(&["Oui", " "], day), Err(PollError::Empty));
        assert_eq!(make(&["Oui", "Oui "], day), Err(PollError::Alike));
        assert_eq!(make(&["Oui", &"n".repeat(101)], day), Err(PollError::Long));
        assert_eq!(
            make(&["Oui", "Non"], Duration::ZERO),
            Err(PollError::Duration)
        );
        let poll = make(&["Oui", "Non"], day).unwrap();
        assert_eq!(poll.ends_at, Some(now.plus(day)));
    }
}

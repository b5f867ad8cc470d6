//! Polls, their choices, who chose what, and when counts are told.

use archipel_model::poll::{Choice, Poll};
use archipel_model::{ActorId, PostId, Timestamp};
use serde::Serialize;

use crate::conn::sql;
use crate::maybe::Maybe;
use crate::{Conn, Result};

/// A poll as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPoll {
    /// The post that asks.
    pub post_id: PostId,
    /// Whether one may choose several.
    pub multiple: bool,
    /// Until when one may choose.
    pub ends_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// How many people chose.
    pub voters: i64,
    /// When its counts were told last.
    pub told_at: Option<Timestamp>,
    /// Whether nobody sees how it stands before it is closed.
    pub hides: bool,
    /// The choices, in order.
    pub choices: Vec<StoredChoice>,
}

impl StoredPoll {
    /// Whether nobody may choose any more.
    pub fn is_closed(&self, now: Timestamp) -> bool {
        self.closed_at.is_some() || self.ends_at.is_some_and(|end| end <= now)
    }
}

/// One choice of a poll.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredChoice {
    /// Its place, from 0.
    pub position: i64,
    /// In words.
    pub name: String,
    /// How many chose it.
    pub votes: i64,
}

/// Somebody's choice.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PollVote {
    /// In which poll.
    #[sqlx(try_from = "i64")]
    pub post_id: PostId,
    /// What.
    pub position: i64,
}

#[derive(sqlx::FromRow)]
struct PollRow {
    multiple: bool,
    #[sqlx(try_from = "Maybe")]
    ends_at: Option<Timestamp>,
    #[sqlx(try_from = "Maybe")]
    closed_at: Option<Timestamp>,
    voters: i64,
    #[sqlx(try_from = "Maybe")]
    told_at: Option<Timestamp>,
    hides: bool,
}

#[derive(Serialize)]
struct KeptChoice<'a> {
    position: i64,
    name: &'a str,
    votes: i64,
}

/// The counts of another server's poll, where it does not tell how many chose: with
/// one choice each they are as many as the votes.
fn voters(poll: &Poll) -> i64 {
    let cast = || poll.choices.iter().map(|choice| i64::from(choice.votes));
    match poll.voters {
        Some(voters) => i64::from(voters),
        None if poll.multiple => cast().max().unwrap_or_default(),
        None => cast().sum(),
    }
}

impl Conn {
    /// Stores a poll, or what its author's server says of it now: the choices and
    /// their counts are replaced whole.
    pub async fn put_poll(&mut self, post: PostId, poll: &Poll, now: Timestamp) -> Result<()> {
        let closed_at = poll.closed.then(|| poll.ends_at.unwrap_or(now).min(now));
        sql!(
            self,
            execute,
            "INSERT INTO poll (post_id, multiple, ends_at, closed_at, voters)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (post_id) DO UPDATE SET multiple = excluded.multiple,
                ends_at = excluded.ends_at, closed_at = excluded.closed_at,
                voters = excluded.voters",
            post.0,
            poll.multiple,
            poll.ends_at.map(Timestamp::micros),
            closed_at.map(Timestamp::micros),
            voters(poll)
        )?;
        let choices: Vec<KeptChoice<'_>> = (0..)
            .zip(&poll.choices)
            .map(|(position, Choice { name, votes })| KeptChoice {
                position,
                name,
                votes: i64::from(*votes),
            })
            .collect();
        sql!(
            self,
            execute,
            "DELETE FROM poll_option WHERE post_id = $1",
            post.0
        )?;
        sql!(
            self,
            execute,
            "INSERT INTO poll_option (post_id, position, name, votes)
             SELECT $2, CAST(value ->> 'position' AS BIGINT), value ->> 'name',
                CAST(value ->> 'votes' AS BIGINT)
             FROM json_each($1)",
            crate::json_list(&choices),
            post.0
        )
        .map(drop)
    }

    /// Lets nobody see how a poll stands before it is closed, or everybody.
    pub async fn set_poll_hides(&mut self, post: PostId, hides: bool) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE poll SET hides = $2 WHERE post_id = $1",
            post.0,
            hides
        )
        .map(drop)
    }

    /// Forgets what everybody chose in a poll.
    pub async fn forget_choices(&mut self, post: PostId) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM poll_vote WHERE post_id = $1",
            post.0
        )
        .map(drop)
    }

    /// The poll of a post.
    pub async fn poll(&mut self, post: PostId) -> Result<Option<StoredPoll>> {
        let row = sql!(
            self,
            fetch_optional as PollRow,
            "SELECT multiple, ends_at, closed_at, voters, told_at, hides FROM poll WHERE post_id = $1",
            post.0
        )?;
        let Some(row) = row else {
            return Ok(None);
        };
        let choices = sql!(
            self,
            fetch_all as StoredChoice,
            "SELECT position, name, votes FROM poll_option WHERE post_id = $1 ORDER BY position",
            post.0
        )?;
        Ok(Some(StoredPoll {
            post_id: post,
            multiple: row.multiple,
            ends_at: row.ends_at,
            closed_at: row.closed_at,
            voters: row.voters,
            told_at: row.told_at,
            hides: row.hides,
            choices,
        }))
    }

    /// What somebody chose in a poll.
    pub async fn choices_of(&mut self, post: PostId, actor: ActorId) -> Result<Vec<i64>> {
        sql!(
            self,
            fetch_scalars as i64,
            "SELECT position FROM poll_vote WHERE post_id = $1 AND actor_id = $2 ORDER BY position",
            post.0,
            actor.0
        )
    }

    /// Somebody's choice by the activity that said it.
    pub async fn poll_vote_by_uri(&mut self, uri: &str) -> Result<Option<PollVote>> {
        sql!(
            self,
            fetch_optional as PollVote,
            "SELECT post_id, position FROM poll_vote WHERE uri = $1 ORDER BY post_id LIMIT 1",
            uri
        )
    }

    /// Writes down what somebody chose; false when that is known.
    pub async fn insert_poll_vote(
        &mut self,
        post: PostId,
        actor: ActorId,
        position: i64,
        uri: &str,
        now: Timestamp,
    ) -> Result<bool> {
        sql!(
            self,
            execute,
            "INSERT INTO poll_vote (post_id, actor_id, position, uri, created_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            post.0,
            actor.0,
            position,
            uri,
            now.micros()
        )
        .map(|rows| rows > 0)
    }

    /// Counts a choice, and the one who made it if it is their first, and says that
    /// the counts are to be told at `tell_at`, or when that is already meant earlier.
    pub async fn count_poll_vote(
        &mut self,
        post: PostId,
        position: i64,
        new_voter: bool,
        tell_at: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE poll_option SET votes = votes + 1 WHERE post_id = $1 AND position = $2",
            post.0,
            position
        )?;
        sql!(
            self,
            execute,
            "UPDATE poll SET voters = voters + $2, tell_at = coalesce(tell_at, $3)
             WHERE post_id = $1",
            post.0,
            i64::from(new_voter),
            tell_at.micros()
        )
        .map(drop)
    }

    /// When the next poll of ours is to be told of or closed, in microseconds.
    pub async fn next_poll(&mut self) -> Result<Option<i64>> {
        let tell = sql!(
            self,
            fetch_scalar as i64,
            "SELECT tell_at FROM poll WHERE tell_at IS NOT NULL ORDER BY tell_at LIMIT 1"
        )?;
        let end = sql!(
            self,
            fetch_scalar as i64,
            "SELECT ends_at FROM poll WHERE closed_at IS NULL AND ends_at IS NOT NULL
             ORDER BY ends_at LIMIT 1"
        )?;
        Ok(match (tell, end) {
            (Some(tell), Some(end)) => Some(tell.min(end)),
            (one, other) => one.or(other),
        })
    }

    /// Polls that are to be told of or closed now, at most `limit`.
    pub async fn polls_due(&mut self, now: Timestamp, limit: i64) -> Result<Vec<i64>> {
        let mut due = sql!(
            self,
            fetch_scalars as i64,
            "SELECT post_id FROM poll WHERE closed_at IS NULL AND ends_at <= $1
             ORDER BY ends_at LIMIT $2",
            now.micros(),
            limit
        )?;
        due.extend(sql!(
            self,
            fetch_scalars as i64,
            "SELECT post_id FROM poll WHERE tell_at <= $1 ORDER BY tell_at LIMIT $2",
            now.micros(),
            limit
        )?);
        due.sort_unstable();
        due.dedup();
        Ok(due)
    }

    /// Closes a poll whose end has come; false when it was closed already, or ends
    /// later.
    pub async fn close_poll(&mut self, post: PostId, now: Timestamp) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE poll SET closed_at = ends_at, tell_at = NULL, told_at = $2
             WHERE post_id = $1 AND closed_at IS NULL AND ends_at <= $2",
            post.0,
            now.micros()
        )
        .map(|rows| rows > 0)
    }

    /// Writes down that the counts of a poll are told now; false when there was
    /// nothing to tell.
    pub async fn poll_told(&mut self, post: PostId, now: Timestamp) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE poll SET tell_at = NULL, told_at = $2 WHERE post_id = $1 AND tell_at <= $2",
            post.0,
            now.micros()
        )
        .map(|rows| rows > 0)
    }
}

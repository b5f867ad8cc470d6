//! What a post is besides a text: how a poll stands, when and where an event takes
//! place, how many voted for or against.

use archipel_model::event::Event;
use archipel_storage::{Conn, Post, PostKind, StoredPoll};

use crate::address::Address;
use crate::dates::Date;
use crate::texts::Texts;

/// What a post is besides a text.
#[derive(Debug, Default)]
pub(crate) struct Special {
    /// How a poll stands.
    pub(crate) poll: Option<PollView>,
    /// When and where it takes place.
    pub(crate) event: Option<EventView>,
}

/// How a poll stands.
#[derive(Debug)]
pub(crate) struct PollView {
    pub(crate) choices: Vec<ChoiceView>,
    /// How many people chose, in words.
    pub(crate) voters: String,
    /// Whether one may choose several.
    pub(crate) multiple: bool,
    pub(crate) closed: bool,
    /// When it ends, or ended.
    pub(crate) end: Option<Date>,
}

/// One choice of a poll.
#[derive(Debug)]
pub(crate) struct ChoiceView {
    pub(crate) name: String,
    /// How many chose it, in words.
    pub(crate) votes: String,
    /// Of a hundred people who chose.
    pub(crate) share: i64,
}

/// When and where something takes place.
#[derive(Debug)]
pub(crate) struct EventView {
    /// RFC 3339.
    pub(crate) machine: String,
    /// In words, in its own time zone.
    pub(crate) when: String,
    pub(crate) place: Option<String>,
    pub(crate) online: Option<Address>,
}

impl Special {
    /// What a post is; only polls and events have to be asked for.
    pub(crate) async fn of(
        conn: &mut Conn,
        post: &Post,
        t: &Texts,
    ) -> archipel_storage::Result<Self> {
        Ok(match post.kind {
            PostKind::Question => Self {
                poll: conn
                    .poll(post.id)
                    .await?
                    .map(|poll| PollView::new(&poll, t)),
                event: None,
            },
            PostKind::Event => Self {
                poll: None,
                event: conn
                    .event(post.id)
                    .await?
                    .map(|event| EventView::new(event, t)),
            },
            _ => Self::default(),
        })
    }
}

impl PollView {
    fn new(poll: &StoredPoll, t: &Texts) -> Self {
        let cast: i64 = poll.choices.iter().map(|choice| choice.votes).sum();
        let all = if poll.multiple { poll.voters } else { cast }.max(1);
        Self {
            choices: poll
                .choices
                .iter()
                .map(|choice| ChoiceView {
                    name: choice.name.clone(),
                    votes: t.count(&t.poll_votes, &choice.votes),
                    share: (choice.votes.saturating_mul(100) / all).clamp(0, 100),
                })
                .collect(),
            voters: t.count(&t.poll_voters, &poll.voters),
            multiple: poll.multiple,
            closed: poll.closed_at.is_some(),
            end: poll.closed_at.or(poll.ends_at).map(|end| Date::new(end, t)),
        }
    }
}

impl EventView {
    fn new(event: Event, t: &Texts) -> Self {
        Self {
            machine: event.zone.rfc3339(event.starts_at),
            when: event.when(t.lang),
            place: event.place,
            online: event
                .online_url
                .and_then(|url| Address::elsewhere(&url, None)),
        }
    }
}

/// Votes for and against, and boosts, in words; nothing where there are none.
pub(crate) fn totals(post: &Post, t: &Texts) -> Option<String> {
    let counted = [
        (&t.likes, post.likes),
        (&t.dislikes, post.dislikes),
        (&t.boosts, post.boosts),
    ];
    let words: Vec<String> = counted
        .into_iter()
        .filter(|(_, number)| *number > 0)
        .map(|(words, number)| t.count(words, &number))
        .collect();
    (!words.is_empty()).then(|| words.join(", "))
}

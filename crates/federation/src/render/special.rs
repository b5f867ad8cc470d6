//! What a post is besides a text: the members of a poll, and those of an event.

use archipel_model::Timestamp;
use archipel_model::event::Event;
use serde::Serialize;
use url::Url;

/// A poll of a local author.
#[derive(Clone, Debug)]
pub struct PollView {
    /// Whether one may choose several.
    pub multiple: bool,
    /// The choices and how many chose each.
    pub choices: Vec<(String, u64)>,
    /// Until when one may choose.
    pub ends: Option<Timestamp>,
    /// When it was closed.
    pub closed: Option<Timestamp>,
    /// How many people chose.
    pub voters: u64,
}

/// What a post is besides a text.
#[derive(Clone, Debug, Default)]
pub enum SpecialView {
    /// Nothing else.
    #[default]
    Nothing,
    /// A poll.
    Poll(PollView),
    /// Something that takes place.
    Event(Event),
}

/// A collection of which only the size is told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Count {
    #[serde(rename = "type")]
    kind: &'static str,
    total_items: u64,
}

pub(super) fn count(total_items: u64) -> Count {
    Count {
        kind: "Collection",
        total_items,
    }
}

#[derive(Serialize)]
struct Choice<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'a str,
    replies: Count,
}

#[derive(Serialize)]
struct Place<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'a str,
}

/// What PieFed wants every event to say, if only that there is nothing to say: one
/// member that is absent, and the event is lost there.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Sheet<'a> {
    online_link: &'a str,
    is_online: bool,
    /// None is 0, as in Mobilizon.
    maximum_attendee_capacity: u64,
    participant_count: u64,
    anonymous_participation: bool,
    buy_tickets_link: &'a str,
    fee_currency: &'a str,
    fee_amount: u64,
}

/// The members of polls and events; what is absent is left out.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Special<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    one_of: Option<Vec<Choice<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    any_of: Option<Vec<Choice<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    voters_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Place<'a>>,
    #[serde(flatten)]
    sheet: Option<Sheet<'a>>,
    // One takes part by following and answering: Mobilizon shows a link, not a button.
    #[serde(skip_serializing_if = "Option::is_none")]
    join_mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_participation_url: Option<&'a Url>,
}

fn named_zone(event: &Event) -> Option<&str> {
    Some(event.zone.name()).filter(|name| !name.starts_with(['+', '-']))
}

/// A time of an event. Beside a zone it is in UTC: PieFed drops the distance from UTC,
/// and shows the event in the zone.
fn instant(event: &Event, at: Timestamp) -> String {
    match named_zone(event) {
        Some(_) => at.rfc3339(),
        None => event.zone.rfc3339(at),
    }
}

pub(super) fn members<'a>(special: &'a SpecialView, page: &'a Url) -> Special<'a> {
    match special {
        SpecialView::Nothing => Special::default(),
        SpecialView::Poll(poll) => {
            let choices = poll.choices.iter().map(|(name, votes)| Choice {
                kind: "Note",
                name,
                replies: count(*votes),
            });
            let (one_of, any_of) = if poll.multiple {
                (None, Some(choices.collect()))
            } else {
                (Some(choices.collect()), None)
            };
            Special {
                one_of,
                any_of,
                voters_count: Some(poll.voters),
                end_time: poll.ends.map(Timestamp::rfc3339),
                closed: poll.closed.map(Timestamp::rfc3339),
                ..Special::default()
            }
        }
        SpecialView::Event(event) => Special {
            start_time: Some(instant(event, event.starts_at)),
            end_time: event.ends_at.map(|end| instant(event, end)),
            // A mere distance from UTC is in the dates already.
            timezone: named_zone(event),
            location: event.place.as_deref().map(|name| Place {
                kind: "Place",
                name,
            }),
            sheet: Some(Sheet {
                online_link: event.online_url.as_deref().unwrap_or_default(),
                is_online: event.online_url.is_some(),
                ..Sheet::default()
            }),
            join_mode: Some("external"),
            external_participation_url: Some(page),
            ..Special::default()
        },
    }
}

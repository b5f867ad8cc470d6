//! Reads what a post is besides a text: the choices of a poll, the dates of an event.

use archipel_model::Timestamp;
use archipel_model::event::{Event, PLACE_LENGTH, Zone};
use archipel_model::poll::{Choice, Poll};
use archipel_model::text::plain;
use serde_json::Value;

use super::limits;
use super::value::{Object, address, is_one_of, items, link_target, moment, text};

/// The poll of a `Question`; none without choices. Two choices of one name count as
/// one, since a vote gives the name alone.
pub(super) fn poll(document: &Object) -> Option<Poll> {
    let (multiple, listed) = match items(document.get("oneOf")) {
        [] => (true, items(document.get("anyOf"))),
        one => (false, one),
    };
    let mut choices: Vec<Choice> = Vec::new();
    for value in listed.iter().take(limits::CHOICES) {
        let Some(choice) = value.as_object().and_then(choice) else {
            continue;
        };
        if !choices.iter().any(|known| known.name == choice.name) {
            choices.push(choice);
        }
    }
    if choices.is_empty() {
        return None;
    }
    let closed_at = moment(document, "closed");
    Some(Poll {
        multiple,
        choices,
        ends_at: moment(document, "endTime").or(closed_at),
        closed: closed_at.is_some() || document.get("closed") == Some(&Value::Bool(true)),
        voters: count(document.get("votersCount")),
    })
}

fn choice(option: &Object) -> Option<Choice> {
    let name = text(option, "name", limits::NAME)?;
    let replies = option.get("replies").and_then(Value::as_object);
    Some(Choice {
        name,
        votes: replies
            .and_then(|replies| count(replies.get("totalItems")))
            .unwrap_or(0),
    })
}

/// A number of people; nonsense is none.
fn count(value: Option<&Value>) -> Option<u32> {
    u32::try_from(value?.as_u64()?).ok()
}

/// When and where an `Event` takes place; none without a beginning. A time zone that
/// nobody knows, or none, gives way to the distance from UTC in the date itself. An
/// end before the beginning is left out.
pub(super) fn event(document: &Object) -> Option<Event> {
    let starts_at = moment(document, "startTime")?;
    let named = ["timezone", "timeZone"]
        .into_iter()
        .find_map(|key| text(document, key, 100))
        .and_then(|name| Zone::named(&name).ok());
    let zone = named.unwrap_or_else(|| {
        let date = document.get("startTime").and_then(Value::as_str);
        Zone::of_date(date.unwrap_or_default())
    });
    let after = |end: &Timestamp| *end >= starts_at;
    Some(Event {
        starts_at,
        ends_at: moment(document, "endTime").filter(after),
        zone,
        place: items(document.get("location")).iter().find_map(place),
        online_url: online(document),
    })
}

/// A place in words: its name, else its address.
fn place(location: &Value) -> Option<String> {
    let words = match location {
        Value::String(words) if address(words).is_none() => one_line(words),
        Value::Object(location) if !is_virtual(location) => text(location, "name", 1_000)
            .as_deref()
            .and_then(one_line)
            .or_else(|| postal(location.get("address")?)),
        _ => None,
    }?;
    Some(words.chars().take(PLACE_LENGTH).collect())
}

fn postal(value: &Value) -> Option<String> {
    let Some(parts) = value.as_object() else {
        return one_line(value.as_str()?);
    };
    let parts: Vec<String> = ["streetAddress", "postalCode", "addressLocality"]
        .into_iter()
        .filter_map(|key| one_line(&text(parts, key, 200)?))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn one_line(words: &str) -> Option<String> {
    let line = plain(words)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    (!line.is_empty()).then_some(line)
}

fn is_virtual(location: &Object) -> bool {
    is_one_of(location, &["VirtualLocation"])
}

/// Where it takes place on the web: `onlineLink` (`PieFed`), a `VirtualLocation`
/// (`WordPress`), `onlineAddress` (Mobilizon).
fn online(document: &Object) -> Option<String> {
    ["onlineLink", "onlineAddress"]
        .into_iter()
        .find_map(|key| link_target(document.get(key)?))
        .or_else(|| {
            items(document.get("location"))
                .iter()
                .filter(|one| one.as_object().is_some_and(is_virtual))
                .find_map(link_target)
        })
        .map(|url| url.to_string())
}

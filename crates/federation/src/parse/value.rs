//! Small readers for the shapes that peers vary: one value or several, a bare
//! id or a whole object. Everything here answers "nothing" rather than failing.

use std::slice;

use activitypub_federation::kinds::public;
use archipel_model::{Timestamp, origin_of};
use serde_json::{Map, Value};
use url::Url;

use super::{ParseError, limits};

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// The value as a JSON object.
pub(super) fn as_object(value: &Value) -> Result<&Object, ParseError> {
    value.as_object().ok_or(ParseError::NotAnObject)
}

/// One value or several: absent and `null` are none, an array is its members.
pub(super) fn items(value: Option<&Value>) -> &[Value] {
    match value {
        None | Some(Value::Null) => &[],
        Some(Value::Array(list)) => list,
        Some(one) => slice::from_ref(one),
    }
}

/// The words of `type`, a string or an array of strings.
pub(super) fn types(object: &Object) -> impl Iterator<Item = &str> {
    items(object.get("type")).iter().filter_map(Value::as_str)
}

/// Whether one of the words of `type` is among `known`.
pub(super) fn is_one_of(object: &Object, known: &[&str]) -> bool {
    types(object).any(|word| known.contains(&word))
}

/// Text without control characters (databases refuse NUL), trimmed, at most
/// `max` characters long.
pub(super) fn clean(text: &str, max: usize) -> String {
    let kept: String = text
        .trim()
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .take(max)
        .collect();
    kept.trim().to_owned()
}

/// A text property; `None` when absent, empty or not a string.
pub(super) fn text(object: &Object, key: &str, max: usize) -> Option<String> {
    let text = clean(object.get(key)?.as_str()?, max);
    (!text.is_empty()).then_some(text)
}

/// A true or false property.
pub(super) fn flag(object: &Object, key: &str) -> Option<bool> {
    object.get(key)?.as_bool()
}

/// A date property; what is no RFC 3339 date is as good as absent.
pub(super) fn moment(object: &Object, key: &str) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(object.get(key)?.as_str()?).ok()
}

/// An http or https address of acceptable length.
pub(super) fn address(text: &str) -> Option<Url> {
    if text.len() > limits::URL {
        return None;
    }
    let url = Url::parse(text).ok()?;
    origin_of(&url).map(|_| url)
}

/// The id that one value stands for: a string, an object with `id`, a `Link`.
fn one_id(value: &Value) -> Option<Url> {
    match value {
        Value::String(text) => address(text),
        Value::Object(object) => {
            let id = object.get("id").or_else(|| object.get("href"))?;
            address(id.as_str()?)
        }
        _ => None,
    }
}

/// The only id of a property. Several are ambiguous and count as none.
pub(super) fn sole_id(value: Option<&Value>) -> Option<Url> {
    match items(value) {
        [one] => one_id(one),
        _ => None,
    }
}

/// The first readable id of a property.
pub(super) fn first_id(value: Option<&Value>) -> Option<Url> {
    items(value).iter().find_map(one_id)
}

/// Every readable id of a property, at most `max`, without doubles.
pub(super) fn ids(value: Option<&Value>, max: usize) -> Vec<Url> {
    let mut found: Vec<Url> = Vec::new();
    for id in items(value).iter().take(max).filter_map(one_id) {
        if !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

/// Every addressee of `to`, `cc` or `audience`, with the three spellings of the
/// public brought to one.
pub(super) fn addressees(object: &Object, key: &str) -> Vec<Url> {
    let mut found: Vec<Url> = Vec::new();
    for value in items(object.get(key)).iter().take(limits::ADDRESSEES) {
        let id = match value.as_str() {
            Some("as:Public" | "Public") => Some(public()),
            _ => one_id(value),
        };
        if let Some(id) = id
            && !found.contains(&id)
        {
            found.push(id);
        }
    }
    found
}

/// Whether an addressee is the public collection of `ActivityStreams`.
pub fn is_public(addressee: &Url) -> bool {
    addressee.as_str() == "https://www.w3.org/ns/activitystreams#Public"
}

/// The `id` of a document.
pub(super) fn own_id(object: &Object) -> Result<Url, ParseError> {
    object
        .get("id")
        .and_then(Value::as_str)
        .and_then(address)
        .ok_or(ParseError::Missing("id"))
}

/// The page for people out of `url`: a string, a `Link`, or several of them, of
/// which HTML is preferred.
pub(super) fn page_url(value: Option<&Value>) -> Option<Url> {
    let links = items(value);
    let html = links.iter().find(|link| {
        link.get("mediaType")
            .and_then(Value::as_str)
            .is_some_and(|kind| kind.starts_with("text/html"))
    });
    html.and_then(link_target)
        .or_else(|| links.iter().find_map(link_target))
}

/// Where a string or a `Link` points to.
pub(super) fn link_target(value: &Value) -> Option<Url> {
    match value {
        Value::String(text) => address(text),
        Value::Object(link) => {
            let target = link.get("href").or_else(|| link.get("url"))?;
            match target {
                Value::String(text) => address(text),
                Value::Array(list) => list.iter().find_map(|one| match one {
                    Value::String(text) => address(text),
                    other => other.get("href")?.as_str().and_then(address),
                }),
                Value::Object(inner) => inner.get("href")?.as_str().and_then(address),
                _ => None,
            }
        }
        _ => None,
    }
}

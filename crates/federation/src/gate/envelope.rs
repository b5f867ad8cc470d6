//! The few words of an activity that decide whether it may be kept at all.
//!
//! What the activity means is read later, leniently, by the worker; here only
//! who says it, under which id, and what it is about.

use archipel_model::same_origin;
use serde_json::Value;
use url::Url;

use super::Refusal;

/// Longest id or link we keep, in bytes.
pub const MAX_URL: usize = 2_000;

/// Longest type we keep, in bytes; some write types as URLs.
const MAX_KIND: usize = 200;

/// The outside of an activity, as its sender wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The activity's id; its origin is that of `actor`.
    pub id: Url,
    /// The activity's type; the first one where there are several.
    pub kind: String,
    /// Who says it. The signature must come from the same origin.
    pub actor: Url,
    /// The id of the object, embedded or linked; of the first where there are
    /// several. `None` when there is none that can be an id of at most [`MAX_URL`]
    /// bytes.
    pub object_id: Option<String>,
    /// The id of the object's own object, when the object is an activity.
    pub inner_object_id: Option<String>,
}

impl Envelope {
    /// Reads the envelope of a parsed body.
    pub fn read(value: &Value) -> Result<Self, Refusal> {
        let broken = Refusal::MalformedActivity;
        let activity = value.as_object().ok_or(broken("it is not an object"))?;
        let id = activity.get("id").and_then(Value::as_str);
        let id = url(id.ok_or(broken("it has no id"))?).ok_or(broken("its id is not a URL"))?;
        let kind = activity.get("type").and_then(first_text);
        let kind = kind.ok_or(broken("it has no type"))?.to_owned();
        let actor = activity.get("actor").and_then(id_of);
        let actor = actor.ok_or(broken("it has no actor"))?;
        let actor = url(actor).ok_or(broken("its actor is not a URL"))?;
        if !same_origin(&id, &actor) {
            return Err(Refusal::ForeignId);
        }
        let object = activity.get("object").map(first);
        let inner = object.and_then(|object| object.get("object")).map(first);
        // Databases refuse NUL, and nothing that is an id holds control characters.
        let kept = |value: Option<&Value>| {
            let id = value.and_then(id_of)?;
            (id.len() <= MAX_URL && !id.chars().any(char::is_control)).then(|| id.to_owned())
        };
        Ok(Self {
            id,
            kind,
            actor,
            object_id: kept(object),
            inner_object_id: kept(inner),
        })
    }
}

/// The first member of a list; anything else is itself.
fn first(value: &Value) -> &Value {
    value
        .as_array()
        .and_then(|values| values.first())
        .unwrap_or(value)
}

fn first_text(value: &Value) -> Option<&str> {
    match value {
        Value::Array(values) => values.iter().find_map(Value::as_str),
        _ => value.as_str(),
    }
    .filter(|text| !text.is_empty() && text.len() <= MAX_KIND)
    .filter(|text| !text.chars().any(char::is_control))
}

/// The id of something embedded or linked.
fn id_of(value: &Value) -> Option<&str> {
    value
        .as_str()
        .or_else(|| value.get("id").and_then(Value::as_str))
}

/// An http or https URL of decent length. Spaces and control characters are
/// refused, since URL parsers drop or escape some of them silently and two
/// spellings of one id must not pass for two ids.
fn url(text: &str) -> Option<Url> {
    if text.len() > MAX_URL || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    archipel_model::origin_of(&url).map(|_| url)
}

//! Reads what an `Announce` passes on: an id (a boost), an activity (FEP-1b12),
//! a post, or a whole batch of them (Discourse, `PieFed`).

use serde_json::Value;
use url::Url;

use super::activity::{Deed, Incoming, MAX_DEPTH, is_activity, is_actor, nested};
use super::object::{RemoteObject, object};
use super::value::{Object, first_id, is_one_of, items, own_id, types};
use super::{ParseError, limits};

/// What is passed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnnounceOf {
    /// Only the id of something.
    Id(Url),
    /// What somebody did.
    Activity(Box<Incoming>),
    /// What somebody wrote.
    Object(Box<RemoteObject>),
    /// Several, in their order; unreadable ones are left out.
    Batch(Vec<AnnounceOf>),
}

/// Whether a JSON object is a collection.
pub(super) fn is_collection(document: &Object) -> bool {
    is_one_of(
        document,
        &[
            "Collection",
            "OrderedCollection",
            "CollectionPage",
            "OrderedCollectionPage",
        ],
    )
}

/// Reads the `object` of an announce, `depth` activities deep.
pub(super) fn read(value: Option<&Value>, depth: usize) -> Result<AnnounceOf, ParseError> {
    match items(value) {
        [] => Err(ParseError::Missing("object")),
        [one] => single(one, depth, true),
        several => Ok(batch(several, depth)),
    }
}

/// The whole thing that came along with an `Add`, if it did.
pub(super) fn carried(value: Option<&Value>, depth: usize) -> Option<AnnounceOf> {
    match read(value, depth) {
        Ok(AnnounceOf::Id(_)) | Err(_) => None,
        Ok(whole) => Some(whole),
    }
}

fn batch(values: &[Value], depth: usize) -> AnnounceOf {
    let readable = values
        .iter()
        .take(limits::BATCH)
        .filter_map(|value| single(value, depth, false).ok())
        .collect();
    AnnounceOf::Batch(readable)
}

/// Reads one thing passed on; a batch only where `batches` allows it.
pub(super) fn single(value: &Value, depth: usize, batches: bool) -> Result<AnnounceOf, ParseError> {
    let Some(document) = value.as_object() else {
        return first_id(Some(value))
            .map(AnnounceOf::Id)
            .ok_or(ParseError::Missing("object"));
    };
    if types(document).next().is_none() || is_actor(document) {
        return own_id(document).map(AnnounceOf::Id);
    }
    if is_collection(document) {
        let list = document
            .get("orderedItems")
            .or_else(|| document.get("items"));
        return match items(list) {
            [] => own_id(document).map(AnnounceOf::Id),
            values if batches => Ok(batch(values, depth)),
            _ => Err(ParseError::TooDeep),
        };
    }
    if !is_activity(document) {
        return object(value).map(|post| AnnounceOf::Object(Box::new(post)));
    }
    let inner = nested(value, depth)?;
    match inner.deed {
        // A relay of a relay: what counts is what it passes on. One level only.
        Deed::Announce(_) if depth >= MAX_DEPTH => Err(ParseError::TooDeep),
        Deed::Announce(passed_on) if batches || !matches!(passed_on, AnnounceOf::Batch(_)) => {
            Ok(passed_on)
        }
        Deed::Announce(_) => Err(ParseError::TooDeep),
        _ => Ok(AnnounceOf::Activity(Box::new(inner))),
    }
}

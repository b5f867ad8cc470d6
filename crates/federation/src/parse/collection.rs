//! Reads collections and their pages: moderators, outboxes, replies, contexts.
//! Members of another server may be claimed by anybody: whoever uses them
//! fetches them where they live.

use archipel_model::same_origin;
use serde_json::Value;
use url::Url;

use super::announce::{AnnounceOf, is_collection, single};
use super::value::{Object, as_object, first_id, items, own_id, sole_id, types};
use super::{ParseError, limits};

/// A collection, or one page of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteCollection {
    /// Its identity; embedded pages may have none.
    pub id: Option<Url>,
    /// Who is responsible for it (`attributedTo`).
    pub owner: Option<Url>,
    /// How many members it says to have.
    pub total: Option<u64>,
    /// The members given here, unreadable ones left out, at most
    /// [`limits::BATCH`].
    pub items: Vec<AnnounceOf>,
    /// The first page, when it is elsewhere.
    pub first: Option<Url>,
    /// The first page, when it came along.
    pub first_page: Option<Box<RemoteCollection>>,
    /// The next page.
    pub next: Option<Url>,
}

impl RemoteCollection {
    /// The ids of the members given here, however they came.
    pub fn ids(&self) -> impl Iterator<Item = &Url> {
        self.items.iter().filter_map(|item| match item {
            AnnounceOf::Id(id) => Some(id),
            AnnounceOf::Activity(activity) => Some(&activity.id),
            AnnounceOf::Object(post) => Some(&post.id),
            AnnounceOf::Batch(_) => None,
        })
    }
}

/// Reads a collection or a page. Pages on another server than the collection
/// are not followed.
pub fn collection(value: &Value) -> Result<RemoteCollection, ParseError> {
    let document = as_object(value)?;
    if !is_collection(document) {
        return Err(match types(document).next() {
            Some(word) => ParseError::UnexpectedType(super::value::clean(word, 60)),
            None => ParseError::Missing("type"),
        });
    }
    let id = own_id(document)?;
    let mut read = page(document, &id);
    if let Some(Value::Object(first)) = document.get("first") {
        read.first_page = Some(Box::new(page(first, &id)));
    } else {
        read.first = sole_id(document.get("first")).filter(|url| same_origin(url, &id));
    }
    Ok(read)
}

/// The collection itself without its first page, or that page.
fn page(document: &Object, collection: &Url) -> RemoteCollection {
    let list = document
        .get("orderedItems")
        .or_else(|| document.get("items"));
    RemoteCollection {
        id: own_id(document).ok(),
        owner: first_id(document.get("attributedTo")),
        total: document.get("totalItems").and_then(Value::as_u64),
        items: items(list)
            .iter()
            .take(limits::BATCH)
            .filter_map(|item| single(item, 0, false).ok())
            .collect(),
        first: None,
        first_page: None,
        next: sole_id(document.get("next")).filter(|url| same_origin(url, collection)),
    }
}

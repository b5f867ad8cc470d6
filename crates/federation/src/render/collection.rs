//! Writes collections: followers, outbox, featured, moderators, replies and the
//! whole of a conversation.

use serde::Serialize;
use url::Url;

use super::{Json, Rendered, document, plain};

/// Announces that an outbox shows: Lemmy reads no more.
pub const OUTBOX_LIMIT: usize = 50;

/// Replies that are shown with their texts; from here on, pages of ids.
pub const EMBEDDED_REPLIES: usize = 200;

/// A member of a collection.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Item {
    /// Its id: whoever wants it fetches it where it lives.
    Id(Url),
    /// The thing itself, without a context; only what lives here.
    Embedded(Json),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Collection<'a> {
    id: &'a Url,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributed_to: Option<&'a Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audience: Option<&'a Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    part_of: Option<&'a Url>,
    total_items: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<Box<Collection<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<&'a [Item]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ordered_items: Option<&'a [Item]>,
}

impl<'a> Collection<'a> {
    fn new(kind: &'static str, id: &'a Url, total_items: u64) -> Self {
        Self {
            id,
            kind,
            attributed_to: None,
            audience: None,
            part_of: None,
            total_items,
            first: None,
            next: None,
            items: None,
            ordered_items: None,
        }
    }

    fn ordered(id: &'a Url, items: &'a [Item]) -> Self {
        Self {
            ordered_items: Some(items),
            ..Self::new("OrderedCollection", id, length(items))
        }
    }
}

fn length(items: &[Item]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}

/// An `OrderedCollection` in one piece: `featured` (threads or their ids) and
/// any other short list.
pub fn ordered(id: &Url, items: &[Item]) -> Rendered {
    document(Collection::ordered(id, items))
}

/// The moderators of a community (FEP-1b12), in one piece because Lemmy takes
/// whoever is not in it off its own list.
pub fn moderators(id: &Url, people: &[Url]) -> Rendered {
    let items: Vec<Item> = people.iter().cloned().map(Item::Id).collect();
    plain(Collection::ordered(id, &items))
}

/// `followers` or `following`: how many, never who.
pub fn counted(id: &Url, total: u64) -> Rendered {
    plain(Collection {
        items: Some(&[]),
        ..Collection::new("Collection", id, total)
    })
}

/// An outbox: the latest announces, newest first, at most [`OUTBOX_LIMIT`];
/// `total` counts those that are not shown too.
pub fn outbox(id: &Url, total: u64, announces: &[Item]) -> Rendered {
    let shown = announces.get(..OUTBOX_LIMIT).unwrap_or(announces);
    document(Collection {
        total_items: total.max(length(announces)),
        ..Collection::ordered(id, shown)
    })
}

/// One page of a long collection.
#[derive(Clone, Debug)]
pub struct PageView {
    /// The page's address, on the collection's server.
    pub id: Url,
    /// The collection.
    pub part_of: Url,
    /// Members of the whole collection.
    pub total: u64,
    /// The members of this page.
    pub items: Vec<Item>,
    /// The page after it.
    pub next: Option<Url>,
}

fn page_of(view: &PageView) -> Collection<'_> {
    Collection {
        part_of: Some(&view.part_of),
        next: view.next.as_ref(),
        ordered_items: Some(&view.items),
        ..Collection::new("OrderedCollectionPage", &view.id, view.total)
    }
}

/// The document of one page.
pub fn page(view: &PageView) -> Rendered {
    document(page_of(view))
}

/// The replies to a post.
#[derive(Clone, Debug)]
pub enum Replies {
    /// All of them, fewer than [`EMBEDDED_REPLIES`]: `PieFed` reads no pages.
    All(Vec<Item>),
    /// The first page of many: Mastodon follows `next`.
    Paged(Box<PageView>),
}

/// The collection of the replies to a post, wherever they were written.
pub fn replies(id: &Url, replies: &Replies) -> Rendered {
    document(match replies {
        Replies::All(items) => Collection::ordered(id, items),
        Replies::Paged(first) => Collection {
            first: Some(Box::new(page_of(first))),
            ..Collection::new("OrderedCollection", id, first.total)
        },
    })
}

/// A whole conversation in order of time (FEP-7888), owned by its community.
pub fn context(id: &Url, community: &Url, posts: &[Url]) -> Rendered {
    let items: Vec<Item> = posts.iter().cloned().map(Item::Id).collect();
    plain(Collection {
        attributed_to: Some(community),
        audience: Some(community),
        ..Collection::ordered(id, &items)
    })
}

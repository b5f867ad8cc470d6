//! Posts written here, the replies to them, and whole conversations.

use archipel_model::PostId;
use archipel_storage::{Conn, Post, PostState};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use http::StatusCode;
use http::request::Parts;
use serde::Deserialize;

use super::Door;
use super::answer::{self, Answer};
use super::collections::json;
use crate::render::collection::{self, EMBEDDED_REPLIES, Item, PageView, Replies};
use crate::render::{object, tombstone};
use crate::views::{self, ViewError, url};

/// Members of one page.
const PAGE: i64 = 100;

/// Most posts that a conversation lists.
const CONTEXT: i64 = 1_000;

/// A post of a local author, or its tombstone.
pub(super) async fn post(State(door): State<Door>, Path(id): Path<String>, parts: Parts) -> Answer {
    if let Some(refused) = door.refuses(&parts).await {
        return Ok(refused);
    }
    let mut conn = door.federation.store.read().await?;
    let Some(post) = stored(&mut conn, &id).await? else {
        return Ok(answer::not_found());
    };
    // What belongs to somebody else lives where it was written.
    if !post.is_local || !post.visibility.may_be_announced() {
        return Ok(answer::not_found());
    }
    if post.state == PostState::Deleted {
        let mut gone = json(&tombstone::tombstone(&tombstone::TombstoneView {
            id: url(&post.uri)?,
            former_type: Some(post.kind.as_str().to_owned()),
            deleted: post.updated_at,
        })?);
        *gone.status_mut() = StatusCode::GONE;
        return Ok(gone);
    }
    if post.state != PostState::Published {
        return Ok(answer::not_found());
    }
    let view = views::post(&mut conn, &post).await?;
    Ok(json(&object::object(&view)?))
}

/// Where in a long collection a page begins.
#[derive(Debug, Default, Deserialize)]
pub(super) struct After {
    after: Option<i64>,
}

/// All replies to a post that were ever received, wherever they were written:
/// what brings whole threads to Mastodon, which follows this collection.
pub(super) async fn replies(
    State(door): State<Door>,
    Path(id): Path<String>,
    after: Result<Query<After>, QueryRejection>,
    parts: Parts,
) -> Answer {
    if let Some(refused) = door.refuses(&parts).await {
        return Ok(refused);
    }
    let mut conn = door.federation.store.read().await?;
    let Some(post) = shown(&mut conn, &id).await? else {
        return Ok(answer::not_found());
    };
    let collection = url(&format!("{}/replies", post.uri))?;
    let start = after.ok().and_then(|Query(after)| after.after);
    let listing = Listing::of(&post);
    let total = listing.count(&mut conn).await?;
    if start.is_none() && total < i64::try_from(EMBEDDED_REPLIES).unwrap_or(i64::MAX) {
        let all = listing
            .after(&mut conn, PostId(i64::MIN), total.max(1))
            .await?;
        let items = items(&mut conn, &all).await?;
        return Ok(json(&collection::replies(
            &collection,
            &Replies::All(items),
        )?));
    }
    let first = start.is_none();
    let from = PostId(start.unwrap_or(i64::MIN));
    let posts = listing.after(&mut conn, from, PAGE).await?;
    let address = |after: i64| url(&format!("{collection}?after={after}"));
    let next = match posts.last() {
        Some(last) if posts.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX) => {
            Some(address(last.id.0)?)
        }
        _ => None,
    };
    let page = PageView {
        id: address(from.0.max(0))?,
        part_of: collection.clone(),
        total: u64::try_from(total).unwrap_or(0),
        items: ids(&posts)?,
        next,
    };
    Ok(json(&if first {
        collection::replies(&collection, &Replies::Paged(Box::new(page)))?
    } else {
        collection::page(&page)?
    }))
}

/// The whole conversation of a thread, in order of time (FEP-7888).
pub(super) async fn context(
    State(door): State<Door>,
    Path(id): Path<String>,
    parts: Parts,
) -> Answer {
    if let Some(refused) = door.refuses(&parts).await {
        return Ok(refused);
    }
    let mut conn = door.federation.store.read().await?;
    let Some(post) = shown(&mut conn, &id).await? else {
        return Ok(answer::not_found());
    };
    let owner = match post.community_id {
        Some(community) => conn.actor(community).await?,
        None => conn.actor(post.author_id).await?,
    };
    let Some(owner) = owner else {
        return Ok(answer::not_found());
    };
    let mut posts = vec![url(&post.uri)?];
    for reply in conn
        .thread_replies(post.id, PostId(i64::MIN), CONTEXT)
        .await?
    {
        posts.push(url(&reply.uri)?);
    }
    let collection = url(&format!("{}/context", post.uri))?;
    Ok(json(&collection::context(
        &collection,
        &url(&owner.uri)?,
        &posts,
    )?))
}

/// Which replies belong to a post: of a thread all, of a reply its own.
enum Listing<'a> {
    Thread(PostId),
    Answers(&'a str),
}

impl<'a> Listing<'a> {
    fn of(post: &'a Post) -> Self {
        if post.parent_uri.is_none() {
            Self::Thread(post.id)
        } else {
            Self::Answers(&post.uri)
        }
    }

    async fn count(&self, conn: &mut Conn) -> archipel_storage::Result<i64> {
        match self {
            Self::Thread(root) => conn.thread_reply_count(*root).await,
            Self::Answers(parent) => conn.direct_reply_count(parent).await,
        }
    }

    async fn after(
        &self,
        conn: &mut Conn,
        after: PostId,
        limit: i64,
    ) -> archipel_storage::Result<Vec<Post>> {
        match self {
            Self::Thread(root) => conn.thread_replies(*root, after, limit).await,
            Self::Answers(parent) => conn.direct_replies(parent, after, limit).await,
        }
    }
}

/// A post that other servers may know of.
async fn stored(conn: &mut Conn, id: &str) -> Result<Option<Post>, ViewError> {
    let Ok(id) = id.parse() else {
        return Ok(None);
    };
    let Some(post) = conn.post(id).await? else {
        return Ok(None);
    };
    match post.community_id {
        Some(community) if conn.is_local_only(community).await? => Ok(None),
        _ => Ok(Some(post)),
    }
}

/// A post of a local author that anybody may see.
async fn shown(conn: &mut Conn, id: &str) -> Result<Option<Post>, ViewError> {
    Ok(stored(conn, id).await?.filter(|post| {
        post.is_local && post.state == PostState::Published && post.visibility.may_be_announced()
    }))
}

/// What was written here with its text, what was written elsewhere as its id.
async fn items(conn: &mut Conn, posts: &[Post]) -> Result<Vec<Item>, ViewError> {
    let mut items = Vec::with_capacity(posts.len());
    for post in posts {
        items.push(if post.is_local {
            let view = views::post(conn, post).await?;
            Item::Embedded(object::object_part(&view)?)
        } else {
            Item::Id(url(&post.uri)?)
        });
    }
    Ok(items)
}

fn ids(posts: &[Post]) -> Result<Vec<Item>, ViewError> {
    posts
        .iter()
        .map(|post| Ok(Item::Id(url(&post.uri)?)))
        .collect::<Result<Vec<Item>, ViewError>>()
}

//! A thread: the post that began it and all replies, in the order of writing.
//!
//! The address of a reply shows the thread around it, so that nobody reads an
//! answer without what it answers. What was written elsewhere is read there.

use std::collections::HashMap;

use archipel_model::{ActorState, PostId, Reach, Visibility};
use archipel_storage::{Conn, Post, PostState};
use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;

use crate::absence::Absence;
use crate::address::Address;
use crate::reader::{Frame, Reader, Segment};
use crate::view::{ActorView, Answered, PostView, anchor, is_shown, shown};

/// Replies on one page.
const PAGE: usize = 200;

#[derive(Template)]
#[template(path = "thread.html")]
struct ThreadPage {
    frame: Frame,
    heading: String,
    lang: Option<String>,
    /// The community it is in.
    community: Option<ActorView>,
    /// The post that began it, if it can be seen.
    beginning: Option<PostView>,
    /// Whether that post cannot be seen.
    beginning_hidden: bool,
    /// What the first post answers, which never came here.
    elsewhere: Option<Address>,
    locked: bool,
    /// How many replies there are in all.
    total: i64,
    replies: Vec<PostView>,
    /// The reply that was asked for, when it stands on this page.
    asked: Option<Answered>,
    /// The page with the first replies, unless this is it.
    first: Option<String>,
    /// The page with the next replies.
    next: Option<String>,
}

/// The page of a post. `after` is the id of the reply that the page comes after.
pub(crate) async fn page(
    reader: Reader,
    Segment(id): Segment,
    query: Result<Query<HashMap<String, String>>, QueryRejection>,
) -> Response {
    let after = query
        .ok()
        .and_then(|Query(query)| query.get("after")?.parse().ok());
    reader.answer(find(&reader, &id, after).await)
}

async fn find(reader: &Reader, id: &str, after: Option<PostId>) -> Result<ThreadPage, Absence> {
    let (pages, t) = (&reader.pages, reader.t);
    let mut conn = reader.conn().await?;
    let (post, view) = asked(reader, &mut conn, id).await?;
    let root = match post.root_id {
        Some(root) => conn.post(root).await?,
        None => Some(post.clone()),
    };
    let beginning = match &root {
        Some(root) => shown(&mut conn, std::slice::from_ref(root), pages, t).await?,
        None => Vec::new(),
    };
    let root_id = post.root_id.unwrap_or(post.id);
    let part = part(&mut conn, &post, root_id, after).await?;
    let mut replies = shown(&mut conn, &part.posts, pages, t).await?;
    name_answered(&part.posts, &mut replies);
    let total = if part.from_start && part.next.is_none() {
        i64::try_from(replies.len()).unwrap_or(i64::MAX)
    } else {
        conn.thread_reply_count(root_id).await?
    };
    let community = match post.community_id {
        Some(community) => conn.actor(community).await?,
        None => None,
    };
    let reach = match &community {
        Some(community) => conn.community(community.id).await?.map(|it| it.reach),
        None => None,
    };
    let beginning = beginning.into_iter().next();
    let named = beginning.as_ref().unwrap_or(&view);
    let here = |query: String| format!("/p/{}{query}", post.id);
    Ok(ThreadPage {
        frame: Frame {
            listed: post.visibility == Visibility::Public
                && reach.is_none_or(|reach| reach == Reach::Public),
            ..reader.frame(&named.heading).of(&post.uri)
        },
        heading: named.heading.clone(),
        lang: named.heading_lang.clone(),
        community: community.map(|community| ActorView::new(&community, &pages.site)),
        beginning_hidden: beginning.is_none(),
        elsewhere: root
            .as_ref()
            .and_then(|root| Address::elsewhere(root.parent_uri.as_deref()?, None)),
        locked: root.as_ref().is_some_and(|root| root.locked),
        total,
        asked: replies
            .iter()
            .find(|reply| reply.anchor == view.anchor)
            .map(|reply| Answered {
                anchor: reply.anchor.clone(),
                handle: reply.author.handle.clone(),
            }),
        first: (!part.from_start).then(|| here("?after=0".to_owned())),
        next: part.next.map(|after| here(format!("?after={after}"))),
        beginning,
        replies,
    })
}

/// The post that was asked for, if everybody may see it and its page is here.
async fn asked(reader: &Reader, conn: &mut Conn, id: &str) -> Result<(Post, PostView), Absence> {
    let id: PostId = id.parse().map_err(|_| Absence::NotFound)?;
    let post = conn.post(id).await?.ok_or(Absence::NotFound)?;
    let author = conn.actor(post.author_id).await?;
    let author = author.ok_or(Absence::NotFound)?;
    // Before anything else: what is not public was never here.
    if !post.visibility.may_be_announced() {
        return Err(Absence::NotFound);
    }
    if let Some(community) = post.community_id
        && conn.is_local_only(community).await?
    {
        return Err(Absence::NotFound);
    }
    if post.state == PostState::Deleted || author.state == ActorState::Gone {
        return Err(Absence::Gone);
    }
    if !is_shown(&post, &author) {
        return Err(Absence::NotFound);
    }
    let view = PostView::new(&post, &author, &reader.pages.site, reader.t);
    if post.is_local || in_our_community(conn, &post).await? {
        return Ok((post, view));
    }
    Err(match view.address {
        Some(address) => Absence::Elsewhere(address.href),
        None => Absence::NotFound,
    })
}

/// Whether a post, wherever it was written, belongs to a community of this
/// server, which then has a page for its thread.
async fn in_our_community(conn: &mut Conn, post: &Post) -> archipel_storage::Result<bool> {
    let community = match post.community_id {
        Some(community) => conn.actor(community).await?,
        None => None,
    };
    Ok(community.is_some_and(|community| community.is_local))
}

/// Some replies of a thread, in the order of writing.
struct Part {
    posts: Vec<Post>,
    /// Whether the thread's first reply is among them.
    from_start: bool,
    /// The last of them, when there are more.
    next: Option<PostId>,
}

/// The replies after `after`; without it from the start, unless the reply that
/// was asked for would then be on a later page.
async fn part(
    conn: &mut Conn,
    asked: &Post,
    root: PostId,
    after: Option<PostId>,
) -> archipel_storage::Result<Part> {
    let limit = i64::try_from(PAGE).unwrap_or(i64::MAX) + 1;
    let mut from = after.unwrap_or(PostId(0));
    let mut posts = conn.thread_replies(root, from, limit).await?;
    let is_later = posts.len() > PAGE && posts.last().is_some_and(|last| asked.id >= last.id);
    if after.is_none() && asked.id != root && is_later {
        from = PostId(asked.id.0 - 1);
        posts = conn.thread_replies(root, from, limit).await?;
    }
    let more = posts.len() > PAGE;
    posts.truncate(PAGE);
    Ok(Part {
        next: posts.last().filter(|_| more).map(|last| last.id),
        posts,
        from_start: from.0 <= 0,
    })
}

/// Says which other reply on the page a reply answers.
fn name_answered(posts: &[Post], replies: &mut [PostView]) {
    let handles: HashMap<String, String> = replies
        .iter()
        .map(|reply| (reply.anchor.clone(), reply.author.handle.clone()))
        .collect();
    let parents: HashMap<String, String> = posts
        .iter()
        .filter_map(|post| Some((anchor(post.id), anchor(post.parent_id?))))
        .collect();
    for reply in replies {
        reply.answers = parents.get(&reply.anchor).and_then(|parent| {
            Some(Answered {
                handle: handles.get(parent)?.clone(),
                anchor: parent.clone(),
            })
        });
    }
}

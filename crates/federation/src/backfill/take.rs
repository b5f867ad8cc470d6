//! Takes in a post that was found in a collection, with the posts that it answers:
//! the ordinary way, but nobody is notified and nothing is announced.

use archipel_actions::{self as actions, Submission, Submitted};
use archipel_model::ActorState;
use archipel_storage::{Actor, Post, PostState};
use url::Url;

use super::walk::{Listed, Walk};
use crate::parse::{ObjectKind, RemoteObject};
use crate::posts::{self, PostError};

/// How far up a thread is walked.
const DEPTH: usize = 20;

/// To what a post must belong to be taken in.
#[derive(Clone, Copy)]
pub(super) enum Within<'a> {
    /// A community of elsewhere, as its own word.
    Community(&'a Actor),
    /// A thread that is here: it answers something in it. With a community, which did
    /// not list it itself, it has to say that it is for that one.
    Thread(&'a Post, Option<&'a Actor>),
}

/// A post that is here now.
pub(super) struct Taken {
    pub post: Post,
    /// What its origin says of it, where that was read.
    pub object: Option<RemoteObject>,
    /// Whether it was not here before.
    pub is_new: bool,
}

/// Takes in one post; nothing where it cannot be had or does not belong there.
pub(super) async fn take(
    walk: &mut Walk<'_>,
    listed: Listed,
    within: Within<'_>,
) -> Result<Option<Taken>, PostError> {
    let federation = walk.federation;
    if let Some(post) = stored(walk, &listed.id).await? {
        if let (Within::Community(group), Some(object)) = (within, &listed.object)
            && post.community_id.is_none()
            && posts::belongs(group, object, None)
        {
            let mut tx = federation.store.write().await?;
            tx.adopt_post(post.id, group.id).await?;
            tx.commit().await?;
        }
        return Ok(Some(Taken {
            post,
            object: listed.object,
            is_new: false,
        }));
    }
    if federation.actions.site.is_ours(listed.id.as_str()) || !walk.is_new(&listed.id) {
        return Ok(None);
    }
    let Some(object) = read(walk, listed).await else {
        return Ok(None);
    };
    // From the post up to the first one that is here…
    let mut missing = vec![object];
    let mut parent = None;
    while let Some(up) = missing.last().and_then(|last| last.in_reply_to.clone()) {
        parent = stored(walk, &up).await?;
        let ours = federation.actions.site.is_ours(up.as_str());
        if parent.is_some() || ours || missing.len() >= DEPTH || !walk.is_new(&up) {
            break;
        }
        match walk.post(&up).await {
            Some(object) => missing.push(object),
            None => break,
        }
    }
    // …and down again, as far as each belongs.
    let mut last = None;
    while let Some(object) = missing.pop() {
        let Some(post) = Box::pin(submit(walk, &object, parent.as_ref(), within)).await? else {
            return Ok(None);
        };
        parent = Some(post.clone());
        last = Some(Taken {
            post,
            object: Some(object),
            is_new: true,
        });
    }
    Ok(last)
}

/// The post as its origin has it: as it was listed, or fetched there.
async fn read(walk: &mut Walk<'_>, listed: Listed) -> Option<RemoteObject> {
    let Some(object) = listed.object else {
        return walk.post(&listed.id).await;
    };
    let author = object.authors.first()?;
    let turn = walk.federation.fetching.at(author).await;
    let known = Box::pin(walk.federation.actor(author, &mut walk.budget)).await;
    drop(turn);
    match known {
        Ok(known) => (known.uri == author.as_str()).then_some(object),
        Err(error) => {
            walk.note(author, &error);
            None
        }
    }
}

async fn stored(walk: &Walk<'_>, id: &Url) -> Result<Option<Post>, PostError> {
    let mut conn = walk.federation.store.read().await?;
    Ok(conn.post_by_uri(id.as_str()).await?)
}

async fn submit(
    walk: &Walk<'_>,
    object: &RemoteObject,
    parent: Option<&Post>,
    within: Within<'_>,
) -> Result<Option<Post>, PostError> {
    let federation = walk.federation;
    let community = match within {
        Within::Community(group) if posts::belongs(group, object, parent) => Some(group),
        Within::Thread(root, community)
            if parent.is_some_and(|parent| parent.root_id.unwrap_or(parent.id) == root.id)
                && community.is_none_or(|group| posts::belongs(group, object, None)) =>
        {
            None
        }
        _ => return Ok(None),
    };
    // A choice in a poll looks like an answer.
    let is_choice = object.kind == ObjectKind::Note
        && object.in_reply_to.is_some()
        && object.name.is_some()
        && object.content_html.is_none();
    if is_choice || parent.is_some_and(|parent| parent.state != PostState::Published) {
        return Ok(None);
    }
    // A reply whose thread is not to be had would look like a thread.
    if object.in_reply_to.is_some() && parent.is_none() {
        return Ok(None);
    }
    let mut tx = federation.store.write().await?;
    let author = match object.authors.first() {
        Some(author) => tx.actor_by_uri(author.as_str()).await?,
        None => None,
    };
    let Some(author) = author.filter(|author| author.state == ActorState::Active) else {
        return Ok(None);
    };
    let submission = posts::submission(object, &author, federation.now());
    if author.is_local || !submission.visibility.may_be_announced() {
        return Ok(None);
    }
    let submission = Submission {
        community,
        parent,
        ..submission
    };
    let submitted = actions::submit_post(&federation.actions, &mut tx, submission).await?;
    let post = tx.post_by_uri(object.id.as_str()).await?;
    tx.commit().await?;
    Ok(post.filter(|_| matches!(submitted, Submitted::Published(_) | Submitted::Known)))
}

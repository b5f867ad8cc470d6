//! Who shows which post: its author, a community, people who boost it. What becomes of
//! the entries when posts are removed or come back is the storage's to follow.

use std::time::Duration;

use archipel_model::{ActorId, EntryId, PostId, Timestamp, Visibility};
use archipel_storage::{Actor, NewEntry, Post, StreamEvent, Tx};

use crate::{Context, Result};

/// What was shown longer ago is no news for those who listen: it was fetched later.
const NEWS: Duration = Duration::from_hours(6);

/// A post that is published.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Publication<'a> {
    pub post: PostId,
    pub author: ActorId,
    pub parent: Option<&'a Post>,
    pub is_reply: bool,
    pub visibility: Visibility,
    pub at: Timestamp,
}

/// The author shows a post. `counts` says whether what it answers counts it now.
pub(crate) fn published(ctx: &Context, tx: &mut Tx, what: &Publication<'_>, counts: bool) {
    let to_oneself = what
        .parent
        .is_some_and(|parent| parent.author_id == what.author);
    if let Some(parent) = what.parent.filter(|_| counts)
        && what.visibility.may_be_announced()
    {
        tx.add_reply(parent.id);
    }
    show(
        ctx,
        tx,
        NewEntry {
            id: EntryId(what.post.0),
            actor: what.author,
            post: what.post,
            boost: false,
            reply: what.is_reply && !to_oneself,
            uri: None,
            at: what.at,
        },
    );
}

/// Somebody shows a post to those who follow them, from `at` on.
pub(crate) fn boosted(
    ctx: &Context,
    tx: &mut Tx,
    actor: ActorId,
    (post, is_reply): (PostId, bool),
    uri: Option<&str>,
    at: Option<Timestamp>,
) {
    show(
        ctx,
        tx,
        NewEntry {
            id: match at {
                Some(at) => ctx.ids.next(at).into(),
                None => ctx.id(),
            },
            actor,
            post,
            boost: true,
            reply: is_reply,
            uri: uri.map(str::to_owned),
            at: at.unwrap_or_else(|| ctx.now()),
        },
    );
}

fn show(ctx: &Context, tx: &mut Tx, entry: NewEntry) {
    if ctx.now().since(entry.at) < NEWS {
        tx.stream(StreamEvent::Shown {
            entry: entry.id,
            actor: entry.actor,
            post: entry.post,
            boost: entry.boost,
        });
    }
    tx.show(entry);
}

/// A community elsewhere passed a post on that is here.
pub async fn shown_by(ctx: &Context, tx: &mut Tx, community: &Actor, post: &Post) -> Result<()> {
    if post.state != archipel_storage::PostState::Published
        || !post.visibility.may_be_announced()
        || tx.shows(community.id, post.id).await?
    {
        return Ok(());
    }
    let is_reply = post.parent_uri.is_some();
    boosted(ctx, tx, community.id, (post.id, is_reply), None, None);
    Ok(())
}

/// A community elsewhere took in a post that was here, with what answers it.
pub async fn adopted(ctx: &Context, tx: &mut Tx, community: &Actor, post: PostId) -> Result<()> {
    for post in tx.unshown_in(post, community.id).await? {
        let is_reply = post.parent_uri.is_some();
        let at = Some(post.published_at);
        boosted(ctx, tx, community.id, (post.id, is_reply), None, at);
    }
    Ok(())
}

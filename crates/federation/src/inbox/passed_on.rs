//! What remote communities pass on besides new posts: edits, deletions, and what their
//! moderators decide (FEP-1b12).
//!
//! The community that announces is the authority for its own posts, and for nothing
//! else: only posts that belong to it change. For what authors do it is none: that is
//! believed with their proof, from their own server, or after a look at the origin.

use archipel_actions::{self as actions, Ban, Elsewhere};
use archipel_model::{ReactionKind, same_origin, text};
use archipel_storage::{Actor, Post, PostState, Tx};
use url::Url;

use super::job::{Applied, Job, Lack, Outcome, Stop, done, refused};
use super::relay::{Content, post as take_in, speaks_by_proof};
use super::{edit, proofs, react};
use crate::found::Known;
use crate::parse::{Deed, Incoming, ObjectRef, RemoteObject, UndoOf};

/// Applies an activity that the community passed on and that is not a new post.
pub(super) async fn apply(job: &Job<'_>, tx: &mut Tx, inner: &Incoming) -> Applied {
    match &inner.deed {
        Deed::Update(what) => update(job, tx, inner, what).await,
        Deed::Delete {
            object,
            summary,
            with_replies,
            ..
        } => {
            let reason = summary.as_deref();
            delete(job, tx, inner, object, reason, *with_replies).await
        }
        Deed::Lock { object, summary } => {
            locked(job, tx, inner, object, summary.as_deref(), true).await
        }
        Deed::Add { object, target, .. } => {
            listed(job, tx, inner, object, target.as_ref(), true).await
        }
        Deed::Remove { object, target } => {
            listed(job, tx, inner, object, target.as_ref(), false).await
        }
        Deed::Block {
            object,
            target,
            summary,
            expires,
            remove_data,
        } => {
            let ban = Ban {
                ends_at: *expires,
                with_content: *remove_data,
            };
            let reason = summary.as_deref();
            banned(job, tx, inner, object, target.as_ref(), reason, ban).await
        }
        Deed::Undo(UndoOf::Delete { object, .. }) => restore(job, tx, inner, object).await,
        Deed::Undo(UndoOf::Lock { object, .. }) => {
            locked(job, tx, inner, object, None, false).await
        }
        Deed::Undo(UndoOf::Block { object, target, .. }) => {
            unbanned(job, tx, inner, object, target.as_ref()).await
        }
        Deed::Like { object, emoji } => {
            react::relayed(job, tx, inner, object, ReactionKind::Like, emoji.as_deref()).await
        }
        Deed::Dislike { object } => {
            react::relayed(job, tx, inner, object, ReactionKind::Dislike, None).await
        }
        Deed::Undo(UndoOf::Like { object, .. } | UndoOf::Dislike { object, .. }) => {
            react::relayed_back(job, tx, inner, object).await
        }
        _ => refused("a community passes on posts and what is done to them, nothing else"),
    }
}

/// The decision that an activity passed on tells of; `by` may be unknown here, the
/// community vouches for them.
fn decision<'a>(
    job: &'a Job<'_>,
    inner: &'a Incoming,
    by: Option<&'a Actor>,
    reason: Option<&'a str>,
) -> Elsewhere<'a> {
    Elsewhere {
        community: job.actor,
        by,
        uri: inner.id.as_str(),
        reason: reason.filter(|reason| !reason.is_empty()),
    }
}

/// The post of this id, if it belongs to the community that announces.
async fn own(job: &Job<'_>, tx: &mut Tx, object: &Url) -> Result<Result<Post, Outcome>, Stop> {
    Ok(match tx.post_by_uri(object.as_str()).await? {
        Some(post) if post.community_id == Some(job.actor.id) => Ok(post),
        Some(_) => Err(Outcome::Refused(
            "the post belongs to no community that says so".to_owned(),
        )),
        None => Err(Outcome::Refused(
            "concerns no post that is known".to_owned(),
        )),
    })
}

fn mirrored(changed: bool, words: &str) -> Applied {
    if changed {
        done(words)
    } else {
        refused("it was so already, or is not the community's to change")
    }
}

async fn update(job: &Job<'_>, tx: &mut Tx, inner: &Incoming, what: &ObjectRef) -> Applied {
    let id = match what {
        ObjectRef::Actor(id) if *id == job.activity.actor => {
            if job.actor.fetched_at < job.item.received_at {
                return Err(Stop::Lack(Lack::FreshActor(id.clone())));
            }
            return done("the community was read again");
        }
        ObjectRef::Actor(_) => return refused("edits somebody who is not the community"),
        other => other.id(),
    };
    let embedded = match what {
        ObjectRef::Embedded(object) => Some(object.as_ref()),
        _ => None,
    };
    let post = match tx.post_by_uri(id.as_str()).await? {
        Some(post) if post.community_id.is_some() => post,
        // It overtook its `Create`, or that was lost.
        _ => {
            let content = match embedded {
                Some(object) => Some(Content {
                    object,
                    proven: speaks_by_proof(job, tx, inner, object).await?,
                }),
                None => None,
            };
            return take_in(job, tx, id, content).await;
        }
    };
    if post.community_id != Some(job.actor.id) {
        return refused("the post belongs to no community that says so");
    }
    if post.is_local {
        return done("known already: it was written here");
    }
    if post.state == PostState::Deleted {
        return refused("the post is deleted");
    }
    let Some(author) = tx.actor(post.author_id).await? else {
        return refused("its author is not known");
    };
    if let Some(object) = embedded
        && by_author(object, &author)
        && (same_origin(id, &job.activity.actor) || speaks_by_proof(job, tx, inner, object).await?)
    {
        return edit::edit(job, tx, &author, &post, object, None).await;
    }
    match afresh(job, id)? {
        Known::Post(object) if object.updated.is_none() && is_as_stored(&object, &post) => {
            refused("nothing is changed at its origin")
        }
        Known::Post(object) if by_author(&object, &author) => {
            edit::edit(job, tx, &author, &post, &object, None).await
        }
        Known::Post(_) => refused("its origin names another author"),
        Known::Missing(why) => refused(format!("the post cannot be had: {why}")),
    }
}

fn by_author(object: &RemoteObject, author: &Actor) -> bool {
    object.speaks_for_its_authors()
        && object
            .authors
            .iter()
            .any(|named| named.as_str() == author.uri)
}

/// Whether what was read of a post is what is here; then its edit has no date to be
/// compared, and is none.
fn is_as_stored(object: &RemoteObject, post: &Post) -> bool {
    let title = object.name.as_deref().map(text::plain);
    let content = text::sanitise(object.content_html.as_deref().unwrap_or_default());
    title.filter(|title| !title.is_empty()) == post.title && content == post.content
}

/// What the origin of a post says of it since this was announced.
fn afresh(job: &Job<'_>, id: &Url) -> Result<Known, Stop> {
    job.federation
        .found
        .post_since(id.as_str(), job.item.received_at)
        .ok_or_else(|| Stop::Lack(Lack::FreshPost(id.clone())))
}

async fn delete(
    job: &Job<'_>,
    tx: &mut Tx,
    inner: &Incoming,
    object: &Url,
    reason: Option<&str>,
    with_replies: bool,
) -> Applied {
    let post = match own(job, tx, object).await? {
        Ok(post) => post,
        Err(outcome) => return Ok(outcome),
    };
    if post.state == PostState::Deleted {
        return done("it is deleted already");
    }
    let Some(author) = tx.actor(post.author_id).await? else {
        return refused("its author is not known");
    };
    if inner.actor.as_str() != author.uri || reason.is_some() {
        let by = tx.actor_by_uri(inner.actor.as_str()).await?;
        let told = decision(job, inner, by.as_ref(), reason);
        let ctx = &job.federation.actions;
        let changed = actions::removed_elsewhere(ctx, tx, &told, &post, with_replies).await?;
        return mirrored(changed, "the community removed the post");
    }
    if post.is_local {
        return refused("nobody elsewhere deletes what was written here");
    }
    let believed =
        same_origin(object, &job.activity.actor) || proofs::holds(job, tx, inner).await?;
    if !believed {
        match afresh(job, object)? {
            Known::Missing(absent) if absent.gone => {}
            Known::Missing(why) => {
                return refused(format!("its origin does not say that it is gone: {why}"));
            }
            Known::Post(_) => return refused("its origin still shows it"),
        }
    }
    if actions::author_deleted(&job.federation.actions, tx, &author, &post, None).await? {
        done("the post is deleted")
    } else {
        refused("it was so already")
    }
}

async fn restore(job: &Job<'_>, tx: &mut Tx, inner: &Incoming, object: &Url) -> Applied {
    let post = match own(job, tx, object).await? {
        Ok(post) => post,
        Err(outcome) => return Ok(outcome),
    };
    let by = tx.actor_by_uri(inner.actor.as_str()).await?;
    let told = decision(job, inner, by.as_ref(), None);
    let ctx = &job.federation.actions;
    let changed = actions::restored_elsewhere(ctx, tx, &told, &post).await?;
    mirrored(changed, "the community brought the post back")
}

async fn locked(
    job: &Job<'_>,
    tx: &mut Tx,
    inner: &Incoming,
    object: &Url,
    reason: Option<&str>,
    locked: bool,
) -> Applied {
    let post = match own(job, tx, object).await? {
        Ok(post) => post,
        Err(outcome) => return Ok(outcome),
    };
    let by = tx.actor_by_uri(inner.actor.as_str()).await?;
    let told = decision(job, inner, by.as_ref(), reason);
    let ctx = &job.federation.actions;
    let changed = actions::locked_elsewhere(ctx, tx, &told, &post, locked).await?;
    let words = if locked {
        "the community locked the thread"
    } else {
        "the community opened the thread again"
    };
    mirrored(changed, words)
}

async fn listed(
    job: &Job<'_>,
    tx: &mut Tx,
    inner: &Incoming,
    object: &Url,
    target: Option<&Url>,
    add: bool,
) -> Applied {
    let group = job.activity.actor.as_str();
    let is = |named: Option<&str>, usual: &str| {
        target.is_some_and(|target| {
            Some(target.as_str()) == named
                || target
                    .as_str()
                    .strip_prefix(group)
                    .is_some_and(|rest| rest == usual)
        })
    };
    if is(job.actor.moderators.as_deref(), "/moderators") {
        return refused("who moderates a community of elsewhere is not kept here");
    }
    if !is(job.actor.featured.as_deref(), "/featured") {
        return refused("concerns no collection of the community");
    }
    if add && tx.post_by_uri(object.as_str()).await?.is_none() {
        let taken = take_in(job, tx, object, None).await?;
        if matches!(taken, Outcome::Refused(_)) {
            return Ok(taken);
        }
    }
    let post = match own(job, tx, object).await? {
        Ok(post) => post,
        Err(outcome) => return Ok(outcome),
    };
    let by = tx.actor_by_uri(inner.actor.as_str()).await?;
    let told = decision(job, inner, by.as_ref(), None);
    let ctx = &job.federation.actions;
    let changed = actions::pinned_elsewhere(ctx, tx, &told, &post, add).await?;
    mirrored(changed, "what the community shows on top changed")
}

async fn banned(
    job: &Job<'_>,
    tx: &mut Tx,
    inner: &Incoming,
    object: &Url,
    target: Option<&Url>,
    reason: Option<&str>,
    ban: Ban,
) -> Applied {
    if target != Some(&job.activity.actor) {
        return refused("bans from something else than the community");
    }
    let Some(person) = tx.actor_by_uri(object.as_str()).await? else {
        return refused("concerns nobody who is known here");
    };
    let by = tx.actor_by_uri(inner.actor.as_str()).await?;
    let told = decision(job, inner, by.as_ref(), reason);
    let ctx = &job.federation.actions;
    let changed = actions::banned_elsewhere(ctx, tx, &told, &person, ban).await?;
    mirrored(changed, "the community banned somebody")
}

async fn unbanned(
    job: &Job<'_>,
    tx: &mut Tx,
    inner: &Incoming,
    object: &Url,
    target: Option<&Url>,
) -> Applied {
    if target != Some(&job.activity.actor) {
        return refused("ends no ban from the community");
    }
    let Some(person) = tx.actor_by_uri(object.as_str()).await? else {
        return refused("concerns nobody who is known here");
    };
    // Peers say it of the `Undo` itself.
    let restore = inner.restore_data;
    let by = tx.actor_by_uri(inner.actor.as_str()).await?;
    let told = decision(job, inner, by.as_ref(), None);
    let ctx = &job.federation.actions;
    let changed = actions::unbanned_elsewhere(ctx, tx, &told, &person, restore).await?;
    mirrored(changed, "the community ended a ban")
}

//! A received `Update`: of a post by its author, of a post by a moderator, of the
//! one who signed.

use archipel_actions::{self as actions, EditOutcome};
use archipel_model::Timestamp;
use archipel_storage::{Actor, Edited, Post, PostState, Tx};
use url::Url;

use super::create::{self, known};
use super::job::{Applied, Job, Lack, Stop, done, refused};
use super::moderate;
use crate::found::Known;
use crate::parse::{ObjectRef, RemoteObject};
use crate::people::is_group;
use crate::posts;
use crate::signature::proof;

/// Applies an `Update` by the one who signed it.
pub(super) async fn update(job: &Job<'_>, tx: &mut Tx, what: &ObjectRef) -> Applied {
    let fetched;
    let object = match what {
        ObjectRef::Actor(object) if *object == job.activity.actor => {
            if job.actor.fetched_at < job.item.received_at {
                return Err(Stop::Lack(Lack::FreshActor(object.clone())));
            }
            return done("the actor was read again");
        }
        ObjectRef::Actor(object) => {
            let community = job.local_actor(tx, object).await?.filter(is_group);
            return match community {
                Some(community) => moderate::edited(job, tx, &community).await,
                None => refused("edits somebody else"),
            };
        }
        ObjectRef::Embedded(object) => object.as_ref(),
        ObjectRef::Id(id) => match newest(job, tx, id).await? {
            Known::Post(post) => {
                fetched = post;
                fetched.as_ref()
            }
            Known::Missing(why) => return refused(format!("the post cannot be had: {why}")),
        },
    };
    let Some(post) = tx.post_by_uri(object.id.as_str()).await? else {
        // It overtook its `Create`, or that was lost: it says all that is needed.
        return create::create(job, tx, what).await;
    };
    if post.author_id != job.actor.id {
        return moderate::touched(job, tx, &post, object).await;
    }
    if let Some(why) = create::forged(job, object) {
        return refused(why);
    }
    if post.state == PostState::Deleted {
        return refused("the post is deleted");
    }
    let received = Some(job.item.raw.as_str());
    let whole = serde_json::from_str(&job.item.raw).ok();
    let said_at = said_at(job, whole.as_ref());
    edit(job, tx, job.actor, &post, object, (said_at, received)).await
}

/// When an edit was said that does not say so itself: when its proof was made. That
/// holds for ever, and an old version must not win because somebody brings it again.
pub(super) fn said_at(job: &Job<'_>, activity: Option<&serde_json::Value>) -> Timestamp {
    let came = job.item.received_at;
    let proven = activity.and_then(proof::lifetime);
    proven.map_or(came, |(created, _)| created.min(came))
}

/// A post that only its id was given of, as it is now.
async fn newest(job: &Job<'_>, tx: &mut Tx, id: &Url) -> Result<Known, Stop> {
    let stored = tx.post_by_uri(id.as_str()).await?;
    if stored.is_some_and(|post| post.is_local) {
        return Ok(Known::Missing("it is ours".into()));
    }
    known(job.federation, id)
}

/// Puts a version of a post that its author is believed to have written in the place of
/// an older one; with it, when it was said, where it has no date of its own, and the
/// author's own activity, where that came.
pub(super) async fn edit(
    job: &Job<'_>,
    tx: &mut Tx,
    author: &Actor,
    post: &Post,
    object: &RemoteObject,
    (said_at, received): (Timestamp, Option<&str>),
) -> Applied {
    let ctx = &job.federation.actions;
    let known = post.updated_at.unwrap_or(post.published_at);
    // Mastodon sends new counts without a new date: nothing else of it changed.
    if let Some(poll) = &object.poll
        && object.updated.is_none_or(|updated| updated <= known)
    {
        let counted = actions::poll_counted(ctx, tx, author, post, poll, received).await?;
        return if counted {
            done("the poll is counted anew")
        } else {
            refused("it was so already")
        };
    }
    let submission = posts::submission(object, author, job.item.received_at);
    // What is shown to all must not come to hold what is meant for few.
    if post.visibility.may_be_announced() && !submission.visibility.may_be_announced() {
        return refused("not_public");
    }
    let edit = actions::Edit {
        content: Edited {
            title: submission.title,
            content: submission.content,
            source: submission.source,
            summary: submission.summary,
            sensitive: submission.sensitive,
            language: submission.language,
        },
        special: submission.special,
        names: submission.names,
        at: object.updated.unwrap_or(said_at),
        received,
    };
    match actions::edit_post(ctx, tx, author, post, &edit).await? {
        EditOutcome::Edited => done("the post is edited"),
        EditOutcome::Held(reason) => done(format!("the edit is held: {reason}")),
        EditOutcome::Unchanged => refused("an older version than the one that is known"),
    }
}

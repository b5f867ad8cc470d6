//! What remote communities pass on to their followers here.
//!
//! A community speaks for itself, not for other servers: a post that it passes on is
//! believed only when it lives on the community's own server or its author's proof
//! came along, else it is fetched at its origin. What is done to posts that are here
//! already is for [`passed_on`].

use std::sync::Arc;

use archipel_actions as actions;
use archipel_model::{ActorState, same_origin};
use archipel_storage::{PostState, Tx};
use url::Url;

use super::create::{About, choice, known, parent_of, submit};
use super::job::{Applied, Job, Lack, Stop, done, refused};
use super::{passed_on, proofs, reports};
use crate::found::Known;
use crate::parse::{AnnounceOf, Deed, Incoming, ObjectRef, RemoteObject};
use crate::people::is_group;
use crate::posts;

/// Applies an `Announce` by the one who signed it.
pub(super) async fn announce(job: &Job<'_>, tx: &mut Tx, what: &AnnounceOf) -> Applied {
    if !is_group(job.actor) {
        return refused("a boost by somebody who is no community");
    }
    // A report about somebody here is for this server, whoever follows.
    if let AnnounceOf::Activity(inner) = what
        && let Deed::Flag { objects, reason } = &inner.deed
    {
        return reports::passed_on(job, tx, objects, reason.as_deref()).await;
    }
    if !tx.is_followed_here(job.actor.id).await? {
        return refused("nobody here follows this community");
    }
    let ctx = &job.federation.actions;
    if actions::shown_while_pending(ctx, tx, job.actor).await? > 0 {
        tracing::info!(community = %job.actor.uri, "taken as the answer to a follow");
    }
    match what {
        AnnounceOf::Batch(several) => {
            let mut outcomes = Vec::with_capacity(several.len());
            let mut lacking = Vec::new();
            for one in several {
                match relayed(job, tx, one).await {
                    Ok(outcome) => outcomes.push(outcome.words()),
                    Err(Stop::Lack(lack)) => lacking.push(lack),
                    Err(stop) => return Err(stop),
                }
            }
            if !lacking.is_empty() {
                return Err(Stop::Lack(Lack::Several(lacking)));
            }
            done(format!(
                "a batch of {}: {}",
                outcomes.len(),
                outcomes.join("; ")
            ))
        }
        one => relayed(job, tx, one).await,
    }
}

async fn relayed(job: &Job<'_>, tx: &mut Tx, what: &AnnounceOf) -> Applied {
    match what {
        AnnounceOf::Id(id) => post(job, tx, id, None).await,
        AnnounceOf::Object(object) => {
            let content = Content {
                object,
                proven: false,
            };
            post(job, tx, &object.id, Some(content)).await
        }
        AnnounceOf::Activity(inner) => match &inner.deed {
            Deed::Create(ObjectRef::Embedded(object)) => {
                if choice(object).is_some() {
                    return refused("choices in polls are for their authors to count");
                }
                let content = Content {
                    object,
                    proven: speaks_by_proof(job, tx, inner, object).await?,
                };
                post(job, tx, &object.id, Some(content)).await
            }
            Deed::Create(ObjectRef::Id(id)) => post(job, tx, id, None).await,
            _ => passed_on::apply(job, tx, inner).await,
        },
        AnnounceOf::Batch(_) => refused("a batch within a batch"),
    }
}

/// A post as the community passed it on.
pub(super) struct Content<'a> {
    pub object: &'a RemoteObject,
    /// Whether its author's own proof came along.
    pub proven: bool,
}

/// Whether an activity that was passed on proves that its author wrote this post.
/// Looked into only where the community does not speak for the post anyway.
pub(super) async fn speaks_by_proof(
    job: &Job<'_>,
    tx: &mut Tx,
    inner: &Incoming,
    object: &RemoteObject,
) -> Result<bool, Stop> {
    let could = object.authors.contains(&inner.actor)
        && same_origin(&object.id, &inner.actor)
        && object.speaks_for_its_authors();
    if !could || same_origin(&object.id, &job.activity.actor) {
        return Ok(false);
    }
    proofs::holds(job, tx, inner).await
}

/// Takes in a post that the community passed on, with or without its content.
pub(super) async fn post(
    job: &Job<'_>,
    tx: &mut Tx,
    id: &Url,
    content: Option<Content<'_>>,
) -> Applied {
    let stored = tx.post_by_uri(id.as_str()).await?;
    let has_place = stored.as_ref().is_some_and(|post| {
        post.is_local || post.community_id.is_some() || post.state != PostState::Published
    });
    if has_place {
        if let Some(post) = &stored {
            actions::shown_by(&job.federation.actions, tx, job.actor, post).await?;
        }
        return done("known already");
    }
    if job.federation.actions.site.is_ours(id.as_str()) {
        return refused("no such post here");
    }
    let vouched = content.filter(|content| {
        content.object.speaks_for_its_authors()
            && (content.proven || same_origin(&content.object.id, &job.activity.actor))
    });
    let fetched: Arc<RemoteObject>;
    let object = match vouched {
        Some(content) => content.object,
        None => match known(job.federation, id)? {
            Known::Post(post) => {
                fetched = post;
                fetched.as_ref()
            }
            Known::Missing(why) => return refused(format!("the post cannot be had: {why}")),
        },
    };
    let Some(author_uri) = object.authors.first() else {
        return refused("the post has no author");
    };
    let Some(author) = tx.actor_by_uri(author_uri.as_str()).await? else {
        if let Some(Known::Missing(why)) = job.federation.found.post(author_uri.as_str()) {
            return refused(format!("its author cannot be had: {why}"));
        }
        return Err(Stop::Lack(Lack::Actor(author_uri.clone())));
    };
    if author.state != ActorState::Active {
        return refused("its author does not act any more");
    }
    if author.host_blocked {
        return refused("its author's server is blocked");
    }
    if !object
        .visibility(author.followers.as_deref())
        .may_be_announced()
    {
        return refused("not_public");
    }
    let parent = parent_of(job, tx, object).await?;
    let own = posts::belongs(job.actor, object, parent.as_ref());
    if let Some(post) = stored {
        // Met before as what somebody answers, or by its author alone.
        if own {
            tx.adopt_post(post.id, job.actor.id).await?;
            actions::adopted(&job.federation.actions, tx, job.actor, post.id).await?;
        }
        actions::shown_by(&job.federation.actions, tx, job.actor, &post).await?;
        return done("known already");
    }
    let about = About {
        author: &author,
        community: Some(job.actor).filter(|_| own),
        parent: parent.as_ref(),
        received: None,
    };
    let outcome = submit(job, tx, object, about).await?;
    if !own && let Some(post) = tx.post_by_uri(object.id.as_str()).await? {
        // It boosts what belongs elsewhere.
        actions::shown_by(&job.federation.actions, tx, job.actor, &post).await?;
    }
    Ok(outcome)
}

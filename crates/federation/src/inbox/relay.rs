//! What remote communities pass on to their followers here.
//!
//! A community speaks for itself, not for other servers: what it passes on is
//! believed only when it lives on the community's own server, else fetched at
//! its origin.

use std::sync::Arc;

use archipel_model::{ActorState, same_origin};
use archipel_storage::{Post, PostState, Tx};
use url::Url;

use super::apply::{Applied, Job, Lack, Stop, done, refused};
use super::create::{About, known, parent_of, submit};
use crate::found::Known;
use crate::parse::{AnnounceOf, Deed, ObjectRef, RemoteObject};
use crate::people::is_group;

/// Applies an `Announce` by the one who signed it.
pub(super) async fn announce(job: &Job<'_>, tx: &mut Tx, what: &AnnounceOf) -> Applied {
    if !is_group(job.actor) {
        return refused("a boost by somebody who is no community");
    }
    if !tx.is_followed_here(job.actor.id).await? {
        return refused("nobody here follows this community");
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
        AnnounceOf::Object(object) => post(job, tx, &object.id, Some(object)).await,
        AnnounceOf::Activity(inner) => match &inner.deed {
            Deed::Create(ObjectRef::Embedded(object)) => {
                post(job, tx, &object.id, Some(object)).await
            }
            Deed::Create(ObjectRef::Id(id)) => post(job, tx, id, None).await,
            _ => refused("only posts are handled"),
        },
        AnnounceOf::Batch(_) => refused("a batch within a batch"),
    }
}

/// Takes in a post that the community passed on, with or without its content.
async fn post(job: &Job<'_>, tx: &mut Tx, id: &Url, content: Option<&RemoteObject>) -> Applied {
    let stored = tx.post_by_uri(id.as_str()).await?;
    let has_place = stored.as_ref().is_some_and(|post| {
        post.is_local || post.community_id.is_some() || post.state != PostState::Published
    });
    if has_place {
        return done("known already");
    }
    if job.federation.actions.site.is_ours(id.as_str()) {
        return refused("no such post here");
    }
    let vouched = content.filter(|object| {
        same_origin(&object.id, &job.activity.actor) && object.speaks_for_its_authors()
    });
    let fetched: Arc<RemoteObject>;
    let object = match vouched {
        Some(object) => object,
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
    let own = belongs(job, object, parent.as_ref());
    if let Some(post) = stored {
        // Met before as what somebody answers, or by its author alone.
        if own {
            tx.adopt_post(post.id, job.actor.id).await?;
        }
        return done("known already");
    }
    let about = About {
        author: &author,
        community: Some(job.actor).filter(|_| own),
        parent: parent.as_ref(),
        received: None,
    };
    submit(job, tx, object, about).await
}

/// Whether a post belongs to the community that passes it on: it says so itself, or
/// answers what belongs there. Otherwise anybody could make the posts of others,
/// and all answers to them, their own by announcing them first.
fn belongs(job: &Job<'_>, object: &RemoteObject, parent: Option<&Post>) -> bool {
    let group = &job.activity.actor;
    if let Some(community) = parent.and_then(|parent| parent.community_id) {
        return community == job.actor.id;
    }
    if !object.audience.is_empty() {
        return object.audience.contains(group);
    }
    let mentions = object.mentions.iter().map(|mention| &mention.href);
    object
        .to
        .iter()
        .chain(&object.cc)
        .chain(&object.groups)
        .chain(mentions)
        .any(|address| address == group)
}

//! What remote communities pass on to their followers here.
//!
//! A community speaks for itself, not for other servers: what it passes on is
//! believed only when it lives on the community's own server, else fetched at
//! its origin.

use std::sync::Arc;

use archipel_model::same_origin;
use archipel_storage::Tx;
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
            for one in several {
                outcomes.push(relayed(job, tx, one).await?.words());
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
    if let Some(post) = tx.post_by_uri(id.as_str()).await? {
        tx.adopt_post(post.id, job.actor.id).await?;
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
        return Err(Stop::Lack(Lack::Actor(author_uri.clone())));
    };
    let parent = parent_of(job, tx, object).await?;
    let about = About {
        author: &author,
        community: Some(job.actor),
        parent: parent.as_ref(),
        received: None,
    };
    submit(job, tx, object, about).await
}

//! What moderators of our communities do from their own servers (FEP-1b12): each
//! becomes the same action as if it were done here. Whether they may is decided by
//! the action, from our own database.

use archipel_actions::{self as actions, Door, Order};
use archipel_model::Role;
use archipel_storage::{Actor, Post, Tx};
use url::Url;

use super::job::{Applied, Job, Lack, Stop, done, refused};
use crate::parse::{self, RemoteObject};
use crate::people::is_group;

impl Job<'_> {
    /// An order by the one who signed, in this community.
    pub(super) fn order<'a>(&'a self, community: &'a Actor, reason: Option<&'a str>) -> Order<'a> {
        Order {
            by: self.actor,
            community,
            door: Door::Federation {
                uri: self.activity.id.as_str(),
                raw: &self.item.raw,
            },
            reason: reason.filter(|reason| !reason.is_empty()),
            rule: None,
        }
    }

    /// The community of ours that a post belongs to.
    pub(super) async fn home(&self, tx: &mut Tx, post: &Post) -> Result<Option<Actor>, Stop> {
        let Some(id) = post.community_id else {
            return Ok(None);
        };
        Ok(tx.actor(id).await?.filter(|community| community.is_local))
    }
}

/// What became of an order: who may not is refused, which is no trouble.
pub(super) fn ordered(result: actions::Result<bool>, words: &str) -> Applied {
    match result {
        Ok(true) => done(words),
        Ok(false) => refused("it was so already"),
        Err(actions::Error::Denied(denial)) => refused(denial.as_str()),
        Err(
            error @ (actions::Error::NotAPerson(_)
            | actions::Error::NotAThread
            | actions::Error::NotShown
            | actions::Error::LocalOnly(_)
            | actions::Error::TooManyPinned(_)
            | actions::Error::NotACommunity(_)
            | actions::Error::OnlyThreadsMove
            | actions::Error::AnotherReach
            | actions::Error::NotTheirs(_)
            | actions::Error::NoSuchReport
            | actions::Error::Inactive(_)),
        ) => refused(error.to_string()),
        Err(error) => Err(error.into()),
    }
}

/// Applies a removal by somebody who is not the author.
pub(super) async fn remove(
    job: &Job<'_>,
    tx: &mut Tx,
    post: &Post,
    reason: Option<&str>,
    with_replies: bool,
) -> Applied {
    let Some(community) = job.home(tx, post).await? else {
        return refused("not deleted by its author");
    };
    let ctx = &job.federation.actions;
    if reason.is_none() {
        // Only with a reason, be it empty, does a server speak as a moderator for
        // what lives on it; without, somebody there deletes what is not theirs.
        let standing = tx.standing(community.id, job.actor.id, ctx.now()).await?;
        if standing.role.is_none() {
            return refused("not deleted by its author");
        }
    }
    let order = job.order(&community, reason);
    let removed = actions::remove_post(ctx, tx, &order, post, with_replies).await;
    ordered(removed, "the post is removed")
}

/// Applies the end of a removal.
pub(super) async fn restore(job: &Job<'_>, tx: &mut Tx, post: &Post) -> Applied {
    let Some(community) = job.home(tx, post).await? else {
        return refused("restores nothing that is known");
    };
    let order = job.order(&community, None);
    let restored = actions::restore_post(&job.federation.actions, tx, &order, post).await;
    ordered(restored, "the post is restored")
}

/// Applies a lock, or its end.
pub(super) async fn lock(
    job: &Job<'_>,
    tx: &mut Tx,
    object: &Url,
    reason: Option<&str>,
    locked: bool,
) -> Applied {
    let Some(post) = tx.post_by_uri(object.as_str()).await? else {
        return refused("concerns no post that is known");
    };
    let Some(community) = job.home(tx, &post).await? else {
        return refused("the post belongs to no community here");
    };
    let order = job.order(&community, reason);
    let ctx = &job.federation.actions;
    let result = actions::set_locked(ctx, tx, &order, &post, locked).await;
    ordered(
        result,
        if locked {
            "the thread is locked"
        } else {
            "the thread is open again"
        },
    )
}

/// The collections of a community that moderators change.
enum List {
    Moderators,
    Featured,
}

/// Applies a change to a community's moderators or to what it shows on top.
pub(super) async fn listed(
    job: &Job<'_>,
    tx: &mut Tx,
    object: &Url,
    target: Option<&Url>,
    add: bool,
) -> Applied {
    let Some((community, list)) = collection(job, tx, target).await? else {
        return refused("concerns no collection of ours");
    };
    let order = job.order(&community, None);
    let ctx = &job.federation.actions;
    match list {
        List::Moderators => {
            let Some(person) = tx.actor_by_uri(object.as_str()).await? else {
                return Err(Stop::Lack(Lack::Actor(object.clone())));
            };
            let result = if add {
                actions::appoint(ctx, tx, &order, &person, Role::Moderator).await
            } else {
                actions::dismiss(ctx, tx, &order, &person).await
            };
            ordered(result, "the moderators changed")
        }
        List::Featured => {
            let Some(post) = tx.post_by_uri(object.as_str()).await? else {
                return refused("concerns no post that is known");
            };
            let result = actions::set_pinned(ctx, tx, &order, &post, add).await;
            ordered(result, "what is on top changed")
        }
    }
}

async fn collection(
    job: &Job<'_>,
    tx: &mut Tx,
    target: Option<&Url>,
) -> Result<Option<(Actor, List)>, Stop> {
    let Some((group, name)) = target.and_then(|target| target.as_str().rsplit_once('/')) else {
        return Ok(None);
    };
    let list = match name {
        "moderators" => List::Moderators,
        "featured" => List::Featured,
        _ => return Ok(None),
    };
    let Ok(group) = Url::parse(group) else {
        return Ok(None);
    };
    let community = job.local_actor(tx, &group).await?.filter(is_group);
    Ok(community.map(|community| (community, list)))
}

/// Applies a move of a thread from one of our communities to another (`PieFed`,
/// `NodeBB`).
pub(super) async fn moved(
    job: &Job<'_>,
    tx: &mut Tx,
    object: &Url,
    origin: Option<&Url>,
    target: &Url,
) -> Applied {
    // NodeBB moves the thread's context, which of ours hangs below the post.
    let uri = object.as_str();
    let uri = uri.strip_suffix("/context").unwrap_or(uri);
    let Some(post) = tx.post_by_uri(uri).await? else {
        return refused("concerns no post that is known");
    };
    let Some(community) = job.home(tx, &post).await? else {
        return refused("the post belongs to no community here");
    };
    if origin.is_some_and(|origin| origin.as_str() != community.uri) {
        return refused("the post is not where it is to be moved from");
    }
    let Some(to) = job.local_actor(tx, target).await?.filter(is_group) else {
        return refused("threads are moved to communities of this server only");
    };
    let order = job.order(&community, None);
    let result = actions::move_thread(&job.federation.actions, tx, &order, &post, &to).await;
    ordered(result, "the thread is moved")
}

/// Applies what a moderator changed of a post of somebody else: its mark as
/// sensitive (Lemmy 1.0), or that it takes no more replies (Mbin). The rest is its
/// author's.
pub(super) async fn touched(
    job: &Job<'_>,
    tx: &mut Tx,
    post: &Post,
    object: &RemoteObject,
) -> Applied {
    let Some(community) = job.home(tx, post).await? else {
        return refused("edited by somebody who is not its author");
    };
    let order = job.order(&community, None);
    let ctx = &job.federation.actions;
    if object.comments_enabled == Some(false) && !post.locked {
        let result = actions::set_locked(ctx, tx, &order, post, true).await;
        return ordered(result, "the thread is locked");
    }
    let result = actions::set_marked(ctx, tx, &order, post, object.sensitive).await;
    ordered(result, "the mark is changed")
}

/// Applies what a moderator changed of one of our communities.
pub(super) async fn edited(job: &Job<'_>, tx: &mut Tx, community: &Actor) -> Applied {
    let Ok(update) = serde_json::from_str(&job.item.raw) else {
        return refused("not JSON");
    };
    let profile = parse::profile(&update);
    let change = actions::CommunityChange {
        title: profile.name,
        description: profile.description,
        rules: profile.rules,
        ..actions::CommunityChange::default()
    };
    if change.title.is_none() && change.description.is_none() && change.rules.is_none() {
        return refused("changes nothing that moderators may change");
    }
    let order = job.order(community, None);
    let result = actions::change_community(&job.federation.actions, tx, &order, &change).await;
    ordered(result, "the community is changed")
}

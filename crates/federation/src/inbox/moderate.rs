//! What moderators of our communities do from their own servers (FEP-1b12): each
//! becomes the same action as if it were done here. Whether they may is decided by
//! the action, from our own database.

use archipel_actions::{self as actions, Door, Order};
use archipel_storage::{Actor, Post, Tx};

use super::apply::{Applied, Job, Stop, done, refused};

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

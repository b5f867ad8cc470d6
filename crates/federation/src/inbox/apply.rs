//! Turns one received activity into actions, inside the worker's transaction.
//!
//! Never awaits the network: what is missing is returned as [`Lack`], fetched by
//! the worker, and the activity is applied again. Authority comes from the
//! database: who signed was proven by the gate, who owns what is looked up here.

use archipel_actions::{self as actions, FollowOutcome, FollowRequest};
use archipel_model::{ActorState, Host, ReactionClass, ReactionKind};
use archipel_storage::{Actor, InboxItem, Tx};
use url::Url;

use super::job::{Applied, Job, Lack, Stop, done, refused};
use super::{bans, create, edit, moderate, moves, react, relay, reports};
use crate::parse::{self, AnnounceOf, Deed, FollowRef, ObjectRef, UndoOf};
use crate::people::is_group;
use crate::state::Federation;

/// Applies one received activity.
pub(super) async fn apply(federation: &Federation, tx: &mut Tx, item: &InboxItem) -> Applied {
    #[cfg(test)]
    assert!(
        !item.raw.contains(super::tests::POISON),
        "as the test wants"
    );
    let Ok(value) = serde_json::from_str(&item.raw) else {
        return refused("not JSON");
    };
    let activity = match parse::activity(&value) {
        Ok(activity) => activity,
        Err(error) => return refused(format!("{error}")),
    };
    if activity.actor.as_str() != item.signer_uri {
        return refused("signed by somebody else");
    }
    let Some(actor) = tx.actor_by_uri(&item.signer_uri).await? else {
        return Err(Stop::Lack(Lack::Actor(activity.actor.clone())));
    };
    if actor.is_local {
        return refused("nobody here speaks through the inbox");
    }
    if !is_heard(federation, tx, &actor).await? {
        return refused("its server is not spoken with");
    }
    let job = Job {
        federation,
        item,
        activity: &activity,
        actor: &actor,
    };
    let is_own = match &activity.deed {
        Deed::Delete { .. } => true,
        // It may say that it is suspended no more.
        Deed::Update(ObjectRef::Actor(object)) => {
            *object == activity.actor && actor.state == ActorState::Suspended
        }
        _ => false,
    };
    if actor.state != ActorState::Active && !is_own {
        return refused("the actor does not act any more");
    }
    job.dispatch(tx).await
}

/// Whether the server of an actor may speak with us: what was kept before a decision
/// is worked off after it, and what was let in a moment ago is not turned away.
async fn is_heard(federation: &Federation, tx: &mut Tx, actor: &Actor) -> Result<bool, Stop> {
    if actor.host_blocked {
        return Ok(false);
    }
    let Ok(host) = actor.host.parse::<Host>() else {
        return Ok(false);
    };
    let peers = &federation.peers;
    Ok(peers.admits(&host).is_ok() || peers.admits_by(&tx.domains().await?, &host).is_ok())
}

impl Job<'_> {
    async fn dispatch(&self, tx: &mut Tx) -> Applied {
        match &self.activity.deed {
            Deed::Follow { object } => self.follow(tx, object).await,
            Deed::Accept(what) => self.answered(tx, what, true).await,
            Deed::Reject(what) => self.answered(tx, what, false).await,
            Deed::Undo(what) => self.undo(tx, what).await,
            Deed::Create(what) => create::create(self, tx, what).await,
            Deed::Announce(AnnounceOf::Id(id)) if !is_group(self.actor) => {
                react::react(self, tx, id, ReactionKind::Boost, None).await
            }
            Deed::Announce(AnnounceOf::Object(post)) if !is_group(self.actor) => {
                react::react(self, tx, &post.id, ReactionKind::Boost, None).await
            }
            Deed::Announce(what) => relay::announce(self, tx, what).await,
            Deed::Like { object, emoji } => {
                react::react(self, tx, object, ReactionKind::Like, emoji.as_deref()).await
            }
            Deed::Dislike { object } => {
                react::react(self, tx, object, ReactionKind::Dislike, None).await
            }
            Deed::Choose { object, choice } => react::choose(self, tx, object, choice).await,
            Deed::Delete {
                object,
                summary,
                with_replies,
                remove_data,
                ..
            } => {
                if *object == self.activity.actor {
                    let ctx = &self.federation.actions;
                    actions::actor_deleted(ctx, tx, self.actor, !remove_data).await?;
                    return done("the actor is gone");
                }
                let reason = summary.as_deref();
                self.delete(tx, object, reason, *with_replies).await
            }
            Deed::Update(what) => edit::update(self, tx, what).await,
            Deed::Lock { object, summary } => {
                moderate::lock(self, tx, object, summary.as_deref(), true).await
            }
            Deed::Add { object, target, .. } => {
                moderate::listed(self, tx, object, target.as_ref(), true).await
            }
            Deed::Remove { object, target } => {
                moderate::listed(self, tx, object, target.as_ref(), false).await
            }
            Deed::Block {
                object,
                target,
                summary,
                expires,
                remove_data,
            } => {
                let ban = actions::Ban {
                    ends_at: *expires,
                    with_content: *remove_data,
                };
                let reason = summary.as_deref();
                bans::ban(self, tx, object, target.as_ref(), reason, ban).await
            }
            Deed::Flag { objects, reason } => {
                reports::flag(self, tx, objects, reason.as_deref()).await
            }
            Deed::Resolve { flag, object } => {
                reports::resolve(self, tx, flag.as_ref(), object.as_ref()).await
            }
            Deed::Warn { object, summary } => {
                reports::warn(self, tx, object, summary.as_deref()).await
            }
            Deed::Move {
                object,
                origin,
                target,
            } if *object != self.activity.actor => {
                moderate::moved(self, tx, object, origin.as_ref(), target).await
            }
            Deed::Move { target, .. } => moves::moved(self, tx, target).await,
            Deed::Other(kind) => refused(format!("{kind} is not handled")),
        }
    }

    async fn follow(&self, tx: &mut Tx, object: &Url) -> Applied {
        let Some(target) = self.local_actor(tx, object).await? else {
            return refused("follows nobody who lives here");
        };
        let request = FollowRequest {
            follower: self.actor,
            target: &target,
            received: Some(actions::ReceivedFollow {
                uri: self.activity.id.as_str(),
                raw: &self.item.raw,
            }),
        };
        match actions::follow(&self.federation.actions, tx, request).await {
            Ok(FollowOutcome::Accepted) => done(format!("follows {}", target.handle)),
            Ok(FollowOutcome::Pending) => done(format!("asks to follow {}", target.handle)),
            Ok(FollowOutcome::Rejected) => refused(format!("not let into {}", target.handle)),
            Err(actions::Error::Inactive(who)) => refused(format!("{who} is gone")),
            Err(error) => Err(error.into()),
        }
    }

    async fn answered(&self, tx: &mut Tx, what: &FollowRef, accept: bool) -> Applied {
        if !what.may_be_follow() {
            return refused("answers something else than a follow");
        }
        let follower = match (&what.actor, &what.id) {
            (Some(actor), _) => self.local_actor(tx, actor).await?,
            (None, Some(id)) => match tx.local_follow_by_uri(id.as_str()).await? {
                Some(follow) if follow.target_id == self.actor.id => {
                    tx.actor(follow.follower_id).await?
                }
                _ => None,
            },
            (None, None) => None,
        };
        let Some(follower) = follower else {
            return refused("answers a follow that nobody here asked for");
        };
        let ctx = &self.federation.actions;
        let known = actions::follow_answered(ctx, tx, &follower, self.actor, accept).await?;
        match (known, accept) {
            (false, _) => refused("answers a follow that nobody here asked for"),
            (true, true) => done(format!("accepts the follow of {}", follower.handle)),
            (true, false) => done(format!("rejects the follow of {}", follower.handle)),
        }
    }

    async fn undo(&self, tx: &mut Tx, what: &UndoOf) -> Applied {
        let target = match what {
            // Peers make up the inner id anew: who and whom is what counts.
            UndoOf::Follow { actor, object, .. } => {
                if actor.as_ref().is_some_and(|a| *a != self.activity.actor) {
                    return refused("undoes the follow of somebody else");
                }
                self.local_actor(tx, object).await?
            }
            UndoOf::ById(id) => match tx.follow_by_uri(id.as_str(), self.actor.id).await? {
                Some(follow) => tx.actor(follow.target_id).await?,
                None if tx
                    .blocked_by_uri(self.actor.id, id.as_str())
                    .await?
                    .is_some() =>
                {
                    return bans::unblock_by_id(self, tx, id).await;
                }
                None => match react::take_back_by_id(self, tx, id).await? {
                    Some(outcome) => return Ok(outcome),
                    None => None,
                },
            },
            UndoOf::Like { actor, object, .. } | UndoOf::Dislike { actor, object, .. } => {
                let (by, class) = (actor.as_ref(), ReactionClass::Vote);
                return react::take_back(self, tx, by, object, class).await;
            }
            UndoOf::Announce {
                actor,
                object: Some(object),
                ..
            } => {
                let (by, class) = (actor.as_ref(), ReactionClass::Boost);
                return react::take_back(self, tx, by, object, class).await;
            }
            UndoOf::Announce { id: Some(id), .. } => {
                return match react::take_back_by_id(self, tx, id).await? {
                    Some(outcome) => Ok(outcome),
                    None => refused("undoes nothing that is known"),
                };
            }
            UndoOf::Delete { object, .. } => {
                return match tx.post_by_uri(object.as_str()).await? {
                    Some(post) => moderate::restore(self, tx, &post).await,
                    None => refused("restores nothing that is known"),
                };
            }
            UndoOf::Lock { object, .. } => {
                return moderate::lock(self, tx, object, None, false).await;
            }
            UndoOf::Block { object, target, .. } => {
                return bans::unban(self, tx, object, target.as_ref()).await;
            }
            _ => return refused("undoes something that is not handled"),
        };
        let Some(target) = target else {
            return refused("undoes nothing that is known");
        };
        let ctx = &self.federation.actions;
        let stopped = actions::unfollow(ctx, tx, self.actor, &target).await?;
        if stopped {
            done(format!("follows {} no more", target.handle))
        } else {
            refused("did not follow")
        }
    }

    async fn delete(
        &self,
        tx: &mut Tx,
        object: &Url,
        reason: Option<&str>,
        with_replies: bool,
    ) -> Applied {
        let ctx = &self.federation.actions;
        let Some(post) = tx.post_by_uri(object.as_str()).await? else {
            // It may still be on its way, and must not come to life then.
            let own = archipel_model::same_origin(object, &self.activity.actor)
                && tx.actor_by_uri(object.as_str()).await?.is_none();
            if own {
                actions::author_deleted_unseen(ctx, tx, self.actor, object.as_str()).await?;
            }
            return refused("deletes nothing that is known");
        };
        if post.author_id != self.actor.id {
            return moderate::remove(self, tx, &post, reason, with_replies).await;
        }
        if actions::author_deleted(ctx, tx, self.actor, &post, Some(&self.item.raw)).await? {
            done("the post is deleted")
        } else {
            refused("it was so already")
        }
    }
}

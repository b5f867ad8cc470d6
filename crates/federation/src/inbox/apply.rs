//! Turns one received activity into actions, inside the worker's transaction.
//!
//! Never awaits the network: what is missing is returned as [`Lack`], fetched by
//! the worker, and the activity is applied again. Authority comes from the
//! database: who signed was proven by the gate, who owns what is looked up here.

use archipel_actions::{self as actions, FollowOutcome, FollowRequest};
use archipel_model::{ActorState, Place};
use archipel_storage::{Actor, InboxItem, Tx};
use url::Url;

use super::{create, relay};
use crate::parse::{self, Deed, FollowRef, Incoming, ObjectRef, UndoOf};
use crate::state::Federation;

/// What became of an activity, in words for the operator.
pub(super) type Outcome = String;

/// What is missing to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// An actor.
    Actor(Url),
    /// A newer reading of an actor.
    FreshActor(Url),
    /// A post, with the posts that it answers.
    Post(Url),
}

/// Why an activity was not applied.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stop {
    /// Something must be fetched first.
    #[error("something must be fetched first")]
    Lack(Lack),
    /// An action failed.
    #[error(transparent)]
    Action(#[from] actions::Error),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] archipel_storage::Error),
}

pub(super) type Applied = Result<Outcome, Stop>;

/// One activity with what is needed to apply it.
pub(super) struct Job<'a> {
    pub federation: &'a Federation,
    pub item: &'a InboxItem,
    pub activity: &'a Incoming,
    /// Who signed it, which is who did it.
    pub actor: &'a Actor,
}

/// Applies one received activity.
pub(super) async fn apply(federation: &Federation, tx: &mut Tx, item: &InboxItem) -> Applied {
    let Ok(value) = serde_json::from_str(&item.raw) else {
        return Ok("ignored: not JSON".to_owned());
    };
    let activity = match parse::activity(&value) {
        Ok(activity) => activity,
        Err(error) => return Ok(format!("ignored: {error}")),
    };
    if activity.actor.as_str() != item.signer_uri {
        return Ok("ignored: signed by somebody else".to_owned());
    }
    let Some(actor) = tx.actor_by_uri(&item.signer_uri).await? else {
        return Err(Stop::Lack(Lack::Actor(activity.actor.clone())));
    };
    if actor.is_local {
        return Ok("ignored: nobody here speaks through the inbox".to_owned());
    }
    let job = Job {
        federation,
        item,
        activity: &activity,
        actor: &actor,
    };
    if actor.state != ActorState::Active && !matches!(activity.deed, Deed::Delete { .. }) {
        return Ok("ignored: the actor does not act any more".to_owned());
    }
    job.dispatch(tx).await
}

impl Job<'_> {
    async fn dispatch(&self, tx: &mut Tx) -> Applied {
        match &self.activity.deed {
            Deed::Follow { object } => self.follow(tx, object).await,
            Deed::Accept(what) => self.answered(tx, what, true).await,
            Deed::Reject(what) => self.answered(tx, what, false).await,
            Deed::Undo(what) => self.undo(tx, what).await,
            Deed::Create(what) => create::create(self, tx, what).await,
            Deed::Announce(what) => relay::announce(self, tx, what).await,
            Deed::Delete { object, .. } => self.delete(tx, object).await,
            Deed::Update(ObjectRef::Actor(object)) if object == &self.activity.actor => {
                if self.actor.fetched_at < self.item.received_at {
                    return Err(Stop::Lack(Lack::FreshActor(object.clone())));
                }
                Ok("the actor was read again".to_owned())
            }
            Deed::Update(_) => Ok("ignored: edits are not handled".to_owned()),
            Deed::Other(kind) => Ok(format!("ignored: {kind} is not handled")),
            other => Ok(format!("ignored: {} is not handled", name(other))),
        }
    }

    async fn follow(&self, tx: &mut Tx, object: &Url) -> Applied {
        let Some(target) = self.local_actor(tx, object).await? else {
            return Ok("ignored: follows nobody who lives here".to_owned());
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
            Ok(FollowOutcome::Accepted) => Ok(format!("follows {}", target.handle)),
            Ok(FollowOutcome::Pending) => Ok(format!("asks to follow {}", target.handle)),
            Err(actions::Error::Inactive(who)) => Ok(format!("ignored: {who} is gone")),
            Err(error) => Err(error.into()),
        }
    }

    async fn answered(&self, tx: &mut Tx, what: &FollowRef, accept: bool) -> Applied {
        if !what.may_be_follow() {
            return Ok("ignored: answers something else than a follow".to_owned());
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
            return Ok("ignored: answers a follow that nobody here asked for".to_owned());
        };
        let ctx = &self.federation.actions;
        let known = actions::follow_answered(ctx, tx, &follower, self.actor, accept).await?;
        Ok(match (known, accept) {
            (false, _) => "ignored: answers a follow that nobody here asked for".to_owned(),
            (true, true) => format!("accepts the follow of {}", follower.handle),
            (true, false) => format!("rejects the follow of {}", follower.handle),
        })
    }

    async fn undo(&self, tx: &mut Tx, what: &UndoOf) -> Applied {
        let target = match what {
            // Peers make up the inner id anew: who and whom is what counts.
            UndoOf::Follow { actor, object, .. } => {
                if actor.as_ref().is_some_and(|a| *a != self.activity.actor) {
                    return Ok("ignored: undoes the follow of somebody else".to_owned());
                }
                self.local_actor(tx, object).await?
            }
            UndoOf::ById(id) => match tx.follow_by_uri(id.as_str(), self.actor.id).await? {
                Some(follow) => tx.actor(follow.target_id).await?,
                None => None,
            },
            _ => return Ok("ignored: undoes something that is not handled".to_owned()),
        };
        let Some(target) = target else {
            return Ok("ignored: undoes nothing that is known".to_owned());
        };
        let ctx = &self.federation.actions;
        let stopped = actions::unfollow(ctx, tx, self.actor, &target).await?;
        Ok(if stopped {
            format!("follows {} no more", target.handle)
        } else {
            "ignored: did not follow".to_owned()
        })
    }

    async fn delete(&self, tx: &mut Tx, object: &Url) -> Applied {
        let ctx = &self.federation.actions;
        if *object == self.activity.actor {
            actions::actor_gone(ctx, tx, self.actor).await?;
            return Ok("the actor is gone".to_owned());
        }
        let Some(post) = tx.post_by_uri(object.as_str()).await? else {
            return Ok("ignored: deletes nothing that is known".to_owned());
        };
        let deleted = actions::author_deleted(ctx, tx, self.actor, &post).await?;
        Ok(if deleted {
            "the post is deleted".to_owned()
        } else {
            "ignored: not deleted by its author".to_owned()
        })
    }

    /// The local actor at one of our addresses.
    pub(super) async fn local_actor(&self, tx: &mut Tx, uri: &Url) -> Result<Option<Actor>, Stop> {
        let handle = match self.federation.actions.site.place(uri.as_str()) {
            Some(Place::Community(handle) | Place::Person(handle)) => handle,
            _ => return Ok(None),
        };
        let actor = tx.local_actor(handle.as_str()).await?;
        // The address must be that of the actor, not of a namesake of another kind.
        Ok(actor.filter(|actor| {
            self.federation.actions.site.place(uri.as_str())
                == self.federation.actions.site.place(&actor.uri)
        }))
    }
}

fn name(deed: &Deed) -> &'static str {
    match deed {
        Deed::Like { .. } => "Like",
        Deed::Dislike { .. } => "Dislike",
        Deed::Add { .. } => "Add",
        Deed::Remove { .. } => "Remove",
        Deed::Block { .. } => "Block",
        Deed::Flag { .. } => "Flag",
        Deed::Move { .. } => "Move",
        Deed::Lock { .. } => "Lock",
        _ => "this",
    }
}

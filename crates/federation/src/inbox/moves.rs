//! A received `Move` of an actor by itself (FEP-7628). That of a post between communities
//! is none.

use archipel_actions::{self as actions, MoveOutcome};
use archipel_model::Place;
use archipel_storage::{Actor, Tx};
use url::Url;

use super::job::{Applied, Job, Lack, Stop, done, refused};

/// Applies a `Move` of the one who signed it.
pub(super) async fn moved(job: &Job<'_>, tx: &mut Tx, target: &Url) -> Applied {
    let Some(new) = newest(job, tx, target).await? else {
        return refused("moves to nobody who lives here");
    };
    let ctx = &job.federation.actions;
    match actions::actor_moved(ctx, tx, job.actor, &new).await? {
        MoveOutcome::Refused(why) => refused(why),
        MoveOutcome::Moved(followers, led) => {
            if !led.is_empty() {
                let (old, communities) = (&job.actor.uri, led.join(", "));
                tracing::info!(
                    old,
                    new = new.uri,
                    communities,
                    "somebody with a role moved; roles are given anew by people"
                );
            }
            done(format!("moved to {}, {followers} follow", new.acct()))
        }
    }
}

/// The new actor as its own server shows it now, since that is what makes a move true.
async fn newest(job: &Job<'_>, tx: &mut Tx, target: &Url) -> Result<Option<Actor>, Stop> {
    if job.federation.actions.site.is_ours(target.as_str()) {
        return match job.federation.actions.site.place(target.as_str()) {
            Some(Place::Community(_) | Place::Person(_)) => job.local_actor(tx, target).await,
            _ => Ok(None),
        };
    }
    match tx.actor_by_uri(target.as_str()).await? {
        Some(new) if new.fetched_at >= job.item.received_at => Ok(Some(new)),
        _ => Err(Stop::Lack(Lack::FreshActor(target.clone()))),
    }
}

//! Bans that arrive: from one of our communities, by its moderators; and of somebody
//! by their own server, which is believed of its own people and of nobody else.

use archipel_actions as actions;
use archipel_model::{ActorState, same_origin};
use archipel_storage::{Actor, Tx};
use url::Url;

use super::job::{Applied, Job, Lack, Stop, refused};
use super::moderate::ordered;
use crate::people::is_group;

/// Applies a ban.
pub(super) async fn ban(
    job: &Job<'_>,
    tx: &mut Tx,
    object: &Url,
    target: Option<&Url>,
    reason: Option<&str>,
    ban: actions::Ban,
) -> Applied {
    let place = match place(job, tx, object, target).await? {
        Ok(place) => place,
        Err(why) => return refused(why),
    };
    let Some(person) = tx.actor_by_uri(object.as_str()).await? else {
        // Nobody who is not known takes part here.
        if place.is_server() {
            return refused("concerns nobody who is known");
        }
        return Err(Stop::Lack(Lack::Actor(object.clone())));
    };
    if place.is_server() && person.state == ActorState::Gone {
        return refused("concerns nobody who is known");
    }
    let order = job.order(place.actor(), reason);
    let result = actions::ban(&job.federation.actions, tx, &order, &person, ban).await;
    ordered(result, "banned")
}

/// Applies the end of a ban: who from where is what counts, since peers make up
/// the inner id anew.
pub(super) async fn unban(
    job: &Job<'_>,
    tx: &mut Tx,
    object: &Url,
    target: Option<&Url>,
) -> Applied {
    let place = match place(job, tx, object, target).await? {
        Ok(place) => place,
        Err(why) => return refused(why),
    };
    let Some(person) = tx.actor_by_uri(object.as_str()).await? else {
        return refused("concerns nobody who is known");
    };
    let order = job.order(place.actor(), None);
    let restore = job.activity.restore_data;
    let result = actions::unban(&job.federation.actions, tx, &order, &person, restore).await;
    ordered(result, "the ban is ended")
}

/// Where a ban counts.
enum Place {
    Community(Actor),
    /// Everywhere here: the server's own actor.
    Server(Actor),
}

impl Place {
    const fn actor(&self) -> &Actor {
        match self {
            Self::Community(actor) | Self::Server(actor) => actor,
        }
    }

    const fn is_server(&self) -> bool {
        matches!(self, Self::Server(_))
    }
}

/// Where this ban counts here, or why nowhere.
async fn place(
    job: &Job<'_>,
    tx: &mut Tx,
    object: &Url,
    target: Option<&Url>,
) -> Result<Result<Place, &'static str>, Stop> {
    let Some(target) = target else {
        return Ok(Err("a private block"));
    };
    if let Some(community) = job.local_actor(tx, target).await?.filter(is_group) {
        return Ok(Ok(Place::Community(community)));
    }
    if !is_site(target) {
        return Ok(Err("bans from nothing that lives here"));
    }
    if !same_origin(target, &job.activity.actor) {
        return Ok(Err("bans from a server that is not the sender's"));
    }
    if !same_origin(target, object) {
        // Theirs to keep: it says nothing about our communities.
        return Ok(Err("a server's ban of others counts on itself only"));
    }
    let instance = job.federation.actions.site.instance();
    Ok(match tx.actor_by_uri(&instance).await? {
        Some(server) => Ok(Place::Server(server)),
        None => Err("this server has no actor of its own yet"),
    })
}

/// Whether an address is that of a whole server: nothing but its origin.
fn is_site(target: &Url) -> bool {
    matches!(target.path(), "" | "/") && target.query().is_none() && target.fragment().is_none()
}

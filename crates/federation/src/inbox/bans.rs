//! Bans that arrive: from one of our communities, by its moderators; and of somebody
//! by their own server, which is believed of its own people and of nobody else.

use archipel_actions as actions;
use archipel_model::{ActorKind, ActorState, Dialect, same_origin};
use archipel_storage::{Actor, Tx};
use url::Url;

use super::job::{Applied, Job, Lack, Stop, done, refused};
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
    if target.is_none() && !is_group(job.actor) {
        return private(job, tx, object, true).await;
    }
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
    if target.is_none() && !is_group(job.actor) {
        return private(job, tx, object, false).await;
    }
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

/// Somebody blocks a person here for themselves alone, or no more.
async fn private(job: &Job<'_>, tx: &mut Tx, object: &Url, blocks: bool) -> Applied {
    let person = job.local_actor(tx, object).await?;
    let Some(person) = person.filter(|person| person.kind == ActorKind::Person) else {
        return refused("blocks nobody who lives here");
    };
    let ctx = &job.federation.actions;
    if blocks {
        let uri = job.activity.id.as_str();
        actions::blocked_elsewhere(ctx, tx, job.actor, &person, uri).await?;
        return done(format!("blocks {}", person.handle));
    }
    if actions::unblocked_elsewhere(tx, job.actor, &person).await? {
        done(format!("blocks {} no more", person.handle))
    } else {
        refused("did not block")
    }
}

/// Takes back the block that this activity was.
pub(super) async fn unblock_by_id(job: &Job<'_>, tx: &mut Tx, id: &Url) -> Applied {
    let blocked = tx.blocked_by_uri(job.actor.id, id.as_str()).await?;
    let person = match blocked {
        Some(blocked) => tx.actor(blocked).await?,
        None => None,
    };
    let Some(person) = person else {
        return refused("undoes nothing that is known");
    };
    actions::unblocked_elsewhere(tx, job.actor, &person).await?;
    done(format!("blocks {} no more", person.handle))
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
    if is_of_microblog(job, tx).await? {
        return Ok(Err("microblogs say no bans from servers"));
    }
    let instance = job.federation.actions.site.instance();
    Ok(match tx.actor_by_uri(&instance).await? {
        Some(server) => Ok(Place::Server(server)),
        None => Err("this server has no actor of its own yet"),
    })
}

/// Whether the one who signed is of a microblog. There, nobody moderates in words of
/// their own: whoever says such a thing for their server is not who may.
pub(super) async fn is_of_microblog(job: &Job<'_>, tx: &mut Tx) -> Result<bool, Stop> {
    let peer = tx.peer(&job.actor.host).await?;
    Ok(peer.is_some_and(|peer| peer.spoken_dialect() == Dialect::Microblog))
}

/// Whether an address is that of a whole server: nothing but its origin.
fn is_site(target: &Url) -> bool {
    matches!(target.path(), "" | "/") && target.query().is_none() && target.fragment().is_none()
}

//! Moving (FEP-7628): somebody elsewhere moved, or somebody of this server does.
//!
//! A move takes two: the old actor says where it went, and the new one's own document
//! names the old one. What is moved are follows, and whatever keeps somebody out;
//! roles are given by people and stay behind.

use std::time::Duration;

use archipel_model::permission::{Measure, Target};
use archipel_model::{ActorKind, ActorState, Deed, MeasureId, Timestamp};
use archipel_storage::{ActivityKind, Actor, BanRow, Tx};

use crate::ban::end_membership;
use crate::everywhere::decided_here;
use crate::follow::{FollowRequest, follow, unfollow};
use crate::order::{About, Order};
use crate::say::saying_to_all;
use crate::{Context, Error, Result};

/// How long after a move the next one has to wait, as with Mastodon: every move makes
/// many servers work.
const REST: Duration = Duration::from_hours(7 * 24);

/// What became of a move that was told to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoveOutcome {
    /// So many who live here follow the new actor now, and these communities of ours
    /// had given the old one a role.
    Moved(usize, Vec<String>),
    /// It is not believed, or not permitted, and why.
    Refused(&'static str),
}

/// Somebody elsewhere says that they moved. `new` has just been read: only what its
/// own document says makes the move true.
pub async fn actor_moved(
    ctx: &Context,
    tx: &mut Tx,
    old: &Actor,
    new: &Actor,
) -> Result<MoveOutcome> {
    if let Some(why) = unbelievable(old, new) {
        return Ok(MoveOutcome::Refused(why));
    }
    let now = ctx.now();
    tx.set_identity(old.id, &old.aliases(), Some(&new.uri), now)
        .await?;
    let kept_out = bans_follow(ctx, tx, old, new).await?;
    if kept_out {
        return Ok(MoveOutcome::Refused("banned from this server"));
    }
    let moved = followers_follow(ctx, tx, old, new).await?;
    let led = tx.communities_led_by(old.id).await?;
    let led = led.into_iter().map(|community| community.handle).collect();
    Ok(MoveOutcome::Moved(moved, led))
}

fn unbelievable(old: &Actor, new: &Actor) -> Option<&'static str> {
    let is_group = |actor: &Actor| actor.kind == ActorKind::Group;
    if old.id == new.id {
        return Some("nobody moves to where they are");
    }
    if new.state != ActorState::Active {
        return Some("the new actor does not act");
    }
    if is_group(old) != is_group(new) {
        return Some("a community and a person are not the same");
    }
    if !new.is_also(&old.uri) {
        return Some("the new actor does not say that it is also the old one");
    }
    // A chain is followed by each of its moves, never at once: so no cycle is either.
    new.moved_to
        .is_some()
        .then_some("the new actor has moved on already")
}

/// Whoever is kept out under one id is so under both. Says whether that is the case
/// on the whole server.
async fn bans_follow(ctx: &Context, tx: &mut Tx, old: &Actor, new: &Actor) -> Result<bool> {
    let of_old = ours(ctx, tx, old).await?;
    let of_new = ours(ctx, tx, new).await?;
    for (bans, known, other) in [(&of_old, &of_new, new), (&of_new, &of_old, old)] {
        for ban in bans {
            let is_known = known
                .iter()
                .any(|there| there.community_id == ban.community_id && lasts_as_long(there, ban));
            if !is_known {
                extend_ban(ctx, tx, ban, other).await?;
            }
        }
    }
    let on_server = |bans: &[BanRow]| bans.iter().any(|ban| ban.community_id.is_none());
    Ok(on_server(&of_old) || on_server(&of_new))
}

/// The bans of somebody that were decided here. What their own server says of them
/// counts for that id: no server bans the people of another one, be it by making them
/// follow from it.
async fn ours(ctx: &Context, tx: &mut Tx, person: &Actor) -> Result<Vec<BanRow>> {
    let now = ctx.now();
    let mut bans = tx.bans_of(person.id, now).await?;
    if !decided_here(tx, person, now).await? {
        bans.retain(|ban| ban.community_id.is_some());
    }
    Ok(bans)
}

fn lasts_as_long(one: &BanRow, other: &BanRow) -> bool {
    match (one.ends_at, other.ends_at) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(one), Some(other)) => one >= other,
    }
}

/// The same ban for the other id of the same one, in the name of who decided it.
async fn extend_ban(ctx: &Context, tx: &mut Tx, ban: &BanRow, other: &Actor) -> Result<()> {
    let Some(first) = tx.measure(ban.measure_id).await? else {
        return Ok(());
    };
    let id: MeasureId = ctx.id();
    let now = ctx.now();
    tx.insert_measure(&archipel_storage::Measure {
        id,
        target_id: Some(other.id),
        with_content: false,
        undoes_id: None,
        origin: "move".to_owned(),
        activity_uri: None,
        created_at: now,
        ..first
    })
    .await?;
    tx.put_ban(ban.community_id, other.id, id, ban.ends_at, now)
        .await?;
    if let Some(community) = ban.community_id
        && let Some(community) = tx.actor(community).await?
    {
        end_membership(ctx, tx, &community, other).await?;
    }
    Ok(())
}

/// Those who live here and followed the old actor follow the new one instead.
async fn followers_follow(ctx: &Context, tx: &mut Tx, old: &Actor, new: &Actor) -> Result<usize> {
    let mut moved = 0;
    for follower in tx.local_followers(old.id).await? {
        if follower.id != new.id && tx.follow(follower.id, new.id).await?.is_none() {
            let request = FollowRequest {
                follower: &follower,
                target: new,
                received: None,
            };
            follow(ctx, tx, request).await?;
            moved += 1;
        }
        unfollow(ctx, tx, &follower, old).await?;
    }
    Ok(moved)
}

/// A person of this server moves: followers are told to follow the new actor. `target`
/// has just been read.
pub async fn move_person(ctx: &Context, tx: &mut Tx, person: &Actor, target: &Actor) -> Result<()> {
    if person.kind == ActorKind::Group {
        return Err(Error::NotAPerson(person.acct()));
    }
    depart(ctx, tx, person, target).await
}

/// A community of this server moves: it takes no more posts and members, says where it
/// is, and its followers are told to follow the new one.
pub async fn move_community(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    target: &Actor,
) -> Result<()> {
    let community = order.community;
    order
        .authorise(ctx, tx, Measure::Close, Target::Community, None)
        .await?;
    depart(ctx, tx, community, target).await?;
    let about = About {
        target: Some(target.id),
        ..About::default()
    };
    let measure = order.log(ctx, tx, Deed::Relocated, about).await?;
    // The threadiverse knows no moves; a change of the community it takes from people
    // of the team alone.
    if order.by.kind == ActorKind::Person {
        order
            .proclaim(ctx, tx, measure, &community.uri, &[])
            .await?;
    }
    Ok(())
}

async fn depart(ctx: &Context, tx: &mut Tx, actor: &Actor, target: &Actor) -> Result<()> {
    let now = ctx.now();
    if !actor.is_local || actor.state != ActorState::Active {
        return Err(Error::Inactive(actor.acct()));
    }
    if let Some(why) = unbelievable(actor, target) {
        return Err(Error::NoMove {
            target: target.acct(),
            actor: actor.uri.clone(),
            why,
        });
    }
    if let Some(until) = resting(tx, actor, now).await? {
        return Err(Error::MovedLately(until));
    }
    tx.set_identity(actor.id, &actor.aliases(), Some(&target.uri), now)
        .await?;
    // The document first, since some look there whether the move is true.
    for kind in [ActivityKind::UpdateActor, ActivityKind::MoveActor] {
        let mut said = saying_to_all(ctx, tx, kind, actor).await?;
        said.inner_raw = (kind == ActivityKind::MoveActor).then(|| target.uri.clone());
        tx.say(&said, now);
    }
    followers_follow(ctx, tx, actor, target).await?;
    Ok(())
}

/// Until when an actor has to stay after its last move.
async fn resting(tx: &mut Tx, actor: &Actor, now: Timestamp) -> Result<Option<Timestamp>> {
    let last = tx.last_said(actor.id, ActivityKind::MoveActor).await?;
    let until = last.map(|last| last.created_at.plus(REST));
    Ok(until.filter(|until| *until > now))
}

/// A community that had moved is here again, and takes posts. Says whether it had.
pub async fn reopen_community(ctx: &Context, tx: &mut Tx, order: &Order<'_>) -> Result<bool> {
    order
        .authorise(ctx, tx, Measure::Close, Target::Community, None)
        .await?;
    if !move_back(ctx, tx, order.community).await? {
        return Ok(false);
    }
    order
        .log(ctx, tx, Deed::Configured, About::default())
        .await?;
    Ok(true)
}

/// A local actor that had moved acts here again; followers do not come back by
/// themselves. Says whether it had moved.
pub async fn move_back(ctx: &Context, tx: &mut Tx, actor: &Actor) -> Result<bool> {
    if !actor.is_local || actor.state != ActorState::Active {
        return Err(Error::Inactive(actor.acct()));
    }
    if actor.moved_to.is_none() {
        return Ok(false);
    }
    tx.set_identity(actor.id, &actor.aliases(), None, ctx.now())
        .await?;
    let said = saying_to_all(ctx, tx, ActivityKind::UpdateActor, actor).await?;
    tx.say(&said, ctx.now());
    Ok(true)
}

//! Keeping somebody out of a community, or of all communities of the server, for a
//! time or for good, and letting them in again.

use archipel_model::notice::Told;
use archipel_model::permission::Measure;
use archipel_model::{ActorKind, Deed, MeasureId, Timestamp};
use archipel_storage::{ActivityKind, Actor, FollowState, Post, PostState, Tx};

use crate::everywhere::{decided_here, proclaim_everywhere};
use crate::follow::answer;
use crate::order::{About, Door, Order, Telltale};
use crate::removal::{boost_again, take_boost_back};
use crate::resolution::dealt_with;
use crate::{Context, Error, Result};

/// How somebody is banned.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ban {
    /// Until when; for good when absent.
    pub ends_at: Option<Timestamp>,
    /// Whether what they posted in the community goes too.
    pub with_content: bool,
}

/// Bans somebody from a community, or from the whole server where the order stands
/// for that: they post there no more and are no member any more. An end in the past
/// bans nobody. A server may ban its own people, but not loosen what was decided
/// here. Says whether something changed.
pub async fn ban(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    person: &Actor,
    ban: Ban,
) -> Result<bool> {
    permitted(ctx, tx, order, person, Measure::Ban, Measure::BanEverywhere).await?;
    if person.kind == ActorKind::Group || person.kind == ActorKind::Application {
        return Err(Error::NotAPerson(person.acct()));
    }
    let now = ctx.now();
    if ban.ends_at.is_some_and(|ends| ends <= now) {
        return Ok(false);
    }
    let place = order.place();
    if place.is_none() && !order.by.is_local && decided_here(tx, person, now).await? {
        return Ok(false);
    }
    if is_so_already(tx, order, person, ban, now).await? {
        return Ok(false);
    }
    let communities = concerned(tx, order, person).await?;
    // Whoever takes no part here is their own server's business.
    if communities.is_empty() && !order.by.is_local {
        return Ok(false);
    }
    let about = About {
        target: Some(person.id),
        ends_at: ban.ends_at,
        with_content: ban.with_content,
        ..About::default()
    };
    let measure = order.log(ctx, tx, Deed::Banned, about).await?;
    tx.put_ban(place, person.id, measure, ban.ends_at, now)
        .await?;
    proclaim(ctx, tx, order, measure, person, &communities).await?;
    for community in &communities {
        end_membership(ctx, tx, community, person).await?;
        if ban.with_content {
            for post in tx
                .posts_in(person.id, community.id, PostState::Published)
                .await?
            {
                tx.set_post_state(post.id, PostState::Published, PostState::Removed)
                    .await?;
                take_boost_back(ctx, tx, community, &post).await?;
            }
        }
    }
    let (what, about) = told(order, person, ban.ends_at);
    // Whom their own server bans, it tells itself.
    if place.is_some() || order.by.is_local {
        order.tell(ctx, tx, person, what, about).await?;
    }
    dealt_with(ctx, tx, order, person.id, None).await?;
    Ok(true)
}

/// Ends a ban; what went with it comes back when `restore` says so. Says whether
/// something changed.
pub async fn unban(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    person: &Actor,
    restore: bool,
) -> Result<bool> {
    permitted(
        ctx,
        tx,
        order,
        person,
        Measure::Unban,
        Measure::BanEverywhere,
    )
    .await?;
    let (place, now) = (order.place(), ctx.now());
    if place.is_none() && !order.by.is_local && decided_here(tx, person, now).await? {
        return Ok(false);
    }
    if !tx.lift_ban(place, person.id, now).await? {
        return Ok(false);
    }
    let undone = tx
        .last_measure_on_actor(place, person.id, Deed::Banned)
        .await?;
    let about = About {
        target: Some(person.id),
        with_content: restore,
        undoes: undone.map(|ban| ban.id),
        ..About::default()
    };
    let measure = order.log(ctx, tx, Deed::Unbanned, about).await?;
    let communities = concerned(tx, order, person).await?;
    proclaim(ctx, tx, order, measure, person, &communities).await?;
    if restore {
        for community in &communities {
            for id in tx.bring_posts_back(person.id, community.id).await? {
                if let Some(post) = tx.post(id).await? {
                    let order = Order {
                        community,
                        ..*order
                    };
                    say_restored(ctx, tx, &order, person, &post).await?;
                    boost_again(ctx, tx, community, &post).await?;
                }
            }
        }
    }
    if place.is_some() || order.by.is_local {
        let about = Telltale::person(person);
        order.tell(ctx, tx, person, Told::BanEnded, about).await?;
    }
    Ok(true)
}

/// Names a post that came back with the end of a ban: Lemmy 0.19 and PieFed end the
/// ban without a look at `restoreData`. Who decided elsewhere says so there.
async fn say_restored(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    person: &Actor,
    post: &Post,
) -> Result<()> {
    if !matches!(order.door, Door::Here(_)) {
        return Ok(());
    }
    let about = About {
        target: Some(person.id),
        post: Some(post.id),
        ..About::default()
    };
    let measure = order.log(ctx, tx, Deed::Restored, about).await?;
    order
        .proclaim(ctx, tx, measure, &post.uri, &[person.id])
        .await
}

/// Whether the very same ban is in force: what is said again is not done again.
async fn is_so_already(
    tx: &mut Tx,
    order: &Order<'_>,
    person: &Actor,
    ban: Ban,
    now: Timestamp,
) -> Result<bool> {
    let Some(before) = tx.ban_in_force(order.place(), person.id, now).await? else {
        return Ok(false);
    };
    if before.ends_at != ban.ends_at {
        return Ok(false);
    }
    if !ban.with_content {
        return Ok(true);
    }
    // What came back by itself since then goes again.
    for community in concerned(tx, order, person).await? {
        if tx.has_published(person.id, community.id).await? {
            return Ok(false);
        }
    }
    let before = tx.measure(before.measure_id).await?;
    Ok(before.is_some_and(|before| before.with_content))
}

async fn permitted(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    person: &Actor,
    in_community: Measure,
    everywhere: Measure,
) -> Result<()> {
    let target = order.upon_person(ctx, tx, person, None).await?;
    let (measure, object) = match order.place() {
        Some(_) => (in_community, None),
        None => (everywhere, Some(person.uri.as_str())),
    };
    order.authorise(ctx, tx, measure, target, object).await
}

/// The communities where a ban has something to do.
async fn concerned(tx: &mut Tx, order: &Order<'_>, person: &Actor) -> Result<Vec<Actor>> {
    Ok(match order.place() {
        Some(_) => vec![order.community.clone()],
        None => tx.communities_of(person.id).await?,
    })
}

async fn proclaim(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    measure: MeasureId,
    person: &Actor,
    communities: &[Actor],
) -> Result<()> {
    if order.place().is_none() {
        return proclaim_everywhere(ctx, tx, order, measure, person, communities).await;
    }
    order
        .proclaim(ctx, tx, measure, &person.uri, &[person.id])
        .await
}

fn told<'a>(
    order: &Order<'_>,
    person: &'a Actor,
    until: Option<Timestamp>,
) -> (Told, Telltale<'a>) {
    let what = match order.place() {
        Some(_) => Told::Banned,
        None => Told::BannedEverywhere,
    };
    let about = Telltale {
        until,
        ..Telltale::person(person)
    };
    (what, about)
}

/// Ends a membership, with the invitation that may have led to it; a remote follower is
/// told, so that their server knows.
pub(crate) async fn end_membership(
    ctx: &Context,
    tx: &mut Tx,
    community: &Actor,
    person: &Actor,
) -> Result<bool> {
    tx.remove_invitation(community.id, person.id).await?;
    let Some(follow) = tx.follow(person.id, community.id).await? else {
        return Ok(false);
    };
    if follow.state == FollowState::Rejected {
        return Ok(false);
    }
    tx.decide_follow(follow.id, FollowState::Rejected, ctx.now())
        .await?;
    if !person.is_local {
        answer(ctx, tx, &follow, person, ActivityKind::Reject);
    }
    Ok(true)
}

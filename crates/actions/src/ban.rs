//! Keeping somebody out of a community, for a time or for good, and letting them
//! in again.

use archipel_model::permission::Measure;
use archipel_model::{ActorKind, Deed, Timestamp};
use archipel_storage::{ActivityKind, Actor, FollowState, PostState, Tx};

use crate::follow::answer;
use crate::order::{About, Door, Order};
use crate::removal::{boost_again, take_boost_back};
use crate::{Context, Error, Result};

/// How somebody is banned.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ban {
    /// Until when; for good when absent.
    pub ends_at: Option<Timestamp>,
    /// Whether what they posted in the community goes too.
    pub with_content: bool,
}

/// Bans somebody: they post there no more and are no member any more. An end in
/// the past bans nobody. Says whether something changed.
pub async fn ban(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    person: &Actor,
    ban: Ban,
) -> Result<bool> {
    let target = order.upon_person(ctx, tx, person, None).await?;
    order.authorise(ctx, tx, Measure::Ban, target, None).await?;
    if person.kind == ActorKind::Group || person.kind == ActorKind::Application {
        return Err(Error::NotAPerson(person.acct()));
    }
    let now = ctx.now();
    if ban.ends_at.is_some_and(|ends| ends <= now) {
        return Ok(false);
    }
    let about = About {
        target: Some(person.id),
        ends_at: ban.ends_at,
        with_content: ban.with_content,
        ..About::default()
    };
    let community = order.community;
    let measure = order.log(ctx, tx, Deed::Banned, about).await?;
    tx.put_ban(Some(community.id), person.id, measure, ban.ends_at, now)
        .await?;
    order
        .proclaim(ctx, tx, measure, &person.uri, &[person.id])
        .await?;
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
    let target = order.upon_person(ctx, tx, person, None).await?;
    order
        .authorise(ctx, tx, Measure::Unban, target, None)
        .await?;
    let community = order.community;
    if !tx
        .lift_ban(Some(community.id), person.id, ctx.now())
        .await?
    {
        return Ok(false);
    }
    let undone = tx
        .last_measure_on_actor(Some(community.id), person.id, Deed::Banned)
        .await?;
    let about = About {
        target: Some(person.id),
        with_content: restore,
        undoes: undone.map(|ban| ban.id),
        ..About::default()
    };
    let measure = order.log(ctx, tx, Deed::Unbanned, about).await?;
    order
        .proclaim(ctx, tx, measure, &person.uri, &[person.id])
        .await?;
    if restore {
        for id in tx.bring_posts_back(person.id, community.id).await? {
            if let Some(post) = tx.post(id).await? {
                if matches!(order.door, Door::Here(_)) {
                    // Lemmy 0.19 and PieFed end a ban without a look at `restoreData`:
                    // each post is named to them.
                    let about = About {
                        target: Some(person.id),
                        post: Some(post.id),
                        ..About::default()
                    };
                    let restored = order.log(ctx, tx, Deed::Restored, about).await?;
                    order
                        .proclaim(ctx, tx, restored, &post.uri, &[person.id])
                        .await?;
                }
                boost_again(ctx, tx, community, &post).await?;
            }
        }
    }
    Ok(true)
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

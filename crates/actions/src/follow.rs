//! Following and no longer following, by local and remote actors alike.

use archipel_model::{ActorKind, ActorState, FollowId, JoinPolicy, Reach};
use archipel_storage::{ActivityKind, Actor, Community, Follow, FollowState, NewActivity, Tx};

use crate::asking::{ask_again, plan};
use crate::ban::end_membership;
use crate::communities::local_community;
use crate::notify;
use crate::say::saying;
use crate::{Context, Error, Result};

/// Somebody asks to follow somebody.
#[derive(Debug)]
pub struct FollowRequest<'a> {
    /// Who asks.
    pub follower: &'a Actor,
    /// Whom.
    pub target: &'a Actor,
    /// The activity as it came and its id, when the one who asks is remote.
    pub received: Option<ReceivedFollow<'a>>,
}

/// A Follow activity that came from elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct ReceivedFollow<'a> {
    /// Its id.
    pub uri: &'a str,
    /// Its exact bytes, which the answer quotes.
    pub raw: &'a str,
}

/// What became of a request to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowOutcome {
    /// Granted at once.
    Accepted,
    /// Waits for a moderator here, or for the answer of the other server.
    Pending,
    /// Not granted: only who was invited is let in, and nobody who is banned.
    Rejected,
}

/// Asks to follow. A repeated request is answered again, so that a lost answer
/// is survived, and never makes a second follow.
pub async fn follow(
    ctx: &Context,
    tx: &mut Tx,
    request: FollowRequest<'_>,
) -> Result<FollowOutcome> {
    let (follower, target) = (request.follower, request.target);
    if follower.id == target.id {
        return Err(Error::Oneself);
    }
    for actor in [follower, target] {
        if actor.state != ActorState::Active {
            return Err(Error::Inactive(actor.acct()));
        }
    }
    if follower.is_local
        && (tx.blocks(target.id, follower.id).await? || tx.blocks(follower.id, target.id).await?)
    {
        return Err(Error::Blocks(target.acct()));
    }
    if follower.is_local && !target.is_local {
        let before = tx.follow(follower.id, target.id).await?;
        if let Some(waiting) = before.filter(|follow| follow.state == FollowState::Pending) {
            ask_again(ctx, tx, &waiting).await?;
            return Ok(FollowOutcome::Pending);
        }
    }
    let before = membership_before(ctx, tx, follower, target).await?;
    let asked = saying(ctx, ActivityKind::Follow, follower.id, &target.uri);
    let initial = match before {
        Some(_) => FollowState::Accepted,
        None => initial_state(ctx, tx, follower, target).await?,
    };
    let id: FollowId = ctx.id();
    let stored = tx
        .put_follow(&Follow {
            id,
            follower_id: follower.id,
            target_id: target.id,
            state: initial,
            uri: request
                .received
                .map_or_else(|| asked.uri.clone(), |follow| follow.uri.to_owned()),
            raw: request.received.map(|follow| follow.raw.to_owned()),
            created_at: ctx.now(),
        })
        .await?;
    let asks = stored.state == FollowState::Pending;
    // Asked again, nobody is told again.
    if asks || (stored.id == id && stored.state == FollowState::Accepted) {
        notify::followed(ctx, tx, follower.id, target, asks).await?;
    }
    if let Some(before) = before {
        takes_over(ctx, tx, &before, follower, target).await?;
    }
    if !target.is_local {
        let said = NewActivity {
            // The follow is known by the id of the activity that asks for it.
            uri: stored.uri.clone(),
            follow_id: Some(stored.id),
            recipients: vec![target.id],
            ..asked
        };
        tx.say(&said, ctx.now());
        plan(ctx, tx, stored.id, 1).await?;
    } else if stored.state == FollowState::Accepted && !follower.is_local {
        answer(ctx, tx, &stored, follower, ActivityKind::Accept);
    } else if stored.state == FollowState::Rejected && !follower.is_local {
        answer(ctx, tx, &stored, follower, ActivityKind::Reject);
    }
    Ok(match stored.state {
        FollowState::Accepted => FollowOutcome::Accepted,
        FollowState::Pending => FollowOutcome::Pending,
        FollowState::Rejected => FollowOutcome::Rejected,
    })
}

/// What a new follow of this actor begins as: remote actors answer themselves.
async fn initial_state(
    ctx: &Context,
    tx: &mut Tx,
    follower: &Actor,
    target: &Actor,
) -> Result<FollowState> {
    if !target.is_local {
        return Ok(FollowState::Pending);
    }
    // It is followed where it went.
    if target.moved_to.is_some() || tx.blocks(target.id, follower.id).await? {
        return Ok(FollowState::Rejected);
    }
    let Some(community) = local_community(tx, target.id).await? else {
        return Ok(if target.approves_followers {
            FollowState::Pending
        } else {
            FollowState::Accepted
        });
    };
    if tx.has_bans(target.id).await? && tx.standing(target.id, follower.id, ctx.now()).await?.banned
    {
        return Ok(FollowState::Rejected);
    }
    if community.reach == Reach::Local && !follower.is_local {
        return Ok(FollowState::Rejected);
    }
    let is_open = community.join_policy == JoinPolicy::Open;
    if (is_open && !waits(tx, &community, follower).await?)
        || tx.is_invited(target.id, follower.id).await?
    {
        return Ok(FollowState::Accepted);
    }
    // Who was given a role there need not ask.
    let standing = tx.standing(target.id, follower.id, ctx.now()).await?;
    Ok(match community.join_policy {
        _ if standing.role.is_some() => FollowState::Accepted,
        JoinPolicy::Invitation => FollowState::Rejected,
        JoinPolicy::Open | JoinPolicy::Approval => FollowState::Pending,
    })
}

/// Whether somebody from elsewhere waits for a moderator even where all may join:
/// their server is limited, or unknown where what is unknown is held.
async fn waits(tx: &mut Tx, community: &Community, follower: &Actor) -> Result<bool> {
    if follower.is_local {
        return Ok(false);
    }
    let unknown = community.hold_unknown && !tx.is_server_known(&follower.host).await?;
    Ok(follower.host_limited || unknown)
}

/// The membership that somebody had here before they moved: under an id that says it
/// moved to them, and that they say is theirs too. None for who is banned.
async fn membership_before(
    ctx: &Context,
    tx: &mut Tx,
    follower: &Actor,
    target: &Actor,
) -> Result<Option<Actor>> {
    let is_community = target.is_local && target.kind == ActorKind::Group;
    if !is_community || target.moved_to.is_some() || follower.aliases().is_empty() {
        return Ok(None);
    }
    if tx.standing(target.id, follower.id, ctx.now()).await?.banned {
        return Ok(None);
    }
    for old in tx.moved_here(&follower.uri).await? {
        let standing = tx.standing(target.id, old.id, ctx.now()).await?;
        if follower.is_also(&old.uri) && standing.member && !standing.banned {
            return Ok(Some(old));
        }
    }
    Ok(None)
}

/// Who moved keeps what a moderator had granted; the membership of the old id ends.
async fn takes_over(
    ctx: &Context,
    tx: &mut Tx,
    old: &Actor,
    new: &Actor,
    community: &Actor,
) -> Result<()> {
    if tx.is_vouched(community.id, old.id).await? {
        tx.set_vouched(community.id, new.id, Some(ctx.now()))
            .await?;
    }
    end_membership(ctx, tx, community, old).await.map(drop)
}

/// Tells a remote follower that its follow was granted or refused.
pub(crate) fn answer(
    ctx: &Context,
    tx: &mut Tx,
    follow: &Follow,
    follower: &Actor,
    kind: ActivityKind,
) {
    let said = NewActivity {
        follow_id: Some(follow.id),
        object_uri: Some(follow.uri.clone()),
        inner_raw: follow.raw.clone(),
        recipients: vec![follower.id],
        ..saying(ctx, kind, follow.target_id, &follower.uri)
    };
    tx.say(&said, ctx.now());
}

/// Stops following; says whether there was something to stop. A remote actor who
/// is no longer followed from here is told.
pub async fn unfollow(
    ctx: &Context,
    tx: &mut Tx,
    follower: &Actor,
    target: &Actor,
) -> Result<bool> {
    let Some(follow) = tx.follow(follower.id, target.id).await? else {
        return Ok(false);
    };
    tx.remove_follow(follower.id, target.id).await?;
    if follower.is_local && !target.is_local {
        let said = NewActivity {
            // The id of the Follow that is undone.
            object_uri: Some(follow.uri),
            recipients: vec![target.id],
            ..saying(ctx, ActivityKind::UndoFollow, follower.id, &target.uri)
        };
        tx.say(&said, ctx.now());
    }
    Ok(true)
}

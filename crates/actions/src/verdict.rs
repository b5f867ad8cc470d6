//! What becomes of a post that arrives at a community: asked of the model, with facts
//! from the database, looked up as far as they matter.

use archipel_model::permission::{Denial, Standing};
use archipel_model::submission::{Entry, Parent, Refusal, Verdict, decide, measure};
use archipel_model::{ActorState, CommunityPolicy, HoldPolicy, Visibility};
use archipel_storage::{Actor, Post, PostState, Tx};

use crate::submit::Submission;
use crate::{Context, Error, Result};

/// What the community decides; remote communities decide themselves, but what they
/// are known to refuse is not sent to them.
pub(crate) async fn verdict(
    ctx: &Context,
    tx: &mut Tx,
    submission: &Submission<'_>,
    home: Option<&Actor>,
) -> Result<Verdict> {
    let Some(community) = home else {
        // Whom this server keeps out everywhere says nothing elsewhere through it.
        let author = submission.author;
        let banned =
            author.is_local && tx.ban_in_force(None, author.id, ctx.now()).await?.is_some();
        return Ok(if banned {
            Verdict::Refused(Refusal::Denied(Denial::Banned))
        } else {
            Verdict::Published
        });
    };
    if !community.is_local {
        return refused_elsewhere(ctx, tx, submission, community).await;
    }
    let arrival = Arrival {
        community,
        author: submission.author,
        visibility: submission.visibility,
        reply_to_locked: thread_locked(tx, submission).await?,
        parent: submission.parent.map(parent_of).unwrap_or_default(),
    };
    decided(ctx, tx, &arrival).await
}

/// What is known of what a remote community thinks of a post from here.
async fn refused_elsewhere(
    ctx: &Context,
    tx: &mut Tx,
    submission: &Submission<'_>,
    community: &Actor,
) -> Result<Verdict> {
    if !submission.author.is_local {
        return Ok(Verdict::Published);
    }
    let standing = tx
        .standing(community.id, submission.author.id, ctx.now())
        .await?;
    if standing.banned {
        return Ok(Verdict::Refused(Refusal::Denied(Denial::Banned)));
    }
    if thread_locked(tx, submission).await? == Some(true) {
        return Ok(Verdict::Refused(Refusal::Locked));
    }
    Ok(Verdict::Published)
}

/// A post that arrives at a local community.
pub(crate) struct Arrival<'a> {
    pub community: &'a Actor,
    pub author: &'a Actor,
    pub visibility: Visibility,
    /// `None` for a new thread, else whether the thread that is answered is locked.
    pub reply_to_locked: Option<bool>,
    /// What became of the post that is answered.
    pub parent: Parent,
}

/// What a local community decides on a post that arrives.
pub(crate) async fn decided(ctx: &Context, tx: &mut Tx, arrival: &Arrival<'_>) -> Result<Verdict> {
    let Arrival {
        community, author, ..
    } = arrival;
    let settings = tx.community(community.id).await?;
    let settings = settings.ok_or_else(|| Error::NotACommunity(community.acct()))?;
    if community.state != ActorState::Active {
        return Ok(Verdict::Refused(Refusal::Closed));
    }
    if community.moved_to.is_some() {
        return Ok(Verdict::Refused(Refusal::Moved));
    }
    let policy = settings.policy();
    let entry = Entry {
        visibility: arrival.visibility,
        author: standing(ctx, tx, arrival, policy).await?,
        reply_to_locked: arrival.reply_to_locked,
        parent: arrival.parent,
        published_before: policy.hold == HoldPolicy::First
            && tx.has_published(author.id, community.id).await?,
        server_known: policy.hold_unknown
            && (author.is_local || tx.is_server_known(&author.host).await?),
        server_limited: author.host_limited,
    };
    Ok(decide(&entry, policy))
}

/// How the author stands, as far as the policy makes it matter.
async fn standing(
    ctx: &Context,
    tx: &mut Tx,
    arrival: &Arrival<'_>,
    policy: CommunityPolicy,
) -> Result<Standing> {
    let Arrival {
        community, author, ..
    } = arrival;
    let matters = !policy.is_for_everyone(measure(arrival.reply_to_locked))
        || policy.holds_something()
        || author.host_limited
        || arrival.reply_to_locked == Some(true)
        || arrival.parent == Parent::Held
        || tx.has_bans(community.id).await?;
    if matters {
        return Ok(tx.standing(community.id, author.id, ctx.now()).await?);
    }
    let now = tx.actor_by_uri(&author.uri).await?;
    Ok(Standing {
        suspended: now.is_none_or(|author| author.state != ActorState::Active),
        ..Standing::default()
    })
}

/// What became of a post that is answered.
pub(crate) const fn parent_of(parent: &Post) -> Parent {
    match parent.state {
        PostState::Published => Parent::Shown,
        PostState::Held => Parent::Held,
        PostState::Removed | PostState::Deleted => Parent::Gone,
    }
}

/// Whether the thread that is answered is locked; `None` for a new thread.
async fn thread_locked(tx: &mut Tx, submission: &Submission<'_>) -> Result<Option<bool>> {
    match submission.parent {
        Some(parent) if parent.parent_id.is_some() => Ok(Some(tx.is_under_lock(parent.id).await?)),
        Some(parent) => Ok(Some(parent.locked)),
        None => Ok(submission.parent_uri.map(|_| false)),
    }
}

//! Choosing in a poll, and telling how it stands.
//!
//! The server of its author counts a poll. A choice made here in a poll of elsewhere
//! is remembered and sent to the author; the counts come back with an `Update`.

use archipel_model::poll::{TOLD_EVERY, VoteRefusal};
use archipel_model::{ActorState, PostId};
use archipel_storage::{ActivityKind, Actor, Lane, NewActivity, Post, PostState, StoredPoll, Tx};

use crate::barred::{barred, is_program};
use crate::edit::{say_update, told_home};
use crate::notify;
use crate::relay::{Passed, is_local_only};
use crate::say::saying;
use crate::{Context, Result};

/// What became of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// It counts, or was sent to who counts.
    Counted,
    /// It counted already.
    Already,
    /// It does not count, and why.
    Not(VoteRefusal),
}

/// Somebody elsewhere chooses in a poll of ours; `uri` is the activity that said so.
pub async fn vote_received(
    ctx: &Context,
    tx: &mut Tx,
    voter: &Actor,
    post: &Post,
    choice: &str,
    uri: &str,
) -> Result<Chosen> {
    if !post.is_local {
        return Ok(Chosen::Not(VoteRefusal::NotOurs));
    }
    tx.lock_totals(post).await?;
    let poll = match open_poll(ctx, tx, voter, post).await? {
        Ok(poll) => poll,
        Err(why) => return Ok(Chosen::Not(why)),
    };
    let Some(position) = position(&poll, choice) else {
        return Ok(Chosen::Not(VoteRefusal::NoSuchChoice));
    };
    let before = tx.choices_of(post.id, voter.id).await?;
    if before.contains(&position) {
        return Ok(Chosen::Already);
    }
    if !poll.multiple && !before.is_empty() {
        return Ok(Chosen::Not(VoteRefusal::Twice));
    }
    count(ctx, tx, &poll, voter, position, uri, before.is_empty()).await?;
    Ok(Chosen::Counted)
}

/// Somebody here chooses in a poll, here or elsewhere: all their choices at once.
pub async fn vote_here(
    ctx: &Context,
    tx: &mut Tx,
    voter: &Actor,
    post: &Post,
    choices: &[String],
) -> Result<Chosen> {
    tx.lock_totals(post).await?;
    let poll = match open_poll(ctx, tx, voter, post).await? {
        Ok(poll) => poll,
        Err(why) => return Ok(Chosen::Not(why)),
    };
    let mut positions = Vec::new();
    for choice in choices {
        match position(&poll, choice) {
            Some(position) if !positions.contains(&position) => positions.push(position),
            Some(_) => {}
            None => return Ok(Chosen::Not(VoteRefusal::NoSuchChoice)),
        }
    }
    let before = tx.choices_of(post.id, voter.id).await?;
    if !before.is_empty() || (!poll.multiple && positions.len() > 1) {
        return Ok(Chosen::Not(VoteRefusal::Twice));
    }
    for (index, position) in positions.into_iter().enumerate() {
        let (id, uri) = ctx.activity();
        if post.is_local {
            count(ctx, tx, &poll, voter, position, &uri, index == 0).await?;
            continue;
        }
        tx.insert_poll_vote(post.id, voter.id, position, &uri, ctx.now())
            .await?;
        let said = NewActivity {
            id,
            uri,
            post_id: Some(post.id),
            lane: Lane::Content,
            recipients: vec![post.author_id],
            ..saying(ctx, ActivityKind::PollVote, voter.id, &post.uri)
        };
        tx.say(&said, ctx.now());
    }
    Ok(Chosen::Counted)
}

async fn count(
    ctx: &Context,
    tx: &mut Tx,
    poll: &StoredPoll,
    voter: &Actor,
    position: i64,
    uri: &str,
    new_voter: bool,
) -> Result<()> {
    let now = ctx.now();
    let new = tx
        .insert_poll_vote(poll.post_id, voter.id, position, uri, now)
        .await?;
    if new {
        let tell_at = poll
            .told_at
            .map_or(now, |told| told.plus(TOLD_EVERY))
            .max(now);
        tx.count_poll_vote(poll.post_id, position, new_voter, tell_at)
            .await?;
    }
    Ok(())
}

/// The poll of a post, if this person may choose in it now.
async fn open_poll(
    ctx: &Context,
    tx: &mut Tx,
    voter: &Actor,
    post: &Post,
) -> Result<std::result::Result<StoredPoll, VoteRefusal>> {
    let shown = post.state == PostState::Published && post.visibility.may_be_announced();
    let Some(poll) = tx.poll(post.id).await?.filter(|_| shown) else {
        return Ok(Err(VoteRefusal::NoPoll));
    };
    if poll.is_closed(ctx.now()) {
        return Ok(Err(VoteRefusal::Closed));
    }
    if post.author_id == voter.id {
        return Ok(Err(VoteRefusal::Own));
    }
    let barred = barred(ctx, tx, post, Some(voter)).await?;
    if barred.is_some() || voter.state != ActorState::Active || is_program(voter) {
        return Ok(Err(VoteRefusal::Barred));
    }
    Ok(Ok(poll))
}

/// Where a choice stands that a vote names.
fn position(poll: &StoredPoll, choice: &str) -> Option<i64> {
    let choice = choice.trim();
    let found = poll.choices.iter().find(|known| known.name == choice);
    found.map(|known| known.position)
}

/// Closes a poll whose end has come, or tells how it stands if that is due. Says
/// whether something was told.
pub async fn poll_is_due(ctx: &Context, tx: &mut Tx, post: PostId) -> Result<bool> {
    let now = ctx.now();
    let closed = tx.close_poll(post, now).await?;
    let due = tx.poll_told(post, now).await?;
    if !closed && !due {
        return Ok(false);
    }
    let Some(post) = tx.post(post).await? else {
        return Ok(false);
    };
    if closed {
        notify::poll_ended(ctx, tx, &post).await?;
    }
    // Others count their own, and what is not shown is told to nobody.
    if !post.is_local || post.state != PostState::Published {
        return Ok(false);
    }
    let Some(author) = tx.actor(post.author_id).await? else {
        return Ok(false);
    };
    let home = match post.community_id {
        Some(id) => tx.actor(id).await?.filter(|home| home.is_local),
        None => None,
    };
    if author.state != ActorState::Active
        || match &home {
            Some(home) => is_local_only(tx, home).await?,
            None => false,
        }
    {
        return Ok(false);
    }
    let said = say_update(ctx, tx, &author, &post).await?;
    told_home(ctx, tx, &post, Passed::Ours(said)).await?;
    Ok(true)
}

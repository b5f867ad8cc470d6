//! Editing a post. Only its author can; who wrote it, where it belongs, what it
//! answers and when it was written never change. Where posts are read before they are
//! shown, edits of those that are shown wait as well.

use archipel_model::notice::Cause;
use archipel_model::poll::Poll;
use archipel_model::submission::HoldReason;
use archipel_model::{ActorId, Timestamp, Visibility};
use archipel_storage::{
    ActivityKind, Actor, Edited, Lane, NewActivity, NewHeldEdit, Post, PostKind, PostState,
    StoredPoll, StreamEvent, Tx,
};

use crate::naming::{self, Names};
use crate::notify;
use crate::relay::{Passed, Relay, is_local_only, relay};
use crate::say::saying;
use crate::submit::Special;
use crate::waiting::{must_wait, told};
use crate::{Context, Result};

/// A new version of a post.
#[derive(Clone, Debug)]
pub struct Edit<'a> {
    /// Its text and what surrounds it.
    pub content: Edited,
    /// The poll or event that it is.
    pub special: Special,
    /// When it was edited, as its author says; never later than now counts.
    pub at: Timestamp,
    /// The activity that brought it, exact bytes, of remote authors.
    pub received: Option<&'a str>,
    /// Whom and what it names now, of remote posts; of local ones their text says so.
    pub names: Names,
}

/// What became of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditOutcome {
    /// The post is edited.
    Edited,
    /// The post stays as it is until a moderator has read the edit.
    Held(HoldReason),
    /// Nothing changed: not its author, not newer, or the post is deleted.
    Unchanged,
}

/// Edits a post. The newest version wins, in whatever order versions come.
pub async fn edit_post(
    ctx: &Context,
    tx: &mut Tx,
    author: &Actor,
    post: &Post,
    edit: &Edit<'_>,
) -> Result<EditOutcome> {
    if post.author_id != author.id || author.host_blocked {
        return Ok(EditOutcome::Unchanged);
    }
    crate::submit::acting(author)?;
    let at = edit.at.min(ctx.now());
    if let Some((community, reason)) = must_wait(ctx, tx, author, post).await? {
        let waiting = NewHeldEdit {
            post: post.id,
            community: community.id,
            reason,
            content: &edit.content,
            at,
            received: edit.received,
        };
        if !tx.put_held_edit(&waiting, ctx.now()).await? {
            return Ok(EditOutcome::Unchanged);
        }
        let language = edit.content.language.as_deref();
        let language = language.or(post.language.as_deref());
        told(
            ctx,
            tx,
            (&community, author, post),
            language,
            Cause::EditHeld,
            None,
        )
        .await?;
        return Ok(EditOutcome::Held(reason));
    }
    let found = match &edit.content.source {
        Some(source) if author.is_local => {
            naming::typed_here(ctx, tx, source, edit.content.title.as_deref()).await?
        }
        _ => naming::said_elsewhere(tx, author, &edit.names).await?,
    };
    let content = with_form(&edit.content, &found);
    if !tx.edit_post(post.id, &content, at, edit.received).await? {
        return Ok(EditOutcome::Unchanged);
    }
    let before = tx.named_here(post.id).await?;
    naming::keep(ctx, tx, post.id, &found, true).await?;
    notify::edited(ctx, tx, post, &before).await?;
    renew(ctx, tx, post, &edit.special).await?;
    // A newer one that waits arrived before this one, and waits on.
    tx.drop_older_held_edit(post.id, at).await?;
    show(ctx, tx, author, post, edit.received).await?;
    Ok(EditOutcome::Edited)
}

/// A new version with the form that the text has, of what was typed here.
pub(crate) fn with_form(content: &Edited, found: &naming::Found) -> Edited {
    let mut content = content.clone();
    if let Some(html) = &found.content {
        content.content.clone_from(html);
    }
    content
}

/// Tells those who have a post that it was edited.
pub(crate) async fn show(
    ctx: &Context,
    tx: &mut Tx,
    author: &Actor,
    post: &Post,
    received: Option<&str>,
) -> Result<()> {
    // What waits, or was taken out, changes without a word to anybody.
    if post.state != PostState::Published {
        return Ok(());
    }
    tx.stream(StreamEvent::Edited { post: post.id });
    let what = match received {
        Some(raw) => Passed::Received(raw),
        None if author.is_local => Passed::Ours(say_update(ctx, tx, author, post).await?),
        // Nobody here speaks for somebody elsewhere.
        None => return Ok(()),
    };
    told_home(ctx, tx, post, what).await
}

/// The community of ours that has announced a post passes on what its author says of
/// it.
pub(crate) async fn told_home(
    ctx: &Context,
    tx: &mut Tx,
    post: &Post,
    what: Passed<'_>,
) -> Result<()> {
    let Some(community) = announced_home(tx, post).await? else {
        return Ok(());
    };
    let passed = Relay {
        what,
        object: &post.uri,
        measure: None,
        also: &[],
        lane: Lane::Content,
    };
    relay(ctx, tx, &community, passed).await
}

/// Takes over what an author of elsewhere says of a poll or an event.
pub(crate) async fn renew(
    ctx: &Context,
    tx: &mut Tx,
    post: &Post,
    special: &Special,
) -> Result<()> {
    match special {
        Special::Poll(poll) if !post.is_local && post.kind == PostKind::Question => {
            tx.put_poll(post.id, poll, ctx.now()).await?;
        }
        Special::Event(event) if post.kind == PostKind::Event => {
            tx.put_event(post.id, event).await?;
        }
        _ => {}
    }
    Ok(())
}

/// An author elsewhere tells how their poll stands; `received` is the activity that
/// said so, which is passed on, where it came. Says whether something changed.
pub async fn poll_counted(
    ctx: &Context,
    tx: &mut Tx,
    author: &Actor,
    post: &Post,
    poll: &Poll,
    received: Option<&str>,
) -> Result<bool> {
    let is_poll = post.kind == PostKind::Question && post.state != PostState::Deleted;
    if post.author_id != author.id || post.is_local || !is_poll {
        return Ok(false);
    }
    let before = tx.poll(post.id).await?;
    tx.put_poll(post.id, poll, ctx.now()).await?;
    let after = tx.poll(post.id).await?;
    if before == after {
        return Ok(false);
    }
    let closed = |poll: Option<StoredPoll>| poll.is_some_and(|poll| poll.closed_at.is_some());
    if closed(after) && !closed(before) {
        notify::poll_ended(ctx, tx, post).await?;
    }
    if let (PostState::Published, Some(raw)) = (post.state, received) {
        told_home(ctx, tx, post, Passed::Received(raw)).await?;
    }
    Ok(true)
}

/// The community of this server that has announced a post.
pub(crate) async fn announced_home(tx: &mut Tx, post: &Post) -> Result<Option<Actor>> {
    let Some(id) = post.community_id else {
        return Ok(None);
    };
    let community = tx.actor(id).await?.filter(|community| community.is_local);
    let Some(community) = community else {
        return Ok(None);
    };
    let announced = tx.is_announced(post.id).await?;
    Ok(announced.then_some(community))
}

/// A local author tells all who got the post, and those who would get it today.
pub(crate) async fn say_update(
    ctx: &Context,
    tx: &mut Tx,
    author: &Actor,
    post: &Post,
) -> Result<archipel_model::ActivityId> {
    let said = about_own_post(ctx, tx, author, post, ActivityKind::Update).await?;
    tx.say(&said, ctx.now());
    Ok(said.id)
}

/// What a local author says of a post of theirs after its `Create`: where only this
/// server knows the community, to those alone who got it before that.
pub(crate) async fn about_own_post(
    ctx: &Context,
    tx: &mut Tx,
    author: &Actor,
    post: &Post,
    kind: ActivityKind,
) -> Result<NewActivity> {
    tx.flush().await?;
    let created = tx.activity_about(post.id, ActivityKind::Create).await?;
    let home = match post.community_id {
        Some(id) => tx.actor(id).await?,
        None => None,
    };
    let hidden = match &home {
        Some(home) => is_local_only(tx, home).await?,
        None => false,
    };
    let mut recipients: Vec<ActorId> = post.community_id.into_iter().collect();
    if !hidden {
        let mentioned = tx.mentioned(post.id).await?;
        recipients.extend(mentioned.iter().map(|actor| actor.id));
    }
    Ok(NewActivity {
        post_id: Some(post.id),
        after_id: created.map(|created| created.id),
        lane: Lane::Content,
        to_followers: post.visibility != Visibility::Direct && !hidden,
        recipients,
        ..saying(ctx, kind, author.id, &post.uri)
    })
}

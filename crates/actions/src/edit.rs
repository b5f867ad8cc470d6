//! Editing a post. Only its author can; who wrote it, where it belongs, what it
//! answers and when it was written never change. Where posts are read before they are
//! shown, edits of those that are shown wait as well.

use archipel_model::notice::Cause;
use archipel_model::permission::Measure;
use archipel_model::submission::{HoldReason, held_edit};
use archipel_model::{Deed, Timestamp, Visibility};
use archipel_storage::{
    ActivityKind, Actor, Edited, HeldEdit, Lane, NewActivity, NewHeldEdit, Post, PostState, Tx,
};

use crate::notice::{Telling, tell};
use crate::order::{About, Order};
use crate::relay::{Passed, Relay, is_local_only, relay};
use crate::say::saying;
use crate::{Context, Error, Result};

/// A new version of a post.
#[derive(Clone, Debug)]
pub struct Edit<'a> {
    /// Its text and what surrounds it.
    pub content: Edited,
    /// When it was edited, as its author says; never later than now counts.
    pub at: Timestamp,
    /// The activity that brought it, exact bytes, of remote authors.
    pub received: Option<&'a str>,
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
    if !tx
        .edit_post(post.id, &edit.content, at, edit.received)
        .await?
    {
        return Ok(EditOutcome::Unchanged);
    }
    // What waited is older, or was written when everything was held.
    tx.drop_held_edit(post.id).await?;
    show(ctx, tx, author, post, edit.received).await?;
    Ok(EditOutcome::Edited)
}

/// Where, and why, an edit of this post waits for a moderator.
async fn must_wait(
    ctx: &Context,
    tx: &mut Tx,
    author: &Actor,
    post: &Post,
) -> Result<Option<(Actor, HoldReason)>> {
    let (Some(id), PostState::Published) = (post.community_id, post.state) else {
        return Ok(None);
    };
    let Some(settings) = tx.community(id).await? else {
        return Ok(None);
    };
    let policy = settings.policy();
    if !policy.holds_something() && !author.host_limited {
        return Ok(None);
    }
    let standing = tx.standing(id, author.id, ctx.now()).await?;
    let Some(reason) = held_edit(&standing, author.host_limited, policy) else {
        return Ok(None);
    };
    Ok(tx.actor(id).await?.map(|community| (community, reason)))
}

/// Tells those who have a post that it was edited.
async fn show(
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
    let what = match received {
        Some(raw) => Passed::Received(raw),
        None if author.is_local => Passed::Ours(say_update(ctx, tx, author, post).await?),
        // Nobody here speaks for somebody elsewhere.
        None => return Ok(()),
    };
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

/// Shows the version of a post that waits, and passes it on as it came.
pub async fn approve_edit(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    post: &Post,
) -> Result<()> {
    let waiting = decided(ctx, tx, order, post, Deed::Approved).await?;
    let content = Edited {
        title: waiting.title,
        content: waiting.content,
        source: waiting.source,
        summary: waiting.summary,
        sensitive: waiting.sensitive,
        language: waiting.language,
    };
    let received = waiting.received.as_deref();
    let Some(author) = tx.actor(post.author_id).await? else {
        return Ok(());
    };
    if author.host_blocked {
        return Err(Error::Inactive(author.acct()));
    }
    if tx
        .edit_post(post.id, &content, waiting.edited_at, received)
        .await?
    {
        show(ctx, tx, &author, post, received).await?;
    }
    let who = (order.community, &author, post);
    let language = content.language.as_deref().or(post.language.as_deref());
    told(ctx, tx, who, language, Cause::EditApproved, Some(order)).await
}

/// Drops the version of a post that waits: the post stays as it is.
pub async fn refuse_edit(ctx: &Context, tx: &mut Tx, order: &Order<'_>, post: &Post) -> Result<()> {
    let waiting = decided(ctx, tx, order, post, Deed::Refused).await?;
    let Some(author) = tx.actor(post.author_id).await? else {
        return Ok(());
    };
    let who = (order.community, &author, post);
    let language = waiting.language.as_deref().or(post.language.as_deref());
    told(ctx, tx, who, language, Cause::EditRefused, Some(order)).await
}

/// Takes the version that waits out of the queue, if the one who decides may.
async fn decided(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    post: &Post,
    deed: Deed,
) -> Result<HeldEdit> {
    let target = order.upon_post(ctx, tx, post).await?;
    order
        .authorise(ctx, tx, Measure::Decide, target, Some(&post.uri))
        .await?;
    let waiting = tx.held_edit(post.id).await?.ok_or(Error::NotHeld)?;
    tx.drop_held_edit(post.id).await?;
    let about = About {
        target: Some(post.author_id),
        post: Some(post.id),
        ..About::default()
    };
    order.log(ctx, tx, deed, about).await?;
    Ok(waiting)
}

async fn told(
    ctx: &Context,
    tx: &mut Tx,
    (community, author, post): (&Actor, &Actor, &Post),
    language: Option<&str>,
    cause: Cause,
    order: Option<&Order<'_>>,
) -> Result<()> {
    let telling = Telling {
        community,
        author,
        about: &post.uri,
        language,
        cause,
        order,
    };
    tell(ctx, tx, &telling).await.map(drop)
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
    tx.flush().await?;
    let announced = tx.is_announced(post.id, community.id).await?;
    Ok(announced.then_some(community))
}

/// A local author tells all who got the post, and those who would get it today.
async fn say_update(
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
    Ok(NewActivity {
        post_id: Some(post.id),
        after_id: created.map(|created| created.id),
        lane: Lane::Content,
        to_followers: post.visibility != Visibility::Direct && !hidden,
        recipients: post.community_id.into_iter().collect(),
        ..saying(ctx, kind, author.id, &post.uri)
    })
}

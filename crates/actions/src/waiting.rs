//! Edits that wait: where posts are read before they are shown, what is shown already
//! does not change unread. A moderator shows the new version, or drops it.

use archipel_model::Deed;
use archipel_model::notice::Cause;
use archipel_model::permission::Measure;
use archipel_model::submission::{HoldReason, held_edit};
use archipel_storage::{Actor, Edited, HeldEdit, Post, PostState, Tx};

use crate::edit::{renew, show, with_form};
use crate::naming;
use crate::notice::{Telling, tell};
use crate::notify;
use crate::order::{About, Order};
use crate::submit::Special;
use crate::{Context, Error, Result};

/// Where, and why, an edit of this post waits for a moderator.
pub(crate) async fn must_wait(
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

/// Shows the version of a post that waits, and passes it on as it came; `special` is
/// the poll or event that it is, as the activity that brought it has it.
pub async fn approve_edit(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    post: &Post,
    special: &Special,
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
    // What is written here counts from when it is shown: a moderator's mark may have
    // changed the post since it was written.
    let at = if author.is_local {
        ctx.now()
    } else {
        waiting.edited_at
    };
    // The people who are named may be known by now. Of a post of elsewhere nothing but
    // its text is kept here.
    let found = match &content.source {
        Some(source) if author.is_local => {
            Some(naming::typed_here(ctx, tx, source, content.title.as_deref()).await?)
        }
        _ => None,
    };
    let content = match &found {
        Some(found) => with_form(&content, found),
        None => content,
    };
    if tx.edit_post(post.id, &content, at, received).await? {
        if let Some(found) = &found {
            let before = tx.named_here(post.id).await?;
            naming::keep(ctx, tx, post.id, found, true).await?;
            notify::edited(ctx, tx, post, &before).await?;
        }
        renew(ctx, tx, post, special).await?;
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

/// Tells the author of a post what becomes of its edit.
pub(crate) async fn told(
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
        answers: true,
        language,
        cause,
        order,
        until: None,
    };
    tell(ctx, tx, &telling).await.map(drop)
}

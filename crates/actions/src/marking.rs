//! Marking a post as sensitive, or taking the mark away: all that a moderator may
//! change of what somebody else wrote.

use archipel_model::Deed;
use archipel_model::permission::Measure;
use archipel_storage::{Actor, Edited, Post, PostState, Tx};

use crate::edit::show;
use crate::order::{About, Order};
use crate::{Context, Result};

/// Marks a post as sensitive, or takes the mark away. Of a post that was written here
/// the new version is told to all who got it; of others, their server keeps theirs.
/// Says whether something changed.
pub async fn set_marked(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    post: &Post,
    sensitive: bool,
) -> Result<bool> {
    let target = order.upon_post(ctx, tx, post).await?;
    order
        .authorise(ctx, tx, Measure::Mark, target, Some(&post.uri))
        .await?;
    if post.sensitive == sensitive || post.state == PostState::Deleted {
        return Ok(false);
    }
    if !change(ctx, tx, post, sensitive).await? {
        return Ok(false);
    }
    let deed = if sensitive {
        Deed::Marked
    } else {
        Deed::Unmarked
    };
    let about = About {
        target: Some(post.author_id),
        post: Some(post.id),
        ..About::default()
    };
    order.log(ctx, tx, deed, about).await?;
    Ok(true)
}

async fn change(ctx: &Context, tx: &mut Tx, post: &Post, sensitive: bool) -> Result<bool> {
    let author: Option<Actor> = tx.actor(post.author_id).await?;
    let Some(author) = author.filter(|author| author.is_local && post.is_local) else {
        return Ok(tx.set_post_sensitive(post.id, sensitive).await?);
    };
    let content = Edited {
        title: post.title.clone(),
        content: post.content.clone(),
        source: post.source.clone(),
        summary: post.summary.clone(),
        sensitive,
        language: None,
    };
    // Not an edit of the author's: it waits for nobody.
    if !tx.edit_post(post.id, &content, ctx.now(), None).await? {
        return Ok(false);
    }
    show(ctx, tx, &author, post, None).await?;
    Ok(true)
}

//! Taking a post out of its community, and bringing it back.
//!
//! A removal is the community's: the post stays its author's, who can still delete
//! it, and other communities and servers that have it decide for themselves.

use archipel_model::Deed;
use archipel_model::notice::Told;
use archipel_model::permission::Measure;
use archipel_storage::{ActivityKind, Actor, Lane, NewActivity, Post, PostState, Tx};

use crate::order::{About, Order, Telltale};
use crate::resolution::dealt_with;
use crate::say::saying;
use crate::{Context, Result};

/// Takes a post out of its community; `with_replies` takes all that answers it
/// too. Says whether something changed.
pub async fn remove_post(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    post: &Post,
    with_replies: bool,
) -> Result<bool> {
    let target = order.upon_post(ctx, tx, post).await?;
    order
        .authorise(ctx, tx, Measure::Remove, target, Some(&post.uri))
        .await?;
    if !tx
        .set_post_state(post.id, PostState::Published, PostState::Removed)
        .await?
    {
        return Ok(false);
    }
    if with_replies {
        tx.remove_answers(post.id).await?;
    }
    let about = About {
        target: Some(post.author_id),
        post: Some(post.id),
        with_content: with_replies,
        ..About::default()
    };
    let measure = order.log(ctx, tx, Deed::Removed, about).await?;
    order
        .proclaim(ctx, tx, measure, &post.uri, &[post.author_id])
        .await?;
    take_boost_back(ctx, tx, order.community, post).await?;
    let what = if with_replies {
        Told::RemovedWithReplies
    } else {
        Told::Removed
    };
    tell_author(ctx, tx, order, post, what).await?;
    dealt_with(ctx, tx, order, post.author_id, Some(post.id)).await?;
    Ok(true)
}

async fn tell_author(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    post: &Post,
    what: Told,
) -> Result<()> {
    let Some(author) = tx.actor(post.author_id).await? else {
        return Ok(());
    };
    // What their own server does to them is not the community's to explain.
    let by_their_own = !order.by.is_local
        && order.by.host == author.host
        && order.standing_of(ctx, tx, order.by).await?.role.is_none();
    // Nor is anybody told of what they do themselves.
    if by_their_own || author.id == order.by.id {
        return Ok(());
    }
    order
        .tell(ctx, tx, &author, what, Telltale::post(post))
        .await
}

/// Brings a removed post back, with the answers that went with it. Says whether
/// something changed.
pub async fn restore_post(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    post: &Post,
) -> Result<bool> {
    let target = order.upon_post(ctx, tx, post).await?;
    let removal = tx.last_measure_on_post(post.id, Deed::Removed).await?;
    let restored = tx.last_measure_on_post(post.id, Deed::Restored).await?;
    let removal = removal.filter(|removal| restored.is_none_or(|last| last.id < removal.id));
    // A server takes back what it removed itself, not what moderators here removed.
    let own = match &removal {
        Some(removal) if !tx.is_kept_out_with_others(post.id).await? => tx
            .actor(removal.by_id)
            .await?
            .is_some_and(|by| !by.is_local && by.host == order.by.host),
        _ => false,
    };
    let object = own.then_some(post.uri.as_str());
    order
        .authorise(ctx, tx, Measure::Restore, target, object)
        .await?;
    // What was refused was never here.
    let refused = tx.last_measure_on_post(post.id, Deed::Refused).await?;
    if refused.is_some()
        || !tx
            .set_post_state(post.id, PostState::Removed, PostState::Published)
            .await?
    {
        return Ok(false);
    }
    let with_replies = removal.as_ref().is_some_and(|removal| removal.with_content);
    let about = About {
        target: Some(post.author_id),
        post: Some(post.id),
        undoes: removal.as_ref().map(|removal| removal.id),
        ..About::default()
    };
    let measure = order.log(ctx, tx, Deed::Restored, about).await?;
    if with_replies {
        tx.bring_answers_back(post.id).await?;
    }
    order
        .proclaim(ctx, tx, measure, &post.uri, &[post.author_id])
        .await?;
    boost_again(ctx, tx, order.community, post).await?;
    tell_author(ctx, tx, order, post, Told::Restored).await?;
    Ok(true)
}

/// Followers on microblogs saw a thread as a boost, and only that can be taken
/// back from them.
pub(crate) async fn take_boost_back(
    ctx: &Context,
    tx: &mut Tx,
    community: &Actor,
    post: &Post,
) -> Result<()> {
    tx.flush().await?;
    let Some(boost) = tx.last_boost(post.id, community.id).await? else {
        return Ok(());
    };
    let said = NewActivity {
        post_id: Some(post.id),
        after_id: Some(boost.id),
        lane: Lane::Content,
        to_followers: true,
        ..saying(ctx, ActivityKind::Unboost, community.id, &post.uri)
    };
    tx.say(&said, ctx.now());
    Ok(())
}

/// Shows a thread again that was taken back.
pub(crate) async fn boost_again(
    ctx: &Context,
    tx: &mut Tx,
    community: &Actor,
    post: &Post,
) -> Result<()> {
    tx.flush().await?;
    if tx.last_boost(post.id, community.id).await?.is_some() {
        boost_again_in(ctx, tx, community, post);
    }
    Ok(())
}

/// Shows a thread in a community that was announced before, there or elsewhere.
pub(crate) fn boost_again_in(ctx: &Context, tx: &mut Tx, community: &Actor, post: &Post) {
    let said = NewActivity {
        post_id: Some(post.id),
        lane: Lane::Content,
        to_followers: true,
        ..saying(ctx, ActivityKind::AnnounceAgain, community.id, &post.uri)
    };
    tx.say(&said, ctx.now());
}

//! Posts that wait for a moderator: publishing or refusing them, and holding
//! everything while a wave of spam comes in.

use archipel_model::Deed;
use archipel_model::notice::Cause;
use archipel_model::permission::{Measure, Target};
use archipel_model::submission::Refusal;
use archipel_storage::{Actor, Post, PostState, Tx};

use crate::announce::{Announcement, Told, announce, say_create};
use crate::feed::{self, Publication};
use crate::notice::{Telling, tell};
use crate::notify;
use crate::order::{About, Order};
use crate::{Context, Error, Result};

/// Publishes a held post as if it came now. Says whether it was held.
pub async fn approve_held(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    post: &Post,
) -> Result<bool> {
    decide(ctx, tx, order, post, PostState::Published, Deed::Approved).await?;
    let Some(author) = tx.actor(post.author_id).await? else {
        return Ok(false);
    };
    // Nothing of a blocked server is passed on, whenever it came.
    if author.host_blocked {
        return Err(Error::Inactive(author.acct()));
    }
    let parent = match post.parent_id {
        Some(id) => tx.post(id).await?,
        None => None,
    };
    let publication = Publication {
        post: post.id,
        author: post.author_id,
        parent: parent.as_ref(),
        is_reply: post.parent_uri.is_some(),
        visibility: post.visibility,
        at: post.published_at,
    };
    feed::published(ctx, tx, &publication, false);
    notify::decided(tx, order.community, post.id).await?;
    notify::shown(ctx, tx, post.id, post.author_id).await?;
    let created = if author.is_local {
        let mentioned = tx.mentioned(post.id).await?;
        let told = Told {
            author: &author,
            parent: parent.as_ref(),
            home: Some(order.community),
            post: post.id,
            uri: &post.uri,
            visibility: post.visibility,
            mentioned: &mentioned,
        };
        Some(say_create(ctx, tx, &told).await?)
    } else {
        None
    };
    if created.is_some() || post.received.is_some() {
        let what = Announcement {
            post: post.id,
            uri: &post.uri,
            is_reply: post.parent_uri.is_some(),
            created,
            received: post.received.as_deref(),
        };
        announce(ctx, tx, order.community, what).await?;
    }
    told(ctx, tx, order, post, &author, Cause::Approved).await?;
    Ok(true)
}

/// Refuses a held post: it is gone from here. Says whether it was held.
pub async fn refuse_held(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    post: &Post,
) -> Result<bool> {
    decide(ctx, tx, order, post, PostState::Removed, Deed::Refused).await?;
    if let Some(author) = tx.actor(post.author_id).await? {
        let cause = Cause::Refused(Refusal::ByModerator);
        told(ctx, tx, order, post, &author, cause).await?;
    }
    Ok(true)
}

async fn told(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    post: &Post,
    author: &Actor,
    cause: Cause,
) -> Result<()> {
    let telling = Telling {
        community: order.community,
        author,
        about: &post.uri,
        answers: true,
        language: post.language.as_deref(),
        cause,
        order: Some(order),
        until: None,
    };
    tell(ctx, tx, &telling).await.map(drop)
}

async fn decide(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    post: &Post,
    to: PostState,
    deed: Deed,
) -> Result<()> {
    let target = order.upon_post(ctx, tx, post).await?;
    order
        .authorise(ctx, tx, Measure::Decide, target, Some(&post.uri))
        .await?;
    if !tx.set_post_state(post.id, PostState::Held, to).await? {
        return Err(Error::NotHeld);
    }
    let about = About {
        target: Some(post.author_id),
        post: Some(post.id),
        ..About::default()
    };
    order.log(ctx, tx, deed, about).await?;
    Ok(())
}

/// Begins, or ends, holding everything that comes in from those without a role.
/// Says whether something changed.
pub async fn set_wave(ctx: &Context, tx: &mut Tx, order: &Order<'_>, on: bool) -> Result<bool> {
    order
        .authorise(ctx, tx, Measure::Hold, Target::Community, None)
        .await?;
    let settings = tx.community(order.community.id).await?;
    let Some(mut settings) = settings else {
        return Err(Error::NotACommunity(order.community.acct()));
    };
    if settings.wave == on {
        return Ok(false);
    }
    settings.wave = on;
    tx.put_community(&settings).await?;
    let deed = if on { Deed::Held } else { Deed::Released };
    order.log(ctx, tx, deed, About::default()).await?;
    Ok(true)
}

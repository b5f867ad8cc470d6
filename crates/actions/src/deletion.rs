//! What disappears: posts that their authors deleted, actors that are gone.

use std::time::Duration;

use archipel_model::permission::{Measure, Target};
use archipel_model::{ActorKind, ActorState, Deed, Visibility};
use archipel_storage::{ActivityKind, Actor, Lane, NewActivity, Post, PostState, Tx};

use crate::edit::{about_own_post, announced_home};
use crate::order::{About, Order};
use crate::relay::{Passed, Relay, relaying};
use crate::removal::take_boost_back;
use crate::say::saying_to_all;
use crate::{Context, Error, Result};

/// Who got a post is known at least for so long: less than what deliveries are kept.
const KNOWN: Duration = Duration::from_hours(29 * 24);

/// Of how many threads of somebody who is gone the boost is taken back: work for one
/// activity has to end.
const MOST_BOOSTS: i64 = 200;

/// An author deletes a post: it becomes a tombstone, and all who were shown it are
/// told. Only the author can, by the database's word, not the payload's; `received`
/// is the activity that said so, of remote authors. Says whether something changed.
pub async fn author_deleted(
    ctx: &Context,
    tx: &mut Tx,
    author: &Actor,
    post: &Post,
    received: Option<&str>,
) -> Result<bool> {
    if post.author_id != author.id {
        return Ok(false);
    }
    if !tx.delete_post(post.id, ctx.now()).await? {
        return Ok(false);
    }
    if post.visibility == Visibility::Direct {
        tx.untalk(post.id).await?;
    }
    if post.is_local {
        // Who writes it anew shows the same files.
        tx.detach_media(post.id, &[], ctx.now()).await?;
        tx.unpin(author.id, post.id).await?;
    }
    // What still waited was never told to anybody.
    if post.state == PostState::Held {
        return Ok(true);
    }
    let what = match received {
        Some(raw) => Some(Passed::Received(raw)),
        None if author.is_local => {
            let said = deletion(ctx, tx, author, post).await?;
            tx.say(&said, ctx.now());
            Some(Passed::Ours(said.id))
        }
        // Nobody here speaks for somebody elsewhere.
        None => None,
    };
    tx.flush().await?;
    if let Some(community) = announced_home(tx, post).await? {
        if let Some(what) = what {
            let passed = Relay {
                what,
                object: &post.uri,
                measure: None,
                also: &[],
                lane: Lane::Content,
            };
            if let Some(mut said) = relaying(ctx, tx, &community, passed).await? {
                said.to_reached = is_old(ctx, post);
                tx.say(&said, ctx.now());
            }
        }
        if post.state == PostState::Published {
            take_boost_back(ctx, tx, &community, post).await?;
        }
    }
    Ok(true)
}

/// What a local author says to all who got a post. After a month it is not known any
/// more who that was: then all are told who ever got something of the author. What was
/// written to few is never told to more.
async fn deletion(ctx: &Context, tx: &mut Tx, author: &Actor, post: &Post) -> Result<NewActivity> {
    let said = about_own_post(ctx, tx, author, post, ActivityKind::Delete).await?;
    if !is_old(ctx, post) {
        return Ok(said);
    }
    if post.visibility == Visibility::Direct {
        let Some(created) = tx.activity_about(post.id, ActivityKind::Create).await? else {
            return Ok(said);
        };
        let recipients = created.recipient_ids();
        return Ok(NewActivity { recipients, ..said });
    }
    Ok(NewActivity {
        to_reached: true,
        ..said
    })
}

fn is_old(ctx: &Context, post: &Post) -> bool {
    ctx.now().since(post.created_at) >= KNOWN
}

/// An actor is gone for good: it follows nobody and nobody follows it. Its name
/// stays taken.
pub async fn actor_gone(ctx: &Context, tx: &mut Tx, actor: &Actor) -> Result<()> {
    tx.set_actor_state(actor.id, ActorState::Gone, ctx.now())
        .await?;
    tx.remove_follows_of(actor.id).await?;
    tx.unshow_boosts_of(actor.id).await?;
    Ok(())
}

/// An actor elsewhere deleted itself, and with it, unless it says otherwise, all that
/// it posted here.
pub async fn actor_deleted(
    ctx: &Context,
    tx: &mut Tx,
    actor: &Actor,
    keeps_posts: bool,
) -> Result<()> {
    if !keeps_posts {
        tx.flush().await?;
        for post in tx.shown_threads_of(actor.id, MOST_BOOSTS).await? {
            if let Some(community) = announced_home(tx, &post).await? {
                take_boost_back(ctx, tx, &community, &post).await?;
            }
        }
        tx.delete_posts_of(actor.id, ctx.now()).await?;
    }
    actor_gone(ctx, tx, actor).await
}

/// A person or community of this server is deleted: its posts become tombstones, and
/// all are told who follow it, are followed by it, or ever got something of it. The
/// name stays taken, the address answers that it is gone, and the keys stay until all
/// were told.
pub async fn delete_local_actor(ctx: &Context, tx: &mut Tx, actor: &Actor) -> Result<()> {
    if !actor.is_local || actor.state == ActorState::Gone {
        return Err(Error::Inactive(actor.acct()));
    }
    let now = ctx.now();
    let said = saying_to_all(ctx, tx, ActivityKind::DeleteActor, actor).await?;
    tx.say(&said, now);
    tx.delete_posts_of(actor.id, now).await?;
    tx.unshow_boosts_of(actor.id).await?;
    tx.set_actor_state(actor.id, ActorState::Gone, now).await?;
    Ok(())
}

/// A community of this server is deleted for good. What its members wrote stays theirs.
pub async fn close_community(ctx: &Context, tx: &mut Tx, order: &Order<'_>) -> Result<()> {
    let community = order.community;
    order
        .authorise(ctx, tx, Measure::Close, Target::Community, None)
        .await?;
    let measure = order.log(ctx, tx, Deed::Closed, About::default()).await?;
    // Lemmy and its family take the end of a community from people of its team,
    // microblogs from the community itself.
    if order.by.kind == ActorKind::Person {
        order
            .proclaim(ctx, tx, measure, &community.uri, &[])
            .await?;
    }
    delete_local_actor(ctx, tx, community).await
}

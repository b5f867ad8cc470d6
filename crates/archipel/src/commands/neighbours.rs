//! `archipel community follow`, `unfollow` and `threads`: communities of elsewhere.

use anyhow::bail;
use archipel_actions::{self as actions, Door, FollowOutcome, Order};
use archipel_model::ActorKind;
use archipel_storage::Actor;
use serde_json::json;

use super::{Context, output};
use crate::app::App;
use crate::cli::{CommunityFollow, Limit};

/// Runs `archipel community follow`.
pub(super) async fn follow(
    context: &Context,
    app: &App,
    args: &CommunityFollow,
) -> anyhow::Result<()> {
    let (community, target, by) = concerned(app, args).await?;
    let mut tx = app.store.write().await?;
    let order = order(&by, &community);
    let outcome = actions::follow_as_community(&app.actions, &mut tx, &order, &target).await?;
    tx.commit().await?;
    let (state, verb) = match outcome {
        FollowOutcome::Accepted => ("accepted", "follows"),
        FollowOutcome::Pending => ("pending", "asked to follow"),
        FollowOutcome::Rejected => bail!("{} does not let it in", target.acct()),
    };
    if context.json {
        output::word(context, "state", state);
    } else {
        output::sentence(
            context,
            &format!("{} {verb} {}.", args.handle, target.acct()),
        );
    }
    Ok(())
}

/// Runs `archipel community unfollow`.
pub(super) async fn unfollow(
    context: &Context,
    app: &App,
    args: &CommunityFollow,
) -> anyhow::Result<()> {
    let (community, target, by) = concerned(app, args).await?;
    let mut tx = app.store.write().await?;
    let order = order(&by, &community);
    let stopped = actions::unfollow_as_community(&app.actions, &mut tx, &order, &target).await?;
    tx.commit().await?;
    if !stopped {
        bail!("{} did not follow {}", args.handle, target.acct());
    }
    output::sentence(
        context,
        &format!("{} follows {} no more.", args.handle, target.acct()),
    );
    Ok(())
}

async fn concerned(app: &App, args: &CommunityFollow) -> anyhow::Result<(Actor, Actor, Actor)> {
    Ok((
        app.community(&args.handle).await?,
        app.anybody(&args.target).await?,
        app.moderator(&args.by).await?,
    ))
}

fn order<'a>(by: &'a Actor, community: &'a Actor) -> Order<'a> {
    Order {
        by,
        community,
        door: Door::Here("command line"),
        reason: None,
        rule: None,
    }
}

/// Runs `archipel community threads`.
pub(super) async fn threads(
    context: &Context,
    app: &App,
    community: &str,
    limit: Limit,
) -> anyhow::Result<()> {
    let community = app.anybody(community).await?;
    if community.kind != ActorKind::Group {
        bail!("{} is not a community", community.acct());
    }
    let mut conn = app.store.read().await?;
    let threads = conn.threads(community.id, i64::from(limit.limit)).await?;
    let mut rows = Vec::with_capacity(threads.len());
    for thread in threads {
        let author = conn.actor(thread.author_id).await?;
        rows.push(json!({
            "uri": thread.uri,
            "title": thread.title,
            "author": author.map(|author| author.uri),
            "published_at": thread.published_at.rfc3339(),
            "replies": conn.thread_reply_count(thread.id).await?,
            "locked": thread.locked,
            "on_top": thread.pinned_at.is_some(),
        }));
    }
    output::list(context, &rows, |row| {
        format!(
            "{}  {}  {}  {} replies",
            output::of(row, "published_at"),
            output::of(row, "uri"),
            output::of(row, "title"),
            output::of(row, "replies")
        )
    });
    Ok(())
}

//! `archipel community`: the groups of this server and who waits to join them.

use anyhow::bail;
use archipel_actions::{self as actions, CommunityChange, Door, NewCommunity, Order};
use archipel_federation::new_keys;
use archipel_model::{CommunityPolicy, Handle};
use archipel_storage::Actor;
use serde_json::{Value, json};

use super::moderation::{order, say};
use super::{Context, identity, neighbours, output};
use crate::app::App;
use crate::cli::{
    CommunityCommand, CommunityCreate, CommunityPolicyArgs, CommunitySet, Confirm, Why, confirm,
};

/// Runs the command.
pub async fn run(context: &Context, args: &CommunityCommand) -> anyhow::Result<()> {
    let app = context.open().await?;
    match args {
        CommunityCommand::Create(create) => make(context, &app, create).await,
        CommunityCommand::List => list(context, &app).await,
        CommunityCommand::Show { handle } => show(context, &app, handle).await,
        CommunityCommand::Delete {
            handle,
            by,
            confirm,
        } => {
            let community = app.community(handle).await?;
            let by = app.moderator(by).await?;
            close(context, &app, &community, &by, *confirm).await
        }
        CommunityCommand::RotateKeys(args) => {
            let community = app.community(&args.handle).await?;
            identity::rotate(context, &app, &community, args.when).await
        }
        CommunityCommand::Alias(command) => {
            let community = app.community(identity::alias_handle(command)).await?;
            identity::alias(context, &app, &community, command).await
        }
        CommunityCommand::Move { to, by } => {
            let community = app.community(&to.handle).await?;
            let by = app.moderator(by).await?;
            identity::depart(context, &app, &community, to, Some(&by)).await
        }
        CommunityCommand::Set(set) => change(context, &app, set).await,
        CommunityCommand::Requests { handle } => requests(context, &app, handle).await,
        CommunityCommand::Accept { handle, actor, why } => {
            decide(context, &app, (handle, actor), why, true).await
        }
        CommunityCommand::Reject { handle, actor, why } => {
            decide(context, &app, (handle, actor), why, false).await
        }
        CommunityCommand::Follow(which) => neighbours::follow(context, &app, which).await,
        CommunityCommand::Unfollow(which) => neighbours::unfollow(context, &app, which).await,
        CommunityCommand::Threads { community, limit } => {
            neighbours::threads(context, &app, community, *limit).await
        }
    }
}

async fn close(
    context: &Context,
    app: &App,
    community: &Actor,
    by: &Actor,
    sure: Confirm,
) -> anyhow::Result<()> {
    if !confirm::ask(&super::deletion(community), sure)? {
        bail!("nothing was changed");
    }
    let order = Order {
        by,
        community,
        door: Door::Here("command line"),
        reason: None,
        rule: None,
    };
    let mut tx = app.store.write().await?;
    actions::close_community(&app.actions, &mut tx, &order).await?;
    tx.commit().await?;
    output::sentence(context, &format!("{} is deleted.", community.acct()));
    Ok(())
}

fn policy(args: CommunityPolicyArgs) -> CommunityPolicy {
    let usual = CommunityPolicy::default();
    CommunityPolicy {
        join: args.join.unwrap_or(usual.join),
        post: args.post.unwrap_or(usual.post),
        reply: args.reply.unwrap_or(usual.reply),
        hold: args.hold.unwrap_or(usual.hold),
        hold_unknown: args.hold_unknown.unwrap_or(usual.hold_unknown),
        reactions: args.reactions.unwrap_or(usual.reactions),
        reach: args.reach.unwrap_or(usual.reach),
        ..usual
    }
}

async fn make(context: &Context, app: &App, create: &CommunityCreate) -> anyhow::Result<()> {
    let keys = tokio::task::spawn_blocking(new_keys).await??;
    let new = NewCommunity {
        handle: create.handle.clone(),
        title: create.title.clone(),
        description: create.description.clone(),
        language: create.language.clone(),
        policy: policy(create.policy),
    };
    let mut tx = app.store.write().await?;
    let community = actions::create_community(&app.actions, &mut tx, &new, &keys).await?;
    tx.commit().await?;
    output::word(context, "actor", &community.uri);
    Ok(())
}

async fn row(app: &App, actor: &Actor) -> anyhow::Result<Value> {
    let mut conn = app.store.read().await?;
    let settings = conn.community(actor.id).await?;
    let policy = settings.as_ref().map(archipel_storage::Community::policy);
    Ok(json!({
        "handle": actor.handle,
        "title": actor.name,
        "actor": actor.uri,
        "moved_to": actor.moved_to,
        "description": settings.as_ref().map(|settings| settings.description.clone()),
        "language": settings.as_ref().map(|settings| settings.language.clone()),
        "join": policy.map(|policy| policy.join.as_str()),
        "post": policy.map(|policy| policy.post.as_str()),
        "reply": policy.map(|policy| policy.reply.as_str()),
        "hold": policy.map(|policy| policy.hold.as_str()),
        "hold_unknown": policy.map(|policy| policy.hold_unknown),
        "reactions": policy.map(|policy| policy.reactions.as_str()),
        "bot_votes": settings.as_ref().map(|settings| settings.bot_votes),
        "reach": policy.map(|policy| policy.reach.as_str()),
        "wave": policy.map(|policy| policy.wave),
        "rules": settings.as_ref().map(archipel_storage::Community::rule_list),
        "members": conn.follower_count(actor.id).await?,
        "threads": conn.thread_count(actor.id).await?,
    }))
}

async fn list(context: &Context, app: &App) -> anyhow::Result<()> {
    let communities = app.store.read().await?.communities().await?;
    let mut rows = Vec::with_capacity(communities.len());
    for community in &communities {
        rows.push(row(app, community).await?);
    }
    output::list(context, &rows, |row| {
        format!(
            "{}  {}  {} members  {} threads",
            output::of(row, "handle"),
            output::of(row, "title"),
            output::of(row, "members"),
            output::of(row, "threads")
        )
    });
    Ok(())
}

async fn show(context: &Context, app: &App, handle: &Handle) -> anyhow::Result<()> {
    let community = app.community(handle).await?;
    output::thing(context, &row(app, &community).await?);
    Ok(())
}

async fn change(context: &Context, app: &App, set: &CommunitySet) -> anyhow::Result<()> {
    let community = app.community(&set.handle).await?;
    let change = CommunityChange {
        title: set.title.clone(),
        description: set.description.clone(),
        language: set.language.clone(),
        join: set.policy.join,
        post: set.policy.post,
        reply: set.policy.reply,
        hold: set.policy.hold,
        hold_unknown: set.policy.hold_unknown,
        reactions: set.policy.reactions,
        bot_votes: set.bot_votes,
        reach: set.policy.reach,
        rules: set.rules.clone(),
        avatar: None,
        header: None,
    };
    let by = app.moderator(&set.why.by).await?;
    let mut tx = app.store.write().await?;
    let order = order(&by, &community, Some(&set.why));
    let changed = actions::change_community(&app.actions, &mut tx, &order, &change).await?;
    tx.commit().await?;
    say(context, changed, "Changed.");
    Ok(())
}

async fn requests(context: &Context, app: &App, handle: &Handle) -> anyhow::Result<()> {
    let community = app.community(handle).await?;
    let waiting = app
        .store
        .read()
        .await?
        .follow_requests(community.id)
        .await?;
    let rows: Vec<Value> = waiting
        .iter()
        .map(|actor| json!({ "actor": actor.uri, "acct": actor.acct(), "name": actor.name }))
        .collect();
    output::list(context, &rows, |row| {
        format!("{}  {}", output::of(row, "acct"), output::of(row, "actor"))
    });
    Ok(())
}

async fn decide(
    context: &Context,
    app: &App,
    (handle, actor): (&Handle, &str),
    why: &Why,
    accept: bool,
) -> anyhow::Result<()> {
    let community = app.community(handle).await?;
    let follower = app.anybody(actor).await?;
    let by = app.moderator(&why.by).await?;
    let mut tx = app.store.write().await?;
    let order = order(&by, &community, Some(why));
    actions::decide_request(&app.actions, &mut tx, &order, &follower, accept).await?;
    tx.commit().await?;
    let word = if accept { "accepted" } else { "rejected" };
    output::sentence(
        context,
        &format!("{} is {word} in {handle}.", follower.acct()),
    );
    Ok(())
}

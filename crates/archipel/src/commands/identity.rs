//! `rotate-keys`, `alias`, `move`: what a person or a community is over time.

use anyhow::{Context as _, bail};
use archipel_actions::{self as actions, Door, Order};
use archipel_federation::client::Budget;
use archipel_federation::new_keys;
use archipel_storage::Actor;
use serde_json::json;
use url::Url;

use super::{Context, output};
use crate::app::App;
use crate::cli::{AliasCommand, InstanceCommand, MoveArgs, When, confirm};

/// Runs `archipel instance`.
pub async fn instance(context: &Context, command: &InstanceCommand) -> anyhow::Result<()> {
    let app = context.open().await?;
    let InstanceCommand::RotateKeys { when } = command;
    let uri = app.actions.site.instance();
    let instance = app.store.read().await?.actor_by_uri(&uri).await?;
    let instance = instance.context("the server has no actor yet: start it once")?;
    rotate(context, &app, &instance, *when).await
}

/// Gives somebody new keys.
pub(super) async fn rotate(
    context: &Context,
    app: &App,
    actor: &Actor,
    when: When,
) -> anyhow::Result<()> {
    let keys = tokio::task::spawn_blocking(new_keys).await??;
    let mut tx = app.store.write().await?;
    let from = actions::rotate_keys(&app.actions, &mut tx, actor, &keys, when.now).await?;
    tx.commit().await?;
    if when.now {
        output::sentence(
            context,
            "The new keys sign now; the servers concerned are told.",
        );
    } else {
        let day = from.rfc3339();
        output::sentence(
            context,
            &format!("The new keys are shown now and sign from {day}."),
        );
    }
    Ok(())
}

/// The one who an alias is of.
pub(super) const fn alias_handle(command: &AliasCommand) -> &archipel_model::Handle {
    match command {
        AliasCommand::Add { handle, .. }
        | AliasCommand::Remove { handle, .. }
        | AliasCommand::List { handle } => handle,
    }
}

/// Names other addresses, or lists them.
pub(super) async fn alias(
    context: &Context,
    app: &App,
    actor: &Actor,
    command: &AliasCommand,
) -> anyhow::Result<()> {
    match command {
        AliasCommand::Add { other, .. } => {
            let other = app.anybody(other).await?;
            let mut tx = app.store.write().await?;
            let new = actions::add_alias(&app.actions, &mut tx, actor, &other).await?;
            tx.commit().await?;
            let words = if new {
                "is named now"
            } else {
                "was named already"
            };
            output::sentence(context, &format!("{} {words}.", other.uri));
        }
        AliasCommand::Remove { other, .. } => {
            // What it leads to may be gone.
            let uri = match Url::parse(other) {
                Ok(url) if url.has_host() => url.to_string(),
                _ => app.anybody(other).await?.uri,
            };
            let mut tx = app.store.write().await?;
            if !actions::remove_alias(&app.actions, &mut tx, actor, &uri).await? {
                bail!("{uri} is not named: `alias list` shows what is");
            }
            tx.commit().await?;
            output::sentence(context, &format!("{uri} is named no more."));
        }
        AliasCommand::List { .. } => {
            let rows: Vec<_> = actor
                .aliases()
                .iter()
                .map(|alias| json!({ "actor": alias }))
                .collect();
            output::list(context, &rows, |row| output::of(row, "actor"));
        }
    }
    Ok(())
}

/// Moves a person, or, in the name of `by`, a community, or ends that.
pub(super) async fn depart(
    context: &Context,
    app: &App,
    actor: &Actor,
    args: &MoveArgs,
    by: Option<&Actor>,
) -> anyhow::Result<()> {
    let order = by.map(|by| Order {
        by,
        community: actor,
        door: Door::Here("command line"),
        reason: None,
        rule: None,
    });
    let Some(target) = args.target.as_deref().filter(|_| !args.back) else {
        let mut tx = app.store.write().await?;
        let ended = match &order {
            Some(order) => actions::reopen_community(&app.actions, &mut tx, order).await?,
            None => actions::move_back(&app.actions, &mut tx, actor).await?,
        };
        if !ended {
            bail!("{} has not moved", actor.acct());
        }
        tx.commit().await?;
        output::sentence(context, &format!("{} acts here again.", actor.acct()));
        return Ok(());
    };
    let target = newest(app, target).await?;
    let question = format!("Déménager / move {} → {}?", actor.acct(), target.acct());
    if !confirm::ask(&question, args.confirm)? {
        bail!("nothing was changed");
    }
    let mut tx = app.store.write().await?;
    match &order {
        Some(order) => {
            actions::move_community(&app.actions, &mut tx, order, &target).await?;
        }
        None => actions::move_person(&app.actions, &mut tx, actor, &target).await?,
    }
    tx.commit().await?;
    let words = format!("{} moved to {}.", actor.acct(), target.acct());
    output::sentence(context, &words);
    Ok(())
}

/// Somebody as their own server shows them now.
async fn newest(app: &App, text: &str) -> anyhow::Result<Actor> {
    let found = app.anybody(text).await?;
    if found.is_local {
        return Ok(found);
    }
    let uri = Url::parse(&found.uri)?;
    let mut budget = Budget::default();
    app.federation
        .refresh_actor(&uri, &mut budget)
        .await
        .with_context(|| format!("{uri} could not be read"))
}

//! `archipel inbox`: what was received, what came of it, and trying again.

use anyhow::Context as _;
use archipel_model::{InboxId, origin_of};
use archipel_storage::InboxView;
use serde_json::{Value, json};
use url::Url;

use super::{Context, output};
use crate::app::App;
use crate::cli::{InboxCommand, InboxState};

/// Runs the command.
pub async fn run(context: &Context, args: &InboxCommand) -> anyhow::Result<()> {
    let app = context.open().await?;
    match args {
        InboxCommand::List { state, peer, limit } => {
            let states: &[&str] = match state {
                Some(InboxState::Waiting) => &["waiting"],
                Some(InboxState::Retrying) => &["retrying"],
                Some(InboxState::Done) => &["done"],
                Some(InboxState::Refused) => &["refused"],
                Some(InboxState::Quarantined) => &["quarantined"],
                None => &["retrying", "quarantined"],
            };
            let limit = i64::from(limit.limit);
            let views = app.store.read().await?.inbox_views(states, limit).await?;
            let rows: Vec<Value> = views
                .iter()
                .filter(|view| peer.as_ref().is_none_or(|peer| comes_from(view, peer)))
                .map(row)
                .collect();
            output::list(context, &rows, |row| {
                format!(
                    "{}  {}  {}  {}  {}",
                    output::of(row, "id"),
                    output::of(row, "state"),
                    output::of(row, "kind"),
                    output::of(row, "signer"),
                    output::of(row, "outcome")
                )
            });
            Ok(())
        }
        InboxCommand::Show { id } => show(context, &app, *id).await,
        InboxCommand::Retry { id, .. } => {
            let mut tx = app.store.write().await?;
            let rows = tx.retry_inbox(id.map(InboxId), app.actions.now()).await?;
            tx.wake_inbox();
            tx.commit().await?;
            if rows == 0 && id.is_some() {
                anyhow::bail!("nothing was received under this id");
            }
            output::sentence(context, &format!("{rows} to be worked on again."));
            Ok(())
        }
    }
}

fn comes_from(view: &InboxView, peer: &archipel_model::Host) -> bool {
    Url::parse(&view.signer_uri)
        .ok()
        .and_then(|url| origin_of(&url))
        .is_some_and(|origin| origin.host() == peer)
}

fn row(view: &InboxView) -> Value {
    json!({
        "id": view.id.to_string(),
        "activity_uri": view.activity_uri,
        "signer": view.signer_uri,
        "kind": view.kind,
        "state": view.state,
        "attempts": view.attempts,
        "outcome": view.outcome,
        "received_at": view.received_at.rfc3339(),
        "next_try_at": output::moment(view.next_try_at),
        "done_at": output::moment(view.done_at),
    })
}

async fn show(context: &Context, app: &App, id: i64) -> anyhow::Result<()> {
    let view = app
        .store
        .read()
        .await?
        .inbox_view(InboxId(id))
        .await?
        .context("nothing was received under this id")?;
    let mut shown = row(&view);
    if let Some(members) = shown.as_object_mut() {
        members.insert("raw".to_owned(), Value::from(view.raw));
    }
    output::thing(context, &shown);
    Ok(())
}

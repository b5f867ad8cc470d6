//! `archipel peer`: other servers, how they are spoken to, and how they do.

use archipel_model::Host;
use archipel_storage::{DestinationView, Peer, PeerPolicy};
use serde_json::{Value, json};

use super::{Context, output};
use crate::app::App;
use crate::cli::{PeerCommand, confirm};

/// Runs the command.
pub async fn run(context: &Context, args: &PeerCommand) -> anyhow::Result<()> {
    let app = context.open().await?;
    let now = app.actions.now();
    match args {
        PeerCommand::List => return list(context, &app).await,
        PeerCommand::Show { host } => return show(context, &app, host).await,
        PeerCommand::Allow { host } => {
            set_policy(&app, host, PeerPolicy::Allowed, None).await?;
        }
        PeerCommand::Block {
            host,
            reason,
            confirm,
        } => {
            if !confirm::ask(&format!("Bloquer / block {host}?"), *confirm)? {
                anyhow::bail!("nothing was changed");
            }
            set_policy(&app, host, PeerPolicy::Blocked, reason.as_deref()).await?;
        }
        PeerCommand::Dialect { host, dialect } => {
            let mut tx = app.store.write().await?;
            tx.set_peer_dialect(host.as_str(), dialect.dialect(), now)
                .await?;
            tx.commit().await?;
        }
        PeerCommand::Retry { host } => {
            let mut tx = app.store.write().await?;
            tx.retry_deliveries(Some(host.as_str()), None, now).await?;
            tx.wake_outbox();
            tx.commit().await?;
        }
        PeerCommand::Forget { host, confirm } => {
            let question = format!("Oublier / forget {host} and what is queued for it?");
            if !confirm::ask(&question, *confirm)? {
                anyhow::bail!("nothing was changed");
            }
            let mut tx = app.store.write().await?;
            if !tx.forget_peer(host.as_str()).await? {
                anyhow::bail!("{host} is not known");
            }
            tx.commit().await?;
        }
    }
    output::sentence(context, "Done.");
    Ok(())
}

async fn set_policy(
    app: &App,
    host: &Host,
    policy: PeerPolicy,
    reason: Option<&str>,
) -> anyhow::Result<()> {
    let mut tx = app.store.write().await?;
    tx.set_peer_policy(host.as_str(), policy, reason, app.actions.now())
        .await?;
    tx.commit().await?;
    Ok(())
}

async fn list(context: &Context, app: &App) -> anyhow::Result<()> {
    let mut conn = app.store.read().await?;
    let peers = conn.peers().await?;
    let destinations = conn.destination_views(None).await?;
    let rows: Vec<Value> = peers
        .iter()
        .map(|peer| {
            let of_peer: Vec<&DestinationView> = destinations
                .iter()
                .filter(|destination| destination.host == peer.host)
                .collect();
            row(peer, &of_peer)
        })
        .collect();
    output::list(context, &rows, |row| {
        format!(
            "{}  {} {}  {}  {}  queue {}  {}",
            output::of(row, "host"),
            output::of(row, "software"),
            output::of(row, "version"),
            output::of(row, "dialect"),
            output::of(row, "policy"),
            output::of(row, "queued"),
            output::of(row, "last_error")
        )
    });
    Ok(())
}

async fn show(context: &Context, app: &App, host: &Host) -> anyhow::Result<()> {
    let mut conn = app.store.read().await?;
    let Some(peer) = conn.peer(host.as_str()).await? else {
        anyhow::bail!("{host} is not known: `archipel peer list` shows all");
    };
    let destinations = conn.destination_views(Some(host.as_str())).await?;
    let of_peer: Vec<&DestinationView> = destinations.iter().collect();
    let mut shown = row(&peer, &of_peer);
    if let Some(members) = shown.as_object_mut() {
        let inboxes: Vec<Value> = destinations.iter().map(destination).collect();
        members.insert("inboxes".to_owned(), Value::from(inboxes));
    }
    output::thing(context, &shown);
    Ok(())
}

fn row(peer: &Peer, destinations: &[&DestinationView]) -> Value {
    let sum = |count: fn(&DestinationView) -> i64| -> i64 {
        destinations
            .iter()
            .map(|destination| count(destination))
            .sum()
    };
    let worst = destinations
        .iter()
        .filter(|destination| destination.last_error.is_some())
        .max_by_key(|destination| destination.last_error_at);
    json!({
        "host": peer.host,
        "software": peer.software,
        "version": peer.version,
        "dialect": peer.spoken_dialect().as_str(),
        "dialect_set": peer.dialect_override,
        "signature": peer.knock,
        "policy": peer.policy.as_str(),
        "reason": peer.reason,
        "queued": sum(|destination| destination.queued),
        "delivered": sum(|destination| destination.delivered),
        "refused": sum(|destination| destination.refused),
        "oldest_waiting": output::moment(
            destinations.iter().filter_map(|destination| destination.oldest_at).min()
        ),
        "last_success": output::moment(
            destinations.iter().filter_map(|destination| destination.last_success_at).max()
        ),
        "last_error": worst.and_then(|destination| destination.last_error.clone()),
        "last_error_at": output::moment(worst.and_then(|destination| destination.last_error_at)),
        "next_retry": output::moment(
            destinations.iter().filter_map(|destination| destination.due_at).min()
        ),
        "parked": destinations.iter().any(|destination| destination.parked_at.is_some()),
        "first_seen": peer.first_seen_at.rfc3339(),
        "checked": output::moment(peer.checked_at),
    })
}

fn destination(view: &DestinationView) -> Value {
    json!({
        "inbox": view.inbox,
        "queued": view.queued,
        "failures": view.fail_count,
        "next_retry": output::moment(view.due_at),
        "parked_at": output::moment(view.parked_at),
        "last_success": output::moment(view.last_success_at),
        "last_error": view.last_error,
    })
}

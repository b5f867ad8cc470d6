//! `archipel peer`: other servers, how they are spoken to, and how they do.

use std::fmt::Write as _;

use archipel_model::{Host, PeerPolicy};
use archipel_storage::{DestinationView, Peer};
use serde_json::{Value, json};

use super::{Context, output};
use crate::app::App;
use crate::cli::{PeerCommand, confirm};

/// Runs the command.
pub async fn run(context: &Context, args: &PeerCommand) -> anyhow::Result<()> {
    let app = context.open().await?;
    let now = app.actions.now();
    match args {
        PeerCommand::List { waiting: true, .. } => return knocks(context, &app).await,
        PeerCommand::List { decided, .. } => return list(context, &app, *decided).await,
        PeerCommand::Show { host } => return show(context, &app, host).await,
        PeerCommand::Allow { host, reason } => {
            let reason = reason.as_deref();
            return decide(context, &app, host, PeerPolicy::Allowed, reason).await;
        }
        PeerCommand::Limit { host, reason } => {
            let reason = reason.as_deref();
            return decide(context, &app, host, PeerPolicy::Limited, reason).await;
        }
        PeerCommand::Lift { host } => {
            return decide(context, &app, host, PeerPolicy::Open, None).await;
        }
        PeerCommand::Block {
            host,
            reason,
            confirm,
        } => {
            if !confirm::ask(&format!("Bloquer / block {host}?"), *confirm)? {
                anyhow::bail!("nothing was changed");
            }
            let reason = reason.as_deref();
            return decide(context, &app, host, PeerPolicy::Blocked, reason).await;
        }
        PeerCommand::Dialect { host, dialect } => {
            let mut tx = app.store.write().await?;
            tx.set_peer_dialect(host.as_str(), dialect.dialect(), now)
                .await?;
            tx.commit().await?;
        }
        PeerCommand::Retry { host } => {
            let mut tx = app.store.write().await?;
            if tx.peer(host.as_str()).await?.is_none() {
                anyhow::bail!("{host} is not known: `archipel peer list` shows all");
            }
            tx.retry_deliveries(Some(host.as_str()), None, now).await?;
            tx.wake_outbox();
            tx.commit().await?;
        }
        PeerCommand::Forget { host, confirm } => {
            let question = format!("Oublier / forget {host} and what is queued for it?");
            if !confirm::ask(&question, *confirm)? {
                anyhow::bail!("nothing was changed");
            }
            let rules = app.rules(&context.config)?;
            if !app.federation.forget_domain(&rules, host).await? {
                anyhow::bail!("{host} is not known");
            }
        }
    }
    output::sentence(context, "Done.");
    Ok(())
}

async fn decide(
    context: &Context,
    app: &App,
    host: &Host,
    policy: PeerPolicy,
    reason: Option<&str>,
) -> anyhow::Result<()> {
    let rules = app.rules(&context.config)?;
    let let_in = app
        .federation
        .decide_domain(&rules, host, policy, reason)
        .await?;
    if context.json {
        output::thing(
            context,
            &json!({
                "host": host.as_str(), "policy": policy.as_str(), "reason": reason,
                "let_in": let_in.taken, "not_verified": let_in.refused,
                "try_again": let_in.waiting,
            }),
        );
        return Ok(());
    }
    // What was decided about a name above it counts where nothing else does.
    let counts = app.store.read().await?.domains().await?.of(host);
    let mut said = if counts == policy {
        format!("{host} is {policy} now.")
    } else {
        format!(
            "{host} is {counts} now, because of a name above it: see `archipel peer list --decided`."
        )
    };
    if let_in.taken > 0 {
        let _ = write!(said, " Requests to follow taken in: {}.", let_in.taken);
    }
    if let_in.waiting > 0 {
        let _ = write!(
            said,
            " Requests that could not be checked now: {}; run the same command again later.",
            let_in.waiting
        );
    }
    output::sentence(context, &said);
    Ok(())
}

async fn knocks(context: &Context, app: &App) -> anyhow::Result<()> {
    let mut conn = app.store.read().await?;
    let mut rows = Vec::new();
    for knock in conn.knocks().await? {
        let wishes = conn.parked(&knock.host).await?.len();
        rows.push(json!({
            "host": knock.host,
            "actor": knock.actor_uri,
            "kind": knock.kind,
            "times": knock.times,
            "follows": wishes,
            "first": knock.first_at.rfc3339(),
            "last": knock.last_at.rfc3339(),
        }));
    }
    output::list(context, &rows, |row| {
        format!(
            "{}  {}  {} by {}  follows {}",
            output::of(row, "last"),
            output::of(row, "host"),
            output::of(row, "kind"),
            output::of(row, "actor"),
            output::of(row, "follows")
        )
    });
    Ok(())
}

async fn list(context: &Context, app: &App, decided: bool) -> anyhow::Result<()> {
    let mut conn = app.store.read().await?;
    let peers = if decided {
        conn.peer_policies().await?
    } else {
        conn.peers().await?
    };
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
            "{}  {} {}  {}  {} {}  queue {}  {}",
            output::of(row, "host"),
            output::of(row, "software"),
            output::of(row, "version"),
            output::of(row, "dialect"),
            output::of(row, "policy"),
            output::of(row, "reason"),
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
        "withheld": sum(|destination| destination.withheld),
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

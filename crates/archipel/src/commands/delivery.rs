//! `archipel delivery`: who received what, who refused it and why, what waits.

use archipel_model::PostId;
use archipel_storage::DeliveryView;
use serde_json::{Value, json};

use super::{Context, output};
use crate::app::App;
use crate::cli::{DeliveryCommand, DeliveryState};

/// Runs the command.
pub async fn run(context: &Context, args: &DeliveryCommand) -> anyhow::Result<()> {
    let app = context.open().await?;
    match args {
        DeliveryCommand::List {
            filter,
            state,
            limit,
        } => {
            let states: &[&str] = match state {
                Some(DeliveryState::Queued) => &["queued"],
                Some(DeliveryState::Retrying) => &["retrying"],
                Some(DeliveryState::Delivered) => &["delivered"],
                Some(DeliveryState::Refused) => &["refused"],
                Some(DeliveryState::Skipped) => &["skipped"],
                Some(DeliveryState::Withheld) => &["withheld"],
                None => &["queued", "retrying", "delivered", "refused"],
            };
            let object = object(&app, filter.post.as_deref());
            let views = app
                .store
                .read()
                .await?
                .delivery_views(
                    object.as_deref(),
                    filter.peer.as_ref().map(archipel_model::Host::as_str),
                    states,
                    i64::from(limit.limit),
                )
                .await?;
            let rows: Vec<Value> = views.iter().map(row).collect();
            output::list(context, &rows, |row| {
                format!(
                    "{}  {}  {}  {}  {}  {}",
                    output::of(row, "state"),
                    output::of(row, "host"),
                    output::of(row, "kind"),
                    output::of(row, "object"),
                    output::of(row, "status"),
                    output::of(row, "words")
                )
            });
            Ok(())
        }
        DeliveryCommand::Retry { filter, refused } => {
            let object = object(&app, filter.post.as_deref());
            let peer = filter.peer.as_ref().map(archipel_model::Host::as_str);
            let now = app.actions.now();
            let mut tx = app.store.write().await?;
            if *refused {
                tx.requeue_refused(peer, object.as_deref(), now).await?;
            } else {
                tx.retry_deliveries(peer, object.as_deref(), now).await?;
            }
            tx.wake_outbox();
            tx.commit().await?;
            output::sentence(context, "Sent again now.");
            Ok(())
        }
    }
}

/// The address of a post given by its number or its address.
fn object(app: &App, post: Option<&str>) -> Option<String> {
    post.map(|text| match text.parse::<PostId>() {
        Ok(id) => app.actions.site.post(id),
        Err(_) => text.to_owned(),
    })
}

fn row(view: &DeliveryView) -> Value {
    json!({
        "activity": view.activity,
        "kind": view.kind,
        "object": view.object,
        "host": view.host,
        "inbox": view.inbox,
        "state": view.state,
        "attempts": view.attempts,
        "status": view.status,
        "words": view.words,
        "next_try_at": output::moment(view.next_try_at),
        "done_at": output::moment(view.done_at),
    })
}

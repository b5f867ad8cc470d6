//! Publishes posts whose time has come.
//!
//! A post leaves the list of those that wait in the same transaction that publishes it:
//! whenever a node is killed, and however many nodes there are, it is published once.

use std::time::Duration;

use archipel_actions::{self as actions, Submitted};
use archipel_model::ScheduledId;
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// How often it looks for posts that are due.
const LOOK: Duration = Duration::from_secs(2);

/// How often one is tried that cannot be published.
const TRIES: i64 = 5;

/// How long to wait between tries.
const AGAIN: Duration = Duration::from_mins(1);

/// Most posts published in one go.
const AT_ONCE: i64 = 50;

/// Runs until told to stop.
pub async fn run(app: App, stop: CancellationToken) {
    loop {
        if let Err(error) = turn(&app).await {
            tracing::warn!(%error, "scheduled posts could not be looked after");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Publishes what is due.
async fn turn(app: &App) -> actions::Result<()> {
    let now = app.actions.now();
    let due = {
        let mut conn = app.store.read().await?;
        conn.scheduled_due(now, TRIES, AT_ONCE).await?
    };
    for id in due {
        let (why, tries) = match publish(app, id).await {
            Ok(None) => continue,
            // What a community refuses it refuses again.
            Ok(Some(refused)) => (refused, TRIES),
            Err(error @ actions::Error::Storage(_)) => (error.to_string(), 1),
            Err(error) => (error.to_string(), TRIES),
        };
        tracing::warn!(%id, why, "a scheduled post was not published");
        let mut tx = app.store.write().await?;
        tx.scheduled_failed(id, &why, tries, now.plus(AGAIN))
            .await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Publishes one post; says why not, if a community refuses it.
async fn publish(app: &App, id: ScheduledId) -> actions::Result<Option<String>> {
    let mut tx = app.store.write().await?;
    let Some(written) = actions::publish_scheduled(&app.actions, &mut tx, id).await? else {
        return Ok(None);
    };
    if let Submitted::Refused(refusal) = written.submitted {
        return Ok(Some(refusal.sentence().to_owned()));
    }
    tx.commit().await?;
    Ok(None)
}

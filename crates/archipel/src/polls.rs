//! Closes polls whose end has come, and tells how they stand while votes come in.
//!
//! Everything that it needs to know is in the database, so that it goes on after a
//! restart where it was; several nodes may do the same, and each thing is done once.

use std::time::Duration;

use archipel_actions as actions;
use archipel_model::{PostId, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// How often it looks for polls of which it does not know yet.
const LOOK: Duration = Duration::from_secs(3);

/// Shortest wait between two looks.
const BREATH: Duration = Duration::from_millis(100);

/// Most polls dealt with in one go.
const AT_ONCE: i64 = 100;

/// Runs until told to stop.
pub async fn run(app: App, stop: CancellationToken) {
    loop {
        let wait = match turn(&app).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::warn!(%error, "polls could not be looked after");
                LOOK
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Deals with what is due; says how long to wait.
async fn turn(app: &App) -> actions::Result<Duration> {
    let now = app.actions.now();
    let (due, next) = {
        let mut conn = app.store.read().await?;
        match conn.next_poll().await? {
            Some(next) if next <= now.micros() => (conn.polls_due(now, AT_ONCE).await?, None),
            next => (Vec::new(), next),
        }
    };
    for post in due {
        let mut tx = app.store.write().await?;
        actions::poll_is_due(&app.actions, &mut tx, PostId(post)).await?;
        tx.commit().await?;
    }
    let until = next.map(|next| Timestamp::from_micros(next).since(now));
    Ok(until.map_or(LOOK, |until| until.clamp(BREATH, LOOK)))
}

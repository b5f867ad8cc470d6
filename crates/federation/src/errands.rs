//! What is done unasked, now and then: follows that nobody answered are asked again,
//! and what is to be fetched of elsewhere is fetched, one thing after the other.
//!
//! Both are rows in the database, so a restart loses nothing.

use std::time::Duration;

use archipel_actions as actions;
use tokio_util::sync::CancellationToken;

use crate::state::Federation;

/// How often it is looked whether something is due.
const EVERY: Duration = Duration::from_secs(2);

/// Runs errands until told to stop. What is being fetched then goes on when its lease
/// has run out.
pub async fn run(federation: Federation, stop: CancellationToken) {
    loop {
        tokio::select! {
            done = errands(&federation) => {
                if let Err(error) = done {
                    tracing::error!(%error, "an errand failed, trying again");
                }
            }
            () = stop.cancelled() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

async fn errands(federation: &Federation) -> Result<(), actions::Error> {
    if !federation
        .store
        .read()
        .await?
        .has_errands(federation.now())
        .await?
    {
        return Ok(());
    }
    let mut tx = federation.store.write().await?;
    let asked = actions::ask_again_when_due(&federation.actions, &mut tx).await?;
    tx.commit().await?;
    if asked > 0 {
        tracing::info!(asked, "asked again for follows that nobody answered");
    }
    if let Some(tally) = federation.backfill(None).await? {
        tracing::info!(
            taken = tally.taken,
            words = tally.words,
            "fetched what was said before"
        );
    }
    Ok(())
}

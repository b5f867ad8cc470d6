//! Removes files that nobody needs: uploads that no post shows, pictures of posts that
//! are deleted, copies of files of elsewhere at which nobody looked for long.

use std::time::Duration;

use archipel_media::Media;
use archipel_storage::{Blobs, Result};
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// How often.
const TIDYING: Duration = Duration::from_mins(20);
/// How long an upload may wait for its post.
const UNUSED: Duration = Duration::from_hours(24);
/// Most files of a kind in one go.
const AT_ONCE: i64 = 500;

/// How long copies are kept at which nobody looks.
pub const fn kept(days: u32) -> Duration {
    Duration::from_hours(24 * days as u64)
}

/// Runs until told to stop.
pub async fn run(app: App, media: Media, remote: Duration, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(TIDYING) => {}
            () = stop.cancelled() => return,
        }
        match tidy(&app, &media, remote).await {
            Ok(files) => tracing::debug!(files, "removed files that nobody needs"),
            Err(error) => tracing::warn!(%error, "files could not be tidied up"),
        }
    }
}

/// Removes what nobody needs; says how many files went.
pub async fn tidy(app: &App, media: &Media, remote: Duration) -> Result<usize> {
    let mut removed = 0;
    loop {
        let now = app.actions.now();
        let mut tx = app.store.write().await?;
        let mut gone = tx.forget_idle_media(now.minus(UNUSED), AT_ONCE).await?;
        gone.extend(tx.forget_remote_files(now.minus(remote), AT_ONCE).await?);
        tx.commit().await?;
        if gone.is_empty() {
            return Ok(removed);
        }
        removed += remove(media, &gone).await;
    }
}

/// Removes files from the store. One that stays is named nowhere any more.
pub async fn remove(media: &Media, gone: &[Blobs]) -> usize {
    let mut removed = 0;
    for name in gone.iter().flat_map(Blobs::names) {
        match media.blobs().remove(name).await {
            Ok(()) => removed += 1,
            Err(error) => tracing::warn!(name, %error, "a file is still in the store"),
        }
    }
    removed
}

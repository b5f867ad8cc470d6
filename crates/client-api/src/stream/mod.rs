//! Streams.

/// Runs.
pub async fn run(_api: crate::Api, stop: tokio_util::sync::CancellationToken) {
    stop.cancelled().await;
}

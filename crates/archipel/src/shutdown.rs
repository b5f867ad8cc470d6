//! The wish to stop: SIGTERM (systemd, containers) or SIGINT (Ctrl-C).

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A token that is cancelled at the first SIGTERM or SIGINT. A second one ends
/// the process at once, for whoever does not want to wait for the draining.
///
/// The handlers are in place when this returns, so that a signal that comes
/// during the start is not lost. Needs a running tokio runtime.
pub fn on_signal() -> io::Result<CancellationToken> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let token = CancellationToken::new();
    let cancelled = token.clone();
    tokio::spawn(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        tracing::info!(signal = name, "stopping");
        cancelled.cancel();
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        // 128 + SIGINT, what shells expect of an interrupted program.
        std::process::exit(130);
    });
    Ok(token)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[tokio::test]
    async fn sigterm_cancels_the_token() {
        let token = on_signal().unwrap();
        assert!(!token.is_cancelled());
        // The shell's own `kill`, sent to the process that started the shell.
        let sent = tokio::process::Command::new("sh")
            .args(["-c", "kill -TERM $PPID"])
            .status()
            .await
            .unwrap();
        assert!(sent.success());
        token.cancelled().await;
    }
}

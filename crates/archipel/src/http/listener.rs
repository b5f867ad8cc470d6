//! Accepting connections: at most so many, each with deadlines, and an orderly
//! end. `axum::serve` has none of this: a client that sends half a header
//! would hold its connection for ever.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::{Layer, Service};
use tower_http::normalize_path::NormalizePathLayer;

use super::connection::{self, Shared};
use crate::config::{Network, Server};

/// The limits of a listener.
#[derive(Clone, Debug)]
pub struct ListenerConfig {
    /// Connections open at once; further ones wait in the kernel's queue.
    pub max_connections: usize,
    /// For the first request to begin and for the headers of each. HTTP/1
    /// connections are also kept idle no longer than this.
    pub header_timeout: Duration,
    /// For the body of a request to be whole, counted from its headers.
    pub body_timeout: Duration,
    /// For a client to take more of an answer.
    pub write_timeout: Duration,
    /// For an HTTP/2 connection without a request in flight.
    pub idle_timeout: Duration,
    /// For requests in flight to finish once the server stops.
    pub drain_timeout: Duration,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
}

impl Default for ListenerConfig {
    fn default() -> Self {
        Self {
            max_connections: 4096,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_mins(1),
            drain_timeout: Duration::from_secs(10),
            trusted_proxies: Vec::new(),
        }
    }
}

impl From<&Server> for ListenerConfig {
    fn from(server: &Server) -> Self {
        Self {
            max_connections: server.max_connections,
            trusted_proxies: server.trusted_proxies.clone(),
            ..Self::default()
        }
    }
}

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections that still had a request in flight at the end of the
    /// draining time and were closed in the middle of it.
    pub cut_off: usize,
}

/// Serves `service` (an axum `Router`, or anything like it) on `listener`
/// until `shutdown` is cancelled, then finishes what is in flight.
///
/// Every request carries the extensions [`archipel_model::ClientAddr`] and axum's
/// `OriginalUri`; paths reach the service without a trailing slash.
pub async fn serve<S>(
    listener: TcpListener,
    service: S,
    config: ListenerConfig,
    shutdown: CancellationToken,
) -> Drained
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
{
    let service = NormalizePathLayer::trim_trailing_slash().layer(service);
    let slots = Arc::new(Semaphore::new(
        config.max_connections.min(Semaphore::MAX_PERMITS),
    ));
    let connections = TaskTracker::new();
    let drain_timeout = config.drain_timeout;
    let shared = Arc::new(Shared {
        protocol: connection::protocol(&config),
        config,
        shutdown: shutdown.clone(),
        abort: CancellationToken::new(),
        cut_off: AtomicUsize::new(0),
    });
    loop {
        let accepted = tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            accepted = accept(&listener, &slots) => accepted,
        };
        match accepted {
            Ok((stream, peer, slot)) => {
                let (service, shared) = (service.clone(), Arc::clone(&shared));
                connections.spawn(async move {
                    connection::run(stream, peer, service, shared).await;
                    drop(slot);
                });
            }
            Err(error) => after(&error).await,
        }
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(drain_timeout, connections.wait())
        .await
        .is_err()
    {
        shared.abort.cancel();
        connections.wait().await;
    }
    Drained {
        cut_off: shared.cut_off.load(Ordering::Relaxed),
    }
}

type Accepted = (
    tokio::net::TcpStream,
    std::net::SocketAddr,
    tokio::sync::OwnedSemaphorePermit,
);

/// The next connection, once there is room for it.
async fn accept(listener: &TcpListener, slots: &Arc<Semaphore>) -> io::Result<Accepted> {
    let slot = Arc::clone(slots)
        .acquire_owned()
        .await
        .map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    // Answers are written whole; waiting for more bytes only delays them.
    stream.set_nodelay(true)?;
    Ok((stream, peer, slot))
}

/// A client that left early is nothing; a lack of file descriptors passes when
/// connections close, so wait a little instead of spinning.
async fn after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, InvalidInput};
    if matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | InvalidInput
    ) {
        return;
    }
    tracing::warn!(%error, "cannot accept a connection");
    tokio::time::sleep(Duration::from_millis(250)).await;
}

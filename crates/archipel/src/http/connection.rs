//! One connection, from its first byte to its end: HTTP/1 or HTTP/2 by what
//! the client says, closed when it says too little for too long.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::OriginalUri;
use axum::http::{Request, Response};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tower::{Service, ServiceExt};

use super::client_addr::client_addr;
use super::io::{TimedBody, TimedWrites};
use super::listener::ListenerConfig;

/// What every connection of a listener shares.
pub struct Shared {
    pub config: ListenerConfig,
    pub protocol: Builder<TokioExecutor>,
    /// Finish what is in flight, take nothing new.
    pub shutdown: CancellationToken,
    /// Stop now.
    pub abort: CancellationToken,
    /// Connections that were stopped with something in flight.
    pub cut_off: AtomicUsize,
}

/// The two protocols with their limits.
pub fn protocol(config: &ListenerConfig) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // Counts from the moment a request may begin, so it also ends an idle
        // keep-alive connection.
        .header_read_timeout(config.header_timeout)
        .max_buf_size(64 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(100)
        .max_header_list_size(32 * 1024)
        .initial_stream_window_size(256 * 1024)
        .initial_connection_window_size(1024 * 1024)
        .max_send_buf_size(256 * 1024)
        // Streams opened and reset in a hurry end the connection
        // (CVE-2023-44487), as do streams that we had to reset.
        .max_pending_accept_reset_streams(20)
        .max_local_error_reset_streams(100)
        .keep_alive_interval(config.idle_timeout / 2)
        .keep_alive_timeout(config.header_timeout);
    builder
}

/// How busy a connection is.
struct Activity {
    in_flight: AtomicUsize,
    asked: AtomicBool,
    idle_since: Mutex<Instant>,
}

impl Activity {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            in_flight: AtomicUsize::new(0),
            asked: AtomicBool::new(false),
            idle_since: Mutex::new(Instant::now()),
        })
    }

    fn begin(self: &Arc<Self>) -> InFlight {
        self.in_flight.fetch_add(1, Ordering::AcqRel);
        self.asked.store(true, Ordering::Release);
        InFlight(Arc::clone(self))
    }

    fn is_busy(&self) -> bool {
        self.in_flight.load(Ordering::Acquire) > 0
    }

    /// When the connection has been idle for too long, or has to be looked at
    /// again because it is busy now.
    fn deadline(&self, config: &ListenerConfig) -> Instant {
        if self.is_busy() {
            return Instant::now() + config.idle_timeout;
        }
        let since = *self
            .idle_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if self.asked.load(Ordering::Acquire) {
            since + config.idle_timeout
        } else {
            since + config.header_timeout
        }
    }
}

/// A request being answered, until the last byte of its answer is taken.
struct InFlight(Arc<Activity>);

impl Drop for InFlight {
    fn drop(&mut self) {
        *self
            .0
            .idle_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.0.in_flight.fetch_sub(1, Ordering::AcqRel);
    }
}

/// An answer's body that counts as in flight.
struct Answer {
    inner: Body,
    _in_flight: InFlight,
}

impl HttpBody for Answer {
    type Data = bytes::Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.get_mut().inner).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Serves one connection until it ends, idles, is drained or is cut off.
pub async fn run<S>(stream: TcpStream, peer: SocketAddr, service: S, shared: Arc<Shared>)
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
{
    let config = &shared.config;
    let activity = Activity::new();
    let io = TokioIo::new(TimedWrites::new(stream, config.write_timeout));
    let busy = &activity;
    let answer = service_fn(move |request: Request<Incoming>| {
        let in_flight = busy.begin();
        let service = service.clone();
        let request = prepare(request, peer, config);
        async move {
            let response = service.oneshot(request).await?;
            Ok::<_, Infallible>(response.map(|inner| Answer {
                inner,
                _in_flight: in_flight,
            }))
        }
    });
    let mut connection = pin!(shared.protocol.serve_connection_with_upgrades(io, answer));
    let mut closing = None;
    loop {
        let deadline = closing.unwrap_or_else(|| activity.deadline(config));
        tokio::select! {
            result = connection.as_mut() => {
                if let Err(error) = result {
                    tracing::debug!(%peer, %error, "connection ended");
                }
                return;
            }
            () = shared.shutdown.cancelled(), if closing.is_none() => {
                connection.as_mut().graceful_shutdown();
                // The listener's own deadline ends the draining.
                closing = Some(Instant::now() + config.drain_timeout * 2);
            }
            () = shared.abort.cancelled() => {
                if activity.is_busy() {
                    shared.cut_off.fetch_add(1, Ordering::Relaxed);
                }
                return;
            }
            () = sleep_until(deadline) => {
                if closing.is_some() {
                    return;
                }
                if !activity.is_busy() && activity.deadline(config) <= Instant::now() {
                    connection.as_mut().graceful_shutdown();
                    closing = Some(Instant::now() + config.header_timeout);
                }
            }
        }
    }
}

/// Puts on the request what handlers rely on.
fn prepare(request: Request<Incoming>, peer: SocketAddr, config: &ListenerConfig) -> Request<Body> {
    let (mut parts, body) = request.into_parts();
    let client = client_addr(peer, &parts.headers, &config.trusted_proxies);
    parts.extensions.insert(client);
    // Signatures cover the target as it was sent, before a trailing slash is
    // taken off; the router keeps an original that is already there.
    parts.extensions.insert(OriginalUri(parts.uri.clone()));
    let body = if body.is_end_stream() {
        Body::empty()
    } else {
        Body::new(TimedBody::new(body, config.body_timeout))
    };
    Request::from_parts(parts, body)
}

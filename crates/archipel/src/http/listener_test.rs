//! The listener over real TCP, with deadlines of milliseconds.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use archipel_model::ClientAddr;
use axum::Router;
use axum::extract::{Extension, OriginalUri};
use axum::http::StatusCode;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::*;

/// Long against a deadline under test, short against a person's patience.
const PATIENCE: Duration = Duration::from_secs(8);

struct Running {
    address: SocketAddr,
    shutdown: CancellationToken,
    server: JoinHandle<Drained>,
    /// A request to /slow has begun.
    begun: Arc<Notify>,
    /// Lets one /slow request finish.
    finish: Arc<Notify>,
}

fn quick() -> ListenerConfig {
    ListenerConfig {
        header_timeout: Duration::from_millis(200),
        body_timeout: Duration::from_millis(200),
        write_timeout: Duration::from_millis(200),
        idle_timeout: Duration::from_millis(200),
        trusted_proxies: vec!["127.0.0.1".parse().unwrap()],
        ..ListenerConfig::default()
    }
}

async fn start(config: ListenerConfig) -> Running {
    let (begun, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (slow_begun, slow_finish) = (Arc::clone(&begun), Arc::clone(&finish));
    let router = Router::new()
        .route(
            "/c/tilab",
            get(|OriginalUri(uri): OriginalUri| async move { uri.to_string() }),
        )
        .route(
            "/who",
            get(|Extension(client): Extension<ClientAddr>| async move { client.0.to_string() }),
        )
        .route(
            "/inbox",
            post(|body: Result<axum::body::Bytes, _>| async move {
                match body {
                    Ok(bytes) => (StatusCode::ACCEPTED, bytes.len().to_string()),
                    Err::<_, axum::extract::rejection::BytesRejection>(error) => {
                        (StatusCode::REQUEST_TIMEOUT, error.to_string())
                    }
                }
            }),
        )
        .route("/big", get(|| async { vec![0u8; 64 * 1024 * 1024] }))
        .route(
            "/slow",
            get(move || async move {
                slow_begun.notify_one();
                slow_finish.notified().await;
                "done"
            }),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = CancellationToken::new();
    let server = tokio::spawn(serve(listener, router, config, shutdown.clone()));
    Running {
        address,
        shutdown,
        server,
        begun,
        finish,
    }
}

impl Running {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// One request that asks for the connection to be closed.
    async fn ask(&self, target: &str, headers: &str) -> String {
        let mut stream = self.connect().await;
        let request =
            format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        until_closed(&mut stream).await
    }
}

/// What arrives until the other side closes; fails if it never does.
async fn until_closed(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    // A reset is also a way of closing.
    assert!(read.is_ok(), "the connection stayed open");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn requests_are_answered_with_and_without_a_trailing_slash() {
    let running = start(quick()).await;
    let plain = running.ask("/c/tilab?page=1", "").await;
    assert!(plain.starts_with("HTTP/1.1 200"), "{plain}");
    assert!(plain.ends_with("/c/tilab?page=1"), "{plain}");
    // The target that a signature covers is the one that was sent.
    let slash = running.ask("/c/tilab/?page=1", "").await;
    assert!(slash.ends_with("/c/tilab/?page=1"), "{slash}");
    let missing = running.ask("/nothing", "").await;
    assert!(missing.starts_with("HTTP/1.1 404"), "{missing}");
}

#[tokio::test]
async fn the_client_address_is_an_extension() {
    let running = start(quick()).await;
    assert!(running.ask("/who", "").await.ends_with("127.0.0.1"));
    let behind = "X-Forwarded-For: 192.0.2.66, 198.51.100.1\r\n";
    assert!(running.ask("/who", behind).await.ends_with("198.51.100.1"));
    let untrusting = start(ListenerConfig {
        trusted_proxies: Vec::new(),
        ..quick()
    })
    .await;
    assert!(untrusting.ask("/who", behind).await.ends_with("127.0.0.1"));
}

#[tokio::test]
async fn half_sent_requests_are_closed() {
    let running = start(quick()).await;
    for half in [
        "",
        "G",
        "GET / HTTP/1.1\r\nHost: x\r\nX-Never-Ending: ",
        "PRI * HTTP/2.0\r\n\r",
    ] {
        let mut stream = running.connect().await;
        stream.write_all(half.as_bytes()).await.unwrap();
        let answer = until_closed(&mut stream).await;
        assert!(!answer.starts_with("HTTP/1.1 200"), "{half:?}: {answer}");
    }
}

#[tokio::test]
async fn idle_connections_are_closed_after_a_request_too() {
    let running = start(quick()).await;
    let mut stream = running.connect().await;
    stream
        .write_all(b"GET /who HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let answer = until_closed(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_half_sent_body_is_refused_and_closed() {
    let running = start(quick()).await;
    let mut stream = running.connect().await;
    stream
        .write_all(b"POST /inbox HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        .await
        .unwrap();
    let answer = until_closed(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    let whole =
        b"POST /inbox HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfour";
    let mut stream = running.connect().await;
    stream.write_all(whole).await.unwrap();
    let answer = until_closed(&mut stream).await;
    assert!(
        answer.starts_with("HTTP/1.1 202") && answer.ends_with('4'),
        "{answer}"
    );
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_closed() {
    let running = start(ListenerConfig {
        max_connections: 1,
        ..quick()
    })
    .await;
    let mut taker = running.connect().await;
    taker
        .write_all(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    // There is one slot: this is answered only once the other is closed.
    let answer = tokio::time::timeout(PATIENCE, running.ask("/who", "")).await;
    assert!(answer.unwrap().starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn connections_beyond_the_cap_wait_for_a_slot() {
    let running = start(ListenerConfig {
        max_connections: 1,
        header_timeout: PATIENCE,
        ..quick()
    })
    .await;
    let mut first = running.connect().await;
    first
        .write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    running.begun.notified().await;
    let mut second = running.connect().await;
    second
        .write_all(b"GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut byte = [0u8; 1];
    let early = tokio::time::timeout(Duration::from_millis(100), second.peek(&mut byte)).await;
    assert!(early.is_err(), "the second was served beside the first");
    running.finish.notify_one();
    assert!(until_closed(&mut first).await.ends_with("done"));
    assert!(until_closed(&mut second).await.ends_with("127.0.0.1"));
}

#[tokio::test]
async fn stopping_finishes_what_is_in_flight() {
    let running = start(quick()).await;
    let mut stream = running.connect().await;
    stream
        .write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    running.begun.notified().await;
    running.shutdown.cancel();
    // Not accepting any more: the kernel refuses once the listener is gone.
    while TcpStream::connect(running.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    running.finish.notify_one();
    assert!(until_closed(&mut stream).await.ends_with("done"));
    assert_eq!(running.server.await.unwrap(), Drained { cut_off: 0 });
}

#[tokio::test]
async fn stopping_does_not_wait_for_ever() {
    let running = start(ListenerConfig {
        drain_timeout: Duration::from_millis(100),
        ..quick()
    })
    .await;
    let mut stream = running.connect().await;
    stream
        .write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    running.begun.notified().await;
    running.shutdown.cancel();
    let drained = tokio::time::timeout(PATIENCE, running.server).await;
    assert_eq!(drained.unwrap().unwrap(), Drained { cut_off: 1 });
    assert_eq!(until_closed(&mut stream).await, "");
}

#[tokio::test]
async fn http2_is_understood_and_an_idle_connection_closed() {
    let running = start(quick()).await;
    let mut stream = running.connect().await;
    let settings = [0u8, 0, 0, 4, 0, 0, 0, 0, 0];
    stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .await
        .unwrap();
    stream.write_all(&settings).await.unwrap();
    let mut frame = [0u8; 9];
    stream.read_exact(&mut frame).await.unwrap();
    let [.., kind, _, _, _, _, _] = frame;
    assert_eq!(kind, 4, "the server's SETTINGS come first");
    until_closed(&mut stream).await;
}

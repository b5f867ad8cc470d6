//! A reverse proxy that holds every answer of the client API to the contract, while an
//! unmodified client talks through it.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::contract::violations;

/// Most bytes of an answer that is looked at.
const MOST: usize = 64 * 1024 * 1024;

/// What was heard so far.
#[derive(Clone, Debug, Default)]
pub struct Recorder(Arc<Mutex<Heard>>);

#[derive(Debug, Default)]
struct Heard {
    answers: usize,
    violations: Vec<String>,
}

impl Recorder {
    /// Listens on `port` and passes everything on to `inner`, until the runtime ends.
    pub async fn start(port: u16, inner: u16) -> Self {
        let recorder = Self::default();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .expect("the port of the proxy");
        let router = Router::new()
            .fallback(pass)
            .with_state((recorder.clone(), inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        recorder
    }

    /// How many answers were looked at; fails when one was wrong.
    ///
    /// # Panics
    /// When an answer broke the contract.
    pub fn answers(&self) -> usize {
        let heard = self.0.lock().expect("no panic while heard");
        assert!(
            heard.violations.is_empty(),
            "answers that clients cannot read:\n{}",
            heard.violations.join("\n")
        );
        heard.answers
    }

    fn hear(&self, found: Vec<String>) {
        let mut heard = self.0.lock().expect("no panic while heard");
        heard.answers += 1;
        for violation in found {
            if !heard.violations.contains(&violation) && heard.violations.len() < 100 {
                heard.violations.push(violation);
            }
        }
    }
}

async fn pass(State((recorder, inner)): State<(Recorder, u16)>, mut request: Request) -> Response {
    let method = request.method().to_string();
    let path = request.uri().path().to_owned();
    // Not there yet, or no more.
    let Ok(stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, inner)).await else {
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = http::StatusCode::BAD_GATEWAY;
        return answer;
    };
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .expect("a connection");
    tokio::spawn(connection.with_upgrades());
    let theirs = hyper::upgrade::on(&mut request);
    let mut answer = sender.send_request(request).await.expect("an answer");
    if answer.status() == http::StatusCode::SWITCHING_PROTOCOLS {
        let ours = hyper::upgrade::on(&mut answer);
        tokio::spawn(async move {
            if let (Ok(ours), Ok(theirs)) = (ours.await, theirs.await) {
                let (mut ours, mut theirs) = (TokioIo::new(ours), TokioIo::new(theirs));
                let _ = tokio::io::copy_bidirectional(&mut ours, &mut theirs).await;
            }
        });
        return answer.map(Body::new);
    }
    let kind = answer
        .headers()
        .get(http::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let (parts, body) = answer.into_parts();
    if kind.starts_with("text/event-stream") {
        return Response::from_parts(parts, Body::new(body));
    }
    let bytes = to_bytes(Body::new(body), MOST)
        .await
        .expect("the whole answer");
    recorder.hear(violations(
        &method,
        &path,
        parts.status.as_u16(),
        &kind,
        &bytes,
    ));
    Response::from_parts(parts, Body::from(bytes))
}

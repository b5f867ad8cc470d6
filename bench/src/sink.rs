//! Where the server delivers to: serves the peers' documents and keeps every
//! POST as it came, with its time. Signatures are checked afterwards, so that
//! checking does not take from the processors while something is measured.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::keys::PublicKey;
use crate::peers::Peers;
use crate::signature;

/// A POST as it came.
#[derive(Clone, Debug)]
pub struct Received {
    /// When its body was whole.
    pub at: Instant,
    /// `Host`.
    pub authority: String,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

/// All the peers' inboxes.
#[derive(Debug)]
pub struct Sink {
    /// The peers whose inboxes these are.
    pub peers: Arc<Peers>,
    /// What all peers say that they run.
    software: Mutex<&'static str>,
    count: AtomicUsize,
    received: Mutex<Vec<Received>>,
}

impl Sink {
    /// Begins to listen on a free port of this machine.
    pub async fn start() -> anyhow::Result<Arc<Self>> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let peers = Peers::new(listener.local_addr()?.port()).await?;
        let sink = Arc::new(Self {
            peers: Arc::new(peers),
            software: Mutex::new("mastodon"),
            count: AtomicUsize::new(0),
            received: Mutex::default(),
        });
        let listening = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sink = listening.clone();
                let _ = stream.set_nodelay(true);
                tokio::spawn(async move {
                    let service = service_fn(move |request| {
                        let sink = sink.clone();
                        async move { Ok::<_, Infallible>(sink.answer(request).await) }
                    });
                    // The other side may close when it likes.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Ok(sink)
    }

    /// Makes all peers say that they run this software.
    pub fn runs(&self, software: &'static str) {
        *self.software.lock().unwrap_or_else(PoisonError::into_inner) = software;
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        let authority = parts
            .headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let path = parts.uri.path();
        let mut response = Response::new(Full::default());
        if parts.method == Method::POST {
            let Ok(body) = body.collect().await else {
                *response.status_mut() = StatusCode::BAD_REQUEST;
                return response;
            };
            let received = Received {
                at: Instant::now(),
                authority,
                path: path.to_owned(),
                headers: parts.headers,
                body: body.to_bytes(),
            };
            self.lock().push(received);
            self.count.fetch_add(1, Ordering::Release);
            *response.status_mut() = StatusCode::ACCEPTED;
            return response;
        }
        let software = *self.software.lock().unwrap_or_else(PoisonError::into_inner);
        match self.peers.document(&authority, path, software) {
            Some(document) => {
                let kind = if path.starts_with("/users/") {
                    "application/activity+json"
                } else {
                    "application/json"
                };
                response
                    .headers_mut()
                    .insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
                *response.body_mut() = Full::from(document.to_string());
            }
            None => *response.status_mut() = StatusCode::NOT_FOUND,
        }
        response
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Received>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many POSTs came since the last [`Sink::take`].
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    /// Waits until so many came; says whether they did in time.
    pub async fn wait(&self, count: usize, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        while self.count() < count {
            if Instant::now() > until {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        true
    }

    /// Takes what came so far.
    pub fn take(&self) -> Vec<Received> {
        let mut received = self.lock();
        self.count.store(0, Ordering::Release);
        std::mem::take(&mut received)
    }
}

/// What checking showed.
#[derive(Debug, Default)]
pub struct Checked {
    /// How many verify, by scheme.
    pub good: BTreeMap<&'static str, usize>,
    /// How many do not.
    pub bad: usize,
    /// How often a destination got the same bytes again.
    pub repeated: usize,
    /// Why the first one does not verify.
    pub why: Option<String>,
}

/// Checks digests and signatures, on all processors.
pub async fn check(received: Vec<Received>, keys: Arc<HashMap<String, PublicKey>>) -> Checked {
    let mut seen = HashSet::with_capacity(received.len());
    let mut all = Checked::default();
    for one in &received {
        if !seen.insert((one.authority.clone(), one.body.clone())) {
            all.repeated += 1;
        }
    }
    let pieces: Vec<Vec<Received>> = received.chunks(500).map(<[Received]>::to_vec).collect();
    let mut checking = Vec::new();
    for piece in pieces {
        let keys = keys.clone();
        checking.push(tokio::task::spawn_blocking(move || {
            piece
                .iter()
                .map(|one| {
                    signature::verify(&keys, &one.authority, &one.path, &one.headers, &one.body)
                })
                .collect::<Vec<_>>()
        }));
    }
    for piece in checking {
        for result in piece.await.unwrap_or_default() {
            match result {
                Ok(scheme) => *all.good.entry(scheme.name()).or_default() += 1,
                Err(error) => {
                    all.bad += 1;
                    all.why.get_or_insert_with(|| format!("{error:#}"));
                }
            }
        }
    }
    all
}

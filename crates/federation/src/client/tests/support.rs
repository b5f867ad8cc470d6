//! Peers made of a closure, each on a port of its own, that keep what they saw.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use archipel_model::Timestamp;
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::serve::ListenerExt;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

use crate::client::{ActorKeys, Client, ClientConfig, Limits};
use crate::signature::{Signer, SigningKey};

pub(crate) const ACTIVITY: &str = "application/activity+json";

/// A request as a peer received it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Seen {
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// `name:port` the request was for.
    pub fn host(&self) -> &str {
        self.header("host")
    }

    /// The URL the request was for.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.host(), self.path())
    }

    pub fn is_rfc9421(&self) -> bool {
        self.headers.contains_key("signature-input")
    }
}

/// A scripted server.
pub(crate) struct Peer {
    port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
}

impl Peer {
    pub async fn start<F>(answer: F) -> Self
    where
        F: Fn(&Seen) -> Response + Clone + Send + Sync + 'static,
    {
        let connections = Arc::new(AtomicUsize::new(0));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let count = Arc::clone(&connections);
        let listener = listener.tap_io(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let log = Arc::clone(&seen);
        let handler = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let request = Seen {
                method,
                uri,
                headers,
                body,
            };
            let response = answer(&request);
            log.lock().unwrap().push(request);
            async move { response }
        };
        let router = Router::new().fallback(handler);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            port,
            seen,
            connections,
        }
    }

    /// `http://name:port/path` on this peer; every `*.test` name leads here.
    pub fn url(&self, name: &str, path: &str) -> Url {
        Url::parse(&format!("http://{name}:{}{path}", self.port)).unwrap()
    }

    /// `name:port` on this peer.
    pub fn host(&self, name: &str) -> String {
        format!("{name}:{}", self.port)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Paths asked for so far, in order.
    pub fn paths(&self) -> Vec<String> {
        let seen = self.seen();
        seen.iter().map(|seen| seen.path().to_owned()).collect()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

/// A configuration that reaches the peers of these tests.
pub(crate) fn config() -> ClientConfig {
    let home = Url::parse("https://lab.example/").unwrap();
    let resolve =
        ["a.test", "b.test", "c.test"].map(|name| (name.to_owned(), IpAddr::from([127, 0, 0, 1])));
    ClientConfig {
        allow_http: true,
        allow_private_addresses: true,
        resolve: HashMap::from(resolve),
        ..ClientConfig::new(&home)
    }
}

pub(crate) fn client() -> Client {
    Client::new(config()).unwrap()
}

/// A client whose patience ends after a fifth of a second.
pub(crate) fn hasty_client() -> Client {
    let short = Duration::from_millis(200);
    let limits = Limits {
        fetch: short,
        file: short,
        send: short,
        ..Limits::default()
    };
    Client::new(ClientConfig { limits, ..config() }).unwrap()
}

pub(crate) fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-11-23T10:00:00Z").unwrap()
}

/// Keys of a local actor, made once: RSA generation is slow.
pub(crate) fn keys() -> &'static ActorKeys {
    static KEYS: OnceLock<ActorKeys> = OnceLock::new();
    KEYS.get_or_init(|| ActorKeys {
        rsa: Signer {
            key_id: "https://lab.example/#main-key".to_owned(),
            key: SigningKey::generate_rsa().unwrap(),
        },
        ed25519: Some(Signer {
            key_id: "https://lab.example/#ed25519-key".to_owned(),
            key: SigningKey::generate_ed25519().unwrap(),
        }),
    })
}

pub(crate) fn answer(status: u16, content_type: &str, body: impl Into<Body>) -> Response {
    Response::builder()
        .status(StatusCode::from_u16(status).unwrap())
        .header("content-type", content_type)
        .body(body.into())
        .unwrap()
}

pub(crate) fn status(status: u16) -> Response {
    answer(status, "text/plain", "")
}

pub(crate) fn json_answer(content_type: &str, value: &Value) -> Response {
    answer(200, content_type, value.to_string())
}

/// A note that lives at `id`.
pub(crate) fn note(id: &str) -> Response {
    json_answer(ACTIVITY, &json!({ "id": id, "type": "Note" }))
}

pub(crate) fn redirect(to: &str) -> Response {
    Response::builder()
        .status(302)
        .header("location", to)
        .body(Body::empty())
        .unwrap()
}

/// A gzip stream of `blocks` × 258 + 1 spaces in 13 bits a block: a bomb. It
/// ends without a checksum, nobody is meant to read that far.
pub(crate) fn gzip_bomb(blocks: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.push(1, 1); // last block
    bits.push(1, 2); // fixed Huffman codes
    bits.push_code(0x30 + u32::from(b' '), 8);
    for _ in 0..blocks {
        bits.push_code(0b1100_0101, 8); // length 258
        bits.push_code(0, 5); // distance 1
    }
    bits.push_code(0, 7);
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    gzip.extend(bits.bytes);
    gzip
}

/// A gzip stream of `body`, stored, with its checksum.
pub(crate) fn gzip(body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap();
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1];
    gzip.extend(length.to_le_bytes());
    gzip.extend((!length).to_le_bytes());
    gzip.extend(body);
    let crc = body.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
        })
    });
    gzip.extend((!crc).to_le_bytes());
    gzip.extend(u32::from(length).to_le_bytes());
    gzip
}

/// Bits as DEFLATE packs them: numbers from the low end, codes from the high.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        for bit in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let last = self.bytes.last_mut().unwrap();
            *last |= u8::try_from((value >> bit) & 1).unwrap() << (self.used % 8);
            self.used += 1;
        }
    }

    fn push_code(&mut self, code: u32, count: u32) {
        for bit in (0..count).rev() {
            self.push((code >> bit) & 1, 1);
        }
    }
}

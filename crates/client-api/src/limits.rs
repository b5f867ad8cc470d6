//! How often one token, or one address without a token, may ask.
//!
//! Each node counts by itself, in memory: these limits keep one app in a loop from taking
//! the server away from others, no more. What guards secrets (logins, codes, e-mail) is
//! counted in the database. Who connects from the machine itself is counted much more
//! generously: those are the operator's tools, or everybody at once behind a proxy that is
//! not in `server.trusted_proxies`.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use archipel_actions::hash_of;
use archipel_model::{ClientAddr, Timestamp};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use moka::sync::Cache;

use crate::api::Api;
use crate::error::ApiError;

/// For how long requests are counted together.
const WINDOW: Duration = Duration::from_mins(5);
/// Requests that read, in [`WINDOW`]: several tabs of one member poll all the time.
const READS: u64 = 3_000;
/// Requests that change something.
const WRITES: u64 = 600;
/// How much more the machine itself may.
const HERE: u64 = 1_000;
/// Askers that are counted.
const ASKERS: u64 = 100_000;

/// Who is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Asker {
    Token(String),
    Address(IpAddr),
}

/// One asker's present window.
#[derive(Debug)]
struct Window {
    ends: Timestamp,
    count: AtomicU64,
}

static WINDOWS: LazyLock<Cache<(Asker, bool), Arc<Window>>> = LazyLock::new(|| {
    Cache::builder()
        .max_capacity(ASKERS)
        .time_to_live(WINDOW)
        .build()
});

/// What is left of a limit.
struct Left {
    limit: u64,
    remaining: u64,
    reset: Timestamp,
    exceeded: bool,
}

/// Counts a request, refuses one too many, and says in the headers what is left.
pub(crate) async fn count(State(api): State<Api>, request: Request, next: Next) -> Response {
    let now = api.ctx().now();
    let left = take(&request, now);
    let mut response = if left.exceeded {
        ApiError::TooMany(left.reset.since(now).as_secs().max(1)).into_response()
    } else {
        next.run(request).await
    };
    tell(response.headers_mut(), &left);
    response
}

fn take(request: &Request, now: Timestamp) -> Left {
    let address = request.extensions().get::<ClientAddr>().copied();
    let reads = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let asker = match request.headers().get(header::AUTHORIZATION) {
        Some(token) => Asker::Token(hash_of(&String::from_utf8_lossy(token.as_bytes()))),
        None => Asker::Address(address.map_or(IpAddr::from([0, 0, 0, 0]), ClientAddr::bucket)),
    };
    let here = address.is_some_and(|address| address.0.is_loopback());
    let limit = if reads { READS } else { WRITES } * if here { HERE } else { 1 };
    let window = WINDOWS.get_with((asker, reads), || {
        Arc::new(Window {
            ends: now.plus(WINDOW),
            count: AtomicU64::new(0),
        })
    });
    let count = window.count.fetch_add(1, Ordering::Relaxed) + 1;
    Left {
        limit,
        remaining: limit.saturating_sub(count),
        reset: window.ends,
        exceeded: count > limit,
    }
}

/// `Reset` is a moment, as Mastodon writes it.
fn tell(headers: &mut HeaderMap, left: &Left) {
    let reset = Timestamp::from_unix_seconds(left.reset.seconds() + 1).rfc3339();
    headers.insert(
        HeaderName::from_static("x-ratelimit-limit"),
        HeaderValue::from(left.limit),
    );
    headers.insert(
        HeaderName::from_static("x-ratelimit-remaining"),
        HeaderValue::from(left.remaining),
    );
    if let Ok(reset) = HeaderValue::from_str(&reset) {
        headers.insert(HeaderName::from_static("x-ratelimit-reset"), reset);
    }
}

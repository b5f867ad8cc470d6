//! Gives files to browsers, apps and other servers: never to be run, kept for long.

use std::ops::Range;

use archipel_media::mime_of;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::api::Api;

/// Under one name there is always the same.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Asks a browser to run nothing of it, whatever it takes it for.
const SANDBOX: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'";

/// A file that was uploaded here.
pub(super) async fn ours(
    State(api): State<Api>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    file(&api, &name, &headers, FOR_EVER).await
}

/// The file of this name in the store.
pub(super) async fn file(
    api: &Api,
    name: &str,
    headers: &HeaderMap,
    cache: &'static str,
) -> Response {
    let Some(mime) = mime_of(name) else {
        return nothing(StatusCode::NOT_FOUND, "public, max-age=60");
    };
    match read(api, name, headers).await {
        Ok(Some(found)) => found.response(mime, cache),
        Ok(None) => nothing(StatusCode::NOT_FOUND, "public, max-age=60"),
        Err(error) => {
            tracing::error!(%error, "a file could not be read");
            nothing(StatusCode::SERVICE_UNAVAILABLE, "no-store")
        }
    }
}

/// What is answered instead of a file.
pub(super) fn nothing(status: StatusCode, cache: &'static str) -> Response {
    let mut response = (status, status.canonical_reason().unwrap_or_default()).into_response();
    safe(response.headers_mut(), cache);
    response
}

fn safe(headers: &mut HeaderMap, cache: &'static str) {
    for (name, value) in [
        (header::CACHE_CONTROL, cache),
        (header::CONTENT_SECURITY_POLICY, SANDBOX),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// A file, or the part of it that was asked for.
enum Found {
    Whole(bytes::Bytes),
    Part(bytes::Bytes, Range<u64>, u64),
    Outside(u64),
}

async fn read(
    api: &Api,
    name: &str,
    headers: &HeaderMap,
) -> Result<Option<Found>, archipel_media::StoreError> {
    let blobs = api.media().blobs();
    let Some(asked) = headers
        .get(header::RANGE)
        .and_then(|asked| asked.to_str().ok())
    else {
        return Ok(blobs.get(name, None).await?.map(Found::Whole));
    };
    let Some(size) = blobs.size(name).await? else {
        return Ok(None);
    };
    match range(asked, size) {
        Asked::Whole => Ok(blobs.get(name, None).await?.map(Found::Whole)),
        Asked::Outside => Ok(Some(Found::Outside(size))),
        Asked::Part(range) => Ok(blobs
            .get(name, Some(range.clone()))
            .await?
            .map(|bytes| Found::Part(bytes, range, size))),
    }
}

impl Found {
    fn response(self, mime: &'static str, cache: &'static str) -> Response {
        let (status, body, range) = match self {
            Self::Whole(bytes) => (StatusCode::OK, Body::from(bytes), None),
            Self::Part(bytes, range, size) => {
                let last = range.end.saturating_sub(1);
                let range = format!("bytes {}-{last}/{size}", range.start);
                (StatusCode::PARTIAL_CONTENT, Body::from(bytes), Some(range))
            }
            Self::Outside(size) => (
                StatusCode::RANGE_NOT_SATISFIABLE,
                Body::empty(),
                Some(format!("bytes */{size}")),
            ),
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        if let Some(range) = range.and_then(|range| HeaderValue::from_str(&range).ok()) {
            headers.insert(header::CONTENT_RANGE, range);
        }
        safe(headers, cache);
        response
    }
}

/// What a `Range` header asks for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Whole,
    Part(Range<u64>),
    Outside,
}

/// One range of bytes; of several, or what cannot be read, the whole is given, as RFC
/// 9110 allows.
fn range(asked: &str, size: u64) -> Asked {
    let Some((first, last)) = asked
        .trim()
        .strip_prefix("bytes=")
        .filter(|ranges| !ranges.contains(','))
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Asked::Whole;
    };
    let part = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(last)) if first.is_empty() && last > 0 => size.saturating_sub(last)..size,
        _ => return Asked::Whole,
    };
    if part.start < part.end {
        Asked::Part(part)
    } else {
        Asked::Outside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_they_are_meant() {
        for (asked, meant) in [
            ("bytes=0-9", Asked::Part(0..10)),
            ("bytes=90-200", Asked::Part(90..100)),
            ("bytes=50-", Asked::Part(50..100)),
            ("bytes=-10", Asked::Part(90..100)),
            ("bytes=-1000", Asked::Part(0..100)),
            ("bytes=100-", Asked::Outside),
            ("bytes=9-0", Asked::Whole),
            ("bytes=0-1,5-6", Asked::Whole),
            ("items=0-1", Asked::Whole),
            ("bytes=-0", Asked::Whole),
        ] {
            assert_eq!(range(asked, 100), meant, "{asked}");
        }
    }
}

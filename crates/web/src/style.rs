//! The one style sheet, compiled in. Its address changes with its content, so
//! browsers keep it for ever.

use std::sync::LazyLock;

use axum::extract::RawQuery;
use axum::http::header;
use axum::response::{IntoResponse, Response};

const SHEET: &str = include_str!("style.css");

/// The part of the address that changes with the content.
static VERSION: LazyLock<String> = LazyLock::new(|| format!("v={:016x}", fingerprint(SHEET)));

static ADDRESS: LazyLock<String> =
    LazyLock::new(|| format!("/assets/style.css?{}", VERSION.as_str()));

/// Where pages find the style sheet.
pub(crate) fn address() -> &'static str {
    &ADDRESS
}

/// The style sheet. Asked for in another version, as right after an upgrade, it
/// must not be kept.
pub(crate) async fn sheet(RawQuery(query): RawQuery) -> Response {
    let keep = if query.as_deref() == Some(VERSION.as_str()) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    (
        [
            (header::CONTENT_TYPE, "text/css; charset=utf-8"),
            (header::CACHE_CONTROL, keep),
        ],
        SHEET,
    )
        .into_response()
}

/// FNV-1a, 64 bits: tells versions apart, protects nothing.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

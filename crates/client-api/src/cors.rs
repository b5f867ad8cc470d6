//! Which web apps may read our answers: all, without cookies.

use std::time::Duration;

use http::{HeaderName, Method, header};
use tower_http::cors::{Any, CorsLayer};

/// The headers of CORS for everything that apps ask for.
pub(crate) fn layer() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("idempotency-key"),
        ])
        .expose_headers([
            header::LINK,
            HeaderName::from_static("x-ratelimit-limit"),
            HeaderName::from_static("x-ratelimit-remaining"),
            HeaderName::from_static("x-ratelimit-reset"),
            HeaderName::from_static("x-request-id"),
            HeaderName::from_static("mastodon-async-refresh"),
            HeaderName::from_static("deprecation"),
        ])
        .max_age(Duration::from_hours(2))
}

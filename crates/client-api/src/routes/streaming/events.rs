//! A stream as events over plain HTTP.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::response::IntoResponse;
use bytes::Bytes;
use futures::stream;
use http::header;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::stream::Seat;

/// How often it is said that there is still somebody.
const BEAT: Duration = Duration::from_secs(15);

/// The stream, until the listener leaves or is dropped.
pub(super) fn answer(seat: Seat) -> impl IntoResponse {
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let events = stream::unfold((seat, beat), next);
    (
        [
            (header::CONTENT_TYPE, "text/event-stream"),
            (header::CACHE_CONTROL, "private, no-store"),
            // Proxies would keep events back.
            (header::HeaderName::from_static("x-accel-buffering"), "no"),
        ],
        Body::from_stream(events),
    )
}

type Next = Option<(Result<Bytes, Infallible>, (Seat, Interval))>;

async fn next((mut seat, mut beat): (Seat, Interval)) -> Next {
    let text = tokio::select! {
        biased;
        told = seat.told.recv() => Bytes::from(told?.event()),
        // The first one comes at once: then who listens knows that they do.
        _ = beat.tick() => Bytes::from_static(b":thump\n\n"),
    };
    Some((Ok(text), (seat, beat)))
}

//! The inboxes: reads the body within its limit, hands it to the gate.

use archipel_model::Place;
use axum::body::Body;
use axum::extract::{OriginalUri, Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::Door;
use crate::gate::{self, Head, Refusal};
use crate::inbox;

/// The inbox of the server, shared by all who live here.
pub(super) async fn shared(State(door): State<Door>, request: Request) -> Response {
    take(&door, request, None).await
}

/// The inbox of a community.
pub(super) async fn community(
    State(door): State<Door>,
    Path(handle): Path<String>,
    request: Request,
) -> Response {
    let place = handle.parse().map_or(Place::Other, Place::Community);
    take(&door, request, Some(place)).await
}

/// The inbox of a person.
pub(super) async fn person(
    State(door): State<Door>,
    Path(handle): Path<String>,
    request: Request,
) -> Response {
    let place = handle.parse().map_or(Place::Other, Place::Person);
    take(&door, request, Some(place)).await
}

async fn take(door: &Door, request: Request, place: Option<Place>) -> Response {
    match accept(door, request, place).await {
        Ok(()) => StatusCode::ACCEPTED.into_response(),
        Err(NotTaken::Refused(refusal)) => door.refused(&refusal),
        Err(NotTaken::Broken) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

enum NotTaken {
    Refused(Refusal),
    /// The body did not come to its end.
    Broken,
}

impl From<Refusal> for NotTaken {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

async fn accept(door: &Door, request: Request, place: Option<Place>) -> Result<(), NotTaken> {
    let (mut parts, body) = request.into_parts();
    restore_target(&mut parts);
    gate::admit_head(&door.rules, Head::from(&parts))?;
    let body = read(body, door.rules.max_body).await?;
    inbox::receive(&door.federation, &door.rules, &parts, place.as_ref(), body).await?;
    Ok(())
}

/// Signatures cover the target as it was sent, before a slash at its end was
/// taken away for routing.
pub(super) fn restore_target(parts: &mut Parts) {
    if let Some(OriginalUri(original)) = parts.extensions.get::<OriginalUri>() {
        parts.uri = original.clone();
    }
}

async fn read(body: Body, max: usize) -> Result<bytes::Bytes, NotTaken> {
    match Limited::new(body, max).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Refusal::TooLarge { max }.into()),
        Err(_) => Err(NotTaken::Broken),
    }
}

//! Reading posts: one, its thread, its history.

use archipel_model::EntryId;
use axum::Json;
use axum::extract::State;

use crate::api::Api;
use crate::entities::Status;
use crate::error::{ApiError, Result};
use crate::extract::IdOf;
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::Guest;

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    routes.get(
        "/api/v1/statuses/{id}",
        rule::<Status>("One post", Access::Anyone, Shows::Posts),
        one,
    );
}

async fn one(
    State(api): State<Api>,
    guest: Guest,
    IdOf(id): IdOf<EntryId>,
) -> Result<Json<Status>> {
    let mut conn = api.store().read().await?;
    let entry = conn
        .entry_seen_by(guest.eyes(), id)
        .await?
        .ok_or(ApiError::NotFound)?;
    render::status(&api, &mut conn, guest.eyes(), &entry)
        .await
        .map(Json)
}

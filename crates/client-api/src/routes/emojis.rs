//! The custom emoji of this server.

use axum::Json;
use axum::extract::State;

use crate::api::Api;
use crate::entities::Emoji;
use crate::error::Result;
use crate::registry::{Access, Routes, Shows, rule};

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    routes.get(
        "/api/v1/custom_emojis",
        rule::<Vec<Emoji>>("Custom emoji", Access::Anyone, Shows::Nothing),
        all,
    );
}

async fn all(State(api): State<Api>) -> Result<Json<Vec<Emoji>>> {
    let mut conn = api.store().read().await?;
    let emojis = conn.custom_emojis().await?;
    let shown = emojis
        .into_iter()
        .map(|(shortcode, blob, static_blob, category)| Emoji {
            shortcode,
            url: api.url(&format!("/media/{blob}")),
            static_url: api.url(&format!("/media/{static_blob}")),
            visible_in_picker: true,
            category,
        });
    Ok(Json(shown.collect()))
}

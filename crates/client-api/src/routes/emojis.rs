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
    let emojis = conn.all_emojis().await?;
    let shown = emojis.into_iter().map(|emoji| Emoji {
        shortcode: emoji.shortcode,
        url: api.url(&format!("/media/{}", emoji.blob)),
        static_url: api.url(&format!("/media/{}", emoji.static_blob)),
        visible_in_picker: true,
        category: emoji.category,
    });
    Ok(Json(shown.collect()))
}

//! The description of this door, for programs.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::api::Api;
use crate::registry::{Access, Routes, Shows, rule};

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    routes.get(
        "/api/openapi.json",
        rule::<Value>(
            "This description of all routes",
            Access::Anyone,
            Shows::Nothing,
        ),
        description,
    );
}

async fn description(State(api): State<Api>) -> Json<Value> {
    Json(api.description())
}

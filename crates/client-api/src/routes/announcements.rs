//! Announcements of the server: none yet, honestly empty.

use axum::Json;
use serde_json::Value;

use crate::registry::{Access, Routes, Shows, rule};

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    routes.get(
        "/api/v1/announcements",
        rule::<Vec<Value>>(
            "Announcements of this server",
            Access::AnyMember,
            Shows::Nothing,
        ),
        all,
    );
}

async fn all() -> Json<Vec<Value>> {
    Json(Vec::new())
}

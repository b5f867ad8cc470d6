//! How far somebody has read.

use std::collections::BTreeMap;

use archipel_model::Scope;
use archipel_storage::{Conn, Marker as Stored};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::posting::object;
use crate::api::Api;
use crate::entities::Date;
use crate::error::{ApiError, Result};
use crate::extract::{List, Params, Text};
use crate::registry::{Access, Routes, Shows, rule};
use crate::viewer::{Member, Viewer};

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    routes.get(
        "/api/v1/markers",
        rule::<Markers>(
            "How far somebody has read",
            Access::Member(Scope::ReadStatuses),
            Shows::Own,
        )
        .takes::<Which>(),
        get,
    );
    routes.post(
        "/api/v1/markers",
        rule::<Markers>(
            "Write down how far",
            Access::Member(Scope::WriteStatuses),
            Shows::Own,
        )
        .takes::<Wish>(),
        set,
    );
}

/// By timeline; those that were never set are absent.
type Markers = BTreeMap<String, Marker>;

/// Of which timelines.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Which {
    /// home, notifications.
    timeline: List<String>,
}

/// How far somebody has read now.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Wish {
    #[serde(deserialize_with = "object")]
    home: Option<Read>,
    #[serde(deserialize_with = "object")]
    notifications: Option<Read>,
}

/// How far.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Read {
    last_read_id: Text,
}

/// <https://docs.joinmastodon.org/entities/Marker/>.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Marker {
    last_read_id: String,
    version: i64,
    updated_at: Date,
}

async fn markers(
    conn: &mut Conn,
    viewer: &Viewer,
    wanted: impl Fn(&Stored) -> bool,
) -> Result<Json<Markers>> {
    let found = conn.markers(viewer.subject).await?;
    Ok(Json(
        found
            .into_iter()
            .filter(wanted)
            .map(|it| {
                let marker = Marker {
                    last_read_id: it.last_read_id,
                    version: it.version,
                    updated_at: Date(it.updated_at),
                };
                (it.timeline, marker)
            })
            .collect(),
    ))
}

async fn get(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(which): Params<Which>,
) -> Result<Json<Markers>> {
    let mut conn = api.store().read().await?;
    let all = which.timeline.0.is_empty();
    markers(&mut conn, &viewer, |it| {
        all || which.timeline.0.contains(&it.timeline)
    })
    .await
}

async fn set(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(wish): Params<Wish>,
) -> Result<Json<Markers>> {
    let mut changed = Vec::new();
    for (timeline, read) in [("home", &wish.home), ("notifications", &wish.notifications)] {
        let Some(id) = read.as_ref().and_then(|read| read.last_read_id.filled()) else {
            continue;
        };
        let id: i64 = id.trim().parse().map_err(|_| {
            ApiError::refused(
                "Validation failed: last_read_id is the id of a status or notification",
            )
        })?;
        changed.push((timeline, id.to_string()));
    }
    let mut tx = api.store().write().await?;
    for (timeline, id) in &changed {
        tx.put_marker(viewer.subject, timeline, id, api.ctx().now())
            .await?;
    }
    let answer = markers(&mut tx, &viewer, |it| {
        changed.iter().any(|(timeline, _)| *timeline == it.timeline)
    })
    .await?;
    tx.commit().await?;
    Ok(answer)
}

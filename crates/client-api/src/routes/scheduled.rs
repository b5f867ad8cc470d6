//! Posts to be published later.

use std::time::Duration;

use archipel_model::{ActorId, ScheduledId, Scope, Timestamp};
use archipel_storage::{Conn, Scheduled};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::Api;
use crate::entities::{Attachment, Date};
use crate::error::{ApiError, Result};
use crate::extract::{IdOf, Page, Paged, Paging, Params, Text};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::Member;

/// How far ahead a post is scheduled at least.
const SOONEST: Duration = Duration::from_mins(5);

/// Most posts of one member that wait.
const MOST: i64 = 300;

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    let reads = Access::Member(Scope::ReadStatuses);
    let writes = Access::Member(Scope::WriteStatuses);
    routes.get(
        "/api/v1/scheduled_statuses",
        rule::<Vec<ScheduledStatus>>("What is to be published later", reads, Shows::Own)
            .takes::<Paging>(),
        list,
    );
    routes.get(
        "/api/v1/scheduled_statuses/{id}",
        rule::<ScheduledStatus>("One post to be published later", reads, Shows::Own),
        one,
    );
    routes.put(
        "/api/v1/scheduled_statuses/{id}",
        rule::<ScheduledStatus>("Publish it at another time", writes, Shows::Own).takes::<Wish>(),
        change,
    );
    routes.delete(
        "/api/v1/scheduled_statuses/{id}",
        rule::<Value>("Publish it never", writes, Shows::Nothing),
        remove,
    );
}

/// When a post is to be published.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Wish {
    scheduled_at: Text,
}

/// <https://docs.joinmastodon.org/entities/ScheduledStatus/>.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct ScheduledStatus {
    id: String,
    scheduled_at: Date,
    params: Value,
    media_attachments: Vec<Attachment>,
}

/// The moment that was asked for, if any: far enough ahead.
pub(super) fn time(api: &Api, text: &Text) -> Result<Option<Timestamp>> {
    let Some(text) = text.filled() else {
        return Ok(None);
    };
    let at = Timestamp::parse_rfc3339(text).map_err(|_| {
        ApiError::refused("Validation failed: scheduled_at is no date like 2030-01-31T12:00:00Z")
    })?;
    if at < api.ctx().now().plus(SOONEST) {
        return Err(ApiError::refused(
            "Validation failed: The scheduled date must be at least five minutes in the future",
        ));
    }
    Ok(Some(at))
}

/// Whether somebody may schedule one post more.
pub(super) async fn room(conn: &mut Conn, owner: ActorId) -> Result<()> {
    if conn.scheduled_count(owner).await? >= MOST {
        return Err(ApiError::refused(format!(
            "{MOST} posts wait to be published already; delete one first"
        )));
    }
    Ok(())
}

/// A post to be published later as an entity.
pub(super) async fn entity(
    api: &Api,
    conn: &mut Conn,
    scheduled: &Scheduled,
) -> Result<ScheduledStatus> {
    let draft = &scheduled.draft;
    let files = if draft.media.is_empty() {
        Vec::new()
    } else {
        conn.own_media(scheduled.owner, &draft.media).await?
    };
    let ids: Vec<String> = draft.media.iter().map(ToString::to_string).collect();
    Ok(ScheduledStatus {
        id: scheduled.id.to_string(),
        scheduled_at: Date(scheduled.due_at),
        params: json!({
            "text": draft.text,
            "poll": draft.poll.as_ref().map(|poll| json!({
                "options": poll.options, "expires_in": poll.expires_in,
                "multiple": poll.multiple, "hide_totals": poll.hide_totals,
            })),
            "media_ids": if ids.is_empty() { Value::Null } else { json!(ids) },
            "sensitive": draft.sensitive,
            "spoiler_text": draft.summary,
            "visibility": draft.visibility,
            "language": draft.language,
            "in_reply_to_id": draft.parent.map(|id| id.to_string()),
            "application_id": draft.app.map(|id| id.to_string()),
            "scheduled_at": null,
            "idempotency": null,
            "with_rate_limit": false,
        }),
        media_attachments: (draft.media.iter())
            .filter_map(|id| files.iter().find(|file| file.id == *id))
            .map(|file| render::attachment(api, file))
            .collect(),
    })
}

async fn own(conn: &mut Conn, owner: ActorId, id: ScheduledId) -> Result<Scheduled> {
    let found = conn.scheduled(id).await?;
    found
        .filter(|it| it.owner == owner)
        .ok_or(ApiError::NotFound)
}

async fn list(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
) -> Result<Paged<Vec<ScheduledStatus>>> {
    let mut conn = api.store().read().await?;
    let found = conn
        .scheduled_of(
            viewer.subject,
            (page.min(), page.max()),
            page.rises(),
            page.limit(20, 40),
        )
        .await?;
    let mut entities = Vec::with_capacity(found.len());
    for scheduled in &found {
        entities.push(entity(&api, &mut conn, scheduled).await?);
    }
    let (newest, oldest) = (found.first(), found.last());
    Ok(page.answer(entities, newest.map(|it| it.id.0), oldest.map(|it| it.id.0)))
}

async fn one(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ScheduledId>,
) -> Result<Json<ScheduledStatus>> {
    let mut conn = api.store().read().await?;
    let scheduled = own(&mut conn, viewer.subject, id).await?;
    entity(&api, &mut conn, &scheduled).await.map(Json)
}

async fn change(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ScheduledId>,
    Params(wish): Params<Wish>,
) -> Result<Json<ScheduledStatus>> {
    let due = time(&api, &wish.scheduled_at)?;
    let mut tx = api.store().write().await?;
    let mut scheduled = own(&mut tx, viewer.subject, id).await?;
    if let Some(due_at) = due {
        // Who publishes it at this moment has taken it out, and it stays so.
        tx.take_scheduled(id).await?.ok_or(ApiError::NotFound)?;
        scheduled.due_at = due_at;
        tx.put_scheduled(&scheduled, api.ctx().now()).await?;
    }
    let entity = entity(&api, &mut tx, &scheduled).await?;
    tx.commit().await?;
    Ok(Json(entity))
}

async fn remove(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ScheduledId>,
) -> Result<Json<Value>> {
    let mut tx = api.store().write().await?;
    own(&mut tx, viewer.subject, id).await?;
    tx.take_scheduled(id).await?.ok_or(ApiError::NotFound)?;
    tx.commit().await?;
    Ok(Json(json!({})))
}

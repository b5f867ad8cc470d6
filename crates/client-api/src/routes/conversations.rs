//! Direct conversations.

use archipel_model::filter::FilterContext;
use archipel_model::{ActorId, EntryId, Scope};
use archipel_storage::{Conn, Conversation as Stored};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::api::Api;
use crate::entities::{Account, Status};
use crate::error::{ApiError, Result};
use crate::extract::{IdOf, Page, Paged, Paging};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::Member;

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    let reads = Access::Member(Scope::ReadStatuses);
    let writes = Access::Member(Scope::WriteConversations);
    routes.get(
        "/api/v1/conversations",
        rule::<Vec<Conversation>>("Direct conversations", reads, Shows::Own).takes::<Paging>(),
        list,
    );
    routes.post(
        "/api/v1/conversations/{id}/read",
        rule::<Conversation>("Mark a conversation as read", writes, Shows::Own),
        read,
    );
    routes.delete(
        "/api/v1/conversations/{id}",
        rule::<Value>(
            "Forget a conversation; its posts stay",
            writes,
            Shows::Nothing,
        ),
        remove,
    );
}

/// <https://docs.joinmastodon.org/entities/Conversation/>.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Conversation {
    id: String,
    unread: bool,
    accounts: Vec<Account>,
    last_status: Option<Status>,
}

/// A conversation of somebody as an entity; none when they may not see its last post any
/// more.
pub(crate) async fn entity(
    api: &Api,
    conn: &mut Conn,
    owner: ActorId,
    stored: &Stored,
) -> Result<Option<Conversation>> {
    let last = EntryId(stored.last_post_id.0);
    let Some(entry) = conn.entry_seen_by(Some(owner), last).await? else {
        return Ok(None);
    };
    let mut status = render::status(api, conn, Some(owner), &entry).await?;
    let statuses = std::slice::from_mut(&mut status);
    render::fill(api, conn, owner, FilterContext::Thread, statuses).await?;
    let mut people = conn.participants(stored.last_post_id).await?;
    people.retain(|id| *id != owner);
    if people.is_empty() {
        // Apps show who one speaks with: oneself, in notes to oneself.
        people.push(owner);
    }
    let mut found = render::accounts(api, conn, &people).await?;
    Ok(Some(Conversation {
        id: stored.id.to_string(),
        unread: stored.unread,
        accounts: people.iter().filter_map(|id| found.remove(id)).collect(),
        last_status: Some(status),
    }))
}

async fn list(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
) -> Result<Paged<Vec<Conversation>>> {
    let mut conn = api.store().read().await?;
    let between = (page.min(), page.max());
    let found = conn
        .conversations(viewer.subject, between, page.rises(), page.limit(20, 40))
        .await?;
    let mut entities = Vec::with_capacity(found.len());
    for stored in &found {
        entities.extend(entity(&api, &mut conn, viewer.subject, stored).await?);
    }
    let (newest, oldest) = (found.first(), found.last());
    Ok(page.answer(
        entities,
        newest.map(|it| it.last_post_id.0),
        oldest.map(|it| it.last_post_id.0),
    ))
}

async fn read(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
) -> Result<Json<Conversation>> {
    let mut tx = api.store().write().await?;
    let stored = tx.conversation(viewer.subject, id).await?;
    let stored = stored.ok_or(ApiError::NotFound)?;
    tx.conversation_read(id).await?;
    let stored = Stored {
        unread: false,
        ..stored
    };
    let entity = entity(&api, &mut tx, viewer.subject, &stored).await?;
    tx.commit().await?;
    entity.map(Json).ok_or(ApiError::NotFound)
}

async fn remove(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
) -> Result<Json<Value>> {
    let mut tx = api.store().write().await?;
    let stored = tx.conversation(viewer.subject, id).await?;
    stored.ok_or(ApiError::NotFound)?;
    tx.remove_conversation(id).await?;
    tx.commit().await?;
    Ok(Json(json!({})))
}

//! Whom people recommend on their profiles.

use archipel_model::{ActorId, Id, Scope};
use axum::Json;
use axum::extract::State;

use super::accounts::known;
use super::community::people::{Gesture, instead};
use crate::api::Api;
use crate::entities::{Account, Relationship};
use crate::error::{ApiError, Result};
use crate::extract::{IdOf, Page, Paged};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::{Guest, Member, Viewer};

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    routes.get(
        "/api/v1/endorsements",
        rule::<Vec<Account>>(
            "Whom who asks recommends",
            Access::Member(Scope::ReadAccounts),
            Shows::Own,
        ),
        own,
    );
    routes.get(
        "/api/v1/accounts/{id}/endorsements",
        rule::<Vec<Account>>("Whom they recommend", Access::Anyone, Shows::Profiles),
        of,
    );
    let write = Access::Member(Scope::WriteAccounts);
    for path in ["/api/v1/accounts/{id}/pin", "/api/v1/accounts/{id}/endorse"] {
        routes.post(
            path,
            rule::<Relationship>("Recommends somebody", write, Shows::Own),
            endorse,
        );
    }
    for path in [
        "/api/v1/accounts/{id}/unpin",
        "/api/v1/accounts/{id}/unendorse",
    ] {
        routes.post(
            path,
            rule::<Relationship>("Recommends somebody no more", write, Shows::Own),
            unendorse,
        );
    }
}

async fn own(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
) -> Result<Paged<Vec<Account>>> {
    list(&api, viewer.subject, &page).await
}

async fn of(
    State(api): State<Api>,
    guest: Guest,
    IdOf(id): IdOf<ActorId>,
    page: Page,
) -> Result<Paged<Vec<Account>>> {
    let mut conn = api.store().read().await?;
    known(&mut conn, &guest, id).await?;
    drop(conn);
    list(&api, id, &page).await
}

async fn list(api: &Api, owner: ActorId, page: &Page) -> Result<Paged<Vec<Account>>> {
    let mut conn = api.store().read().await?;
    let rows = conn.endorsement_page(owner, page.window(40, 80)).await?;
    render::people(api, &mut conn, page, rows).await
}

async fn set(
    api: &Api,
    viewer: &Viewer,
    target: ActorId,
    endorsed: bool,
) -> Result<Json<Relationship>> {
    let gesture = if endorsed {
        Gesture::Endorse
    } else {
        Gesture::Unendorse
    };
    if let Some(answer) = instead(api, viewer, target, gesture).await? {
        return Ok(answer);
    }
    let mut tx = api.store().write().await?;
    let follow = tx.follow(viewer.subject, target).await?;
    let follows =
        follow.is_some_and(|follow| follow.state == archipel_storage::FollowState::Accepted);
    if endorsed && !follows {
        return Err(ApiError::refused(
            "Validation failed: you must be following this account to recommend it",
        ));
    }
    let key: Id = api.ctx().id();
    tx.set_endorsed(key.0, viewer.subject, target, endorsed, api.ctx().now())
        .await?;
    tx.commit().await?;
    let mut conn = api.store().read().await?;
    render::relationship(api, &mut conn, viewer.subject, target)
        .await
        .map(Json)
}

async fn endorse(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
) -> Result<Json<Relationship>> {
    set(&api, &viewer, id, true).await
}

async fn unendorse(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
) -> Result<Json<Relationship>> {
    set(&api, &viewer, id, false).await
}

//! Requests to follow who asks.

use archipel_actions as actions;
use archipel_model::{ActorId, Scope};
use axum::Json;
use axum::extract::State;

use super::community::people::{self, Gesture};
use crate::api::Api;
use crate::entities::{Account, Relationship};
use crate::error::{ApiError, Result};
use crate::extract::{IdOf, Page, Paged};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::{Member, Viewer};

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    let write = Access::Member(Scope::WriteFollows);
    routes.get(
        "/api/v1/follow_requests",
        rule::<Vec<Account>>(
            "Who waits to follow who asks, or to join the community",
            Access::Member(Scope::ReadFollows),
            Shows::Own,
        ),
        list,
    );
    routes.post(
        "/api/v1/follow_requests/{id}/authorize",
        rule::<Relationship>("Lets somebody in", write, Shows::Own),
        authorize,
    );
    routes.post(
        "/api/v1/follow_requests/{id}/reject",
        rule::<Relationship>("Does not let somebody in", write, Shows::Own),
        reject,
    );
}

async fn list(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
) -> Result<Paged<Vec<Account>>> {
    let mut conn = api.store().read().await?;
    let rows = conn
        .request_page(viewer.subject, page.window(40, 80))
        .await?;
    render::people(&api, &mut conn, &page, rows).await
}

async fn authorize(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
) -> Result<Json<Relationship>> {
    decide(&api, &viewer, id, true).await
}

async fn reject(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
) -> Result<Json<Relationship>> {
    decide(&api, &viewer, id, false).await
}

/// A person lets followers in; a community members, by word of its moderator.
async fn decide(
    api: &Api,
    viewer: &Viewer,
    id: ActorId,
    accept: bool,
) -> Result<Json<Relationship>> {
    let mut tx = api.store().write().await?;
    let follow = tx.follow(id, viewer.subject).await?;
    if !follow.is_some_and(|follow| follow.state == archipel_storage::FollowState::Pending) {
        return Err(ApiError::NotFound);
    }
    if viewer.is_community() {
        drop(tx);
        let gesture = if accept {
            Gesture::Authorize
        } else {
            Gesture::Reject
        };
        return people::does(api, viewer, id, gesture).await.map(Json);
    }
    let follower = tx.actor(id).await?.ok_or(ApiError::NotFound)?;
    let owner = tx.actor(viewer.subject).await?.ok_or(ApiError::NotFound)?;
    actions::decide_follower(api.ctx(), &mut tx, &owner, &follower, accept).await?;
    tx.commit().await?;
    api.counts().forget(viewer.subject);
    api.counts().forget(id);
    let mut conn = api.store().read().await?;
    render::relationship(api, &mut conn, viewer.subject, id)
        .await
        .map(Json)
}

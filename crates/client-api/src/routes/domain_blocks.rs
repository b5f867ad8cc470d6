//! Servers of which who asks wants to see nothing.

use archipel_actions as actions;
use archipel_model::{Host, Id, Scope};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::community::refusals::{Personal, only_persons};
use crate::api::Api;
use crate::error::{ApiError, Result};
use crate::extract::{Page, Paged, Params, Text};
use crate::registry::{Access, Routes, Shows, rule};
use crate::viewer::Member;

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    let read = Access::Member(Scope::ReadBlocks);
    let write = Access::Member(Scope::WriteBlocks);
    routes.get(
        "/api/v1/domain_blocks",
        rule::<Vec<String>>("Servers that who asks blocks", read, Shows::Own),
        list,
    );
    routes.post(
        "/api/v1/domain_blocks",
        rule::<Value>("Blocks a server", write, Shows::Own).takes::<Domain>(),
        block,
    );
    routes.delete(
        "/api/v1/domain_blocks",
        rule::<Value>("Blocks a server no more", write, Shows::Own).takes::<Domain>(),
        unblock,
    );
    routes.get(
        "/api/v1/domain_blocks/preview",
        rule::<Value>("What blocking a server would end", read, Shows::Own).takes::<Domain>(),
        preview,
    );
}

/// Which server.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Domain {
    domain: Text,
}

impl Domain {
    fn read(&self) -> Result<String> {
        let text = self.domain.filled().map(str::trim);
        text.and_then(|text| text.parse::<Host>().ok())
            .map(|host| host.to_string())
            .ok_or_else(|| ApiError::refused("Validation failed: domain is not a host name"))
    }
}

async fn list(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
) -> Result<Paged<Vec<String>>> {
    let mut conn = api.store().read().await?;
    let mut window = page.window(40, 80);
    window.limit = page.limit(100, 200);
    let rows = conn.domain_block_page(viewer.subject, window).await?;
    let (newest, oldest) = (rows.first().map(|row| row.0), rows.last().map(|row| row.0));
    let hosts = rows.into_iter().map(|(_, host)| host).collect();
    Ok(page.answer(hosts, newest, oldest))
}

async fn block(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(domain): Params<Domain>,
) -> Result<Json<Value>> {
    only_persons(&viewer, Personal::BlockServers)?;
    let host = domain.read()?;
    if host == api.ctx().site.host().to_string() {
        return Err(ApiError::refused("This is the server that you are on"));
    }
    let mut tx = api.store().write().await?;
    let id: Id = api.ctx().id();
    tx.put_domain_block(id.0, viewer.subject, &host, api.ctx().now())
        .await?;
    // Whoever is blocked is neither followed nor a follower.
    let owner = tx.actor(viewer.person).await?.ok_or(ApiError::NotFound)?;
    for tied in tx.tied_to_host(owner.id, &host).await? {
        let Some(other) = tx.actor(tied).await? else {
            continue;
        };
        actions::unfollow(api.ctx(), &mut tx, &owner, &other).await?;
        actions::remove_follower(api.ctx(), &mut tx, &owner, &other).await?;
    }
    tx.commit().await?;
    Ok(Json(json!({})))
}

async fn unblock(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(domain): Params<Domain>,
) -> Result<Json<Value>> {
    let host = domain.read()?;
    let mut tx = api.store().write().await?;
    tx.remove_domain_block(viewer.subject, &host).await?;
    tx.commit().await?;
    Ok(Json(json!({})))
}

async fn preview(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(domain): Params<Domain>,
) -> Result<Json<Value>> {
    let host = domain.read()?;
    let mut conn = api.store().read().await?;
    let (following, followers) = conn.follows_with_host(viewer.subject, &host).await?;
    Ok(Json(json!({
        "following_count": following,
        "followers_count": followers,
    })))
}

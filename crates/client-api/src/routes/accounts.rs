//! Reading people and communities: by id, by name, whom they follow.

use archipel_model::{ActorId, ActorKind, ActorState, Host, Scope};
use archipel_storage::{Actor, Conn};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::api::Api;
use crate::entities::Account;
use crate::error::{ApiError, Result};
use crate::extract::{Flag, IdOf, Num, Page, Paged, Params, Text};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::routes::relations::Ids;
use crate::routes::search;
use crate::viewer::{Guest, Member};

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    let (anyone, profiles) = (Access::Anyone, Shows::Profiles);
    routes.get(
        "/api/v1/accounts",
        rule::<Vec<Account>>("People and communities by their ids", anyone, profiles)
            .takes::<Ids>(),
        many,
    );
    routes.get(
        "/api/v1/accounts/{id}",
        rule::<Account>("A person or a community", anyone, profiles),
        one,
    );
    routes.get(
        "/api/v1/accounts/lookup",
        rule::<Account>("A person or a community by name", anyone, profiles).takes::<Lookup>(),
        lookup,
    );
    routes.get(
        "/api/v1/accounts/search",
        rule::<Vec<Account>>(
            "People and communities by words",
            Access::Member(Scope::ReadAccounts),
            profiles,
        )
        .takes::<Search>(),
        search,
    );
    routes.get(
        "/api/v1/accounts/{id}/followers",
        rule::<Vec<Account>>("Who follows them", anyone, profiles),
        followers,
    );
    routes.get(
        "/api/v1/accounts/{id}/following",
        rule::<Vec<Account>>("Whom they follow", anyone, profiles),
        following,
    );
}

/// Whether `guest` may know of this actor: what is known to this server alone is shown
/// to its members, and nobody of a blocked server.
async fn may_know(conn: &mut Conn, guest: &Guest, actor: &Actor) -> Result<bool> {
    if actor.host_blocked {
        return Ok(false);
    }
    // Communities of this server alone are for its people; who is not let in yet for nobody.
    let hidden = actor.is_local
        && match actor.kind {
            ActorKind::Group => guest.0.is_none(),
            _ => actor.state == ActorState::Suspended,
        };
    Ok(!hidden || !conn.is_local_only(actor.id).await?)
}

/// The actor of this id, if `guest` may know of it.
pub(crate) async fn known(conn: &mut Conn, guest: &Guest, id: ActorId) -> Result<Actor> {
    let actor = conn.actor(id).await?.ok_or(ApiError::NotFound)?;
    if may_know(conn, guest, &actor).await? {
        Ok(actor)
    } else {
        Err(ApiError::NotFound)
    }
}

async fn one(
    State(api): State<Api>,
    guest: Guest,
    IdOf(id): IdOf<ActorId>,
) -> Result<Json<Account>> {
    let mut conn = api.store().read().await?;
    let actor = known(&mut conn, &guest, id).await?;
    if actor.state == ActorState::Gone {
        return Err(ApiError::NotFound);
    }
    render::account(&api, &mut conn, id).await.map(Json)
}

async fn many(
    State(api): State<Api>,
    guest: Guest,
    Params(ids): Params<Ids>,
) -> Result<Json<Vec<Account>>> {
    let mut conn = api.store().read().await?;
    let mut ids = ids.read();
    ids.truncate(40);
    let actors = conn.actors(&ids).await?;
    let mut shown = Vec::new();
    for actor in &actors {
        if actor.state != ActorState::Gone && may_know(&mut conn, &guest, actor).await? {
            shown.push(actor.id);
        }
    }
    ids.retain(|id| shown.contains(id));
    render::in_order(&api, &mut conn, &ids).await.map(Json)
}

/// A name to look up.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Lookup {
    acct: Text,
}

async fn lookup(
    State(api): State<Api>,
    guest: Guest,
    Params(asked): Params<Lookup>,
) -> Result<Json<Account>> {
    let name = asked.acct.filled().ok_or(ApiError::NotFound)?;
    let name = name.trim().trim_start_matches(['@', '!']);
    let mut conn = api.store().read().await?;
    let found = named(&api, &mut conn, name).await?;
    let actor = found.filter(|actor| actor.state != ActorState::Gone);
    let actor = actor.ok_or(ApiError::NotFound)?;
    if !may_know(&mut conn, &guest, &actor).await? {
        return Err(ApiError::NotFound);
    }
    render::account(&api, &mut conn, actor.id).await.map(Json)
}

/// Whom `name` or `name@host` names, as far as is known here.
pub(crate) async fn named(api: &Api, conn: &mut Conn, name: &str) -> Result<Option<Actor>> {
    let (handle, host) = match name.split_once('@') {
        Some((handle, host)) => (handle, host.parse::<Host>().ok()),
        None => (name, Some(api.ctx().site.host().clone())),
    };
    let Some(host) = host else {
        return Ok(None);
    };
    if host == *api.ctx().site.host() {
        let handle = handle.to_ascii_lowercase();
        let found = conn.local_actor(&handle).await?;
        return Ok(found.filter(|actor| actor.kind != ActorKind::Application));
    }
    Ok(conn.actor_named(handle, &host.to_string()).await?)
}

/// What is looked for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Search {
    q: Text,
    limit: Num,
    offset: Num,
    /// Whether other servers may be asked.
    resolve: Flag,
    /// Only whom who asks follows.
    following: Flag,
}

async fn search(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(asked): Params<Search>,
) -> Result<Json<Vec<Account>>> {
    let Some(words) = asked.q.filled() else {
        return Ok(Json(Vec::new()));
    };
    let limit = match asked.limit.0 {
        Some(limit) if limit > 0 => limit.min(80),
        _ => 40,
    };
    let wanted = search::Wanted {
        words: words.trim(),
        resolve: asked.resolve.yes(),
        following: asked.following.yes(),
        limit,
        offset: asked.offset.0.unwrap_or(0).max(0),
    };
    let ids = search::actors(&api, &viewer, &wanted).await?;
    let mut conn = api.store().read().await?;
    render::in_order(&api, &mut conn, &ids).await.map(Json)
}

/// Whether `guest` may see whom this actor follows, or who follows it. Who belongs to a
/// community is for its members to see.
async fn shows_ties(api: &Api, conn: &mut Conn, guest: &Guest, actor: &Actor) -> Result<bool> {
    let eyes = guest.eyes();
    if eyes == Some(actor.id) {
        return Ok(true);
    }
    if actor.kind != ActorKind::Group {
        let hides = conn.profile(actor.id).await?.hide_collections;
        return Ok(!hides && actor.state == ActorState::Active);
    }
    let Some(viewer) = eyes else {
        return Ok(false);
    };
    let standing = conn.standing(actor.id, viewer, api.ctx().now()).await?;
    Ok(standing.member || standing.role.is_some())
}

async fn followers(
    State(api): State<Api>,
    guest: Guest,
    IdOf(id): IdOf<ActorId>,
    page: Page,
) -> Result<Paged<Vec<Account>>> {
    let mut conn = api.store().read().await?;
    let actor = known(&mut conn, &guest, id).await?;
    let rows = if shows_ties(&api, &mut conn, &guest, &actor).await? {
        conn.follower_page(id, page.window(40, 80)).await?
    } else {
        Vec::new()
    };
    render::people(&api, &mut conn, &page, rows).await
}

async fn following(
    State(api): State<Api>,
    guest: Guest,
    IdOf(id): IdOf<ActorId>,
    page: Page,
) -> Result<Paged<Vec<Account>>> {
    let mut conn = api.store().read().await?;
    let actor = known(&mut conn, &guest, id).await?;
    let rows = if shows_ties(&api, &mut conn, &guest, &actor).await? {
        conn.following_page(id, page.window(40, 80)).await?
    } else {
        Vec::new()
    };
    render::people(&api, &mut conn, &page, rows).await
}

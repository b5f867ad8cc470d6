//! Finding people and communities: directory, suggestions, trends, familiar followers.

use std::time::Duration;

use archipel_model::{ActorId, EntryId, Scope};
use archipel_storage::Entry;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Api;
use crate::entities::{Account, Card, FamiliarFollowers, Status, Suggestion, TagPage};
use crate::error::{ApiError, Result};
use crate::extract::{Flag, IdOf, Num, Params, Text};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::routes::relations::Ids;
use crate::viewer::{Guest, Member, Viewer};

/// How far back what is used now is looked for.
const WEEK: Duration = Duration::from_hours(24 * 7);
/// Familiar followers of one account.
const FAMILIAR: i64 = 10;

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    let anyone = Access::Anyone;
    let read = Access::Member(Scope::Read);
    routes.get(
        "/api/v1/directory",
        rule::<Vec<Account>>(
            "People and communities that want to be found",
            anyone,
            Shows::Profiles,
        )
        .takes::<Directory>(),
        directory,
    );
    routes.get(
        "/api/v2/suggestions",
        rule::<Vec<Suggestion>>("Whom who asks might follow", read, Shows::Own).takes::<Many>(),
        suggestions,
    );
    routes.get(
        "/api/v1/suggestions",
        rule::<Vec<Account>>(
            "Whom who asks might follow, as old apps read it",
            read,
            Shows::Own,
        )
        .takes::<Many>(),
        suggestions_v1,
    );
    routes.delete(
        "/api/v1/suggestions/{id}",
        rule::<Value>("Suggests somebody no more", read, Shows::Own),
        dismiss,
    );
    for path in ["/api/v1/trends/tags", "/api/v1/trends"] {
        routes.get(
            path,
            rule::<Vec<TagPage>>("Hashtags of this week", anyone, Shows::Nothing).takes::<Many>(),
            tags,
        );
    }
    routes.get(
        "/api/v1/trends/statuses",
        rule::<Vec<Status>>("Posts of this week", anyone, Shows::Posts).takes::<Many>(),
        statuses,
    );
    routes.get(
        "/api/v1/trends/links",
        rule::<Vec<Card>>(
            "Links of this week: none are counted",
            anyone,
            Shows::Nothing,
        ),
        links,
    );
    routes.get(
        "/api/v1/accounts/familiar_followers",
        rule::<Vec<FamiliarFollowers>>(
            "Whom who asks follows, of those who follow somebody",
            Access::Member(Scope::ReadFollows),
            Shows::Own,
        )
        .takes::<Ids>(),
        familiar,
    );
}

/// Which part of the directory.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Directory {
    /// active (unless it is said) or new.
    order: Text,
    /// Only those of here.
    local: Flag,
    limit: Num,
    offset: Num,
}

async fn directory(
    State(api): State<Api>,
    guest: Guest,
    Params(asked): Params<Directory>,
) -> Result<Json<Vec<Account>>> {
    let newest = asked.order.filled() == Some("new");
    let limit = bounded(asked.limit, 40, 80);
    let offset = asked.offset.0.unwrap_or(0).max(0);
    let mut conn = api.store().read().await?;
    let ids = conn
        .directory(guest.eyes(), asked.local.yes(), newest, limit, offset)
        .await?;
    render::in_order(&api, &mut conn, &ids).await.map(Json)
}

/// How many, and after how many.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Many {
    limit: Num,
    offset: Num,
}

impl Many {
    fn offset(&self) -> i64 {
        self.offset.0.unwrap_or(0).max(0)
    }
}

fn bounded(limit: Num, usual: i64, most: i64) -> i64 {
    match limit.0 {
        Some(limit) if limit > 0 => limit.min(most),
        _ => usual,
    }
}

async fn suggested(api: &Api, viewer: &Viewer, asked: &Many) -> Result<Vec<Account>> {
    let mut conn = api.store().read().await?;
    let limit = bounded(asked.limit, 40, 80);
    let ids = conn.suggestions(viewer.subject, limit).await?;
    render::in_order(api, &mut conn, &ids).await
}

async fn suggestions(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(asked): Params<Many>,
) -> Result<Json<Vec<Suggestion>>> {
    let accounts = suggested(&api, &viewer, &asked).await?;
    let shown = accounts.into_iter().map(|account| Suggestion {
        source: "featured",
        sources: vec!["featured"],
        account,
    });
    Ok(Json(shown.collect()))
}

async fn suggestions_v1(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(asked): Params<Many>,
) -> Result<Json<Vec<Account>>> {
    suggested(&api, &viewer, &asked).await.map(Json)
}

async fn dismiss(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
) -> Result<Json<Value>> {
    let mut tx = api.store().write().await?;
    let target = tx.actor(id).await?.ok_or(ApiError::NotFound)?;
    tx.dismiss_suggestion(viewer.subject, target.id).await?;
    tx.commit().await?;
    Ok(Json(json!({})))
}

async fn tags(
    State(api): State<Api>,
    guest: Guest,
    Params(asked): Params<Many>,
) -> Result<Json<Vec<TagPage>>> {
    let mut conn = api.store().read().await?;
    let since = api.ctx().now().minus(WEEK);
    let limit = bounded(asked.limit, 10, 20);
    let ids = conn.trending_hashtags(since, limit, asked.offset()).await?;
    render::tags(&api, &mut conn, guest.eyes(), &ids)
        .await
        .map(Json)
}

async fn statuses(
    State(api): State<Api>,
    guest: Guest,
    Params(asked): Params<Many>,
) -> Result<Json<Vec<Status>>> {
    let mut conn = api.store().read().await?;
    let since = api.ctx().now().minus(WEEK);
    let limit = bounded(asked.limit, 20, 40);
    let ids = conn.trending_posts(since, limit, asked.offset()).await?;
    let mut entries: Vec<Entry> = Vec::new();
    for id in ids {
        entries.extend(conn.entry_seen_by(guest.eyes(), EntryId(id.0)).await?);
    }
    render::statuses(&api, &mut conn, guest.eyes(), &entries)
        .await
        .map(Json)
}

async fn links() -> Json<Vec<Card>> {
    Json(Vec::new())
}

async fn familiar(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(ids): Params<Ids>,
) -> Result<Json<Vec<FamiliarFollowers>>> {
    let mut conn = api.store().read().await?;
    let mut found = Vec::new();
    for id in ids.read() {
        let Some(actor) = conn.actor(id).await? else {
            continue;
        };
        // Who belongs to a community is for its members to see.
        let hidden = actor.kind == archipel_model::ActorKind::Group
            || conn.profile(id).await?.hide_collections;
        let familiar = if hidden {
            Vec::new()
        } else {
            conn.familiar_followers(viewer.subject, id, FAMILIAR)
                .await?
        };
        found.push(FamiliarFollowers {
            id: id.to_string(),
            accounts: render::in_order(&api, &mut conn, &familiar).await?,
        });
    }
    Ok(Json(found))
}

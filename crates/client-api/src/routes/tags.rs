//! Hashtags: reading, following, featuring.

use archipel_model::{ActorId, HashtagId, Id, Scope};
use archipel_storage::Tx;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::known;
use super::instance::FEATURED_TAGS;
use crate::api::Api;
use crate::entities::{FeaturedTag, TagPage};
use crate::error::{ApiError, Result};
use crate::extract::{IdOf, Page, Paged, Params, Text, Word};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::{Guest, Member, Viewer};

/// Characters of a hashtag.
const LONGEST: usize = 100;

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    let (follows, accounts) = (
        Access::Member(Scope::WriteFollows),
        Access::Member(Scope::WriteAccounts),
    );
    routes.get(
        "/api/v1/tags/{name}",
        rule::<TagPage>("A hashtag", Access::Anyone, Shows::Nothing),
        one,
    );
    routes.post(
        "/api/v1/tags/{name}/follow",
        rule::<TagPage>("Follows a hashtag", follows, Shows::Own),
        follow,
    );
    routes.post(
        "/api/v1/tags/{name}/unfollow",
        rule::<TagPage>("Follows a hashtag no more", follows, Shows::Own),
        unfollow,
    );
    routes.post(
        "/api/v1/tags/{name}/feature",
        rule::<TagPage>("Features a hashtag on the profile", accounts, Shows::Own),
        feature,
    );
    routes.post(
        "/api/v1/tags/{name}/unfeature",
        rule::<TagPage>("Features a hashtag no more", accounts, Shows::Own),
        unfeature,
    );
    routes.get(
        "/api/v1/followed_tags",
        rule::<Vec<TagPage>>(
            "Hashtags that who asks follows",
            Access::Member(Scope::ReadFollows),
            Shows::Own,
        ),
        followed,
    );
    routes.get(
        "/api/v1/featured_tags",
        rule::<Vec<FeaturedTag>>(
            "Hashtags that the profile of who asks features",
            Access::Member(Scope::ReadAccounts),
            Shows::Own,
        ),
        featured,
    );
    routes.post(
        "/api/v1/featured_tags",
        rule::<FeaturedTag>("Features a hashtag on the profile", accounts, Shows::Own)
            .takes::<Named>(),
        create_featured,
    );
    routes.delete(
        "/api/v1/featured_tags/{id}",
        rule::<Value>("Features a hashtag no more", accounts, Shows::Own),
        delete_featured,
    );
    routes.get(
        "/api/v1/featured_tags/suggestions",
        rule::<Vec<TagPage>>(
            "Hashtags that who asks uses most",
            Access::Member(Scope::ReadAccounts),
            Shows::Own,
        ),
        suggestions,
    );
    routes.get(
        "/api/v1/accounts/{id}/featured_tags",
        rule::<Vec<FeaturedTag>>(
            "Hashtags that a profile features",
            Access::Anyone,
            Shows::Profiles,
        ),
        featured_of,
    );
}

/// The name of a hashtag as it is stored.
fn name_of(text: &str) -> Result<String> {
    let name = text.trim().trim_start_matches('#').to_lowercase();
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '·' | '・');
    let good = !name.is_empty()
        && name.chars().count() <= LONGEST
        && name.chars().all(fits)
        && !name.chars().all(char::is_numeric);
    if good {
        Ok(name)
    } else {
        Err(ApiError::NotFound)
    }
}

async fn one(State(api): State<Api>, guest: Guest, Word(name): Word) -> Result<Json<TagPage>> {
    let name = name_of(&name)?;
    let mut conn = api.store().read().await?;
    let Some(id) = conn.hashtag(&name).await? else {
        return Ok(Json(render::unused_tag(&api, &name)));
    };
    let mut found = render::tags(&api, &mut conn, guest.eyes(), &[id]).await?;
    found.pop().map(Json).ok_or(ApiError::NotFound)
}

/// The hashtag of this name, stored.
async fn stored(api: &Api, tx: &mut Tx, name: &str) -> Result<HashtagId> {
    let name = name_of(name)?;
    let fresh: HashtagId = api.ctx().id();
    Ok(tx.hashtag_or_new(fresh, &name, api.ctx().now()).await?)
}

/// What was done is kept; the hashtag now.
async fn kept(api: &Api, tx: Tx, viewer: &Viewer, id: HashtagId) -> Result<Json<TagPage>> {
    tx.commit().await?;
    let mut conn = api.store().read().await?;
    let mut found = render::tags(api, &mut conn, Some(viewer.subject), &[id]).await?;
    found.pop().map(Json).ok_or(ApiError::NotFound)
}

async fn set_followed(
    api: &Api,
    viewer: &Viewer,
    name: &str,
    followed: bool,
) -> Result<Json<TagPage>> {
    let mut tx = api.store().write().await?;
    let tag = stored(api, &mut tx, name).await?;
    let key: Id = api.ctx().id();
    tx.set_hashtag_followed(key.0, viewer.subject, tag, followed, api.ctx().now())
        .await?;
    kept(api, tx, viewer, tag).await
}

async fn follow(
    State(api): State<Api>,
    Member(viewer): Member,
    Word(name): Word,
) -> Result<Json<TagPage>> {
    set_followed(&api, &viewer, &name, true).await
}

async fn unfollow(
    State(api): State<Api>,
    Member(viewer): Member,
    Word(name): Word,
) -> Result<Json<TagPage>> {
    set_followed(&api, &viewer, &name, false).await
}

/// Features a hashtag, if there is room.
async fn put_featured(api: &Api, tx: &mut Tx, viewer: &Viewer, name: &str) -> Result<HashtagId> {
    let tag = stored(api, tx, name).await?;
    if tx.featured_hashtags(viewer.subject).await?.len() >= FEATURED_TAGS {
        return Err(ApiError::refused(format!(
            "A profile features at most {FEATURED_TAGS} hashtags; take one away first"
        )));
    }
    let key: Id = api.ctx().id();
    tx.feature_hashtag(key.0, viewer.subject, tag, api.ctx().now())
        .await?;
    Ok(tag)
}

async fn feature(
    State(api): State<Api>,
    Member(viewer): Member,
    Word(name): Word,
) -> Result<Json<TagPage>> {
    let mut tx = api.store().write().await?;
    let tag = put_featured(&api, &mut tx, &viewer, &name).await?;
    kept(&api, tx, &viewer, tag).await
}

async fn unfeature(
    State(api): State<Api>,
    Member(viewer): Member,
    Word(name): Word,
) -> Result<Json<TagPage>> {
    let mut tx = api.store().write().await?;
    let tag = stored(&api, &mut tx, &name).await?;
    tx.unfeature_hashtag(viewer.subject, tag).await?;
    kept(&api, tx, &viewer, tag).await
}

async fn followed(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
) -> Result<Paged<Vec<TagPage>>> {
    let mut conn = api.store().read().await?;
    let mut window = page.window(40, 80);
    window.limit = page.limit(100, 200);
    let rows = conn.followed_hashtag_page(viewer.subject, window).await?;
    let ids: Vec<HashtagId> = rows.iter().map(|(_, tag)| HashtagId(*tag)).collect();
    let tags = render::tags(&api, &mut conn, Some(viewer.subject), &ids).await?;
    let (newest, oldest) = (rows.first().map(|row| row.0), rows.last().map(|row| row.0));
    Ok(page.answer(tags, newest, oldest))
}

async fn list_featured(api: &Api, owner: ActorId) -> Result<Json<Vec<FeaturedTag>>> {
    let mut conn = api.store().read().await?;
    let rows = conn.featured_hashtags(owner).await?;
    let shown = rows.iter().map(|row| render::featured_tag(api, row));
    Ok(Json(shown.collect()))
}

async fn featured(
    State(api): State<Api>,
    Member(viewer): Member,
) -> Result<Json<Vec<FeaturedTag>>> {
    list_featured(&api, viewer.subject).await
}

async fn featured_of(
    State(api): State<Api>,
    guest: Guest,
    IdOf(id): IdOf<ActorId>,
) -> Result<Json<Vec<FeaturedTag>>> {
    let mut conn = api.store().read().await?;
    known(&mut conn, &guest, id).await?;
    drop(conn);
    list_featured(&api, id).await
}

/// A hashtag by its name.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Named {
    name: Text,
}

async fn create_featured(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(named): Params<Named>,
) -> Result<Json<FeaturedTag>> {
    let refused = || ApiError::refused("Validation failed: this is no name of a hashtag");
    let name = named.name.filled().ok_or_else(refused)?;
    let name = name_of(name).map_err(|_| refused())?;
    let mut tx = api.store().write().await?;
    put_featured(&api, &mut tx, &viewer, &name).await?;
    tx.commit().await?;
    let Json(all) = list_featured(&api, viewer.subject).await?;
    let found = all.into_iter().find(|tag| tag.name == name);
    found.map(Json).ok_or(ApiError::NotFound)
}

async fn delete_featured(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
) -> Result<Json<Value>> {
    let mut tx = api.store().write().await?;
    if !tx.unfeature_by_id(viewer.subject, id).await? {
        return Err(ApiError::NotFound);
    }
    tx.commit().await?;
    Ok(Json(json!({})))
}

async fn suggestions(State(api): State<Api>, Member(viewer): Member) -> Result<Json<Vec<TagPage>>> {
    let mut conn = api.store().read().await?;
    let ids = conn.own_hashtags(viewer.subject, 10).await?;
    render::tags(&api, &mut conn, Some(viewer.subject), &ids)
        .await
        .map(Json)
}

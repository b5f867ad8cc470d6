//! The words and posts of a filter, one by one.

use archipel_model::{ActorId, EntryId, FilterId, Scope};
use archipel_storage::{Conn, FilterPost};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{MOST, WordWish, changed, own, word};
use crate::api::Api;
use crate::entities::{FilterKeyword, FilterStatus};
use crate::error::{ApiError, Result};
use crate::extract::{IdOf, Num, Params};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render::{Whole, filter_keyword, filter_post, filters};
use crate::viewer::Member;

/// Declares the routes of this file.
pub(super) fn declare(routes: &mut Routes) {
    let reads = Access::Member(Scope::ReadFilters);
    let writes = Access::Member(Scope::WriteFilters);
    routes.get(
        "/api/v2/filters/{id}/keywords",
        rule::<Vec<FilterKeyword>>("The words of a filter", reads, Shows::Own),
        keywords,
    );
    routes.post(
        "/api/v2/filters/{id}/keywords",
        rule::<FilterKeyword>("Add a word to a filter", writes, Shows::Own).takes::<WordWish>(),
        add_keyword,
    );
    routes.get(
        "/api/v2/filters/keywords/{id}",
        rule::<FilterKeyword>("One word", reads, Shows::Own),
        keyword,
    );
    routes.put(
        "/api/v2/filters/keywords/{id}",
        rule::<FilterKeyword>("Change a word", writes, Shows::Own).takes::<WordWish>(),
        change_keyword,
    );
    routes.delete(
        "/api/v2/filters/keywords/{id}",
        rule::<Value>("Delete a word", writes, Shows::Nothing),
        remove_keyword,
    );
    routes.get(
        "/api/v2/filters/{id}/statuses",
        rule::<Vec<FilterStatus>>("The posts of a filter", reads, Shows::Own),
        statuses,
    );
    routes.post(
        "/api/v2/filters/{id}/statuses",
        rule::<FilterStatus>("Add a post to a filter", writes, Shows::Own).takes::<StatusWish>(),
        add_status,
    );
    routes.get(
        "/api/v2/filters/statuses/{id}",
        rule::<FilterStatus>("One post of a filter", reads, Shows::Own),
        status,
    );
    routes.delete(
        "/api/v2/filters/statuses/{id}",
        rule::<Value>("Take a post out of a filter", writes, Shows::Nothing),
        remove_status,
    );
}

/// A post to be hidden.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct StatusWish {
    status_id: Num,
}

async fn keywords(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<FilterId>,
) -> Result<Json<Vec<FilterKeyword>>> {
    let mut conn = api.store().read().await?;
    let whole = own(&mut conn, viewer.subject, id).await?;
    Ok(Json(whole.words.iter().map(filter_keyword).collect()))
}

async fn add_keyword(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<FilterId>,
    Params(wish): Params<WordWish>,
) -> Result<Json<FilterKeyword>> {
    let mut tx = api.store().write().await?;
    let whole = own(&mut tx, viewer.subject, id).await?;
    if whole.words.len() >= MOST {
        return Err(ApiError::refused(format!(
            "A filter has at most {MOST} words"
        )));
    }
    let word = word(&api, id, None, &wish)?;
    tx.put_filter_keyword(&word).await?;
    changed(tx, &viewer).await?;
    Ok(Json(filter_keyword(&word)))
}

/// The filter of somebody that a part belongs to.
async fn holding(conn: &mut Conn, owner: ActorId, holds: impl Fn(&Whole) -> bool) -> Result<Whole> {
    let mut all = filters(conn, owner).await?;
    all.retain(holds);
    all.pop().ok_or(ApiError::NotFound)
}

async fn own_word(
    conn: &mut Conn,
    owner: ActorId,
    id: i64,
) -> Result<archipel_storage::FilterKeyword> {
    let whole = holding(conn, owner, |whole| {
        whole.words.iter().any(|it| it.id == id)
    })
    .await?;
    let mut words = whole.words;
    words.retain(|word| word.id == id);
    words.pop().ok_or(ApiError::NotFound)
}

async fn keyword(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
) -> Result<Json<FilterKeyword>> {
    let mut conn = api.store().read().await?;
    let word = own_word(&mut conn, viewer.subject, id).await?;
    Ok(Json(filter_keyword(&word)))
}

async fn change_keyword(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
    Params(wish): Params<WordWish>,
) -> Result<Json<FilterKeyword>> {
    let mut tx = api.store().write().await?;
    let known = own_word(&mut tx, viewer.subject, id).await?;
    let word = word(&api, known.filter_id, Some(&known), &wish)?;
    tx.put_filter_keyword(&word).await?;
    changed(tx, &viewer).await?;
    Ok(Json(filter_keyword(&word)))
}

async fn remove_keyword(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
) -> Result<Json<Value>> {
    let mut tx = api.store().write().await?;
    own_word(&mut tx, viewer.subject, id).await?;
    tx.remove_filter_keyword(id).await?;
    changed(tx, &viewer).await?;
    Ok(Json(json!({})))
}

async fn statuses(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<FilterId>,
) -> Result<Json<Vec<FilterStatus>>> {
    let mut conn = api.store().read().await?;
    let whole = own(&mut conn, viewer.subject, id).await?;
    Ok(Json(whole.posts.iter().copied().map(filter_post).collect()))
}

async fn add_status(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<FilterId>,
    Params(wish): Params<StatusWish>,
) -> Result<Json<FilterStatus>> {
    let mut tx = api.store().write().await?;
    let whole = own(&mut tx, viewer.subject, id).await?;
    let entry = EntryId(wish.status_id.0.ok_or(ApiError::NotFound)?);
    let entry = tx.entry_seen_by(Some(viewer.subject), entry).await?;
    let post_id = entry.ok_or(ApiError::NotFound)?.post_id;
    if let Some(known) = whole.posts.iter().find(|it| it.post_id == post_id) {
        return Ok(Json(filter_post(*known)));
    }
    if whole.posts.len() >= MOST {
        return Err(ApiError::refused(format!(
            "A filter has at most {MOST} posts"
        )));
    }
    let post = FilterPost {
        id: api.ctx().id::<FilterId>().0,
        filter_id: id,
        post_id,
    };
    tx.put_filter_post(&post).await?;
    changed(tx, &viewer).await?;
    Ok(Json(filter_post(post)))
}

async fn own_post(conn: &mut Conn, owner: ActorId, id: i64) -> Result<FilterPost> {
    let whole = holding(conn, owner, |whole| {
        whole.posts.iter().any(|it| it.id == id)
    })
    .await?;
    let mut posts = whole.posts;
    posts.retain(|post| post.id == id);
    posts.pop().ok_or(ApiError::NotFound)
}

async fn status(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
) -> Result<Json<FilterStatus>> {
    let mut conn = api.store().read().await?;
    let post = own_post(&mut conn, viewer.subject, id).await?;
    Ok(Json(filter_post(post)))
}

async fn remove_status(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
) -> Result<Json<Value>> {
    let mut tx = api.store().write().await?;
    own_post(&mut tx, viewer.subject, id).await?;
    tx.remove_filter_post(id).await?;
    changed(tx, &viewer).await?;
    Ok(Json(json!({})))
}

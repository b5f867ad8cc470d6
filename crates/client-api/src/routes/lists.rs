//! Lists that members make of those whom they follow, people and communities.
//!
//! <https://docs.joinmastodon.org/methods/lists/>.

use archipel_model::{ActorId, ListId, Scope};
use archipel_storage::{FollowState, ListReplies, OwnList, Tx};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Api;
use crate::entities::{Account, List as Entity};
use crate::error::{ApiError, Result};
use crate::extract::{Flag, IdOf, List, Page, Paged, Paging, Params, Text};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::{Member, Viewer};

/// Most lists of somebody.
const MOST: i64 = 50;

/// Longest name of a list, in characters.
const MAX_TITLE: usize = 100;

/// What a list is to be.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Wish {
    title: Text,
    /// followed, list, none.
    replies_policy: Text,
    /// Whether its members are not shown at home.
    exclusive: Flag,
}

/// Who is meant.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Who {
    account_ids: List<Text>,
}

impl Who {
    fn ids(&self) -> Result<Vec<ActorId>> {
        let ids = self.account_ids.0.iter().map(|id| {
            let id = id.0.as_deref().unwrap_or_default();
            id.parse().map_err(|_| ApiError::NotFound)
        });
        ids.collect()
    }
}

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    let (read, write) = (
        Access::Member(Scope::ReadLists),
        Access::Member(Scope::WriteLists),
    );
    routes.get(
        "/api/v1/lists",
        rule::<Vec<Entity>>("One's lists", read, Shows::Own),
        all,
    );
    routes.post(
        "/api/v1/lists",
        rule::<Entity>("Makes a list", write, Shows::Own).takes::<Wish>(),
        create,
    );
    routes.get(
        "/api/v1/lists/{id}",
        rule::<Entity>("One list", read, Shows::Own),
        one,
    );
    routes.put(
        "/api/v1/lists/{id}",
        rule::<Entity>("Changes a list", write, Shows::Own).takes::<Wish>(),
        change,
    );
    routes.delete(
        "/api/v1/lists/{id}",
        rule::<Value>("Forgets a list", write, Shows::Own),
        remove,
    );
    routes.get(
        "/api/v1/lists/{id}/accounts",
        rule::<Vec<Account>>("Who is in a list", read, Shows::Own).takes::<Paging>(),
        members,
    );
    routes.post(
        "/api/v1/lists/{id}/accounts",
        rule::<Value>("Puts somebody into a list", write, Shows::Own).takes::<Who>(),
        add,
    );
    routes.delete(
        "/api/v1/lists/{id}/accounts",
        rule::<Value>("Takes somebody out of a list", write, Shows::Own).takes::<Who>(),
        take_out,
    );
    routes.get(
        "/api/v1/accounts/{id}/lists",
        rule::<Vec<Entity>>("One's lists that somebody is in", read, Shows::Own),
        with,
    );
}

fn entity(list: &OwnList) -> Entity {
    Entity {
        id: list.id.to_string(),
        title: list.title.clone(),
        replies_policy: list.replies.to_string(),
        exclusive: list.exclusive,
    }
}

/// Changes a list as far as something is said.
fn change_to(list: &mut OwnList, wish: &Wish) -> Result<()> {
    if let Some(title) = &wish.title.0 {
        title.trim().clone_into(&mut list.title);
    }
    if list.title.is_empty() || list.title.chars().count() > MAX_TITLE {
        return Err(ApiError::refused(format!(
            "Validation failed: give the list a name of at most {MAX_TITLE} characters"
        )));
    }
    if let Some(replies) = wish.replies_policy.filled() {
        list.replies = replies.parse().map_err(|_| {
            ApiError::refused("Validation failed: replies_policy is followed, list or none")
        })?;
    }
    list.exclusive = wish.exclusive.0.unwrap_or(list.exclusive);
    Ok(())
}

/// The list, if it is theirs.
async fn own(tx: &mut Tx, viewer: &Viewer, id: ListId) -> Result<OwnList> {
    tx.list(viewer.subject, id).await?.ok_or(ApiError::NotFound)
}

async fn all(State(api): State<Api>, Member(viewer): Member) -> Result<Json<Vec<Entity>>> {
    let mut conn = api.store().read().await?;
    let lists = conn.lists(viewer.subject).await?;
    Ok(Json(lists.iter().map(entity).collect()))
}

async fn with(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
) -> Result<Json<Vec<Entity>>> {
    let mut conn = api.store().read().await?;
    conn.actor(id).await?.ok_or(ApiError::NotFound)?;
    let lists = conn.lists_with(viewer.subject, id).await?;
    Ok(Json(lists.iter().map(entity).collect()))
}

async fn one(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ListId>,
) -> Result<Json<Entity>> {
    let mut conn = api.store().read().await?;
    let list = conn.list(viewer.subject, id).await?;
    list.map(|list| Json(entity(&list)))
        .ok_or(ApiError::NotFound)
}

async fn create(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(wish): Params<Wish>,
) -> Result<Json<Entity>> {
    let mut list = OwnList {
        id: api.ctx().id(),
        title: String::new(),
        replies: ListReplies::List,
        exclusive: false,
    };
    change_to(&mut list, &wish)?;
    let mut tx = api.store().write().await?;
    if tx.list_count(viewer.subject).await? >= MOST {
        return Err(ApiError::refused(format!(
            "Validation failed: there are {MOST} lists already; delete one first"
        )));
    }
    tx.put_list(viewer.subject, &list, api.ctx().now()).await?;
    tx.commit().await?;
    Ok(Json(entity(&list)))
}

async fn change(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ListId>,
    Params(wish): Params<Wish>,
) -> Result<Json<Entity>> {
    let mut tx = api.store().write().await?;
    let mut list = own(&mut tx, &viewer, id).await?;
    change_to(&mut list, &wish)?;
    tx.put_list(viewer.subject, &list, api.ctx().now()).await?;
    tx.commit().await?;
    Ok(Json(entity(&list)))
}

async fn remove(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ListId>,
) -> Result<Json<Value>> {
    let mut tx = api.store().write().await?;
    let list = own(&mut tx, &viewer, id).await?;
    tx.remove_list(list.id).await?;
    tx.commit().await?;
    Ok(Json(json!({})))
}

/// All of them when `limit` is 0, as Mastodon has it.
async fn members(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ListId>,
    page: Page,
) -> Result<Paged<Vec<Account>>> {
    let mut conn = api.store().read().await?;
    let list = conn.list(viewer.subject, id).await?;
    let list = list.ok_or(ApiError::NotFound)?;
    let limit = page.limit(40, 80);
    let limit = if page.wants_all() { 10_000 } else { limit };
    let range = (page.max(), page.min());
    let ids = conn.list_members(list.id, range, limit).await?;
    let shown = render::in_order(&api, &mut conn, &ids).await?;
    let end = |id: Option<&ActorId>| id.map(|id| id.0);
    Ok(page.answer(shown, end(ids.first()), end(ids.last())))
}

async fn add(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ListId>,
    Params(who): Params<Who>,
) -> Result<Json<Value>> {
    let who = who.ids()?;
    let mut tx = api.store().write().await?;
    let list = own(&mut tx, &viewer, id).await?;
    for member in who {
        tx.actor(member).await?.ok_or(ApiError::NotFound)?;
        let follow = tx.follow(viewer.subject, member).await?;
        let follows = follow.is_some_and(|follow| follow.state != FollowState::Rejected);
        if !follows && member != viewer.subject {
            return Err(ApiError::refused(
                "Validation failed: follow the account before you put it into a list",
            ));
        }
        if !tx.put_list_member(list.id, member, api.ctx().now()).await? {
            return Err(ApiError::refused(
                "Validation failed: Account has already been taken",
            ));
        }
    }
    tx.commit().await?;
    Ok(Json(json!({})))
}

async fn take_out(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ListId>,
    Params(who): Params<Who>,
) -> Result<Json<Value>> {
    let who = who.ids()?;
    let mut tx = api.store().write().await?;
    let list = own(&mut tx, &viewer, id).await?;
    for member in who {
        tx.remove_list_member(list.id, member).await?;
    }
    tx.commit().await?;
    Ok(Json(json!({})))
}

//! Version 1 of filters: each word seen as a filter of its own.

use archipel_model::filter::FilterAction;
use archipel_model::{ActorId, Scope};
use archipel_storage::{Conn, Filter as Stored, FilterKeyword as Word};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{MOST, WordWish, changed, contexts, end, given, title, word};
use crate::api::Api;
use crate::entities::{Date, FilterV1};
use crate::error::{ApiError, Result};
use crate::extract::{Flag, IdOf, List, Num, Params, Text};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render::{Whole, filters};
use crate::viewer::Member;

/// Declares the routes of this file.
pub(super) fn declare(routes: &mut Routes) {
    let reads = Access::Member(Scope::ReadFilters);
    let writes = Access::Member(Scope::WriteFilters);
    routes.get(
        "/api/v1/filters",
        rule::<Vec<FilterV1>>("All filters, version 1", reads, Shows::Own),
        list,
    );
    routes.post(
        "/api/v1/filters",
        rule::<FilterV1>("Make a filter, version 1", writes, Shows::Own).takes::<Wish>(),
        make,
    );
    routes.get(
        "/api/v1/filters/{id}",
        rule::<FilterV1>("One filter, version 1", reads, Shows::Own),
        one,
    );
    routes.put(
        "/api/v1/filters/{id}",
        rule::<FilterV1>("Change a filter, version 1", writes, Shows::Own).takes::<Wish>(),
        change,
    );
    routes.delete(
        "/api/v1/filters/{id}",
        rule::<Value>("Delete a filter, version 1", writes, Shows::Nothing),
        remove,
    );
}

/// What a filter is to be.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Wish {
    phrase: Text,
    context: List<String>,
    irreversible: Flag,
    whole_word: Flag,
    #[serde(deserialize_with = "given")]
    expires_in: Option<Num>,
}

impl Wish {
    fn word(&self) -> WordWish {
        WordWish {
            id: Num(None),
            keyword: self.phrase.clone(),
            whole_word: Flag(Some(self.whole_word.yes())),
            destroy: Flag(None),
        }
    }

    fn action(&self) -> FilterAction {
        if self.irreversible.yes() {
            FilterAction::Hide
        } else {
            FilterAction::Warn
        }
    }
}

fn entity(whole: &Whole, word: &Word) -> FilterV1 {
    FilterV1 {
        id: word.id.to_string(),
        phrase: word.keyword.clone(),
        context: whole.contexts(),
        expires_at: whole.filter.expires_at.map(Date),
        irreversible: whole.filter.action == FilterAction::Hide,
        whole_word: word.whole_word,
    }
}

async fn own(conn: &mut Conn, owner: ActorId, id: i64) -> Result<(Whole, Word)> {
    for whole in filters(conn, owner).await? {
        if let Some(word) = whole.words.iter().find(|word| word.id == id).cloned() {
            return Ok((whole, word));
        }
    }
    Err(ApiError::NotFound)
}

async fn list(State(api): State<Api>, Member(viewer): Member) -> Result<Json<Vec<FilterV1>>> {
    let mut conn = api.store().read().await?;
    let all = filters(&mut conn, viewer.subject).await?;
    Ok(Json(
        all.iter()
            .flat_map(|whole| whole.words.iter().map(|word| entity(whole, word)))
            .collect(),
    ))
}

async fn one(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
) -> Result<Json<FilterV1>> {
    let mut conn = api.store().read().await?;
    let (whole, word) = own(&mut conn, viewer.subject, id).await?;
    Ok(Json(entity(&whole, &word)))
}

async fn make(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(wish): Params<Wish>,
) -> Result<Json<FilterV1>> {
    let filter = Stored {
        id: api.ctx().id(),
        title: title(&wish.phrase)?,
        contexts: contexts(&wish.context)?,
        action: wish.action(),
        expires_at: wish.expires_in.and_then(|after| end(&api, after)),
    };
    let word = word(&api, filter.id, None, &wish.word())?;
    let mut tx = api.store().write().await?;
    if tx.filters_of(viewer.subject).await?.len() >= MOST {
        return Err(ApiError::refused(format!(
            "There are {MOST} filters already; delete one first"
        )));
    }
    tx.put_filter(viewer.subject, &filter, api.ctx().now())
        .await?;
    tx.put_filter_keyword(&word).await?;
    let (whole, word) = own(&mut tx, viewer.subject, word.id).await?;
    changed(tx, &viewer).await?;
    Ok(Json(entity(&whole, &word)))
}

async fn change(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
    Params(wish): Params<Wish>,
) -> Result<Json<FilterV1>> {
    let mut tx = api.store().write().await?;
    let (whole, known) = own(&mut tx, viewer.subject, id).await?;
    // What all its words share cannot be told apart by this version.
    if whole.words.len() == 1 {
        let mut filter = whole.filter.clone();
        if !wish.context.0.is_empty() {
            filter.contexts = contexts(&wish.context)?;
        }
        if wish.irreversible.0.is_some() {
            filter.action = wish.action();
        }
        if let Some(after) = wish.expires_in {
            filter.expires_at = end(&api, after);
        }
        if wish.phrase.0.is_some() {
            filter.title = title(&wish.phrase)?;
        }
        tx.put_filter(viewer.subject, &filter, api.ctx().now())
            .await?;
    }
    let word_wish = WordWish {
        whole_word: wish.whole_word,
        ..wish.word()
    };
    tx.put_filter_keyword(&word(&api, whole.filter.id, Some(&known), &word_wish)?)
        .await?;
    let (whole, word) = own(&mut tx, viewer.subject, id).await?;
    changed(tx, &viewer).await?;
    Ok(Json(entity(&whole, &word)))
}

async fn remove(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
) -> Result<Json<Value>> {
    let mut tx = api.store().write().await?;
    let (whole, word) = own(&mut tx, viewer.subject, id).await?;
    if whole.words.len() == 1 && whole.posts.is_empty() {
        tx.remove_filter(whole.filter.id).await?;
    } else {
        tx.remove_filter_keyword(word.id).await?;
    }
    changed(tx, &viewer).await?;
    Ok(Json(json!({})))
}

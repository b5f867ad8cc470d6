//! Filters: what somebody wants hidden where, version 2 and, seen through it, 1.

mod first;
mod parts;

use archipel_model::filter::{FilterAction, FilterContext};
use archipel_model::{FilterId, Scope};
use archipel_storage::{Conn, Filter as Stored, FilterKeyword as Word, StreamEvent, Tx};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::api::Api;
use crate::entities::Filter;
use crate::error::{ApiError, Result};
use crate::extract::{Flag, IdOf, List, Num, Params, Text};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render::{Whole, filters};
use crate::viewer::{Member, Viewer};

/// Most filters of one member, and most words or posts of one filter.
const MOST: usize = 200;

/// Longest title and word, in characters.
const LONGEST: usize = 512;

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    let reads = Access::Member(Scope::ReadFilters);
    let writes = Access::Member(Scope::WriteFilters);
    routes.get(
        "/api/v2/filters",
        rule::<Vec<Filter>>("All filters", reads, Shows::Own),
        list,
    );
    routes.post(
        "/api/v2/filters",
        rule::<Filter>("Make a filter", writes, Shows::Own).takes::<Wish>(),
        make,
    );
    routes.get(
        "/api/v2/filters/{id}",
        rule::<Filter>("One filter", reads, Shows::Own),
        one,
    );
    routes.put(
        "/api/v2/filters/{id}",
        rule::<Filter>("Change a filter", writes, Shows::Own).takes::<Wish>(),
        change,
    );
    routes.delete(
        "/api/v2/filters/{id}",
        rule::<Value>("Delete a filter", writes, Shows::Nothing),
        remove,
    );
    parts::declare(routes);
    first::declare(routes);
}

/// A key that was sent, whatever it holds.
fn given<'de, D, T>(deserializer: D) -> std::result::Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// What a filter is to be.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Wish {
    title: Text,
    /// home, notifications, public, thread, account.
    context: List<String>,
    /// warn, hide, blur.
    filter_action: Text,
    /// Seconds from now; none: for ever.
    #[serde(deserialize_with = "given")]
    expires_in: Option<Num>,
    keywords_attributes: List<WordWish>,
}

/// What a word of a filter is to be.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct WordWish {
    /// Of one that is there already.
    id: Num,
    keyword: Text,
    whole_word: Flag,
    #[serde(rename = "_destroy")]
    destroy: Flag,
}

async fn list(State(api): State<Api>, Member(viewer): Member) -> Result<Json<Vec<Filter>>> {
    let mut conn = api.store().read().await?;
    let filters = filters(&mut conn, viewer.subject).await?;
    Ok(Json(filters.iter().map(Whole::entity).collect()))
}

/// Somebody's filter of this id.
async fn own(conn: &mut Conn, owner: archipel_model::ActorId, id: FilterId) -> Result<Whole> {
    let mut all = filters(conn, owner).await?;
    all.retain(|whole| whole.filter.id == id);
    all.pop().ok_or(ApiError::NotFound)
}

async fn one(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<FilterId>,
) -> Result<Json<Filter>> {
    let mut conn = api.store().read().await?;
    let whole = own(&mut conn, viewer.subject, id).await?;
    Ok(Json(whole.entity()))
}

async fn make(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(wish): Params<Wish>,
) -> Result<Json<Filter>> {
    let now = api.ctx().now();
    let filter = Stored {
        id: api.ctx().id(),
        title: title(&wish.title)?,
        contexts: contexts(&wish.context)?,
        action: action(&wish.filter_action)?.unwrap_or(FilterAction::Warn),
        expires_at: wish.expires_in.and_then(|after| end(&api, after)),
    };
    let mut tx = api.store().write().await?;
    if tx.filters_of(viewer.subject).await?.len() >= MOST {
        return Err(ApiError::refused(format!(
            "There are {MOST} filters already; delete one first"
        )));
    }
    tx.put_filter(viewer.subject, &filter, now).await?;
    words(&api, &mut tx, filter.id, &[], &wish.keywords_attributes.0).await?;
    let whole = own(&mut tx, viewer.subject, filter.id).await?;
    changed(tx, &viewer).await?;
    Ok(Json(whole.entity()))
}

async fn change(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<FilterId>,
    Params(wish): Params<Wish>,
) -> Result<Json<Filter>> {
    let mut tx = api.store().write().await?;
    let before = own(&mut tx, viewer.subject, id).await?;
    let mut filter = before.filter.clone();
    if wish.title.0.is_some() {
        filter.title = title(&wish.title)?;
    }
    if !wish.context.0.is_empty() {
        filter.contexts = contexts(&wish.context)?;
    }
    if let Some(action) = action(&wish.filter_action)? {
        filter.action = action;
    }
    if let Some(after) = wish.expires_in {
        filter.expires_at = end(&api, after);
    }
    tx.put_filter(viewer.subject, &filter, api.ctx().now())
        .await?;
    words(
        &api,
        &mut tx,
        id,
        &before.words,
        &wish.keywords_attributes.0,
    )
    .await?;
    let whole = own(&mut tx, viewer.subject, id).await?;
    changed(tx, &viewer).await?;
    Ok(Json(whole.entity()))
}

async fn remove(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<FilterId>,
) -> Result<Json<Value>> {
    let mut tx = api.store().write().await?;
    own(&mut tx, viewer.subject, id).await?;
    tx.remove_filter(id).await?;
    changed(tx, &viewer).await?;
    Ok(Json(json!({})))
}

/// Keeps a change, and tells those who listen for this member.
async fn changed(mut tx: Tx, viewer: &Viewer) -> Result<()> {
    tx.stream(StreamEvent::FiltersChanged {
        owner: viewer.subject,
    });
    tx.commit().await?;
    Ok(())
}

fn title(text: &Text) -> Result<String> {
    let title = text
        .filled()
        .ok_or_else(|| ApiError::refused("Validation failed: Title can't be blank"))?;
    Ok(title.trim().chars().take(LONGEST).collect())
}

fn contexts(words: &List<String>) -> Result<String> {
    let mut known: Vec<&str> = Vec::new();
    for word in &words.0 {
        let context: FilterContext = word.parse().map_err(|error| {
            ApiError::refused(format!("Validation failed: Context is unknown: {error}"))
        })?;
        if !known.contains(&context.as_str()) {
            known.push(context.as_str());
        }
    }
    if known.is_empty() {
        return Err(ApiError::refused(
            "Validation failed: Context can't be blank",
        ));
    }
    Ok(json!(known).to_string())
}

fn action(text: &Text) -> Result<Option<FilterAction>> {
    text.filled()
        .map(|word| {
            word.trim()
                .parse()
                .map_err(|error| ApiError::refused(format!("Validation failed: {error}")))
        })
        .transpose()
}

/// When a filter ends that is to work for so many seconds.
fn end(api: &Api, after: Num) -> Option<archipel_model::Timestamp> {
    let seconds = u64::try_from(after.0?).ok().filter(|it| *it > 0)?;
    // Beyond a thousand years it makes no difference.
    let seconds = seconds.min(1000 * 366 * 24 * 3600);
    Some(
        api.ctx()
            .now()
            .plus(std::time::Duration::from_secs(seconds)),
    )
}

/// Adds, changes and removes words of a filter.
async fn words(
    api: &Api,
    conn: &mut Conn,
    filter: FilterId,
    before: &[Word],
    wishes: &[WordWish],
) -> Result<()> {
    let mut count = before.len();
    for wish in wishes {
        let known = wish
            .id
            .0
            .and_then(|id| before.iter().find(|it| it.id == id));
        if wish.id.0.is_some() && known.is_none() {
            return Err(ApiError::NotFound);
        }
        if let (Some(known), true) = (known, wish.destroy.yes()) {
            conn.remove_filter_keyword(known.id).await?;
            continue;
        }
        if known.is_none() {
            count += 1;
        }
        if count > MOST {
            return Err(ApiError::refused(format!(
                "A filter has at most {MOST} words"
            )));
        }
        conn.put_filter_keyword(&word(api, filter, known, wish)?)
            .await?;
    }
    Ok(())
}

/// A word as it is wished.
fn word(api: &Api, filter: FilterId, known: Option<&Word>, wish: &WordWish) -> Result<Word> {
    let keyword = match (&wish.keyword.0, known) {
        (None, Some(known)) => known.keyword.clone(),
        _ => wish
            .keyword
            .filled()
            .ok_or_else(|| ApiError::refused("Validation failed: Keyword can't be blank"))?
            .trim()
            .chars()
            .take(LONGEST)
            .collect(),
    };
    Ok(Word {
        id: known.map_or_else(|| api.ctx().id::<FilterId>().0, |known| known.id),
        filter_id: filter,
        keyword,
        whole_word: wish
            .whole_word
            .0
            .unwrap_or_else(|| known.is_none_or(|known| known.whole_word)),
    })
}

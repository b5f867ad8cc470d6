//! Searching people, communities, posts and hashtags, here and elsewhere.

use archipel_actions::Discovered;
use archipel_model::{ActorId, Place, PostId};
use archipel_storage::{ActorQuery, Entry};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::entities::{Account, Status, TagPage};
use crate::error::Result;
use crate::extract::{Flag, Num, Params, Text};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::routes::accounts;
use crate::viewer::{Guest, Viewer};

/// Longest text that is looked for.
const LONGEST: usize = 2_000;

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    routes.get(
        "/api/v2/search",
        rule::<Found>(
            "Finds people, communities, posts and hashtags",
            Access::Anyone,
            Shows::Posts,
        )
        .takes::<Asked>(),
        search,
    );
    routes.get(
        "/api/v1/search",
        rule::<FoundV1>("Finds, as old apps read it", Access::Anyone, Shows::Posts)
            .takes::<Asked>(),
        search_v1,
    );
}

/// What is looked for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Asked {
    q: Text,
    /// accounts, statuses, hashtags; all unless it is said.
    #[serde(rename = "type")]
    kind: Text,
    /// Whether other servers may be asked.
    resolve: Flag,
    /// Only whom who asks follows.
    following: Flag,
    /// Only posts of this one.
    account_id: Num,
    limit: Num,
    offset: Num,
}

/// What was found.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct Found {
    accounts: Vec<Account>,
    statuses: Vec<Status>,
    hashtags: Vec<TagPage>,
}

/// What was found; hashtags are bare names.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct FoundV1 {
    accounts: Vec<Account>,
    statuses: Vec<Status>,
    hashtags: Vec<String>,
}

/// Whom somebody looks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) words: &'a str,
    pub(crate) resolve: bool,
    pub(crate) following: bool,
    pub(crate) limit: i64,
    pub(crate) offset: i64,
}

async fn search(
    State(api): State<Api>,
    guest: Guest,
    Params(asked): Params<Asked>,
) -> Result<Json<Found>> {
    find(&api, &guest, &asked).await.map(Json)
}

async fn search_v1(
    State(api): State<Api>,
    guest: Guest,
    Params(asked): Params<Asked>,
) -> Result<Json<FoundV1>> {
    let found = find(&api, &guest, &asked).await?;
    Ok(Json(FoundV1 {
        accounts: found.accounts,
        statuses: found.statuses,
        hashtags: found.hashtags.into_iter().map(|tag| tag.name).collect(),
    }))
}

async fn find(api: &Api, guest: &Guest, asked: &Asked) -> Result<Found> {
    let Some(words) = asked.q.filled().map(str::trim) else {
        return Ok(Found::default());
    };
    if words.len() > LONGEST {
        return Ok(Found::default());
    }
    let wants = |kind: &str| asked.kind.filled().is_none_or(|wanted| wanted == kind);
    let limit = match asked.limit.0 {
        Some(limit) if limit > 0 => limit.min(40),
        _ => 20,
    };
    let viewer = guest.0.as_ref();
    let wanted = Wanted {
        words,
        // Strangers cannot make this server ask others.
        resolve: asked.resolve.yes() && viewer.is_some(),
        following: asked.following.yes() && viewer.is_some(),
        limit,
        offset: asked.offset.0.unwrap_or(0).max(0),
    };
    let mut found = Found::default();
    let mut people = Vec::new();
    let mut posts = Vec::new();
    match located(api, &wanted).await? {
        Some(Discovered::Actor(actor)) => people.push(actor),
        Some(Discovered::Post(post)) => posts.push(post),
        None if is_address(words) => {}
        None => {
            if wants("accounts") {
                people = listed(api, viewer, &wanted).await?;
            }
            if let Some(viewer) = viewer.filter(|_| wants("statuses")) {
                let mut conn = api.store().read().await?;
                let author = asked.account_id.0.map(ActorId);
                posts = conn
                    .search_posts(words, viewer.subject, author, limit, wanted.offset)
                    .await?;
            }
            if wants("hashtags") {
                let mut conn = api.store().read().await?;
                let name = words.trim_start_matches('#').to_lowercase();
                let tags = conn.search_hashtags(&name, limit, wanted.offset).await?;
                let ids: Vec<_> = tags.into_iter().map(|(id, _)| id).collect();
                found.hashtags = render::tags(api, &mut conn, guest.eyes(), &ids).await?;
            }
        }
    }
    let mut conn = api.store().read().await?;
    if wants("accounts") {
        let mut shown = Vec::new();
        for id in people {
            if accounts::known(&mut conn, guest, id).await.is_ok() {
                shown.push(id);
            }
        }
        found.accounts = render::in_order(api, &mut conn, &shown).await?;
    }
    if wants("statuses") {
        let mut entries: Vec<Entry> = Vec::new();
        for id in posts {
            let entry = archipel_model::EntryId(id.0);
            entries.extend(conn.entry_seen_by(guest.eyes(), entry).await?);
        }
        found.statuses = render::statuses(api, &mut conn, guest.eyes(), &entries).await?;
    }
    Ok(found)
}

/// Whether a text is an address, and no words.
fn is_address(words: &str) -> bool {
    words.starts_with("https://") || words.starts_with("http://")
}

/// `name@host` of a handle with its host, whatever signs are before it.
fn handle(words: &str) -> Option<&str> {
    let bare = words.strip_prefix("acct:").unwrap_or(words);
    let bare = bare.trim_start_matches(['@', '!']);
    let (name, host) = bare.split_once('@')?;
    let whole = !name.is_empty() && !bare.contains(char::is_whitespace);
    (whole && host.contains(['.', ':'])).then_some(bare)
}

/// What exactly is meant: an address, or a handle with its host. Other servers are asked
/// when that is wanted; where they do not answer, what is known here counts.
async fn located(api: &Api, wanted: &Wanted<'_>) -> Result<Option<Discovered>> {
    let words = wanted.words;
    let known = known_here(api, words).await?;
    let exact = is_address(words) || handle(words).is_some();
    if known.is_some() || !exact || !wanted.resolve || wanted.offset > 0 {
        return Ok(known);
    }
    Ok(api.0.world.find(words).await)
}

/// What an address or a handle means, as far as is known here.
async fn known_here(api: &Api, words: &str) -> Result<Option<Discovered>> {
    let mut conn = api.store().read().await?;
    if let Some(name) = handle(words) {
        let actor = accounts::named(api, &mut conn, name).await?;
        return Ok(actor.map(|actor| Discovered::Actor(actor.id)));
    }
    if !is_address(words) {
        return Ok(None);
    }
    if let Some(found) = ours(api, &mut conn, words).await? {
        return Ok(Some(found));
    }
    if let Some(post) = conn.post_by_uri(words).await? {
        return Ok(Some(Discovered::Post(post.id)));
    }
    if let Some(actor) = conn.actor_by_uri(words).await? {
        return Ok(Some(Discovered::Actor(actor.id)));
    }
    Ok(conn.by_page(words).await?.map(|(is_post, id)| {
        if is_post {
            Discovered::Post(PostId(id))
        } else {
            Discovered::Actor(ActorId(id))
        }
    }))
}

/// What one of our own addresses means.
async fn ours(
    api: &Api,
    conn: &mut archipel_storage::Conn,
    words: &str,
) -> Result<Option<Discovered>> {
    let site = &api.ctx().site;
    let actor = match site.place(words) {
        None => return Ok(None),
        Some(Place::Post(id)) => return Ok(Some(Discovered::Post(id))),
        Some(Place::Community(handle) | Place::Person(handle)) => {
            conn.local_actor(handle.as_str()).await?
        }
        Some(Place::Instance | Place::Other) => {
            let path = url::Url::parse(words).ok();
            let path = path.as_ref().map(url::Url::path).unwrap_or_default();
            let mut parts = path.trim_matches('/').split('/');
            match (parts.next(), parts.next(), parts.next()) {
                // `/@name/ID`, as apps write addresses of posts.
                (Some(name), Some(id), None) if name.starts_with('@') => {
                    return Ok(id.parse().ok().map(|id| Discovered::Post(PostId(id))));
                }
                (Some(name), None, None) if name.starts_with('@') => {
                    let name = name.trim_start_matches('@');
                    accounts::named(api, conn, name).await?
                }
                (Some("m"), Some(name), None) => accounts::named(api, conn, name).await?,
                _ => None,
            }
        }
    };
    Ok(actor.map(|actor| Discovered::Actor(actor.id)))
}

/// People and communities that are known here by these words.
async fn listed(api: &Api, viewer: Option<&Viewer>, wanted: &Wanted<'_>) -> Result<Vec<ActorId>> {
    let bare = wanted.words.trim_start_matches(['@', '!']).to_lowercase();
    let (words, host) = match bare.split_once('@') {
        Some((name, host)) => (name, Some(host).filter(|host| !host.is_empty())),
        None => (bare.as_str(), None),
    };
    if words.is_empty() || words.starts_with('#') {
        return Ok(Vec::new());
    }
    let mut conn = api.store().read().await?;
    let query = ActorQuery {
        words,
        host,
        groups_first: wanted.words.starts_with('!'),
        followed_by: viewer
            .filter(|_| wanted.following)
            .map(|viewer| viewer.subject),
        here: viewer.is_some(),
        limit: wanted.limit,
        offset: wanted.offset,
    };
    Ok(conn.search_actors(&query).await?)
}

/// People and communities by an address, a handle or words.
pub(crate) async fn actors(
    api: &Api,
    viewer: &Viewer,
    wanted: &Wanted<'_>,
) -> Result<Vec<ActorId>> {
    match located(api, wanted).await? {
        Some(Discovered::Actor(actor)) => Ok(vec![actor]),
        Some(Discovered::Post(_)) => Ok(Vec::new()),
        None if is_address(wanted.words) => Ok(Vec::new()),
        None => listed(api, Some(viewer), wanted).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_told_from_words() {
        for (words, name) in [
            ("@ada@lab.example", "ada@lab.example"),
            ("!jardin@lab.example", "jardin@lab.example"),
            ("acct:ada@lab.example:8080", "ada@lab.example:8080"),
            ("ada@lab.example", "ada@lab.example"),
        ] {
            assert_eq!(handle(words), Some(name), "{words}");
        }
        for words in ["ada", "@ada", "!jardin", "voir ada@lab.example", "a@b"] {
            assert_eq!(handle(words), None, "{words}");
        }
    }
}

//! Reading posts: one, several, the thread around one, who likes and boosts it.

use std::collections::HashMap;

use archipel_model::filter::FilterContext;
use archipel_model::{EntryId, PostId};
use archipel_storage::{Conn, Entry, Eyes};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::entities::{Account, Status};
use crate::error::{ApiError, Result};
use crate::extract::{IdOf, List, Num, Page, Paged, Paging, Params};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::Guest;

/// Most posts asked for by their ids at once.
const AT_ONCE: usize = 40;

/// What of a thread strangers and members get: posts above and below, and how deep.
const STRANGERS: Limits = Limits {
    above: 40,
    below: 60,
    depth: 20,
};
const MEMBERS: Limits = Limits {
    above: 1_000,
    below: 4_096,
    depth: 1_000,
};

/// How much of a thread is given.
#[derive(Clone, Copy, Debug)]
struct Limits {
    above: i64,
    below: usize,
    depth: usize,
}

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    routes.get(
        "/api/v1/statuses",
        rule::<Vec<Status>>("Several posts", Access::Anyone, Shows::Posts).takes::<Several>(),
        several,
    );
    routes.get(
        "/api/v1/statuses/{id}",
        rule::<Status>("One post", Access::Anyone, Shows::Posts),
        one,
    );
    routes.get(
        "/api/v1/statuses/{id}/context",
        rule::<Context>("The thread around a post", Access::Anyone, Shows::Posts),
        context,
    );
    routes.get(
        "/api/v1/statuses/{id}/reblogged_by",
        rule::<Vec<Account>>("Who boosted a post", Access::Anyone, Shows::Profiles)
            .takes::<Paging>(),
        boosters,
    );
    routes.get(
        "/api/v1/statuses/{id}/favourited_by",
        rule::<Vec<Account>>("Who likes a post", Access::Anyone, Shows::Profiles).takes::<Paging>(),
        likers,
    );
}

/// Which posts.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Several {
    id: List<Num>,
}

/// <https://docs.joinmastodon.org/entities/Context/>.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Context {
    ancestors: Vec<Status>,
    descendants: Vec<Status>,
}

/// The entry of this id, if who asks may see it.
async fn entry(conn: &mut Conn, eyes: Eyes, id: EntryId) -> Result<Entry> {
    let entry = conn.entry_seen_by(eyes, id).await?;
    entry.ok_or(ApiError::NotFound)
}

/// What filters of who asks say of what they read in a thread.
async fn filtered(
    api: &Api,
    conn: &mut Conn,
    guest: &Guest,
    statuses: &mut [Status],
) -> Result<()> {
    match guest.eyes() {
        Some(owner) => render::fill(api, conn, owner, FilterContext::Thread, statuses).await,
        None => Ok(()),
    }
}

async fn one(
    State(api): State<Api>,
    guest: Guest,
    IdOf(id): IdOf<EntryId>,
) -> Result<Json<Status>> {
    let mut conn = api.store().read().await?;
    let entry = entry(&mut conn, guest.eyes(), id).await?;
    let mut status = render::status(&api, &mut conn, guest.eyes(), &entry).await?;
    filtered(&api, &mut conn, &guest, std::slice::from_mut(&mut status)).await?;
    Ok(Json(status))
}

async fn several(
    State(api): State<Api>,
    guest: Guest,
    Params(wish): Params<Several>,
) -> Result<Json<Vec<Status>>> {
    let mut conn = api.store().read().await?;
    let mut entries = Vec::new();
    for id in wish.id.0.iter().filter_map(|id| id.0).take(AT_ONCE) {
        let found = conn.entry_seen_by(guest.eyes(), EntryId(id)).await?;
        entries.extend(found);
    }
    let mut statuses = render::statuses(&api, &mut conn, guest.eyes(), &entries).await?;
    filtered(&api, &mut conn, &guest, &mut statuses).await?;
    Ok(Json(statuses))
}

async fn context(
    State(api): State<Api>,
    guest: Guest,
    IdOf(id): IdOf<EntryId>,
) -> Result<Json<Context>> {
    let mut conn = api.store().read().await?;
    let (eyes, id) = (
        guest.eyes(),
        entry(&mut conn, guest.eyes(), id).await?.post_id,
    );
    let limits = if eyes.is_some() { MEMBERS } else { STRANGERS };
    let mut above = conn.answered_by(id, limits.above).await?;
    above.reverse();
    let post = conn.post(id).await?.ok_or(ApiError::NotFound)?;
    let most = i64::try_from(MEMBERS.below).unwrap_or(i64::MAX);
    let tree = conn
        .thread_tree(post.root_id.unwrap_or(post.id), most)
        .await?;
    let below = below(id, &tree, limits);
    let mut found = Vec::with_capacity(2);
    for ids in [above, below] {
        let entries = conn.own_entries(&ids).await?;
        let mut statuses = render::statuses(&api, &mut conn, eyes, &entries).await?;
        filtered(&api, &mut conn, &guest, &mut statuses).await?;
        found.push(statuses);
    }
    let descendants = found.pop().unwrap_or_default();
    let ancestors = found.pop().unwrap_or_default();
    Ok(Json(Context {
        ancestors,
        descendants,
    }))
}

/// What answers a post, each answer followed by what answers it; `tree` is in the order
/// of time.
fn below(post: PostId, tree: &[(PostId, PostId)], limits: Limits) -> Vec<PostId> {
    let mut answers: HashMap<PostId, Vec<PostId>> = HashMap::new();
    for (id, parent) in tree {
        answers.entry(*parent).or_default().push(*id);
    }
    let mut found = Vec::new();
    let mut open: Vec<(PostId, usize)> = vec![(post, 0)];
    while let Some((id, depth)) = open.pop() {
        if depth > 0 {
            if found.len() >= limits.below {
                break;
            }
            found.push(id);
        }
        if depth < limits.depth {
            // Once taken, so that nothing is followed twice.
            for answer in answers.remove(&id).unwrap_or_default().into_iter().rev() {
                open.push((answer, depth + 1));
            }
        }
    }
    found
}

async fn boosters(
    State(api): State<Api>,
    guest: Guest,
    IdOf(id): IdOf<EntryId>,
    page: Page,
) -> Result<Paged<Vec<Account>>> {
    let mut conn = api.store().read().await?;
    let post = entry(&mut conn, guest.eyes(), id).await?.post_id;
    let rows = conn.boosters(post, page.window(40, 80)).await?;
    render::people(&api, &mut conn, &page, rows).await
}

async fn likers(
    State(api): State<Api>,
    guest: Guest,
    IdOf(id): IdOf<EntryId>,
    page: Page,
) -> Result<Paged<Vec<Account>>> {
    let mut conn = api.store().read().await?;
    let post = entry(&mut conn, guest.eyes(), id).await?.post_id;
    let rows = conn.likers(post, page.window(40, 80)).await?;
    render::people(&api, &mut conn, &page, rows).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_walked_in_depth() {
        let tree: Vec<(PostId, PostId)> = [(2, 1), (3, 1), (4, 2), (5, 3), (6, 4), (7, 1)]
            .into_iter()
            .map(|(id, parent)| (PostId(id), PostId(parent)))
            .collect();
        let ids = |limits| -> Vec<i64> {
            below(PostId(1), &tree, limits)
                .into_iter()
                .map(|id| id.0)
                .collect()
        };
        assert_eq!(ids(MEMBERS), [2, 4, 6, 3, 5, 7]);
        let few = Limits {
            below: 4,
            depth: 2,
            ..STRANGERS
        };
        assert_eq!(ids(few), [2, 4, 3, 5]);
    }
}

//! Favourites, boosts, bookmarks, pins and muted threads. What is done to a boost is
//! done to the post in it.

use archipel_actions::{self as actions, NewReactionTo, Reacted, Via, Voter};
use archipel_model::{EntryId, ReactionClass, ReactionKind, Scope, Uncounted, Visibility};
use archipel_storage::{Actor, Conn, Post, Tx};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use super::posting::person_only;
use crate::api::Api;
use crate::entities::Status;
use crate::error::{ApiError, Result};
use crate::extract::{IdOf, Params, Text};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::{Member, Viewer};

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    let favourites = Access::Member(Scope::WriteFavourites);
    let statuses = Access::Member(Scope::WriteStatuses);
    let bookmarks = Access::Member(Scope::WriteBookmarks);
    let accounts = Access::Member(Scope::WriteAccounts);
    let mutes = Access::Member(Scope::WriteMutes);
    let gives = |about, access| rule::<Status>(about, access, Shows::Posts);
    routes.post(
        "/api/v1/statuses/{id}/favourite",
        gives("Like a post", favourites),
        favourite,
    );
    routes.post(
        "/api/v1/statuses/{id}/unfavourite",
        gives("Like it no more", favourites),
        unfavourite,
    );
    routes.post(
        "/api/v1/statuses/{id}/reblog",
        gives("Boost a post", statuses).takes::<Boost>(),
        boost,
    );
    routes.post(
        "/api/v1/statuses/{id}/unreblog",
        gives("Take a boost back", statuses),
        unboost,
    );
    routes.post(
        "/api/v1/statuses/{id}/bookmark",
        gives("Keep a post", bookmarks),
        bookmark,
    );
    routes.post(
        "/api/v1/statuses/{id}/unbookmark",
        gives("Keep it no more", bookmarks),
        unbookmark,
    );
    routes.post(
        "/api/v1/statuses/{id}/pin",
        gives("Put a post on top of the profile", accounts),
        pin,
    );
    routes.post(
        "/api/v1/statuses/{id}/unpin",
        gives("Take it down", accounts),
        unpin,
    );
    routes.post(
        "/api/v1/statuses/{id}/mute",
        gives("Hear nothing of a thread", mutes),
        mute,
    );
    routes.post(
        "/api/v1/statuses/{id}/unmute",
        gives("Hear of it again", mutes),
        unmute,
    );
}

/// For whom a boost is.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Boost {
    /// public or unlisted.
    visibility: Text,
}

/// The post that is meant by an id, and who does something to it.
async fn meant(tx: &mut Tx, viewer: &Viewer, id: EntryId) -> Result<(Actor, Post)> {
    let entry = tx.entry_seen_by(Some(viewer.subject), id).await?;
    let id = entry.ok_or(ApiError::NotFound)?.post_id;
    let post = tx.post(id).await?.ok_or(ApiError::NotFound)?;
    let actor = tx.actor(viewer.subject).await?.ok_or(ApiError::NotFound)?;
    Ok((actor, post))
}

/// The post as it is now, for who did something to it.
async fn now(api: &Api, viewer: &Viewer, post: &Post) -> Result<Json<Status>> {
    let mut conn = api.store().read().await?;
    render::own_post(api, &mut conn, Some(viewer.subject), post.id)
        .await
        .map(Json)
}

/// Somebody reacts to a post.
async fn react(api: &Api, viewer: &Viewer, id: EntryId, kind: ReactionKind) -> Result<Post> {
    let mut tx = api.store().write().await?;
    let (actor, post) = meant(&mut tx, viewer, id).await?;
    let new = NewReactionTo {
        voter: Voter::Known(&actor),
        post: &post,
        kind,
        emoji: None,
        via: Via::Here,
    };
    match actions::react(api.ctx(), &mut tx, &new).await? {
        Reacted::Counted | Reacted::Already => {}
        Reacted::Not(why) => return Err(ApiError::refused(refusal(why, kind))),
    }
    tx.commit().await?;
    Ok(post)
}

const fn refusal(why: Uncounted, kind: ReactionKind) -> &'static str {
    match (why, kind) {
        (Uncounted::NotShown, ReactionKind::Boost) => {
            "Only posts that everybody may see can be boosted"
        }
        (Uncounted::NotShown, _) => "This post is not shown at the moment",
        (Uncounted::Policy, _) => "This community does not count such reactions",
        (Uncounted::Banned, _) => "You are banned from this community",
        (Uncounted::Suspended, _) => "This account is suspended",
        (Uncounted::Bot, _) => "This community does not count reactions of programs",
        (Uncounted::NotHere | Uncounted::NotTheirs | Uncounted::TooMany, _) => {
            "This reaction does not count"
        }
    }
}

async fn take_back(
    api: &Api,
    viewer: &Viewer,
    id: EntryId,
    class: ReactionClass,
) -> Result<Json<Status>> {
    let mut tx = api.store().write().await?;
    let (actor, post) = meant(&mut tx, viewer, id).await?;
    let who = Voter::Known(&actor);
    actions::take_back(api.ctx(), &mut tx, who, &post, class, Via::Here).await?;
    tx.commit().await?;
    now(api, viewer, &post).await
}

async fn favourite(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<EntryId>,
) -> Result<Json<Status>> {
    person_only(&viewer)?;
    let post = react(&api, &viewer, id, ReactionKind::Like).await?;
    now(&api, &viewer, &post).await
}

async fn unfavourite(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<EntryId>,
) -> Result<Json<Status>> {
    person_only(&viewer)?;
    take_back(&api, &viewer, id, ReactionClass::Vote).await
}

async fn boost(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<EntryId>,
    Params(wish): Params<Boost>,
) -> Result<Json<Status>> {
    person_only(&viewer)?;
    let wanted = wish.visibility.filled().map(str::trim);
    if wanted
        .and_then(|word| word.parse().ok())
        .is_some_and(|it: Visibility| !it.may_be_announced())
    {
        return Err(ApiError::refused(
            "Boosts are seen by everybody here: boost it in public, or not at all",
        ));
    }
    let post = react(&api, &viewer, id, ReactionKind::Boost).await?;
    let mut conn = api.store().read().await?;
    let entry = boost_entry(&mut conn, &viewer, &post).await?;
    render::status(&api, &mut conn, Some(viewer.subject), &entry)
        .await
        .map(Json)
}

/// The boost that somebody made.
async fn boost_entry(
    conn: &mut Conn,
    viewer: &Viewer,
    post: &Post,
) -> Result<archipel_storage::Entry> {
    if let Some(entry) = conn.boost_of(viewer.subject, post.id).await? {
        return Ok(entry);
    }
    // Boosts that are older than feeds have none.
    let entry = conn
        .entry_seen_by(Some(viewer.subject), EntryId(post.id.0))
        .await?;
    entry.ok_or(ApiError::NotFound)
}

async fn unboost(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<EntryId>,
) -> Result<Json<Status>> {
    person_only(&viewer)?;
    take_back(&api, &viewer, id, ReactionClass::Boost).await
}

async fn keep(api: &Api, viewer: &Viewer, id: EntryId, kept: bool) -> Result<Json<Status>> {
    let mut tx = api.store().write().await?;
    let (actor, post) = meant(&mut tx, viewer, id).await?;
    actions::set_bookmarked(api.ctx(), &mut tx, &actor, &post, kept).await?;
    tx.commit().await?;
    now(api, viewer, &post).await
}

async fn bookmark(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<EntryId>,
) -> Result<Json<Status>> {
    keep(&api, &viewer, id, true).await
}

async fn unbookmark(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<EntryId>,
) -> Result<Json<Status>> {
    keep(&api, &viewer, id, false).await
}

async fn on_top(api: &Api, viewer: &Viewer, id: EntryId, on_top: bool) -> Result<Json<Status>> {
    person_only(viewer)?;
    let mut tx = api.store().write().await?;
    let (actor, post) = meant(&mut tx, viewer, id).await?;
    actions::set_on_profile(api.ctx(), &mut tx, &actor, &post, on_top).await?;
    tx.commit().await?;
    now(api, viewer, &post).await
}

async fn pin(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<EntryId>,
) -> Result<Json<Status>> {
    on_top(&api, &viewer, id, true).await
}

async fn unpin(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<EntryId>,
) -> Result<Json<Status>> {
    on_top(&api, &viewer, id, false).await
}

async fn quieten(api: &Api, viewer: &Viewer, id: EntryId, muted: bool) -> Result<Json<Status>> {
    let mut tx = api.store().write().await?;
    let (actor, post) = meant(&mut tx, viewer, id).await?;
    actions::set_thread_muted(api.ctx(), &mut tx, &actor, &post, muted).await?;
    tx.commit().await?;
    now(api, viewer, &post).await
}

async fn mute(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<EntryId>,
) -> Result<Json<Status>> {
    quieten(&api, &viewer, id, true).await
}

async fn unmute(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<EntryId>,
) -> Result<Json<Status>> {
    quieten(&api, &viewer, id, false).await
}

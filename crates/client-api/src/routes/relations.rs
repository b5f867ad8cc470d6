//! Following, blocking, muting, notes; how who asks stands to others.

use std::time::Duration;

use archipel_actions::{self as actions, FollowOutcome, FollowRequest};
use archipel_model::{ActorId, ActorKind, Id, Scope};
use archipel_storage::{Actor, Tx};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use super::community::people::{self, Gesture, instead};
use super::community::refusals::{Personal, only_persons};
use crate::api::Api;
use crate::entities::{Account, Relationship};
use crate::error::{ApiError, Result};
use crate::extract::{Flag, IdOf, List, Num, Page, Paged, Params, Text, once};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::{Member, Viewer};

/// Longest time of a mute.
const YEAR: i64 = 366 * 24 * 3600;
/// Characters of a note.
const NOTE: usize = 2_000;
/// How many are asked about at once.
const MOST: usize = 100;

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    let own = Shows::Own;
    let read = Access::Member(Scope::ReadFollows);
    routes.get(
        "/api/v1/accounts/relationships",
        rule::<Vec<Relationship>>("How who asks stands to others", read, own).takes::<Ids>(),
        relationships,
    );
    let follows = Access::Member(Scope::WriteFollows);
    let changes = |about, access| rule::<Relationship>(about, access, own);
    routes.post(
        "/api/v1/accounts/{id}/follow",
        changes("Follows somebody, or joins a community", follows).takes::<Follow>(),
        follow,
    );
    routes.post(
        "/api/v1/accounts/{id}/unfollow",
        changes("Follows no more, leaves, or takes the wish back", follows),
        unfollow,
    );
    routes.post(
        "/api/v1/accounts/{id}/remove_from_followers",
        changes("Ends somebody's follow of who asks", follows),
        remove_from_followers,
    );
    let blocks = Access::Member(Scope::WriteBlocks);
    routes.post(
        "/api/v1/accounts/{id}/block",
        changes("Blocks somebody", blocks),
        block,
    );
    routes.post(
        "/api/v1/accounts/{id}/unblock",
        changes("Blocks somebody no more", blocks),
        unblock,
    );
    let mutes = Access::Member(Scope::WriteMutes);
    routes.post(
        "/api/v1/accounts/{id}/mute",
        changes("Mutes somebody", mutes).takes::<Mute>(),
        mute,
    );
    routes.post(
        "/api/v1/accounts/{id}/unmute",
        changes("Mutes somebody no more", mutes),
        unmute,
    );
    routes.post(
        "/api/v1/accounts/{id}/note",
        changes(
            "Writes down what who asks thinks of somebody",
            Access::Member(Scope::WriteAccounts),
        )
        .takes::<Note>(),
        note,
    );
    routes.get(
        "/api/v1/blocks",
        rule::<Vec<Account>>(
            "Whom who asks blocks",
            Access::Member(Scope::ReadBlocks),
            own,
        ),
        list_blocks,
    );
    routes.get(
        "/api/v1/mutes",
        rule::<Vec<Account>>("Whom who asks mutes", Access::Member(Scope::ReadMutes), own),
        list_mutes,
    );
}

/// Ids, however they are written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Ids {
    id: List<ActorIdText>,
}

/// One id.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
struct ActorIdText(Num);

impl Ids {
    /// Those that are ids, each once.
    pub(crate) fn read(&self) -> Vec<ActorId> {
        let mut ids = once(self.id.0.iter().filter_map(|id| id.0.0).map(ActorId));
        ids.truncate(MOST);
        ids
    }
}

async fn relationships(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(ids): Params<Ids>,
) -> Result<Json<Vec<Relationship>>> {
    people::relationships(&api, &viewer, &ids.read())
        .await
        .map(Json)
}

/// Who asks and whom it is about; what communities mean by it is in `community`.
async fn pair(tx: &mut Tx, viewer: &Viewer, target: ActorId) -> Result<(Actor, Actor)> {
    let owner = tx.actor(viewer.person).await?.ok_or(ApiError::NotFound)?;
    let target = tx.actor(target).await?.ok_or(ApiError::NotFound)?;
    if target.kind == ActorKind::Application {
        return Err(ApiError::NotFound);
    }
    Ok((owner, target))
}

/// What was done is kept; how they stand now.
async fn kept(api: &Api, tx: Tx, viewer: &Viewer, target: ActorId) -> Result<Json<Relationship>> {
    tx.commit().await?;
    api.counts().forget(viewer.subject);
    api.counts().forget(target);
    people::relationship(api, viewer, target).await.map(Json)
}

/// How somebody is followed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Follow {
    /// Whether what they boost is shown at home.
    reblogs: Flag,
    /// Whether each of their posts is a notification.
    notify: Flag,
    /// Only these languages.
    languages: Option<List<Text>>,
}

async fn follow(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
    Params(wishes): Params<Follow>,
) -> Result<Json<Relationship>> {
    if let Some(answer) = instead(&api, &viewer, id, Gesture::Follow).await? {
        return Ok(answer);
    }
    let mut tx = api.store().write().await?;
    let (owner, target) = pair(&mut tx, &viewer, id).await?;
    let before = tx.follow(owner.id, target.id).await?;
    let accepted =
        before.is_some_and(|follow| follow.state == archipel_storage::FollowState::Accepted);
    if !accepted {
        let request = FollowRequest {
            follower: &owner,
            target: &target,
            received: None,
        };
        let outcome = actions::follow(api.ctx(), &mut tx, request).await?;
        if outcome == FollowOutcome::Rejected {
            // What was decided is kept, so that it can be seen why.
            tx.commit().await?;
            let sentence = format!(
                "{} does not let you in: it takes only who was invited, moved away, or banned you",
                target.acct()
            );
            return Err(ApiError::Forbidden(sentence));
        }
    }
    let languages: Option<Vec<String>> = wishes.languages.map(|list| {
        let words = list.0.into_iter().filter_map(|text| text.0);
        words.filter(|word| !word.is_empty()).collect()
    });
    let languages = languages
        .as_deref()
        .map(|list| Some(list).filter(|list| !list.is_empty()));
    tx.set_follow_wishes(
        owner.id,
        target.id,
        wishes.reblogs.0,
        wishes.notify.0,
        languages,
    )
    .await?;
    kept(&api, tx, &viewer, id).await
}

async fn unfollow(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
) -> Result<Json<Relationship>> {
    if let Some(answer) = instead(&api, &viewer, id, Gesture::Unfollow).await? {
        return Ok(answer);
    }
    let mut tx = api.store().write().await?;
    let (owner, target) = pair(&mut tx, &viewer, id).await?;
    actions::unfollow(api.ctx(), &mut tx, &owner, &target).await?;
    kept(&api, tx, &viewer, id).await
}

async fn remove_from_followers(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
) -> Result<Json<Relationship>> {
    if let Some(answer) = instead(&api, &viewer, id, Gesture::RemoveFollower).await? {
        return Ok(answer);
    }
    let mut tx = api.store().write().await?;
    let (owner, follower) = pair(&mut tx, &viewer, id).await?;
    actions::remove_follower(api.ctx(), &mut tx, &owner, &follower).await?;
    kept(&api, tx, &viewer, id).await
}

async fn block(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
) -> Result<Json<Relationship>> {
    if let Some(answer) = instead(&api, &viewer, id, Gesture::Block).await? {
        return Ok(answer);
    }
    let mut tx = api.store().write().await?;
    let (owner, target) = pair(&mut tx, &viewer, id).await?;
    actions::block(api.ctx(), &mut tx, &owner, &target).await?;
    kept(&api, tx, &viewer, id).await
}

async fn unblock(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
) -> Result<Json<Relationship>> {
    if let Some(answer) = instead(&api, &viewer, id, Gesture::Unblock).await? {
        return Ok(answer);
    }
    let mut tx = api.store().write().await?;
    let (owner, target) = pair(&mut tx, &viewer, id).await?;
    actions::unblock(api.ctx(), &mut tx, &owner, &target).await?;
    kept(&api, tx, &viewer, id).await
}

/// How somebody is muted.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Mute {
    /// Whether their notifications are too; yes unless it is said.
    notifications: Flag,
    /// For how many seconds; 0: until it is ended.
    duration: Num,
}

async fn mute(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
    Params(how): Params<Mute>,
) -> Result<Json<Relationship>> {
    only_persons(&viewer, Personal::Mute)?;
    let mut tx = api.store().write().await?;
    let (owner, target) = pair(&mut tx, &viewer, id).await?;
    if owner.id == target.id {
        return Err(ApiError::refused("Nobody can mute themselves"));
    }
    let now = api.ctx().now();
    let seconds = how.duration.0.filter(|seconds| *seconds > 0);
    let ends_at = seconds
        .map(|seconds| seconds.min(YEAR))
        .and_then(|seconds| u64::try_from(seconds).ok())
        .map(|seconds| now.plus(Duration::from_secs(seconds)));
    let all = how.notifications.0.unwrap_or(true);
    let key: Id = api.ctx().id();
    tx.put_mute(key.0, owner.id, target.id, all, ends_at, now)
        .await?;
    kept(&api, tx, &viewer, id).await
}

async fn unmute(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
) -> Result<Json<Relationship>> {
    only_persons(&viewer, Personal::Mute)?;
    let mut tx = api.store().write().await?;
    let (owner, target) = pair(&mut tx, &viewer, id).await?;
    tx.remove_mute(owner.id, target.id).await?;
    kept(&api, tx, &viewer, id).await
}

/// What is written down of somebody.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Note {
    comment: Text,
}

async fn note(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
    Params(note): Params<Note>,
) -> Result<Json<Relationship>> {
    let text = note.comment.0.unwrap_or_default();
    if text.chars().count() > NOTE {
        return Err(ApiError::refused(
            "The note is too long: at most 2000 characters",
        ));
    }
    let mut tx = api.store().write().await?;
    let target = tx.actor(id).await?.ok_or(ApiError::NotFound)?;
    tx.put_account_note(viewer.subject, target.id, &text, api.ctx().now())
        .await?;
    kept(&api, tx, &viewer, id).await
}

async fn list_blocks(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
) -> Result<Paged<Vec<Account>>> {
    if viewer.is_community() {
        return people::banned(&api, &viewer, &page).await;
    }
    let mut conn = api.store().read().await?;
    let rows = conn.block_page(viewer.subject, page.window(40, 80)).await?;
    render::people(&api, &mut conn, &page, rows).await
}

async fn list_mutes(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
) -> Result<Paged<Vec<Account>>> {
    let mut conn = api.store().read().await?;
    let window = page.window(40, 80);
    let rows = conn
        .mute_page(viewer.subject, window, api.ctx().now())
        .await?;
    render::people(&api, &mut conn, &page, rows).await
}

//! Writing, editing and deleting posts.

mod compose;
mod edit;
mod mentions;
mod words;

use archipel_actions as actions;
use archipel_model::{PostId, Scope};
use archipel_storage::{Answered, Draft, Scheduled, Tx};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;

use super::community::refusals::{Personal, only_persons};
use super::scheduled::{entity as scheduled_entity, room, time};
use crate::api::Api;
use crate::entities::Status;
use crate::error::{ApiError, Result};
use crate::extract::Params;
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::{Member, Viewer};

use compose::Wish;
pub(super) use compose::object;
pub(super) use mentions::meet;

/// Longest key of a request that may come twice, in bytes.
const KEY: usize = 255;

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    let writes = Access::Member(Scope::WriteStatuses);
    routes.post(
        "/api/v1/statuses",
        rule::<Status>("Write a post, now or later", writes, Shows::Own).takes::<Wish>(),
        write,
    );
    edit::declare(routes);
}

async fn write(
    State(api): State<Api>,
    Member(viewer): Member,
    headers: HeaderMap,
    Params(wish): Params<Wish>,
) -> Result<Response> {
    only_persons(&viewer, Personal::Write)?;
    let key = headers
        .get("idempotency-key")
        .map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned())
        .filter(|key| !key.is_empty() && key.len() <= KEY);
    let due = time(&api, &wish.scheduled_at)?;
    let draft = compose::draft(&api, &viewer, &wish).await?;
    actions::check_draft(api.ctx(), &draft)?;
    meet(&api, &draft.text).await?;

    let mut tx = api.store().write().await?;
    if let Some(key) = &key
        && let Some(before) = tx.claim_key(viewer.subject, key, api.ctx().now()).await?
        && let Some(answer) = again(&api, &mut tx, &viewer, before).await?
    {
        return Ok(answer);
    }
    let author = tx.actor(viewer.subject).await?.ok_or(ApiError::NotFound)?;
    if let Some(due_at) = due {
        actions::check_media(&mut tx, &author, &draft).await?;
        room(&mut tx, viewer.subject).await?;
        let scheduled = Scheduled {
            id: api.ctx().id(),
            owner: viewer.subject,
            account: Some(viewer.account),
            draft,
            due_at,
        };
        tx.put_scheduled(&scheduled, api.ctx().now()).await?;
        let answered = Answered {
            post_id: None,
            scheduled_id: Some(scheduled.id),
        };
        remember(&mut tx, &viewer, key.as_deref(), answered).await?;
        let entity = scheduled_entity(&api, &mut tx, &scheduled).await?;
        tx.commit().await?;
        return Ok(Json(entity).into_response());
    }
    let id = publish(&api, &mut tx, &viewer, &author, &draft).await?;
    let answered = Answered {
        post_id: Some(id),
        scheduled_id: None,
    };
    remember(&mut tx, &viewer, key.as_deref(), answered).await?;
    tx.commit().await?;
    api.counts().forget(viewer.subject);
    let mut conn = api.store().read().await?;
    let status = render::own_post(&api, &mut conn, Some(viewer.subject), id).await?;
    Ok(Json(status).into_response())
}

async fn publish(
    api: &Api,
    tx: &mut Tx,
    viewer: &Viewer,
    author: &archipel_storage::Actor,
    draft: &Draft,
) -> Result<PostId> {
    let written = actions::write_post(api.ctx(), tx, author, draft).await?;
    match written.submitted {
        actions::Submitted::Published(id) | actions::Submitted::Held(id, _) => Ok(id),
        actions::Submitted::Known => Err(ApiError::Trouble),
        actions::Submitted::Refused(refusal) => {
            let words = words::refused(tx, viewer, written.community.as_ref(), refusal).await?;
            Err(ApiError::Unprocessable(words))
        }
    }
}

async fn remember(
    tx: &mut Tx,
    viewer: &Viewer,
    key: Option<&str>,
    answered: Answered,
) -> Result<()> {
    if let Some(key) = key {
        tx.answered_key(viewer.subject, key, answered).await?;
    }
    Ok(())
}

/// What was answered to a request that came before. What is gone since is written anew.
async fn again(
    api: &Api,
    tx: &mut Tx,
    viewer: &Viewer,
    before: Answered,
) -> Result<Option<Response>> {
    if let Some(id) = before.post_id {
        let found = render::own_post(api, tx, Some(viewer.subject), id).await;
        return match found {
            Ok(status) => Ok(Some(Json(status).into_response())),
            Err(ApiError::NotFound) => Ok(None),
            Err(error) => Err(error),
        };
    }
    if let Some(id) = before.scheduled_id
        && let Some(scheduled) = tx.scheduled(id).await?
    {
        let entity = scheduled_entity(api, tx, &scheduled).await?;
        return Ok(Some(Json(entity).into_response()));
    }
    Ok(None)
}

//! Reading polls and voting.

use archipel_actions::{self as actions, Chosen};
use archipel_model::poll::VoteRefusal;
use archipel_model::{EntryId, Scope};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use super::posting::person_only;
use crate::api::Api;
use crate::entities::Poll;
use crate::error::{ApiError, Result};
use crate::extract::{IdOf, List, Num, Params};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::{Guest, Member};

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    routes.get(
        "/api/v1/polls/{id}",
        rule::<Poll>("How a poll stands", Access::Anyone, Shows::Posts),
        one,
    );
    routes.post(
        "/api/v1/polls/{id}/votes",
        rule::<Poll>(
            "Choose in a poll",
            Access::Member(Scope::WriteStatuses),
            Shows::Posts,
        )
        .takes::<Vote>(),
        vote,
    );
}

/// What somebody chooses.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Vote {
    /// Places of choices, from 0.
    choices: List<Num>,
}

async fn one(State(api): State<Api>, guest: Guest, IdOf(id): IdOf<EntryId>) -> Result<Json<Poll>> {
    let mut conn = api.store().read().await?;
    let entry = conn.entry_seen_by(guest.eyes(), id).await?;
    let post = entry.ok_or(ApiError::NotFound)?.post_id;
    let poll = render::poll(&api, &mut conn, guest.eyes(), post).await?;
    poll.map(Json).ok_or(ApiError::NotFound)
}

async fn vote(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<EntryId>,
    Params(wish): Params<Vote>,
) -> Result<Json<Poll>> {
    person_only(&viewer)?;
    let mut tx = api.store().write().await?;
    let entry = tx.entry_seen_by(Some(viewer.subject), id).await?;
    let id = entry.ok_or(ApiError::NotFound)?.post_id;
    let post = tx.post(id).await?.ok_or(ApiError::NotFound)?;
    let poll = tx.poll(id).await?.ok_or(ApiError::NotFound)?;
    let voter = tx.actor(viewer.subject).await?.ok_or(ApiError::NotFound)?;
    let mut names = Vec::new();
    for choice in &wish.choices.0 {
        let found = poll
            .choices
            .iter()
            .find(|it| Some(it.position) == choice.0)
            .ok_or_else(|| ApiError::refused(words(VoteRefusal::NoSuchChoice)))?;
        names.push(found.name.clone());
    }
    if names.is_empty() {
        return Err(ApiError::refused("Validation failed: choose something"));
    }
    match actions::vote_here(api.ctx(), &mut tx, &voter, &post, &names).await? {
        Chosen::Counted | Chosen::Already => {}
        Chosen::Not(why) => return Err(ApiError::refused(words(why))),
    }
    tx.commit().await?;
    let mut conn = api.store().read().await?;
    let poll = render::poll(&api, &mut conn, Some(viewer.subject), id).await?;
    poll.map(Json).ok_or(ApiError::NotFound)
}

const fn words(why: VoteRefusal) -> &'static str {
    match why {
        VoteRefusal::NoPoll | VoteRefusal::NotOurs => "Record not found",
        VoteRefusal::Closed => "Validation failed: The poll has already ended",
        VoteRefusal::NoSuchChoice => "Validation failed: The chosen vote option does not exist",
        VoteRefusal::Twice => "Validation failed: You have already voted on this poll",
        VoteRefusal::Own => "Validation failed: Nobody chooses in their own poll",
        VoteRefusal::Barred => "You may not take part there",
    }
}

//! What a person or a community shows.
//!
//! <https://docs.joinmastodon.org/methods/accounts/#statuses>. A community shows threads and
//! answers of others: they are no boosts that one may leave out, but what it is there for.

use archipel_model::filter::FilterContext;
use archipel_model::{ActorId, ActorKind, ActorState};
use archipel_storage::Shelf;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::api::Api;
use crate::entities::Status;
use crate::error::{ApiError, Result};
use crate::extract::{Flag, IdOf, Page, Paged, Paging, Params, Text};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render::timeline;
use crate::viewer::Guest;

/// What is wanted of it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Wanted {
    /// What is on top.
    pinned: Flag,
    /// No answers; of a community threads alone.
    exclude_replies: Flag,
    /// Nothing of others; communities show that anyway.
    exclude_reblogs: Flag,
    /// With files.
    only_media: Flag,
    /// With this hashtag.
    tagged: Text,
    #[serde(flatten)]
    #[expect(dead_code, reason = "read by `Page`")]
    paging: Paging,
}

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    routes.get(
        "/api/v1/accounts/{id}/statuses",
        rule::<Vec<Status>>(
            "What a person or a community shows",
            Access::Anyone,
            Shows::Posts,
        )
        .takes::<Wanted>(),
        shown,
    );
}

async fn shown(
    State(api): State<Api>,
    guest: Guest,
    IdOf(id): IdOf<ActorId>,
    page: Page,
    Params(wanted): Params<Wanted>,
) -> Result<Paged<Vec<Status>>> {
    let eyes = guest.eyes();
    let mut conn = api.store().read().await?;
    let actor = conn.actor(id).await?.ok_or(ApiError::NotFound)?;
    let window = page.window(20, 40);
    let tag = match wanted.tagged.filled() {
        None => Some(None),
        Some(tag) => {
            let name = tag.trim_start_matches('#').to_lowercase();
            conn.hashtag_ids(&[name]).await?.pop().map(Some)
        }
    };
    let hidden = actor.state != ActorState::Active || actor.host_blocked;
    let entries = match tag {
        Some(_) | None if hidden => Vec::new(),
        Some(_) if wanted.pinned.yes() => {
            let top = conn.on_top(id).await?;
            let within = top
                .into_iter()
                .filter(|entry| entry.id.0 < window.max && entry.id.0 > window.min);
            within
                .take(usize::try_from(window.limit).unwrap_or_default())
                .collect()
        }
        Some(tag) => {
            let shelf = Shelf {
                no_replies: wanted.exclude_replies.yes(),
                no_boosts: wanted.exclude_reblogs.yes() && actor.kind != ActorKind::Group,
                only_media: wanted.only_media.yes(),
                tag,
            };
            conn.shelf(id, eyes, shelf, window).await?
        }
        // Nobody ever wrote this hashtag.
        None => Vec::new(),
    };
    let context = FilterContext::Account;
    timeline(&api, &mut conn, eyes, context, (&page, &entries)).await
}

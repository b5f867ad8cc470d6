//! Collections of actors: outbox, followers, following, featured, moderators.

use std::collections::HashMap;

use archipel_model::{ActivityId, ActorState, Place, Role};
use archipel_storage::{Activity, ActivityKind, Actor, Conn, Form};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Uri, header};
use serde_json::value::RawValue;
use url::Url;

use super::Door;
use super::answer::{self, Answer};
use crate::delivery::{inner, wrapped};
use crate::render::collection::{self, Item, OUTBOX_LIMIT};
use crate::render::{CONTENT_TYPE, Json, RenderError};
use crate::views::{self, ViewError, url};

/// Threads that are read to fill an outbox.
const OUTBOX: i64 = 50;

/// Bytes of an outbox after which nothing more is put into it: anybody can ask for
/// it, and what is in it was written by anybody.
const OUTBOX_BYTES: usize = 1024 * 1024;

/// The outbox of the server itself: it says nothing.
pub(super) async fn instance_outbox(State(door): State<Door>, parts: Parts) -> Answer {
    if let Some(refused) = door.refuses(&parts).await {
        return Ok(refused);
    }
    let id = url(&format!("{}/outbox", door.federation.actions.site.base()))?;
    Ok(json(&collection::outbox(&id, 0, &[])?))
}

/// The outbox of a community or person.
pub(super) async fn outbox(State(door): State<Door>, parts: Parts) -> Answer {
    if let Some(refused) = door.refuses(&parts).await {
        return Ok(refused);
    }
    let Some((mut conn, actor, id)) = door.open(&parts, "outbox").await? else {
        return Ok(answer::not_found());
    };
    let (kind, total) = if conn.community(actor.id).await?.is_some() {
        (
            ActivityKind::AnnounceThread,
            conn.thread_count(actor.id).await?,
        )
    } else {
        (ActivityKind::Create, conn.post_count(actor.id).await?)
    };
    let root = door.federation.actions.site.instance();
    let mut items = Vec::new();
    let mut bytes = 0;
    let listed = conn.listed_activities(actor.id, kind, OUTBOX).await?;
    let mut kept = passed_on(&mut conn, &listed).await?;
    for activity in listed {
        let written = if kind == ActivityKind::AnnounceThread {
            announced(
                &mut conn,
                &activity,
                &actor,
                kept.remove(&activity.inner_id),
                &root,
            )
            .await
        } else {
            views::create(&mut conn, &activity).await
        };
        match written {
            Ok(json) => {
                bytes += json.get().len();
                if items.len() >= OUTBOX_LIMIT || bytes > OUTBOX_BYTES {
                    break;
                }
                items.push(Item::Embedded(json));
            }
            Err(ViewError::Storage(error)) => return Err(error.into()),
            Err(error) => tracing::warn!(%error, "left out of an outbox"),
        }
    }
    let total = u64::try_from(total).unwrap_or(0);
    Ok(json(&collection::outbox(&id, total, &items)?))
}

/// The bytes of what people here said that a community passes on, all at once.
async fn passed_on(
    conn: &mut Conn,
    announced: &[Activity],
) -> archipel_storage::Result<HashMap<Option<ActivityId>, String>> {
    let ids: Vec<ActivityId> = announced.iter().filter_map(|it| it.inner_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let kept = conn.renderings(&ids).await?;
    let plain = kept.into_iter().filter(|kept| kept.form == Form::Plain);
    Ok(plain
        .map(|kept| (Some(kept.activity_id), kept.body))
        .collect())
}

/// What a community announced, from the bytes that are kept.
async fn announced(
    conn: &mut Conn,
    activity: &Activity,
    community: &Actor,
    kept: Option<String>,
    root: &str,
) -> Result<Json, ViewError> {
    let inner = match kept {
        Some(kept) => RawValue::from_string(kept).map_err(RenderError::from)?,
        None => inner(conn, activity, root).await?,
    };
    wrapped(activity, community, &inner)
}

/// How many follow, not who.
pub(super) async fn followers(State(door): State<Door>, parts: Parts) -> Answer {
    if let Some(refused) = door.refuses(&parts).await {
        return Ok(refused);
    }
    let Some((mut conn, actor, id)) = door.open(&parts, "followers").await? else {
        return Ok(answer::not_found());
    };
    let count = conn.follower_count(actor.id).await?;
    Ok(json(&collection::counted(
        &id,
        u64::try_from(count).unwrap_or(0),
    )?))
}

/// How many are followed, not who.
pub(super) async fn following(State(door): State<Door>, parts: Parts) -> Answer {
    if let Some(refused) = door.refuses(&parts).await {
        return Ok(refused);
    }
    let Some((mut conn, actor, id)) = door.open(&parts, "following").await? else {
        return Ok(answer::not_found());
    };
    let count = conn.following_count(actor.id).await?;
    Ok(json(&collection::counted(
        &id,
        u64::try_from(count).unwrap_or(0),
    )?))
}

/// The threads that a community shows on top: their ids, which everybody fetches
/// where they live. Of a person, none.
pub(super) async fn featured(State(door): State<Door>, parts: Parts) -> Answer {
    if let Some(refused) = door.refuses(&parts).await {
        return Ok(refused);
    }
    let Some((mut conn, actor, id)) = door.open(&parts, "featured").await? else {
        return Ok(answer::not_found());
    };
    let threads: Vec<Item> = conn
        .pinned(actor.id)
        .await?
        .iter()
        .map(|post| url(&post.uri).map(Item::Id))
        .collect::<Result<_, _>>()?;
    Ok(json(&collection::ordered(&id, &threads)?))
}

/// Who moderates a community.
pub(super) async fn moderators(
    State(door): State<Door>,
    Path(_): Path<String>,
    parts: Parts,
) -> Answer {
    if let Some(refused) = door.refuses(&parts).await {
        return Ok(refused);
    }
    let Some((mut conn, actor, id)) = door.open(&parts, "moderators").await? else {
        return Ok(answer::not_found());
    };
    let people: Vec<Url> = conn
        .moderators(actor.id)
        .await?
        .iter()
        // Facilitators moderate nothing: elsewhere this list gives that right.
        .filter(|one| one.role >= Role::Moderator)
        .map(|moderator| url(&moderator.uri))
        .collect::<Result<_, _>>()?;
    Ok(json(&collection::moderators(&id, &people)?))
}

impl Door {
    /// The living actor whose collection `name` is asked for, with the
    /// collection's id.
    async fn open(
        &self,
        parts: &Parts,
        name: &str,
    ) -> Result<Option<(Conn, Actor, Url)>, ViewError> {
        let Some(uri) = self.actor_uri(&parts.uri, name) else {
            return Ok(None);
        };
        let mut conn = self.federation.store.read().await?;
        let actor = conn.actor_by_uri(&uri).await?;
        let actor = actor.filter(|actor| actor.is_local && actor.state == ActorState::Active);
        let Some(actor) = actor else {
            return Ok(None);
        };
        if conn.is_local_only(actor.id).await? {
            return Ok(None);
        }
        let id = url(&format!("{uri}/{name}"))?;
        Ok(Some((conn, actor, id)))
    }

    fn actor_uri(&self, uri: &Uri, name: &str) -> Option<String> {
        let site = &self.federation.actions.site;
        let path = uri.path().trim_end_matches('/').strip_suffix(name)?;
        let actor = format!("{}{}", site.base(), path.trim_end_matches('/'));
        match site.place(&actor)? {
            Place::Community(handle) => Some(site.community(&handle)),
            Place::Person(handle) => Some(site.person(&handle)),
            Place::Instance | Place::Post(_) | Place::Other => None,
        }
    }
}

/// An answer of ActivityPub.
pub(super) fn json(json: &Json) -> Response {
    (
        [(header::CONTENT_TYPE, CONTENT_TYPE)],
        json.get().to_owned(),
    )
        .into_response()
}

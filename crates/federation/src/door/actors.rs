//! Actors: the server itself, communities, people, and those who are gone.

use std::sync::Arc;

use archipel_model::{ActorState, Handle, Place, Timestamp};
use archipel_storage::{Actor, Conn};
use axum::extract::{Path, State};
use bytes::Bytes;
use http::request::Parts;

use super::Door;
use super::answer::{self, Answer};
use super::asker::Asker;
use crate::documents::Document;
use crate::gate::Refusal;
use crate::render::{self, Json};
use crate::views::{self, ViewError, url};

/// The actor that speaks for the server itself.
pub(super) async fn instance(State(door): State<Door>, parts: Parts) -> Answer {
    serve(&door, Place::Instance, parts).await
}

/// A community.
pub(super) async fn community(
    State(door): State<Door>,
    Path(handle): Path<String>,
    parts: Parts,
) -> Answer {
    serve(&door, place(&handle, Place::Community), parts).await
}

/// A person.
pub(super) async fn person(
    State(door): State<Door>,
    Path(handle): Path<String>,
    parts: Parts,
) -> Answer {
    serve(&door, place(&handle, Place::Person), parts).await
}

fn place(handle: &str, make: impl FnOnce(Handle) -> Place) -> Place {
    handle.parse().map_or(Place::Other, make)
}

async fn serve(door: &Door, place: Place, parts: Parts) -> Answer {
    let stranger = match door.asker(&parts).await {
        Asker::Reader => false,
        Asker::Stranger(_) => true,
        Asker::Blocked => return Ok(door.refused(&Refusal::DomainBlocked)),
    };
    let document = of(door, &place).await?;
    Ok(answer::found(document.as_ref(), stranger))
}

/// The document of a local actor, from memory or rendered now.
async fn of(door: &Door, place: &Place) -> Result<Option<Arc<Document>>, ViewError> {
    let federation = &door.federation;
    let site = &federation.actions.site;
    let uri = match place {
        Place::Instance => site.instance(),
        Place::Community(handle) => site.community(handle),
        Place::Person(handle) => site.person(handle),
        Place::Post(_) | Place::Other => return Ok(None),
    };
    if let Some(known) = federation.documents.get(&uri) {
        return Ok(known);
    }
    let mut conn = federation.store.read().await?;
    let document = match conn.actor_by_uri(&uri).await? {
        // What is known to this server alone was never there.
        Some(actor) if conn.is_local_only(actor.id).await? => None,
        Some(actor) if actor.is_local => {
            let title = &federation.settings.title;
            Some(Arc::new(
                render(&mut conn, &actor, site.instance(), title, federation.now()).await?,
            ))
        }
        _ => None,
    };
    federation.documents.keep(&uri, document.clone());
    Ok(document)
}

async fn render(
    conn: &mut Conn,
    actor: &Actor,
    root: String,
    title: &str,
    now: Timestamp,
) -> Result<Document, ViewError> {
    if actor.state == ActorState::Gone {
        let json = render::tombstone::tombstone(&render::tombstone::TombstoneView {
            id: url(&actor.uri)?,
            former_type: Some(actor.kind.as_str().to_owned()),
            deleted: Some(actor.updated_at),
        })?;
        let body = bytes(&json);
        return Ok(Document {
            gone: true,
            stub: Some(body.clone()),
            body,
        });
    }
    let keys = conn.keys_of(actor.id).await?;
    let json = match (actor.kind, conn.community(actor.id).await?) {
        (_, Some(community)) => {
            let shown = views::shown(conn, actor).await?;
            render::actor::group(&views::group(&shown, &community, &keys, &root, now)?)?
        }
        (archipel_model::ActorKind::Application, None) => {
            render::actor::instance(&views::instance(actor, &keys, title, now)?)?
        }
        _ => {
            let shown = views::shown(conn, actor).await?;
            render::actor::person(&views::person(&shown, &keys, &root, now)?)?
        }
    };
    Ok(Document {
        gone: false,
        stub: stub(&json),
        body: bytes(&json),
    })
}

fn bytes(json: &Json) -> Bytes {
    Bytes::copy_from_slice(json.get().as_bytes())
}

/// What strangers get when fetches must be signed: enough to check signatures
/// and to write to the actor, nothing about it.
fn stub(json: &Json) -> Option<Bytes> {
    const SHOWN: &[&str] = &[
        "@context",
        "id",
        "type",
        "preferredUsername",
        "inbox",
        "outbox",
        "endpoints",
        "publicKey",
        "assertionMethod",
        "alsoKnownAs",
        "movedTo",
    ];
    let mut value: serde_json::Value = serde_json::from_str(json.get()).ok()?;
    value
        .as_object_mut()?
        .retain(|name, _| SHOWN.contains(&name.as_str()));
    Some(Bytes::from(value.to_string()))
}

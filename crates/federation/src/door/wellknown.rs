//! Discovery: WebFinger, host-meta, `NodeInfo`. Public in every mode.

use archipel_model::{ActorKind, ActorState, Place};
use archipel_storage::Actor;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Deserialize;

use super::Door;
use super::answer::{self, Answer};
use crate::render::discovery::{
    self, JRD, JrdView, NodeInfoVersion, NodeInfoView, XRD, nodeinfo_type,
};
use crate::views::{ViewError, url};

/// Longest resource that is looked at.
const MAX_RESOURCE: usize = 2_000;

/// What is asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    resource: Option<String>,
}

/// WebFinger (RFC 7033): `acct:` of communities and people, their addresses, and
/// the server itself.
pub(super) async fn webfinger(
    State(door): State<Door>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Answer {
    let resource = asked
        .ok()
        .and_then(|Query(asked)| asked.resource)
        .filter(|resource| !resource.is_empty() && resource.len() <= MAX_RESOURCE);
    let Some(resource) = resource else {
        let sentence = "Ask with ?resource=acct:name@host, or with an address.";
        return Ok((StatusCode::BAD_REQUEST, open(), sentence).into_response());
    };
    let Some(actor) = door.named(&resource).await? else {
        let mut missing = answer::not_found();
        allow_all(&mut missing);
        return Ok(missing);
    };
    let site = &door.federation.actions.site;
    let is_instance = actor.kind == ActorKind::Application;
    let name = if is_instance {
        site.host().as_str()
    } else {
        &actor.handle
    };
    let view = JrdView {
        subject: format!("acct:{name}@{}", site.host()),
        actor: url(&actor.uri)?,
        page: url(actor.url.as_deref().unwrap_or(&actor.uri))?,
        kind: actor.kind.as_str(),
        subscribe_template: None,
    };
    let json = discovery::jrd(&view)?;
    let mut response = ([(header::CONTENT_TYPE, JRD)], json.get().to_owned()).into_response();
    allow_all(&mut response);
    Ok(response)
}

impl Door {
    /// The living local actor that a WebFinger resource names.
    async fn named(&self, resource: &str) -> Result<Option<Actor>, ViewError> {
        let site = &self.federation.actions.site;
        let mut conn = self.federation.store.read().await?;
        let actor = if resource.starts_with("https://") || resource.starts_with("http://") {
            let uri = match site.place(resource) {
                Some(Place::Instance) => site.instance(),
                Some(Place::Community(handle)) => site.community(&handle),
                Some(Place::Person(handle)) => site.person(&handle),
                _ => return Ok(None),
            };
            conn.actor_by_uri(&uri).await?
        } else {
            let account = resource.strip_prefix("acct:").unwrap_or(resource);
            let account = account.trim_start_matches(['@', '!']);
            let Some((name, host)) = account.rsplit_once('@') else {
                return Ok(None);
            };
            if host.parse().ok().as_ref() != Some(site.host()) {
                return Ok(None);
            }
            let names_host = name.parse().ok().as_ref() == Some(site.host());
            if names_host {
                conn.actor_by_uri(&site.instance()).await?
            } else {
                match name.parse::<archipel_model::Handle>() {
                    Ok(handle) => conn.local_actor(handle.as_str()).await?,
                    Err(_) => None,
                }
            }
        };
        let actor = actor.filter(|actor| actor.is_local && actor.state == ActorState::Active);
        match actor {
            Some(actor) if conn.is_local_only(actor.id).await? => Ok(None),
            actor => Ok(actor),
        }
    }
}

/// Host-meta, which leads to WebFinger (RFC 6415).
pub(super) async fn host_meta(State(door): State<Door>) -> Answer {
    let xml = discovery::host_meta(&url(&door.federation.actions.site.instance())?);
    let mut response = ([(header::CONTENT_TYPE, XRD)], xml).into_response();
    allow_all(&mut response);
    Ok(response)
}

/// Where the `NodeInfo` documents are.
pub(super) async fn nodeinfo_links(State(door): State<Door>) -> Answer {
    let json = discovery::nodeinfo_links(&url(&door.federation.actions.site.instance())?)?;
    let mut response = (
        [(header::CONTENT_TYPE, "application/json")],
        json.get().to_owned(),
    )
        .into_response();
    allow_all(&mut response);
    Ok(response)
}

/// `NodeInfo` 2.0.
pub(super) async fn nodeinfo_2_0(State(door): State<Door>) -> Answer {
    nodeinfo(&door, NodeInfoVersion::V2_0).await
}

/// `NodeInfo` 2.1.
pub(super) async fn nodeinfo_2_1(State(door): State<Door>) -> Answer {
    nodeinfo(&door, NodeInfoVersion::V2_1).await
}

async fn nodeinfo(door: &Door, version: NodeInfoVersion) -> Answer {
    let federation = &door.federation;
    let now = federation.now();
    let day = std::time::Duration::from_hours(24);
    let usage = federation
        .store
        .read()
        .await?
        .usage(now.minus(day * 30), now.minus(day * 180))
        .await?;
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    let view = NodeInfoView {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        repository: None,
        homepage: None,
        open_registrations: federation.settings.open_registrations,
        users: count(usage.people),
        active_month: count(usage.active_month),
        active_half_year: count(usage.active_half_year),
        posts: count(usage.threads),
        comments: count(usage.replies),
        groups: count(usage.communities),
        title: federation.settings.title.clone(),
        features: [
            "fep-1b12", "fep-2677", "fep-521a", "fep-67ff", "fep-7888", "fep-d556",
        ]
        .map(str::to_owned)
        .to_vec(),
    };
    let json = discovery::nodeinfo(&view, version)?;
    let mut response = (
        [(header::CONTENT_TYPE, nodeinfo_type(version))],
        json.get().to_owned(),
    )
        .into_response();
    allow_all(&mut response);
    Ok(response)
}

fn open() -> [(header::HeaderName, &'static str); 1] {
    [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")]
}

/// Says that pages of other sites may ask, whatever headers they send.
pub(crate) async fn preflight() -> impl IntoResponse {
    [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, OPTIONS"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type, idempotency-key",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, "7200"),
    ]
}

/// Discovery is for everybody, pages of other sites included.
fn allow_all(response: &mut Response) {
    response.headers_mut().insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        http::HeaderValue::from_static("*"),
    );
}

//! Streams, over web sockets and as events over plain HTTP.
//!
//! The token may come as the subprotocol of a WebSocket, which browsers then demand back,
//! in the header, or in the query: nowhere else is it taken from there.

mod events;
mod socket;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Request, State};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, header};

use crate::api::Api;
use crate::error::{ApiError, Result};
use crate::registry::{Access, Routes, Shows, rule};
use crate::stream::{Asked, Channel, Seat, Who};
use crate::viewer::{Caller, Viewer, caller};

/// What may be listened to as events, with the name that it has elsewhere.
const EVENTS: [(&str, &str); 13] = [
    ("/api/v1/streaming/user", "user"),
    ("/api/v1/streaming/user/notification", "user:notification"),
    ("/api/v1/streaming/public", "public"),
    ("/api/v1/streaming/public/media", "public:media"),
    ("/api/v1/streaming/public/local", "public:local"),
    ("/api/v1/streaming/public/local/media", "public:local:media"),
    ("/api/v1/streaming/public/remote", "public:remote"),
    (
        "/api/v1/streaming/public/remote/media",
        "public:remote:media",
    ),
    ("/api/v1/streaming/hashtag", "hashtag"),
    ("/api/v1/streaming/hashtag/local", "hashtag:local"),
    ("/api/v1/streaming/list", "list"),
    ("/api/v1/streaming/direct", "direct"),
    ("/api/v1/streaming", ""),
];

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    for (path, name) in EVENTS {
        routes.get(
            path,
            rule::<String>("A stream", Access::Anyone, Shows::Own).takes::<Asked>(),
            move |state: State<Api>, request: Request| listen(state, name, request),
        );
    }
    routes.get(
        "/api/v1/streaming/health",
        rule::<String>("Whether streams are served", Access::Anyone, Shows::Nothing),
        async || "OK",
    );
}

async fn listen(State(api): State<Api>, name: &'static str, request: Request) -> Result<Response> {
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &api).await;
    let mut asked = asked(&parts, name);
    let protocol = protocol(&parts);
    let viewer = viewer(&api, &parts, protocol.as_ref(), asked.token.take()).await?;
    let who = Who::new(viewer.as_ref());
    let named = asked.channel.stream.as_deref().unwrap_or_default();
    let channel = match named {
        "" => None,
        _ => Some(admitted(&api, &who, &asked.channel).await?),
    };
    let is_socket = upgrade.is_ok();
    if !is_socket && channel.is_none() {
        return Err(ApiError::Bad("Unknown stream type".to_owned()));
    }
    // Whoever is nobody has to say at once what they listen to.
    if viewer.is_none() && channel.is_none() {
        return Err(ApiError::Unauthorized);
    }
    let seat = seat(&api, who.clone(), channel)?;
    Ok(match upgrade {
        Ok(upgrade) => socket::answer(api, upgrade, protocol, who, seat),
        Err(_) => events::answer(seat).into_response(),
    })
}

fn seat(api: &Api, who: Who, channel: Option<Channel>) -> Result<Seat> {
    let seat = api.hub().sit(who).ok_or(ApiError::Trouble)?;
    if let Some(channel) = channel {
        seat.open(channel);
    }
    Ok(seat)
}

/// The channel, if it is there and for them.
async fn admitted(api: &Api, who: &Who, asked: &Asked) -> Result<Channel> {
    let channel = asked
        .channel()
        .map_err(|why| ApiError::Bad(why.to_owned()))?;
    match who.may(&channel) {
        None => return Err(ApiError::Unauthorized),
        Some(false) => return Err(ApiError::Scope),
        Some(true) => {}
    }
    if let (Channel::List(list), Some(me)) = (&channel, who.me()) {
        let mut conn = api.store().read().await?;
        conn.list(me, *list).await?.ok_or(ApiError::NotFound)?;
    }
    Ok(channel)
}

/// What the query asks for.
struct Query {
    channel: Asked,
    token: Option<String>,
}

fn asked(parts: &Parts, name: &str) -> Query {
    let mut tree = serde_json::Map::new();
    let mut token = None;
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    for (key, value) in url::form_urlencoded::parse(query) {
        if key == "access_token" {
            token = Some(value.into_owned());
        } else {
            tree.insert(key.into_owned(), value.into_owned().into());
        }
    }
    let mut channel: Asked = serde_json::from_value(tree.into()).unwrap_or_default();
    if !name.is_empty() {
        channel.stream = Some(name.to_owned());
    }
    Query { channel, token }
}

/// What a browser takes for a protocol, and is the token.
fn protocol(parts: &Parts) -> Option<HeaderValue> {
    let value = parts.headers.get(header::SEC_WEBSOCKET_PROTOCOL)?;
    let first = value.to_str().ok()?.split(',').next()?.trim();
    if first.is_empty() {
        return None;
    }
    HeaderValue::from_str(first).ok()
}

async fn viewer(
    api: &Api,
    parts: &Parts,
    protocol: Option<&HeaderValue>,
    token: Option<String>,
) -> Result<Option<Viewer>> {
    let known = match (protocol, parts.extensions.get::<Caller>(), token) {
        (_, Some(known), _) => known.clone(),
        (Some(protocol), None, _) => {
            let token = protocol.to_str().map_err(|_| ApiError::Unauthorized)?;
            caller(api, token).await?
        }
        (None, None, Some(token)) => caller(api, &token).await?,
        (None, None, None) => return Ok(None),
    };
    Ok(match known {
        Caller::Viewer(viewer) => Some(viewer),
        Caller::App { .. } => None,
    })
}

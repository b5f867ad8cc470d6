//! The HTTP side of a scripted peer.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, Weak};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::State as FromState;
use axum::http::{Method, Request, Response, StatusCode, Uri};
use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::answer::{Answer, Received};
use super::keys::PublicKey;
use super::signing::Claim;
use super::{Family, Inner, Peer, Seen, State};
use crate::surface::ACTIVITY_JSON;

const LIMIT: usize = 4 << 20;

pub(super) async fn start(family: Family, name: &str) -> Peer {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a loopback port");
    let port = listener.local_addr().expect("its address").port();
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let inner = Arc::new(Inner {
        base: format!("http://{name}:{port}"),
        family,
        http: crate::surface::http_client(port, name),
        state: Mutex::new(State::default()),
        stop,
    });
    let router = Router::new()
        .fallback(handle)
        .with_state(Arc::downgrade(&inner));
    tokio::spawn(async move {
        let served = axum::serve(listener, router).with_graceful_shutdown(async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        });
        let _ = served.await;
    });
    let peer = Peer { inner };
    peer.describe_instance();
    peer
}

async fn handle(
    FromState(inner): FromState<Weak<Inner>>,
    request: Request<Body>,
) -> Response<Body> {
    let Some(inner) = inner.upgrade() else {
        return answer(&Answer::status(503));
    };
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LIMIT).await else {
        return answer(&Answer::status(413));
    };
    let target = format!(
        "{}{}",
        inner.base,
        parts.uri.path_and_query().map_or("/", |path| path.as_str())
    );
    let claim = Claim::read(&parts.method, &target, &parts.headers, &body);
    match parts.method {
        Method::POST => post(&inner, &parts.uri, parts.headers, body, claim).await,
        Method::GET => get(&inner, &parts.uri, &parts.headers, claim).await,
        _ => answer(&Answer::status(405)),
    }
}

fn answer(answer: &Answer) -> Response<Body> {
    let mut response = Response::builder()
        .status(answer.status)
        .header("content-type", "text/plain; charset=utf-8");
    if let Some(seconds) = answer.retry_after {
        response = response.header("retry-after", seconds);
    }
    response
        .body(Body::from(answer.words.clone()))
        .expect("a response")
}

async fn post(
    inner: &Inner,
    uri: &Uri,
    headers: HeaderMap,
    body: Bytes,
    claim: Option<Claim>,
) -> Response<Body> {
    let delay = inner.state().script.delay;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let signed_by = verified(inner, claim.as_ref()).await;
    let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let mut state = inner.state();
    let scheme = claim.as_ref().map(|claim| claim.scheme);
    let named = claim.as_ref().map(|claim| claim.key_id.as_str());
    let known_key = state.script.only_key.as_deref();
    let given = if known_key.is_some() && named != known_key {
        Answer::says(400, "signature verification failed")
    } else if state.script.only.is_some_and(|only| scheme != Some(only)) {
        Answer::says(401, "signature not understood")
    } else if let Some(next) = state.script.next.pop_front() {
        next
    } else if signed_by.is_none() {
        // As real peers do when they cannot get the key: the sender tries again.
        Answer::says(401, "no signature that verifies")
    } else {
        state.script.always.clone()
    };
    state.received.push(Received {
        path: uri.path().to_owned(),
        headers,
        body,
        json,
        scheme,
        signed_by,
        algorithm: claim.as_ref().and_then(|claim| claim.algorithm.clone()),
        covered: claim.map(|claim| claim.covered).unwrap_or_default(),
        status: given.status,
        at: Instant::now(),
    });
    drop(state);
    answer(&given)
}

async fn get(
    inner: &Inner,
    uri: &Uri,
    headers: &HeaderMap,
    claim: Option<Claim>,
) -> Response<Body> {
    let signed_by = verified(inner, claim.as_ref()).await;
    let path = uri.path();
    let user_agent = headers
        .get("user-agent")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let anonymous = signed_by.is_none();
    let nameless = user_agent.is_empty();
    inner.state().seen.push(Seen {
        path: path.to_owned(),
        signed_by,
        user_agent,
    });
    if path == "/.well-known/webfinger" {
        return webfinger(inner, uri.query().unwrap_or_default());
    }
    if inner.family == Family::GoToSocial && nameless {
        return answer(&Answer::status(418));
    }
    let found = inner.state().documents.get(path).cloned();
    let Some((status, document)) = found else {
        return answer(&Answer::status(404));
    };
    let open = path.starts_with("/.well-known/")
        || path.starts_with("/nodeinfo/")
        || path.ends_with("/main-key");
    if inner.family == Family::GoToSocial && anonymous && !open {
        return answer(&Answer::says(401, "sign your request"));
    }
    let kind = if open && !path.ends_with("/main-key") {
        "application/json"
    } else {
        ACTIVITY_JSON
    };
    json_answer(status, kind, &document)
}

fn json_answer(status: u16, kind: &str, document: &Value) -> Response<Body> {
    let mut response = Response::builder()
        .status(status)
        .header("content-type", kind);
    if let (300..400, Some(to)) = (status, document.as_str()) {
        response = response.header("location", to);
    }
    response
        .body(Body::from(document.to_string()))
        .expect("a response")
}

fn webfinger(inner: &Inner, query: &str) -> Response<Body> {
    let resource = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "resource")
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    let host = inner.base.trim_start_matches("http://");
    let name = resource
        .strip_prefix("acct:")
        .and_then(|acct| acct.strip_suffix(&format!("@{host}")));
    let state = inner.state();
    let id = name.and_then(|name| state.names.get(name));
    let Some(id) = id else {
        return answer(&Answer::status(404));
    };
    json_answer(
        200,
        "application/jrd+json",
        &json!({
            "subject": resource,
            "aliases": [id],
            "links": [{ "rel": "self", "type": ACTIVITY_JSON, "href": id }],
        }),
    )
}

/// The id of the key whose signature this is, when it verifies with the key as
/// its owner publishes it. Keys are kept: a lab that was killed cannot be asked.
async fn verified(inner: &Inner, claim: Option<&Claim>) -> Option<String> {
    let claim = claim?;
    let known = inner.state().foreign_keys.get(&claim.key_id).cloned();
    let key = if let Some(key) = known {
        key
    } else {
        let key = fetch_key(inner, &claim.key_id).await?;
        let mut state = inner.state();
        state.foreign_keys.insert(claim.key_id.clone(), key.clone());
        key
    };
    claim.verifies(&key).then(|| claim.key_id.clone())
}

async fn fetch_key(inner: &Inner, key_id: &str) -> Option<PublicKey> {
    let response = inner
        .http
        .get(key_id)
        .header("accept", ACTIVITY_JSON)
        .send()
        .await
        .ok()?;
    if response.status() != StatusCode::OK {
        return None;
    }
    let document: Value = response.json().await.ok()?;
    let rsa = &document["publicKey"];
    if rsa["id"] == key_id {
        return PublicKey::from_pem(rsa["publicKeyPem"].as_str()?);
    }
    let methods = document["assertionMethod"].as_array()?;
    let method = methods.iter().find(|method| method["id"] == key_id)?;
    PublicKey::from_multibase(method["publicKeyMultibase"].as_str()?)
}

impl Peer {
    /// NodeInfo and an instance actor.
    fn describe_instance(&self) {
        let (base, software) = (self.base(), self.family().software());
        self.serve(
            &self.url("/.well-known/nodeinfo"),
            json!({ "links": [{
                "rel": "http://nodeinfo.diaspora.software/ns/schema/2.0",
                "href": format!("{base}/nodeinfo/2.0"),
            }]}),
        );
        self.serve(
            &self.url("/nodeinfo/2.0"),
            json!({
                "version": "2.0",
                "software": { "name": software, "version": "1.0.0" },
                "protocols": ["activitypub"],
                "services": { "inbound": [], "outbound": [] },
                "openRegistrations": false,
                "usage": { "users": {} },
                "metadata": {},
            }),
        );
    }
}

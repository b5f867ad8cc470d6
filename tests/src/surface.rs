//! What anybody can read of a lab over HTTP: documents, collections, outbox.

use std::net::{Ipv4Addr, SocketAddr};

use http::StatusCode;
use http::header::ACCEPT;
use serde_json::Value;

use crate::Lab;

/// The media type of ActivityPub documents.
pub const ACTIVITY_JSON: &str = "application/activity+json";

/// A client without redirects and proxies that finds `name` on loopback.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place of the harness that makes clients; the server's own rule is about the server"
)]
pub(crate) fn http_client(port: u16, name: &str) -> reqwest::Client {
    let client = reqwest::Client::builder()
        .user_agent("archipel-tests (scripted peer)")
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(std::time::Duration::from_secs(20));
    let client = if name == "localhost" {
        client
    } else {
        client.resolve(name, SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
    };
    client.build().expect("an HTTP client")
}

/// Status, content type and body of an answer.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// All headers.
    pub headers: http::HeaderMap,
    /// The body as text.
    pub text: String,
}

impl Answer {
    /// Reads a whole response.
    pub async fn of(response: reqwest::Response) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap_or_default(),
        }
    }

    /// A header's text, empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{} {error}: {}", self.status, self.text))
    }
}

impl Lab {
    /// GETs `path` with an `Accept` header.
    pub async fn get(&self, path: &str, accept: &str) -> Answer {
        let response = self
            .http()
            .get(self.url(path))
            .header(ACCEPT, accept)
            .send()
            .await
            .expect("an answer");
        Answer::of(response).await
    }

    /// An ActivityPub document that must be there.
    pub async fn document(&self, path: &str) -> Value {
        let answer = self.get(path, ACTIVITY_JSON).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.json()
    }

    /// An ActivityPub document by its whole URL, followed to the path here.
    pub async fn document_at(&self, url: &str) -> Value {
        let path = url
            .strip_prefix(self.base().as_str().trim_end_matches('/'))
            .unwrap_or_else(|| panic!("{url} is not at {}", self.base()));
        self.document(path).await
    }

    /// All items of a collection here: embedded, or page by page.
    pub async fn items(&self, url: &str) -> Vec<Value> {
        let collection = self.document_at(url).await;
        let mut items = items_of(&collection);
        let mut next = collection.get("first").cloned();
        for _ in 0..200 {
            let page = match next {
                Some(Value::String(url)) => self.document_at(&url).await,
                Some(page @ Value::Object(_)) => page,
                _ => return items,
            };
            items.extend(items_of(&page));
            next = page.get("next").cloned();
        }
        panic!("{url} has no end");
    }

    /// The ids of a collection's items, embedded objects by their `id`.
    pub async fn item_ids(&self, url: &str) -> Vec<String> {
        self.items(url).await.iter().map(id_of).collect()
    }

    /// The outbox of a community: newest first.
    pub async fn outbox(&self, handle: &str) -> Vec<Value> {
        self.items(&format!("{}/outbox", self.community(handle)))
            .await
    }

    /// How many followers a community says it has.
    pub async fn followers(&self, handle: &str) -> u64 {
        let collection = self.document(&format!("/c/{handle}/followers")).await;
        collection["totalItems"].as_u64().expect("totalItems")
    }
}

fn items_of(page: &Value) -> Vec<Value> {
    for key in ["orderedItems", "items"] {
        match page.get(key) {
            Some(Value::Array(items)) => return items.clone(),
            Some(item @ (Value::String(_) | Value::Object(_))) => return vec![item.clone()],
            _ => {}
        }
    }
    Vec::new()
}

/// The id of something given as text or as an object with `id`.
#[track_caller]
pub fn id_of(value: &Value) -> String {
    value
        .as_str()
        .or_else(|| value["id"].as_str())
        .unwrap_or_else(|| panic!("no id: {value}"))
        .to_owned()
}

/// The id of what an outbox item or a received Announce is finally about:
/// `Announce{Create{Page}}` and `Announce{id}` both give the post's id.
pub fn subject_of(announce: &Value) -> String {
    let object = &announce["object"];
    if object["type"] == "Create" {
        id_of(&object["object"])
    } else {
        id_of(object)
    }
}

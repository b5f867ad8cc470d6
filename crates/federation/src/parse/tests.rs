//! What is read from documents as each family of peers writes them, from hostile
//! ones, and from noise.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod actors;
mod collections;
mod deeds;
mod noise;
mod posts;
mod special;

use serde_json::Value;

use super::{Incoming, ParseError, RemoteActor, RemoteObject};

/// Documents by peer family and name.
const FAMILIES: &[(&str, &str)] = &[
    ("mastodon", include_str!("fixtures/mastodon.json")),
    ("lemmy", include_str!("fixtures/lemmy.json")),
    ("piefed", include_str!("fixtures/piefed.json")),
    ("mbin", include_str!("fixtures/mbin.json")),
    ("nodebb", include_str!("fixtures/nodebb.json")),
    ("gotosocial", include_str!("fixtures/gotosocial.json")),
    ("friendica", include_str!("fixtures/friendica.json")),
    ("wordpress", include_str!("fixtures/wordpress.json")),
    ("discourse", include_str!("fixtures/discourse.json")),
    ("mobilizon", include_str!("fixtures/mobilizon.json")),
    ("peertube", include_str!("fixtures/peertube.json")),
];

/// The document `family/name`.
fn fixture(path: &str) -> Value {
    let (family, name) = path.split_once('/').unwrap();
    let (_, text) = FAMILIES.iter().find(|(known, _)| *known == family).unwrap();
    let mut all: Value = serde_json::from_str(text).unwrap();
    let document = all[name].take();
    assert!(document.is_object(), "no fixture {path}");
    document
}

/// Every document of every family.
fn fixtures() -> Vec<Value> {
    FAMILIES
        .iter()
        .flat_map(|(_, text)| {
            let all: serde_json::Map<String, Value> = serde_json::from_str(text).unwrap();
            all.into_iter().map(|(_, document)| document)
        })
        .collect()
}

fn activity(path: &str) -> Incoming {
    super::activity(&fixture(path)).unwrap()
}

fn actor(path: &str) -> RemoteActor {
    super::actor(&fixture(path)).unwrap()
}

/// The post carried by the `Create` of a fixture.
fn post(path: &str) -> RemoteObject {
    match activity(path).deed {
        super::Deed::Create(super::ObjectRef::Embedded(post)) => *post,
        other => panic!("{path}: {other:?}"),
    }
}

/// A fixture with one member changed.
fn with(path: &str, key: &str, value: Value) -> Value {
    let mut document = fixture(path);
    document[key] = value;
    document
}

fn refused(value: &Value) -> ParseError {
    super::activity(value).unwrap_err()
}

fn texts(urls: &[url::Url]) -> Vec<&str> {
    urls.iter().map(url::Url::as_str).collect()
}

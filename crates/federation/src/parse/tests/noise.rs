//! Nothing that is sent makes a reader panic.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::fixtures;
use crate::parse::{activity, actor, collection, key_document, object, raw};

/// Words that readers look for, so that noise reaches deep.
const KEYS: &[&str] = &[
    "id",
    "type",
    "actor",
    "object",
    "to",
    "cc",
    "audience",
    "attributedTo",
    "inbox",
    "publicKey",
    "publicKeyPem",
    "owner",
    "tag",
    "name",
    "href",
    "url",
    "content",
    "contentMap",
    "inReplyTo",
    "attachment",
    "orderedItems",
    "target",
    "preferredUsername",
    "endpoints",
    "source",
    "summary",
];
const WORDS: &[&str] = &[
    "Announce",
    "Create",
    "Undo",
    "Follow",
    "Accept",
    "Add",
    "Flag",
    "Note",
    "Page",
    "Group",
    "Person",
    "Mention",
    "Link",
    "Image",
    "OrderedCollection",
    "https://a.example/1",
    "https://b.example/2",
    "as:Public",
    "",
    "\u{0}",
    "é",
];

fn noise() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::sample::select(WORDS).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(KEYS), inner), 0..8).prop_map(|members| {
                let map: Map<String, Value> = members
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect();
                Value::from(map)
            }),
        ]
    })
}

/// Puts `noise` in place of the member number `at`, counted through the tree.
fn disturb(value: &mut Value, at: &mut usize, noise: &Value) {
    let members: Vec<&mut Value> = match value {
        Value::Array(list) => list.iter_mut().collect(),
        Value::Object(map) => map.values_mut().collect(),
        _ => return,
    };
    for member in members {
        if *at == 0 {
            *member = noise.clone();
            return;
        }
        *at -= 1;
        disturb(member, at, noise);
    }
}

fn read_all(value: &Value) {
    let _ = activity(value);
    let _ = actor(value);
    let _ = object(value);
    let _ = key_document(value);
    let _ = collection(value);
    let _ = raw::object_bytes(&value.to_string());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn noise_is_survived(value in noise()) {
        read_all(&value);
        read_all(&json!({"id": "https://a.example/1", "type": "Announce", "actor": "https://a.example/u", "object": value}));
    }

    #[test]
    fn a_disturbed_document_is_survived(
        which in any::<prop::sample::Index>(), at in 0_usize..80, noise in noise(),
    ) {
        let mut all = fixtures();
        let mut document = all.swap_remove(which.index(all.len()));
        let mut at = at;
        disturb(&mut document, &mut at, &noise);
        read_all(&document);
    }

    #[test]
    fn raw_members_agree_with_the_parsed_document(value in noise()) {
        let body = json!({"x": 1, "object": value}).to_string();
        let found: Value = serde_json::from_str(raw::object_bytes(&body).unwrap().get()).unwrap();
        prop_assert_eq!(found, value);
    }
}

#[test]
fn every_fixture_is_understood_by_one_reader() {
    for document in fixtures() {
        let understood = activity(&document).is_ok()
            || actor(&document).is_ok()
            || key_document(&document).is_ok()
            || object(&document).is_ok();
        assert!(understood, "{document}");
    }
}

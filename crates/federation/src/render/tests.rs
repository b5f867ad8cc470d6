//! Every document that is written: as a snapshot, through the strict reader, and
//! through our own lenient one.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod activities;
mod documents;
mod reactions;
mod reports;

use serde_json::Value;

use super::Json;

/// The document as a tree.
fn tree(json: &Json) -> Value {
    serde_json::from_str(json.get()).unwrap()
}

/// Keeps the document as a snapshot, and makes sure that what holds for all of
/// them holds for it.
fn keep(name: &str, json: &Json) {
    let mut tree = tree(json);
    invariants(&tree, name);
    shorten(&mut tree);
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_json_snapshot!(name, tree);
    });
}

/// Leaves our own context out of a snapshot; it has one of its own.
fn shorten(tree: &mut Value) {
    let members: Vec<&mut Value> = match tree {
        Value::Object(map) => {
            if let Some(context) = map.get_mut("@context")
                && *context == super::context::context()
            {
                *context = Value::from("(ours)");
            }
            map.values_mut().collect()
        }
        Value::Array(list) => list.iter_mut().collect(),
        _ => return,
    };
    members.into_iter().for_each(shorten);
}

#[test]
fn the_context_is_stable() {
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_json_snapshot!("our_context", super::context::context());
    });
}

/// Lists are lists, the rest are not, and every term is defined.
fn invariants(tree: &Value, name: &str) {
    let Some(document) = tree.as_object() else {
        return;
    };
    for (key, value) in document {
        match key.as_str() {
            "to" | "cc" | "tag" | "attachment" | "orderedItems" => {
                assert!(value.is_array(), "{name}: {key} is a list");
            }
            "actor" | "attributedTo" | "type" | "inReplyTo" => {
                assert!(value.is_string(), "{name}: {key} is one text");
            }
            _ => assert!(!value.is_null(), "{name}: {key} is left out, not null"),
        }
        if key != "@context" {
            let members = value
                .as_array()
                .map_or(std::slice::from_ref(value), Vec::as_slice);
            for member in members {
                invariants(member, name);
            }
        }
    }
}

//! Keys like `poll[options][]` into a tree of JSON.

use serde_json::{Map, Value};

/// Deepest nesting and most keys that are followed: clients need three and dozens.
const DEEP: usize = 8;

/// Puts a value at the place that its key names, beside what is there.
pub(crate) fn put(tree: &mut Map<String, Value>, key: &str, value: Value) {
    let (first, rest) = match key.split_once('[') {
        Some((first, rest)) if !first.is_empty() => (first, rest),
        _ => return set(tree, key, value),
    };
    let steps: Vec<&str> = rest
        .split('[')
        .map(|step| step.trim_end_matches(']'))
        .collect();
    if steps.len() > DEEP {
        return;
    }
    let slot = tree.entry(first).or_insert(Value::Null);
    put_at(slot, &steps, value);
}

fn put_at(slot: &mut Value, steps: &[&str], value: Value) {
    match steps {
        [] => *slot = value,
        ["", rest @ ..] => {
            if !slot.is_array() {
                let before = std::mem::take(slot);
                *slot = Value::Array(match before {
                    Value::Null => Vec::new(),
                    other => vec![other],
                });
            }
            if let Value::Array(items) = slot {
                let mut item = Value::Null;
                put_at(&mut item, rest, value);
                items.push(item);
            }
        }
        [name, rest @ ..] => {
            if !slot.is_object() {
                *slot = Value::Object(Map::new());
            }
            if let Value::Object(map) = slot {
                put_at(map.entry(*name).or_insert(Value::Null), rest, value);
            }
        }
    }
}

/// A key without brackets: given twice, it is a list.
fn set(tree: &mut Map<String, Value>, key: &str, value: Value) {
    match tree.get_mut(key) {
        None | Some(Value::Null) => {
            tree.insert(key.to_owned(), value);
        }
        Some(Value::Array(items)) => items.push(value),
        Some(other) => {
            let before = std::mem::take(other);
            *other = Value::Array(vec![before, value]);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tree(pairs: &[(&str, &str)]) -> Value {
        let mut map = Map::new();
        for (key, value) in pairs {
            put(&mut map, key, Value::String((*value).to_owned()));
        }
        Value::Object(map)
    }

    #[test]
    fn keys_with_brackets_become_a_tree() {
        assert_eq!(
            tree(&[
                ("status", "hi"),
                ("poll[options][]", "a"),
                ("poll[options][]", "b"),
                ("id", "1"),
                ("id", "2"),
                ("media_ids[0]", "7"),
                ("fields_attributes[0][name]", "n"),
                ("fields_attributes[0][value]", "v"),
            ]),
            json!({
                "status": "hi",
                "poll": { "options": ["a", "b"] },
                "id": ["1", "2"],
                "media_ids": { "0": "7" },
                "fields_attributes": { "0": { "name": "n", "value": "v" } },
            })
        );
    }
}

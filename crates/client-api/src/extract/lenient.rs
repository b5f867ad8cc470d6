//! Values in every spelling that clients use. What cannot be read counts as absent,
//! never as an error: old clients send junk.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::Hash;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Yes or no, or not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) Option<bool>);

impl Flag {
    /// Whether it was said.
    pub(crate) fn yes(self) -> bool {
        self.0.unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match last(Value::deserialize(deserializer)?) {
            Value::Bool(value) => Some(value),
            Value::Number(value) => value.as_i64().map(|value| value != 0),
            Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "1" | "on" | "yes" | "t" => Some(true),
                "false" | "0" | "off" | "no" | "f" => Some(false),
                _ => None,
            },
            _ => None,
        }))
    }
}

/// A whole number, or not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Num(pub(crate) Option<i64>);

impl<'de> Deserialize<'de> for Num {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match last(Value::deserialize(deserializer)?) {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "junk may become other junk"
            )]
            Value::Number(value) => value.as_i64().or_else(|| value.as_f64().map(|f| f as i64)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }))
    }
}

/// A text, or not said. `null` is not said; the empty text is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text(pub(crate) Option<String>);

impl Text {
    /// The text, if there is more than white space in it.
    pub(crate) fn filled(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.trim().is_empty())
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match last(Value::deserialize(deserializer)?) {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            _ => None,
        }))
    }
}

/// Of something that was given several times, the last counts.
fn last(value: Value) -> Value {
    match value {
        Value::Array(mut items) => items.pop().unwrap_or_default(),
        other => other,
    }
}

/// A list, written as one, as a single value, or as a map from numbers. What in it
/// cannot be read is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = match Value::deserialize(deserializer)? {
            Value::Null => Vec::new(),
            Value::Array(items) => items,
            Value::Object(map) if map.keys().all(|key| key.parse::<u32>().is_ok()) => {
                let mut items: Vec<(u32, Value)> = map
                    .into_iter()
                    .map(|(key, value)| (key.parse().unwrap_or_default(), value))
                    .collect();
                items.sort_by_key(|(index, _)| *index);
                items.into_iter().map(|(_, value)| value).collect()
            }
            single => vec![single],
        };
        Ok(Self(
            items
                .into_iter()
                .filter_map(|item| serde_json::from_value(item).ok())
                .collect(),
        ))
    }
}

/// Each of these once, in the order of first naming.
pub(crate) fn once<T: Copy + Eq + Hash>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    items
        .into_iter()
        .filter(|item| seen.insert(*item))
        .collect()
}

macro_rules! same_schema {
    ($($lenient:ty => $strict:ty),+ $(,)?) => {$(
        impl JsonSchema for $lenient {
            fn schema_name() -> Cow<'static, str> {
                <$strict>::schema_name()
            }
            fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
                <$strict>::json_schema(schemas)
            }
            fn inline_schema() -> bool {
                true
            }
        }
    )+};
}
same_schema! { Flag => bool, Num => i64, Text => String }

impl<T: JsonSchema> JsonSchema for List<T> {
    fn schema_name() -> Cow<'static, str> {
        Vec::<T>::schema_name()
    }
    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        Vec::<T>::json_schema(schemas)
    }
    fn inline_schema() -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use serde_json::json;

    use super::*;

    #[test]
    fn every_spelling_is_read() {
        for yes in [
            json!(true),
            json!("True"),
            json!("1"),
            json!(1),
            json!("on"),
        ] {
            assert!(serde_json::from_value::<Flag>(yes).unwrap().yes());
        }
        for no in [
            json!(false),
            json!("0"),
            json!("False"),
            json!(null),
            json!("x"),
        ] {
            assert!(!serde_json::from_value::<Flag>(no).unwrap().yes());
        }
        let list: List<Text> = serde_json::from_value(json!({"1": "b", "0": "a"})).unwrap();
        assert_eq!(list.0, [Text(Some("a".into())), Text(Some("b".into()))]);
        let list: List<String> = serde_json::from_value(json!("7")).unwrap();
        assert_eq!(list.0, ["7"]);
        assert_eq!(
            serde_json::from_value::<Num>(json!("40")).unwrap().0,
            Some(40)
        );
        assert_eq!(serde_json::from_value::<Num>(json!("x")).unwrap().0, None);
    }
}

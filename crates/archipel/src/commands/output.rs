//! Printing what was asked for, for people or, with `--json`, for programs.
#![expect(clippy::print_stdout, reason = "this is where commands print")]

use archipel_model::Timestamp;
use serde_json::Value;

use super::Context;

/// Prints a list: one object a row as JSON, or one line a row.
pub(super) fn list(context: &Context, rows: &[Value], line: impl Fn(&Value) -> String) {
    if context.json {
        println!("{}", Value::from(rows.to_vec()));
        return;
    }
    for row in rows {
        println!("{}", line(row));
    }
}

/// Prints one thing: as JSON, or a line for each of its members.
pub(super) fn thing(context: &Context, thing: &Value) {
    if context.json {
        println!("{thing}");
        return;
    }
    if let Some(members) = thing.as_object() {
        for (name, value) in members {
            println!("{name}: {}", plain(value));
        }
    }
}

/// Prints a sentence; nothing with `--json`, where exit status tells.
pub(super) fn sentence(context: &Context, text: &str) {
    if !context.json {
        println!("{text}");
    }
}

/// Prints a word that scripts read, such as an address, also with `--json`.
pub(super) fn word(context: &Context, name: &str, text: &str) {
    if context.json {
        println!("{}", serde_json::json!({ name: text }));
    } else {
        println!("{text}");
    }
}

/// The text of a member, `-` where there is none.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The text of a row's member.
pub(super) fn of(row: &Value, name: &str) -> String {
    row.get(name).map_or_else(|| "-".to_owned(), plain)
}

/// A moment as RFC 3339.
pub(super) fn moment(moment: Option<Timestamp>) -> Value {
    moment.map_or(Value::Null, |moment| Value::from(moment.rfc3339()))
}

//! Printing what was asked for, for people or, with `--json`, for programs.

use std::io::Write as _;

use archipel_model::Timestamp;
use serde_json::Value;

use super::Context;

/// Prints a line. Whoever reads may have had enough, as `head` has: that is no error.
pub(super) fn line(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Prints a list: one object a row as JSON, or one line a row.
pub(super) fn list(context: &Context, rows: &[Value], words: impl Fn(&Value) -> String) {
    if context.json {
        line(Value::from(rows.to_vec()));
        return;
    }
    for row in rows {
        line(words(row));
    }
}

/// Prints one thing: as JSON, or a line for each of its members.
pub(super) fn thing(context: &Context, thing: &Value) {
    if context.json {
        line(thing);
        return;
    }
    if let Some(members) = thing.as_object() {
        for (name, value) in members {
            match value {
                Value::Array(rows) if rows.iter().any(Value::is_object) => {
                    line(format_args!("{name}:"));
                    for row in rows {
                        line(nested(row));
                    }
                }
                value => line(format_args!("{name}: {}", plain(value))),
            }
        }
    }
}

/// Prints a sentence; nothing with `--json`, where exit status tells.
pub(super) fn sentence(context: &Context, text: &str) {
    if !context.json {
        line(text);
    }
}

/// Prints a word that scripts read, such as an address, also with `--json`.
pub(super) fn word(context: &Context, name: &str, text: &str) {
    if context.json {
        line(serde_json::json!({ name: text }));
    } else {
        line(text);
    }
}

/// A row within a thing: its members on one line, those of several lines below.
fn nested(row: &Value) -> String {
    let members = row.as_object().into_iter().flatten();
    let texts: Vec<String> = members.map(|(_, value)| plain(value)).collect();
    let long = |text: &&String| text.contains('\n');
    let mut lines = vec![format!(
        "  {}",
        texts
            .iter()
            .filter(|text| !long(text))
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("  ")
    )];
    for text in texts.iter().filter(long) {
        lines.extend(text.lines().map(|line| format!("    {line}")));
    }
    lines.join("\n")
}

/// The text of a member, `-` where there is none.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(all) if all.is_empty() => "-".to_owned(),
        Value::Array(all) => all.iter().map(plain).collect::<Vec<_>>().join(", "),
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

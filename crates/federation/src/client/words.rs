//! A peer's own words about a refused delivery, made fit for a person to read.
//!
//! Moderators see why another server refused a post. What it said is a stranger's
//! text: tags, control characters and length are cut down here; whoever shows it
//! escapes it all the same.

use archipel_model::text;
use http::StatusCode;
use serde_json::Value;

/// Longest text kept, in characters.
pub(super) const MAX_WORDS: usize = 300;

/// The explanation in a refusal: `detail` or `title` of a problem document
/// (RFC 9457), `error` or `message` of other JSON, else the text of the body,
/// else the name of the status.
pub(super) fn of_refusal(status: StatusCode, body: &[u8]) -> String {
    let told = serde_json::from_slice::<Value>(body)
        .ok()
        .as_ref()
        .and_then(explanation)
        .map(str::to_owned);
    let words = match told {
        Some(words) => tidy(&words),
        None => tidy(&String::from_utf8_lossy(body)),
    };
    if words.is_empty() {
        let name = status.canonical_reason().unwrap_or("no explanation");
        format!("{} {name}", status.as_u16())
    } else {
        words
    }
}

fn explanation(json: &Value) -> Option<&str> {
    ["detail", "title", "error_description", "error", "message"]
        .iter()
        .filter_map(|key| json.get(key))
        .find_map(|value| match value {
            Value::String(words) if !words.trim().is_empty() => Some(words.as_str()),
            Value::Object(_) => value.get("message").and_then(Value::as_str),
            _ => None,
        })
}

/// One line without tags, control or direction-changing characters, at most
/// [`MAX_WORDS`] characters.
pub(super) fn tidy(words: &str) -> String {
    let plain = if words.contains('<') {
        text::plain(words)
    } else {
        words.to_owned()
    };
    let shown: String = plain
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
        .collect();
    let line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MAX_WORDS {
        return line;
    }
    let mut cut: String = line.chars().take(MAX_WORDS - 1).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(body: &str) -> String {
        of_refusal(StatusCode::FORBIDDEN, body.as_bytes())
    }

    #[test]
    fn the_best_explanation_is_taken() {
        for (body, expected) in [
            (
                r#"{"type":"about:blank","title":"Forbidden","detail":"Your domain is blocked"}"#,
                "Your domain is blocked",
            ),
            (r#"{"title":"Forbidden","status":403}"#, "Forbidden"),
            (
                r#"{"error":"couldnt_find_community"}"#,
                "couldnt_find_community",
            ),
            (r#"{"error":{"code":7,"message":"no"}}"#, "no"),
            (r#"{"error":"","message":"nope"}"#, "nope"),
            ("Request not signed", "Request not signed"),
            (
                "<html><style>p{}</style><h1>Sorry</h1><p>Not <b>today</b></p><script>x()</script>",
                "Sorry Not today",
            ),
            (r#"{"detail":"<script>alert(1)</script>Go"}"#, "Go"),
            ("a\r\nb\u{1b}[31m\u{0}c\u{202e}d", "a b [31m cd"),
            ("", "403 Forbidden"),
            ("   \n", "403 Forbidden"),
            (r#"{"ok":false}"#, r#"{"ok":false}"#),
        ] {
            assert_eq!(words(body), expected, "{body}");
        }
    }

    #[test]
    fn long_words_are_cut_by_characters() {
        let cut = words(&"é".repeat(1_000));
        assert_eq!(cut.chars().count(), MAX_WORDS);
        assert!(cut.ends_with('…'));
        assert_eq!(words(&"\u{fffd}".repeat(300)).chars().count(), 300);
    }
}

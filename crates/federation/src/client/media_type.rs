//! Which `Content-Type` speaks for a document that claims to be `ActivityPub`.
//!
//! A server that lets its users upload files serves their JSON too, as
//! `application/json` or as something else; only the two media types of
//! `ActivityPub` §3.2 are words of the server itself.

use http::{HeaderMap, header};

/// What is asked for when fetching `ActivityPub` documents (`ActivityPub` §3.2).
pub(super) const ACCEPT_ACTIVITY: &str = r#"application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams""#;

const PROFILE: &str = "https://www.w3.org/ns/activitystreams";

/// Whether these headers label their body as an `ActivityPub` document:
/// `application/activity+json` with any parameters, or `application/ld+json`
/// whose `profile` names Activity Streams; exactly one such header.
pub(super) fn is_activity(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    match (values.next().map(|value| value.to_str()), values.next()) {
        (Some(Ok(value)), None) => is_activity_type(value),
        _ => false,
    }
}

fn is_activity_type(value: &str) -> bool {
    let parts = split_outside_quotes(value);
    let Some((essence, parameters)) = parts.split_first() else {
        return false;
    };
    let essence = essence.trim();
    if essence.eq_ignore_ascii_case("application/activity+json") {
        return true;
    }
    essence.eq_ignore_ascii_case("application/ld+json")
        && parameters.iter().any(|parameter| {
            parameter.split_once('=').is_some_and(|(name, value)| {
                name.trim().eq_ignore_ascii_case("profile")
                    && value
                        .trim()
                        .trim_matches('"')
                        .split_ascii_whitespace()
                        .any(|uri| uri == PROFILE)
            })
        })
}

/// `a; b="c;d"` into `a` and `b="c;d"`.
fn split_outside_quotes(value: &str) -> Vec<&str> {
    let mut quoted = false;
    value
        .split(|c: char| {
            quoted ^= c == '"';
            c == ';' && !quoted
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    /// Security A14.
    #[test]
    fn a14_content_types() {
        for (value, accepted) in [
            ("text/html", false),
            ("text/html; charset=utf-8", false),
            ("application/json", false),
            ("image/png", false),
            ("application/ld+json", false),
            (
                r#"application/ld+json; profile="https://other.example/ns""#,
                false,
            ),
            ("text/html; x=application/activity+json", false),
            (r#"text/html; x="; application/activity+json""#, false),
            ("application/activity+jsonx", false),
            ("application/activity+json, text/html", false),
            ("", false),
            ("application/activity+json", true),
            ("application/activity+json;charset=utf-8", true),
            ("application/activity+json; charset=utf-8", true),
            ("APPLICATION/Activity+JSON", true),
            (
                r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams""#,
                true,
            ),
            (
                r#"application/ld+json;profile="https://www.w3.org/ns/activitystreams""#,
                true,
            ),
            (
                r"application/ld+json; profile=https://www.w3.org/ns/activitystreams",
                true,
            ),
            (
                r#"application/ld+json; charset=utf-8; PROFILE="https://x.example/a;b https://www.w3.org/ns/activitystreams""#,
                true,
            ),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, value.parse().unwrap());
            assert_eq!(is_activity(&headers), accepted, "{value}");
        }
    }

    #[test]
    fn missing_or_doubled_labels_are_no_label() {
        let mut headers = HeaderMap::new();
        assert!(!is_activity(&headers));
        let value = || "application/activity+json".parse().unwrap();
        headers.append(header::CONTENT_TYPE, value());
        assert!(is_activity(&headers));
        headers.append(header::CONTENT_TYPE, value());
        assert!(!is_activity(&headers));
    }
}

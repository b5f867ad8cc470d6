//! `NodeInfo` (<https://nodeinfo.diaspora.software>): what software a server says
//! it runs.
//!
//! A hint and nothing more: it chooses the dialect first spoken, so what it says
//! is reduced to short harmless words, and every failure means "unknown".

use archipel_model::{Dialect, origin_of, software_dialect};
use serde_json::Value;
use url::Url;

use super::MAX_DOCUMENT;
use crate::client::{Client, FetchError, Refused};

const ACCEPT_JSON: &str = "application/json";
const SCHEMA: &str = "http://nodeinfo.diaspora.software/ns/schema/";

/// Longest name or version kept, in characters.
const MAX_WORD: usize = 64;

/// What a server says of its software.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Software {
    /// Lower-case name of `[a-z0-9._-]`, never empty: `lemmy`, `mastodon`…
    pub name: String,
    /// Version as told, printable ASCII; empty when not told.
    pub version: String,
    /// Whether `protocols` names `activitypub`.
    pub activitypub: bool,
}

impl Software {
    /// The dialect this software speaks.
    pub fn dialect(&self) -> Dialect {
        software_dialect(&self.name)
    }
}

/// Asks the server at the origin of `base` (any URL on it) for its software.
/// The schema 2.1 is preferred, then 2.0, then older ones.
pub async fn fetch(client: &Client, base: &Url) -> Result<Software, FetchError> {
    let origin = origin_of(base).ok_or(Refused::Scheme)?;
    let list = Url::parse(&format!("{}/.well-known/nodeinfo", origin.url_prefix()))
        .map_err(|_| Refused::Scheme)?;
    let answer = client.get_plain(&list, ACCEPT_JSON, MAX_DOCUMENT).await?;
    let link = best_link(&json(&answer.body)?, &answer.url)
        .ok_or(FetchError::Malformed("no usable NodeInfo link"))?;
    let answer = client.get_plain(&link, ACCEPT_JSON, MAX_DOCUMENT).await?;
    software(&json(&answer.body)?).ok_or(FetchError::Malformed("no software name"))
}

fn json(body: &[u8]) -> Result<Value, FetchError> {
    serde_json::from_slice(body).map_err(|_| FetchError::Malformed("not JSON"))
}

/// The link of the best schema that stays on the host of the list: a server
/// speaks of itself only. A link by http from a list by https is a proxy's
/// oversight and taken as https.
fn best_link(list: &Value, found: &Url) -> Option<Url> {
    let host = |url: &Url| Some(origin_of(url)?.host().name().to_owned());
    let links = list.get("links").and_then(Value::as_array)?;
    let usable = links.iter().take(20).filter_map(|link| {
        let schema = link.get("rel")?.as_str()?.strip_prefix(SCHEMA)?;
        let rank = match schema.trim_end_matches('/') {
            "2.1" => 4,
            "2.0" => 3,
            "1.1" => 2,
            "1.0" => 1,
            _ => 0,
        };
        let mut href = found.join(link.get("href")?.as_str()?).ok()?;
        if found.scheme() == "https" && href.scheme() == "http" && href.port().is_none() {
            href.set_scheme("https").ok()?;
        }
        (host(&href)? == host(found)?).then_some((rank, href))
    });
    usable.max_by_key(|(rank, _)| *rank).map(|(_, href)| href)
}

fn software(info: &Value) -> Option<Software> {
    let told = info.get("software")?;
    let word = |key| told.get(key).and_then(Value::as_str).unwrap_or_default();
    let name: String = word("name")
        .to_ascii_lowercase()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
        .take(MAX_WORD)
        .collect();
    if name.is_empty() {
        return None;
    }
    let version = word("version")
        .chars()
        .filter(char::is_ascii_graphic)
        .filter(|c| !matches!(c, '<' | '>' | '&' | '"' | '\''))
        .take(MAX_WORD)
        .collect();
    Some(Software {
        name,
        version,
        activitypub: names_activitypub(info.get("protocols")),
    })
}

/// A list in 2.x, an object of two lists in 1.x.
fn names_activitypub(protocols: Option<&Value>) -> bool {
    let named = |list: Option<&Value>| {
        list.and_then(Value::as_array).is_some_and(|protocols| {
            protocols
                .iter()
                .filter_map(Value::as_str)
                .any(|protocol| protocol.eq_ignore_ascii_case("activitypub"))
        })
    };
    let inbound = protocols.and_then(|both| both.get("inbound"));
    named(protocols) || named(inbound)
}

#[cfg(test)]
mod unit {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use serde_json::json;

    fn found() -> Url {
        Url::parse("https://lab.example/.well-known/nodeinfo").unwrap()
    }

    fn chosen(links: &[(&str, &str)]) -> Option<String> {
        let links: Vec<_> = links
            .iter()
            .map(|(schema, href)| json!({ "rel": format!("{SCHEMA}{schema}"), "href": href }))
            .collect();
        best_link(&json!({ "links": links }), &found()).map(String::from)
    }

    #[test]
    fn the_best_schema_on_the_same_host_is_taken() {
        let two = ("2.0", "https://lab.example/n/2.0");
        let two_one = ("2.1", "https://lab.example/n/2.1");
        for links in [[two, two_one], [two_one, two]] {
            assert_eq!(chosen(&links).as_deref(), Some(two_one.1));
        }
        assert_eq!(chosen(&[two]).as_deref(), Some(two.1));
        assert_eq!(
            chosen(&[two, ("2.1", "https://other.example/n")]).as_deref(),
            Some(two.1)
        );
        assert_eq!(
            chosen(&[("2.1", "http://lab.example/n")]).as_deref(),
            Some("https://lab.example/n")
        );
        assert_eq!(
            chosen(&[("2.0", "/nodeinfo/2.0")]).as_deref(),
            Some("https://lab.example/nodeinfo/2.0")
        );
        assert_eq!(chosen(&[("2.0", "file:///etc/passwd")]), None);
        assert_eq!(chosen(&[("2.0", "https://other.example/n")]), None);
        assert_eq!(best_link(&json!({ "links": [1, {}] }), &found()), None);
        assert_eq!(best_link(&json!([]), &found()), None);
    }

    #[test]
    fn lies_become_short_harmless_words() {
        let told = software(&json!({
            "version": "2.0",
            "software": { "name": " Mast<b>odon</b>\u{202e} ", "version": "4.5.0\n<script>" },
            "protocols": ["ActivityPub"],
        }))
        .unwrap();
        assert_eq!(told.name, "mastbodonb");
        assert_eq!(told.version, "4.5.0script");
        assert!(told.activitypub);

        let long = software(&json!({ "software": { "name": "x".repeat(9_999) } })).unwrap();
        assert_eq!((long.name.len(), long.version.as_str()), (MAX_WORD, ""));
        for nonsense in [
            json!({}),
            json!({ "software": "lemmy" }),
            json!({ "software": { "name": 7 } }),
            json!({ "software": { "name": "<>" } }),
            json!([]),
        ] {
            assert_eq!(software(&nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn both_shapes_of_protocols_are_read() {
        let old = json!({ "software": { "name": "friendica" }, "protocols": { "inbound": ["activitypub"], "outbound": [] } });
        assert!(software(&old).unwrap().activitypub);
        let none = json!({ "software": { "name": "x" }, "protocols": "activitypub" });
        assert!(!software(&none).unwrap().activitypub);
    }
}

//! Reads what an `Update` says of one of our communities: the few members that its
//! moderators may change. Everything else in it, keys and addresses above all, is as
//! good as absent.

use archipel_model::text as html;
use serde_json::Value;

use super::limits;
use super::value::{Object, as_object, clean, items, text};

/// Most rules that are taken.
const RULES: usize = 50;

/// What a community is to say of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: Option<String>,
    /// What it is about: the text as typed where that came along, else what is left
    /// of the HTML.
    pub description: Option<String>,
    /// Its rules, one a line.
    pub rules: Option<String>,
}

/// Reads the `object` of an `Update`.
pub fn profile(update: &Value) -> Profile {
    let document = as_object(update)
        .ok()
        .and_then(|update| update.get("object"))
        .and_then(Value::as_object);
    document.map_or_else(Profile::default, |document| Profile {
        name: text(document, "name", limits::NAME).map(|name| html::plain(&name)),
        description: description(document),
        rules: rules(document),
    })
}

fn description(document: &Object) -> Option<String> {
    let source = document.get("source").and_then(Value::as_object);
    let typed = source
        .and_then(|source| source.get("content"))
        .and_then(Value::as_str);
    if let Some(typed) = typed {
        return Some(clean(typed, limits::BIO));
    }
    let summary = document.get("summary")?.as_str()?;
    Some(clean(&html::plain(summary), limits::BIO))
}

fn rules(document: &Object) -> Option<String> {
    let rules = document.get("rules")?;
    let lines: Vec<String> = items(Some(rules))
        .iter()
        .filter_map(Value::as_str)
        .flat_map(|text| {
            html::plain(text)
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .map(|line| clean(&line, limits::NAME))
        .filter(|line| !line.is_empty())
        .take(RULES)
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_a_community_says_of_itself_is_read() {
        let read = profile(&json!({"object": {
            "type": "Group", "name": "<b>Atelier</b>", "summary": "<p>x</p>",
            "source": {"content": "Ce que\nnous faisons", "mediaType": "text/markdown"},
            "rules": ["Respect", "<p>Pas de publicité</p>", 3],
            "inbox": "https://evil.example/inbox", "publicKey": {"publicKeyPem": "x"},
        }}));
        assert_eq!(read.name.as_deref(), Some("Atelier"));
        assert_eq!(read.description.as_deref(), Some("Ce que\nnous faisons"));
        assert_eq!(read.rules.as_deref(), Some("Respect\nPas de publicité"));
        let read = profile(&json!({"object": {"summary": "<p>Un<br>deux</p>"}}));
        assert_eq!(read.description.as_deref(), Some("Un\ndeux"));
        for nothing in [
            json!({}),
            json!({"object": "https://a.example/"}),
            json!([]),
        ] {
            assert_eq!(profile(&nothing), Profile::default());
        }
    }
}

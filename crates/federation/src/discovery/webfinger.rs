//! `WebFinger` (RFC 7033): from `name@host` to the id of an actor.
//!
//! An answer is believed when the host asked speaks of the very account asked
//! for, and when the actor it names lies on a host that says so too: anybody may
//! claim that `name@here` is an actor elsewhere, only that elsewhere can agree.
//! Where `WebFinger` lives at another path, host-meta (RFC 6415) tells.

use archipel_model::{Host, origin_of};
use serde_json::Value;
use url::Url;

use super::MAX_DOCUMENT;
use crate::client::{Client, FetchError, Plain};

const ACCEPT_JRD: &str = "application/jrd+json, application/json";
const ACCEPT_XRD: &str = "application/xrd+xml, application/xml, text/xml";
const WELL_KNOWN: &str = "/.well-known/webfinger";

/// Longest name looked up, in characters.
const MAX_NAME: usize = 100;

/// Why a handle leads to no actor.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum WebfingerError {
    /// Not a name and a host.
    #[error("not a handle")]
    Handle,
    /// The host did not answer as hoped.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// Not a JSON resource descriptor.
    #[error("the answer is no WebFinger document")]
    Malformed,
    /// The answer speaks of another account than the one asked for.
    #[error("the answer is about another account")]
    OtherSubject,
    /// The account exists but is no `ActivityPub` actor.
    #[error("the account is no ActivityPub actor")]
    NoActor,
    /// The actor lies on another host, which does not confirm the handle.
    #[error("the actor's own server does not confirm the handle")]
    Unconfirmed,
}

impl WebfingerError {
    /// Whether the same question may be answered later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Fetch(error) if error.is_transient())
    }
}

/// An actor an account points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActorLink {
    /// The actor's id.
    pub href: Url,
    /// `Person`, `Group`…, where the answer tells (Lemmy, Mbin): a name may
    /// belong to a person and to a community at once.
    pub kind: Option<String>,
}

/// Finds the actor of `name@host`, `host` being `name` or `name:port`. Of
/// several actors the first counts.
pub async fn resolve(client: &Client, name: &str, host: &str) -> Result<Url, WebfingerError> {
    resolve_kind(client, name, host, None).await
}

/// The same, preferring an actor of this kind (`Group` for `!name@host`) where
/// one account has several.
pub async fn resolve_kind(
    client: &Client,
    name: &str,
    host: &str,
    kind: Option<&str>,
) -> Result<Url, WebfingerError> {
    let host: Host = host.parse().map_err(|_| WebfingerError::Handle)?;
    let sound = |c: char| !c.is_control() && !c.is_whitespace() && !"@/:?#\\".contains(c);
    if name.is_empty() || name.chars().count() > MAX_NAME || !name.chars().all(sound) {
        return Err(WebfingerError::Handle);
    }
    let answer = ask_host(client, &host, &format!("acct:{name}@{host}")).await?;
    let document = object(&answer)?;
    if !speaks_of(&document, name, &host) {
        return Err(WebfingerError::OtherSubject);
    }
    let actors = actor_links(&document);
    let chosen = actors
        .iter()
        .find(|actor| kind.is_some() && actor.kind.as_deref() == kind)
        .or(actors.first())
        .ok_or(WebfingerError::NoActor)?;
    let there = origin_of(&chosen.href).ok_or(WebfingerError::NoActor)?;
    client.permits(&chosen.href).map_err(FetchError::from)?;
    // A server may answer for another host by a redirect to its own WebFinger.
    let by_itself =
        origin_of(&answer.url).as_ref() == Some(&there) && answer.url.path() == WELL_KNOWN;
    if *there.host() == host || by_itself {
        return Ok(chosen.href.clone());
    }
    let back = ask_host(client, there.host(), chosen.href.as_str()).await;
    match back.as_ref().map_err(Clone::clone).and_then(object) {
        Ok(document) if speaks_of(&document, name, &host) => Ok(chosen.href.clone()),
        Err(error) if error.is_transient() => Err(error),
        _ => Err(WebfingerError::Unconfirmed),
    }
}

/// Asks a host about a resource: at the well-known path, and where that is
/// missing, where its host-meta says. In development by http first.
async fn ask_host(client: &Client, host: &Host, resource: &str) -> Result<Plain, WebfingerError> {
    if client.allows_http() {
        match ask_origin(client, &format!("http://{host}"), resource).await {
            Err(error) if error.is_transient() => {}
            answer => return answer,
        }
    }
    ask_origin(client, &format!("https://{host}"), resource).await
}

async fn ask_origin(
    client: &Client,
    origin: &str,
    resource: &str,
) -> Result<Plain, WebfingerError> {
    let mut url =
        Url::parse(&format!("{origin}{WELL_KNOWN}")).map_err(|_| WebfingerError::Handle)?;
    url.query_pairs_mut().append_pair("resource", resource);
    match client.get_plain(&url, ACCEPT_JRD, MAX_DOCUMENT).await {
        Err(FetchError::NotFound) => {}
        answer => return Ok(answer?),
    }
    let meta = Url::parse(&format!("{origin}/.well-known/host-meta"))
        .map_err(|_| WebfingerError::Handle)?;
    let meta = client
        .get_plain(&meta, ACCEPT_XRD, MAX_DOCUMENT)
        .await
        .map_err(|error| match error {
            // The first answer was the clearer one.
            error if error.is_transient() => error,
            _ => FetchError::NotFound,
        })?;
    let elsewhere = template(&String::from_utf8_lossy(&meta.body))
        .and_then(|template| fill(&template, resource))
        .filter(|elsewhere| *elsewhere != url)
        .ok_or(FetchError::NotFound)?;
    Ok(client
        .get_plain(&elsewhere, ACCEPT_JRD, MAX_DOCUMENT)
        .await?)
}

fn object(answer: &Plain) -> Result<Value, WebfingerError> {
    match serde_json::from_slice(&answer.body) {
        Ok(value @ Value::Object(_)) => Ok(value),
        _ => Err(WebfingerError::Malformed),
    }
}

/// Whether the `subject` is the account `name@host`.
fn speaks_of(document: &Value, name: &str, host: &Host) -> bool {
    let account = document
        .get("subject")
        .and_then(Value::as_str)
        .and_then(|subject| subject.split_once(':'))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("acct"))
        .and_then(|(_, account)| account.rsplit_once('@'));
    account.is_some_and(|(told, at)| {
        told.to_lowercase() == name.to_lowercase()
            && at.parse::<Host>().is_ok_and(|told| told == *host)
    })
}

/// The `self` links that are labelled as `ActivityPub` and are http(s) URLs.
fn actor_links(document: &Value) -> Vec<ActorLink> {
    let links = document.get("links").and_then(Value::as_array);
    links.into_iter().flatten().filter_map(actor_link).collect()
}

fn actor_link(link: &Value) -> Option<ActorLink> {
    let text = |key| link.get(key).and_then(Value::as_str);
    let label = text("type")?.to_ascii_lowercase();
    let labelled = label.starts_with("application/activity+json")
        || (label.starts_with("application/ld+json")
            && label.contains("https://www.w3.org/ns/activitystreams"));
    let href = Url::parse(text("href")?).ok()?;
    if text("rel")? != "self" || !labelled || origin_of(&href).is_none() {
        return None;
    }
    let kind = link
        .get("properties")
        .and_then(|properties| properties.get("https://www.w3.org/ns/activitystreams#type"))
        .and_then(Value::as_str)
        .map(str::to_owned);
    Some(ActorLink { href, kind })
}

/// The `lrdd` template of a host-meta document in XRD. A reading by hand: the
/// element and two attributes are all that is of interest in it.
fn template(xrd: &str) -> Option<String> {
    xrd.split('<')
        .filter_map(|tag| tag.split_once('>').map(|(inside, _)| inside))
        .filter(|inside| inside.starts_with("Link"))
        .find(|inside| attribute(inside, "rel") == Some("lrdd"))
        .and_then(|inside| attribute(inside, "template"))
        .map(|template| template.replace("&amp;", "&"))
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.match_indices(name).find_map(|(at, _)| {
        let before = tag.get(..at)?;
        let after = tag.get(at + name.len()..)?.trim_start();
        let value = after.strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        before.ends_with(char::is_whitespace).then_some(())?;
        value.get(1..)?.split_once(quote).map(|(value, _)| value)
    })
}

fn fill(template: &str, resource: &str) -> Option<Url> {
    if !template.contains("{uri}") {
        return None;
    }
    let escaped: String = url::form_urlencoded::byte_serialize(resource.as_bytes()).collect();
    Url::parse(&template.replace("{uri}", &escaped)).ok()
}

#[cfg(test)]
mod unit {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use serde_json::json;

    #[test]
    fn subjects_are_compared_as_accounts() {
        let host: Host = "lab.example".parse().unwrap();
        let speaks = |subject: &str| speaks_of(&json!({ "subject": subject }), "tilab", &host);
        for same in [
            "acct:tilab@lab.example",
            "acct:TiLab@LAB.example",
            "ACCT:tilab@lab.example:443",
        ] {
            assert!(speaks(same), "{same}");
        }
        for other in [
            "acct:tilab@lab.example:8443",
            "acct:tilab@lab.example.evil.example",
            "acct:tilab2@lab.example",
            "acct:x@tilab@lab.example",
            "tilab@lab.example",
            "https://lab.example/c/tilab",
            "",
        ] {
            assert!(!speaks(other), "{other}");
        }
        assert!(!speaks_of(&json!({}), "tilab", &host));
    }

    #[test]
    fn links_are_chosen_by_relation_and_label() {
        let document = json!({ "links": [
            { "rel": "self", "type": "text/html", "href": "https://lab.example/html" },
            { "rel": "http://webfinger.net/rel/profile-page", "type": "application/activity+json", "href": "https://lab.example/page" },
            { "rel": "self", "type": "application/activity+json", "href": "javascript:alert(1)" },
            { "rel": "self", "type": "application/activity+json" },
            7,
            { "rel": "self", "type": "application/activity+json", "href": "https://lab.example/u/x" },
            { "rel": "self", "type": "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
              "href": "https://lab.example/c/x",
              "properties": { "https://www.w3.org/ns/activitystreams#type": "Group" } },
        ]});
        let actors = actor_links(&document);
        let hrefs: Vec<_> = actors.iter().map(|actor| actor.href.path()).collect();
        assert_eq!(hrefs, ["/u/x", "/c/x"]);
        assert_eq!(actors.last().unwrap().kind.as_deref(), Some("Group"));
        assert!(actor_links(&json!({ "links": "none" })).is_empty());
    }

    #[test]
    fn host_meta_templates_are_found() {
        let xrd = r#"<?xml version="1.0"?><XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">
            <Link rel="other" template="https://a.example/{uri}"/>
            <Link type="application/jrd+json" template='https://lab.example/wf?a=1&amp;resource={uri}' rel="lrdd" /></XRD>"#;
        let found = template(xrd).unwrap();
        assert_eq!(found, "https://lab.example/wf?a=1&resource={uri}");
        assert_eq!(
            fill(&found, "acct:é@lab.example").unwrap().as_str(),
            "https://lab.example/wf?a=1&resource=acct%3A%C3%A9%40lab.example"
        );
        assert_eq!(template("<Link rel=\"lrdd\">"), None);
        assert_eq!(template("<Link rel=\"lrdd"), None);
        assert_eq!(fill("https://lab.example/", "x"), None);
    }
}

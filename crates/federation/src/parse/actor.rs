//! Reads actors: people, communities, bots and servers.
//!
//! The inbox has to be on the actor's own server; any other address of another
//! server is dropped, so that nobody can point us at a third party.

use archipel_model::{ActorKind, Timestamp, origin_of, same_origin};
use serde_json::Value;
use url::Url;

use super::keys::{RemoteKey, keys_of};
use super::value::{
    Object, as_object, first_id, flag, ids, items, link_target, moment, own_id, page_url, sole_id,
    text, types,
};
use super::{ParseError, limits};

/// Where the moderators of a community are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moderators {
    /// A collection, to be fetched (FEP-1b12).
    Collection(Url),
    /// In the community's own document, as `PeerTube` does.
    Listed(Vec<Url>),
}

/// An actor of another server, as its own document describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "switches of the document")]
pub struct RemoteActor {
    /// The actor's identity.
    pub id: Url,
    /// What it is.
    pub kind: ActorKind,
    /// `preferredUsername`; for a server without one, its host.
    pub username: String,
    /// The name shown, plain text.
    pub name: Option<String>,
    /// The description, HTML not yet made safe.
    pub summary_html: Option<String>,
    /// The page for people.
    pub url: Option<Url>,
    /// Where to deliver, on the actor's own server.
    pub inbox: Url,
    /// Where to deliver once for the whole server.
    pub shared_inbox: Option<Url>,
    /// What it said.
    pub outbox: Option<Url>,
    /// The collection of its followers.
    pub followers: Option<Url>,
    /// The collection of those it follows.
    pub following: Option<Url>,
    /// Its pinned posts.
    pub featured: Option<Url>,
    /// Of a community: who moderates.
    pub moderators: Option<Moderators>,
    /// Of a community: only moderators may start threads.
    pub posting_restricted: bool,
    /// Follows wait for a person's approval.
    pub manually_approves: bool,
    /// Wants to be found; absent means yes, as Lemmy and `PieFed` take it.
    pub discoverable: bool,
    /// When the account was made.
    pub published: Option<Timestamp>,
    /// The picture.
    pub icon: Option<Url>,
    /// The actor's own keys; may be empty.
    pub keys: Vec<RemoteKey>,
    /// Other ids of the same person, as claimed.
    pub also_known_as: Vec<Url>,
    /// Where the account moved to.
    pub moved_to: Option<Url>,
    /// Its own server suspended it (Mastodon).
    pub suspended: bool,
}

/// Reads an actor's document.
///
/// The caller compares the id with the address that was fetched.
pub fn actor(value: &Value) -> Result<RemoteActor, ParseError> {
    let document = as_object(value)?;
    let kind = kind(document)?;
    let id = own_id(document)?;
    let inbox = sole_id(document.get("inbox")).ok_or(ParseError::Missing("inbox"))?;
    if !same_origin(&inbox, &id) {
        return Err(ParseError::ForeignOrigin("inbox"));
    }
    let own = |value: Option<&Value>| sole_id(value).filter(|url| same_origin(url, &id));
    let endpoints = document
        .get("endpoints")
        .and_then(|list| list.get("sharedInbox"));
    Ok(RemoteActor {
        kind,
        username: username(document, kind, &id)?,
        name: text(document, "name", limits::NAME),
        summary_html: text(document, "summary", limits::BIO),
        url: page_url(document.get("url")),
        shared_inbox: own(endpoints).or_else(|| own(document.get("sharedInbox"))),
        outbox: own(document.get("outbox")),
        followers: own(document.get("followers")),
        following: own(document.get("following")),
        featured: own(document.get("featured")),
        moderators: moderators(document, &id),
        posting_restricted: flag(document, "postingRestrictedToMods").unwrap_or(false),
        manually_approves: flag(document, "manuallyApprovesFollowers").unwrap_or(false),
        discoverable: flag(document, "discoverable").unwrap_or(true),
        published: moment(document, "published"),
        icon: items(document.get("icon")).iter().find_map(link_target),
        keys: keys_of(document, &id),
        also_known_as: ids(document.get("alsoKnownAs"), limits::PEOPLE),
        moved_to: first_id(document.get("movedTo")),
        suspended: flag(document, "suspended").unwrap_or(false),
        inbox,
        id,
    })
}

/// The first word of `type` that is a kind of actor.
fn kind(document: &Object) -> Result<ActorKind, ParseError> {
    types(document)
        .find_map(|word| word.parse().ok())
        .ok_or_else(|| match types(document).next() {
            Some(word) => ParseError::UnexpectedType(word.chars().take(60).collect()),
            None => ParseError::Missing("type"),
        })
}

/// The name before the `@`: `preferredUsername`, else that of `webfinger`
/// (FEP-2c59), else for a server its host.
fn username(document: &Object, kind: ActorKind, id: &Url) -> Result<String, ParseError> {
    let server = kind == ActorKind::Application;
    let preferred = document.get("preferredUsername").and_then(Value::as_str);
    let webfinger = || {
        let address = document.get("webfinger")?.as_str()?;
        address.trim_start_matches('@').split('@').next()
    };
    let Some(name) = preferred.or_else(webfinger).map(str::trim) else {
        return match origin_of(id) {
            Some(origin) if server => Ok(origin.host().as_str().to_owned()),
            _ => Err(ParseError::Missing("preferredUsername")),
        };
    };
    // What Lemmy and Mastodon agree on; a server may be named after its host.
    let letter =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '~') || (server && c == ':');
    if name.is_empty() || name.chars().count() > limits::USERNAME || !name.chars().all(letter) {
        return Err(ParseError::Unacceptable("preferredUsername"));
    }
    Ok(name.to_owned())
}

/// The moderators: the collection named by `attributedTo` or `moderators`, or
/// the people listed in `attributedTo`. Only a server's own word counts.
fn moderators(document: &Object, id: &Url) -> Option<Moderators> {
    let attributed = document.get("attributedTo");
    let listed = match attributed {
        Some(Value::Array(_) | Value::Object(_)) => ids(attributed, limits::PEOPLE),
        _ => Vec::new(),
    };
    if !listed.is_empty() {
        return Some(Moderators::Listed(listed));
    }
    [attributed, document.get("moderators")]
        .into_iter()
        .filter_map(sole_id)
        .find(|url| same_origin(url, id))
        .map(Moderators::Collection)
}

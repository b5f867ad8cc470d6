//! Writes actors: communities, people, the server itself, and what is left of
//! those that are gone.
//!
//! One superset of what all peers read (Lemmy wants `outbox` and `publicKey`,
//! `GoToSocial` every collection, Mastodon `webfinger` and `featured`).

use activitypub_federation::protocol::public_key::PublicKey;
use archipel_model::{Timestamp, origin_of};
use serde::Serialize;
use url::Url;

use super::{Language, Rendered, below, document, none, part};

/// The public keys of a local actor.
#[derive(Clone, Debug)]
pub struct KeysView {
    /// The id of the RSA key that signs.
    pub rsa_id: String,
    /// That key, SPKI PEM: `publicKey`, of which most software knows only one.
    pub rsa_pem: String,
    /// The other keys (FEP-521a), id and multibase, the Ed25519 key that signs first.
    pub multikeys: Vec<(String, String)>,
}

/// A picture of an actor.
#[derive(Clone, Debug)]
pub struct PictureView {
    /// Where it is.
    pub url: Url,
    /// Its media type.
    pub media_type: Option<String>,
}

/// A local community.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "switches of the document")]
pub struct GroupView {
    /// The community's id, `{public_url}/c/{handle}`.
    pub id: Url,
    /// The server's root, with its slash.
    pub public_url: Url,
    /// The handle.
    pub handle: String,
    /// The title.
    pub title: String,
    /// The description, safe HTML.
    pub summary_html: Option<String>,
    /// The description as typed, Markdown.
    pub summary_source: Option<String>,
    /// Languages spoken.
    pub languages: Vec<Language>,
    /// Only moderators may start threads.
    pub posting_restricted: bool,
    /// Follows wait for a moderator.
    pub manually_approves: bool,
    /// Wants to be found.
    pub discoverable: bool,
    /// For adults or otherwise behind a warning.
    pub sensitive: bool,
    /// Other ids of the same community.
    pub also_known_as: Vec<Url>,
    /// Where the community moved to.
    pub moved_to: Option<Url>,
    /// The small picture.
    pub icon: Option<PictureView>,
    /// The wide picture.
    pub image: Option<PictureView>,
    /// When it was made.
    pub published: Timestamp,
    /// When its description last changed.
    pub updated: Option<Timestamp>,
    /// Its keys.
    pub keys: KeysView,
}

/// A local person or bot.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "switches of the document")]
pub struct PersonView {
    /// The person's id, `{public_url}/u/{handle}`.
    pub id: Url,
    /// The server's root, with its slash.
    pub public_url: Url,
    /// The handle.
    pub handle: String,
    /// The name shown.
    pub name: Option<String>,
    /// The description, safe HTML.
    pub summary_html: Option<String>,
    /// A bot: `Service` rather than `Person`.
    pub bot: bool,
    /// Follows wait for the person.
    pub manually_approves: bool,
    /// Wants to be found.
    pub discoverable: bool,
    /// Lets others search its posts.
    pub indexable: bool,
    /// Rows of the profile: name and safe HTML.
    pub fields: Vec<(String, String)>,
    /// Stopped by an administrator: nothing about the person is shown.
    pub suspended: bool,
    /// Earlier ids of the same person.
    pub also_known_as: Vec<Url>,
    /// Where the person moved to.
    pub moved_to: Option<Url>,
    /// The small picture.
    pub icon: Option<PictureView>,
    /// The wide picture.
    pub image: Option<PictureView>,
    /// When the account was made.
    pub published: Timestamp,
    /// When the profile last changed.
    pub updated: Option<Timestamp>,
    /// The keys.
    pub keys: KeysView,
}

/// The server itself; its id is its root.
#[derive(Clone, Debug)]
pub struct InstanceView {
    /// The server's root, with its slash: the actor's id.
    pub public_url: Url,
    /// The server's title.
    pub name: String,
    /// The description, safe HTML.
    pub summary_html: Option<String>,
    /// When the server was set up.
    pub published: Timestamp,
    /// The small picture.
    pub icon: Option<PictureView>,
    /// Its keys.
    pub keys: KeysView,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Source<'a> {
    content: &'a str,
    media_type: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Picture<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    url: &'a Url,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<&'a str>,
}

/// A row of a profile, as Mastodon has it.
#[derive(Serialize)]
struct PropertyValue<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Endpoints {
    shared_inbox: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Multikey<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    controller: &'a Url,
    public_key_multibase: &'a str,
}

/// One capability of the software (FEP-844e).
#[derive(Serialize)]
struct Capability {
    #[serde(rename = "type")]
    kind: &'static str,
    href: &'static str,
    name: &'static str,
}

/// What this software verifies, so that peers need not try.
const CAPABILITIES: [Capability; 2] = [
    Capability {
        kind: "Link",
        href: "https://datatracker.ietf.org/doc/html/rfc9421",
        name: "RFC-9421: HTTP Message Signatures",
    },
    Capability {
        kind: "Link",
        href: "https://datatracker.ietf.org/doc/html/rfc9421#name-eddsa-using-curve-edwards25",
        name: "RFC-9421 signatures using the Ed25519 algorithm",
    },
];

#[derive(Serialize)]
struct Generator<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: &'a Url,
    implements: &'a [Capability],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Actor<'a> {
    id: &'a Url,
    #[serde(rename = "type")]
    kind: &'static str,
    preferred_username: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source<'a>>,
    url: &'a Url,
    inbox: String,
    outbox: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    followers: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    following: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    featured: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributed_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    moderators: Option<String>,
    endpoints: Endpoints,
    #[serde(skip_serializing_if = "Option::is_none")]
    posting_restricted_to_mods: Option<bool>,
    manually_approves_followers: bool,
    discoverable: bool,
    indexable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    sensitive: Option<bool>,
    #[serde(skip_serializing_if = "none")]
    language: &'a [Language],
    published: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<Picture<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Picture<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachment: Vec<PropertyValue<'a>>,
    #[serde(skip_serializing_if = "none")]
    also_known_as: &'a [Url],
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_to: Option<&'a Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suspended: Option<bool>,
    webfinger: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    generator: Option<Generator<'a>>,
    #[serde(skip_serializing_if = "none")]
    implements: &'a [Capability],
    public_key: PublicKey,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assertion_method: Vec<Multikey<'a>>,
}

/// What all local actors have in common.
fn base<'a>(
    kind: &'static str,
    id: &'a Url,
    public_url: &'a Url,
    handle: &'a str,
    keys: &'a KeysView,
) -> Actor<'a> {
    let host = origin_of(id).map_or_else(String::new, |origin| origin.host().as_str().to_owned());
    let multikeys = keys.multikeys.iter().map(|(key_id, key)| Multikey {
        id: key_id,
        kind: "Multikey",
        controller: id,
        public_key_multibase: key,
    });
    Actor {
        id,
        kind,
        preferred_username: handle,
        name: None,
        summary: None,
        source: None,
        url: id,
        inbox: below(id, "inbox"),
        outbox: below(id, "outbox"),
        followers: Some(below(id, "followers")),
        following: Some(below(id, "following")),
        featured: Some(below(id, "featured")),
        attributed_to: None,
        moderators: None,
        endpoints: Endpoints {
            shared_inbox: below(public_url, "inbox"),
        },
        posting_restricted_to_mods: None,
        manually_approves_followers: false,
        discoverable: true,
        indexable: true,
        sensitive: None,
        language: &[],
        published: String::new(),
        updated: None,
        icon: None,
        image: None,
        attachment: Vec::new(),
        also_known_as: &[],
        moved_to: None,
        suspended: None,
        webfinger: format!("{handle}@{host}"),
        generator: Some(Generator {
            kind: "Application",
            id: public_url,
            implements: &CAPABILITIES,
        }),
        implements: &[],
        public_key: PublicKey {
            id: keys.rsa_id.clone(),
            owner: id.clone(),
            public_key_pem: keys.rsa_pem.clone(),
        },
        assertion_method: multikeys.collect(),
    }
}

fn picture(view: Option<&PictureView>) -> Option<Picture<'_>> {
    view.map(|picture| Picture {
        kind: "Image",
        url: &picture.url,
        media_type: picture.media_type.as_deref(),
    })
}

fn group_actor(view: &GroupView) -> Actor<'_> {
    let moderators = below(&view.id, "moderators");
    let id = &view.id;
    Actor {
        name: Some(&view.title),
        summary: view.summary_html.as_deref(),
        source: view.summary_source.as_deref().map(|content| Source {
            content,
            media_type: "text/markdown",
        }),
        attributed_to: Some(moderators.clone()),
        moderators: Some(moderators),
        posting_restricted_to_mods: Some(view.posting_restricted),
        manually_approves_followers: view.manually_approves,
        discoverable: view.discoverable,
        indexable: view.discoverable,
        sensitive: Some(view.sensitive),
        language: &view.languages,
        published: view.published.rfc3339(),
        updated: view.updated.map(Timestamp::rfc3339),
        icon: picture(view.icon.as_ref()),
        image: picture(view.image.as_ref()),
        also_known_as: &view.also_known_as,
        moved_to: view.moved_to.as_ref(),
        ..base("Group", id, &view.public_url, &view.handle, &view.keys)
    }
}

fn person_actor(view: &PersonView) -> Actor<'_> {
    let kind = if view.bot { "Service" } else { "Person" };
    let id = &view.id;
    Actor {
        name: view.name.as_deref(),
        summary: view.summary_html.as_deref(),
        manually_approves_followers: view.manually_approves,
        discoverable: view.discoverable,
        indexable: view.indexable,
        published: view.published.rfc3339(),
        updated: view.updated.map(Timestamp::rfc3339),
        icon: picture(view.icon.as_ref()),
        image: picture(view.image.as_ref()),
        attachment: view
            .fields
            .iter()
            .map(|(name, value)| PropertyValue {
                kind: "PropertyValue",
                name,
                value,
            })
            .collect(),
        also_known_as: &view.also_known_as,
        moved_to: view.moved_to.as_ref(),
        suspended: view.suspended.then_some(true),
        ..base(kind, id, &view.public_url, &view.handle, &view.keys)
    }
}

/// The document of a community.
pub fn group(view: &GroupView) -> Rendered {
    document(group_actor(view))
}

/// A community as the object of an `Update`, without a context of its own.
pub fn group_part(view: &GroupView) -> Rendered {
    part(&group_actor(view))
}

/// The document of a person or bot.
pub fn person(view: &PersonView) -> Rendered {
    document(person_actor(view))
}

/// A person as the object of an `Update`, without a context of its own.
pub fn person_part(view: &PersonView) -> Rendered {
    part(&person_actor(view))
}

/// The document of the server itself. It is named after its host, as Mastodon's
/// and Lemmy's are, and says what the software verifies (FEP-844e).
pub fn instance(view: &InstanceView) -> Rendered {
    let id = &view.public_url;
    let host = origin_of(id).map_or_else(String::new, |origin| origin.host().as_str().to_owned());
    document(Actor {
        name: Some(&view.name),
        summary: view.summary_html.as_deref(),
        followers: None,
        following: None,
        featured: None,
        discoverable: false,
        indexable: false,
        published: view.published.rfc3339(),
        icon: picture(view.icon.as_ref()),
        generator: None,
        implements: &CAPABILITIES,
        ..base("Application", id, id, &host, &view.keys)
    })
}

//! Writes how we are found: `WebFinger`, host-meta and `NodeInfo`.
//!
//! The crate's `Webfinger` type writes `null` for every absent member of a link;
//! these leave it out.

use std::collections::BTreeMap;

use archipel_model::text;
use serde::Serialize;
use url::Url;

use super::{CONTENT_TYPE, Rendered, below, part};

/// The media type of `WebFinger` answers (RFC 7033).
pub const JRD: &str = "application/jrd+json";

/// The media type of host-meta (RFC 6415).
pub const XRD: &str = "application/xrd+xml";

/// Somebody to be found by `WebFinger`.
#[derive(Clone, Debug)]
pub struct JrdView {
    /// What is described: `acct:name@host`.
    pub subject: String,
    /// The actor's id.
    pub actor: Url,
    /// The page for people.
    pub page: Url,
    /// `Group`, `Person` or `Application`; tells Lemmy which of two is which.
    pub kind: &'static str,
    /// Where a visitor confirms a follow, with `{uri}` in it.
    pub subscribe_template: Option<String>,
}

#[derive(Serialize)]
struct Link<'a> {
    rel: &'static str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    href: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    properties: BTreeMap<&'static str, &'a str>,
}

impl<'a> Link<'a> {
    fn to(rel: &'static str, kind: Option<&'static str>, href: &'a str) -> Self {
        Self {
            rel,
            kind,
            href: Some(href),
            template: None,
            properties: BTreeMap::new(),
        }
    }
}

#[derive(Serialize)]
struct Jrd<'a> {
    subject: &'a str,
    aliases: Vec<&'a str>,
    links: Vec<Link<'a>>,
}

/// The `WebFinger` answer for an actor: exactly one `self` link. For the server
/// itself (`Application`) also the service link of FEP-d556.
pub fn jrd(view: &JrdView) -> Rendered {
    let actor = view.actor.as_str();
    let mut itself = Link::to("self", Some(CONTENT_TYPE), actor);
    itself
        .properties
        .insert("https://www.w3.org/ns/activitystreams#type", view.kind);
    let profile = Link::to(
        "http://webfinger.net/rel/profile-page",
        Some("text/html"),
        view.page.as_str(),
    );
    let mut links = vec![itself, profile];
    if view.kind == "Application" {
        links.push(Link::to(
            "https://www.w3.org/ns/activitystreams#Service",
            Some(CONTENT_TYPE),
            actor,
        ));
    }
    if let Some(template) = view.subscribe_template.as_deref() {
        links.push(Link {
            rel: "http://ostatus.org/schema/1.0/subscribe",
            kind: None,
            href: None,
            template: Some(template),
            properties: BTreeMap::new(),
        });
    }
    let mut aliases = vec![actor];
    if view.page != view.actor {
        aliases.push(view.page.as_str());
    }
    part(&Jrd {
        subject: &view.subject,
        aliases,
        links,
    })
}

/// The host-meta document (XRD), which leads to `WebFinger`.
pub fn host_meta(public_url: &Url) -> String {
    let template = below(public_url, ".well-known/webfinger?resource={uri}");
    format!(
        concat!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
            "<XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n",
            "  <Link rel=\"lrdd\" template=\"{}\"/>\n",
            "</XRD>\n"
        ),
        text::escape(&template)
    )
}

#[derive(Serialize)]
struct Links<'a> {
    links: Vec<Link<'a>>,
}

/// The `NodeInfo` discovery document: 2.1, 2.0, and the server's own actor
/// (FEP-2677).
pub fn nodeinfo_links(public_url: &Url) -> Rendered {
    let (new, old) = (
        below(public_url, "nodeinfo/2.1"),
        below(public_url, "nodeinfo/2.0"),
    );
    part(&Links {
        links: vec![
            Link::to(
                "http://nodeinfo.diaspora.software/ns/schema/2.1",
                None,
                &new,
            ),
            Link::to(
                "http://nodeinfo.diaspora.software/ns/schema/2.0",
                None,
                &old,
            ),
            Link::to(
                "https://www.w3.org/ns/activitystreams#Application",
                Some(CONTENT_TYPE),
                public_url.as_str(),
            ),
        ],
    })
}

/// The version of a `NodeInfo` document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeInfoVersion {
    /// 2.0, which most peers ask for.
    V2_0,
    /// 2.1, with repository and homepage.
    V2_1,
}

/// What the server says of itself.
#[derive(Clone, Debug)]
pub struct NodeInfoView {
    /// The software's version.
    pub version: String,
    /// Where its source is.
    pub repository: Option<Url>,
    /// Its home page.
    pub homepage: Option<Url>,
    /// Whether anybody may sign up.
    pub open_registrations: bool,
    /// Accounts in all.
    pub users: u64,
    /// Accounts active within 30 days.
    pub active_month: u64,
    /// Accounts active within 180 days.
    pub active_half_year: u64,
    /// Threads of local authors.
    pub posts: u64,
    /// Replies of local authors.
    pub comments: u64,
    /// Local communities.
    pub groups: u64,
    /// The server's title.
    pub title: String,
    /// FEPs and features, as told in `FEDERATION.md`.
    pub features: Vec<String>,
}

#[derive(Serialize)]
struct Software<'a> {
    name: &'static str,
    version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<&'a Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    homepage: Option<&'a Url>,
}

#[derive(Serialize)]
struct Services {
    inbound: [&'static str; 0],
    outbound: [&'static str; 0],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Users {
    total: u64,
    active_month: u64,
    #[serde(rename = "activeHalfyear")]
    active_half_year: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Usage {
    users: Users,
    local_posts: u64,
    local_comments: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    node_name: &'a str,
    groups: u64,
    features: &'a [String],
    /// Whose API apps find here: some know nothing but names of software.
    upstream: Upstream,
}

#[derive(Serialize)]
struct Upstream {
    name: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeInfo<'a> {
    version: &'static str,
    software: Software<'a>,
    protocols: [&'static str; 1],
    services: Services,
    open_registrations: bool,
    usage: Usage,
    metadata: Metadata<'a>,
}

/// The `NodeInfo` document; its schema allows repository and homepage in 2.1 only.
pub fn nodeinfo(view: &NodeInfoView, version: NodeInfoVersion) -> Rendered {
    let new = version == NodeInfoVersion::V2_1;
    part(&NodeInfo {
        version: if new { "2.1" } else { "2.0" },
        software: Software {
            name: "archipel",
            version: &view.version,
            repository: view.repository.as_ref().filter(|_| new),
            homepage: view.homepage.as_ref().filter(|_| new),
        },
        protocols: ["activitypub"],
        services: Services {
            inbound: [],
            outbound: [],
        },
        open_registrations: view.open_registrations,
        usage: Usage {
            users: Users {
                total: view.users,
                active_month: view.active_month,
                active_half_year: view.active_half_year,
            },
            local_posts: view.posts,
            local_comments: view.comments,
        },
        metadata: Metadata {
            node_name: &view.title,
            groups: view.groups,
            features: &view.features,
            upstream: Upstream { name: "mastodon" },
        },
    })
}

/// The media type of a `NodeInfo` document of this version.
pub const fn nodeinfo_type(version: NodeInfoVersion) -> &'static str {
    match version {
        NodeInfoVersion::V2_0 => {
            "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.0#\""
        }
        NodeInfoVersion::V2_1 => {
            "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.1#\""
        }
    }
}

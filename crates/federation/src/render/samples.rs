//! The views that the tests write out.
#![expect(clippy::unwrap_used, reason = "tests")]

use archipel_model::{Timestamp, Visibility};
use url::Url;

use super::activity::{AnnounceView, DeleteView};
use super::actor::{GroupView, InstanceView, KeysView, PersonView, PictureView};
use super::discovery::{JrdView, NodeInfoView};
use super::object::{
    Addressing, CommunityView, EmojiView, MediaView, MentionView, ParentView, PostView,
};
use super::special::SpecialView;
use super::tombstone::TombstoneView;
use super::{Json, Language};

pub(super) const GROUP: &str = "https://lab.example/c/tilab";
pub(super) const PERSON: &str = "https://lab.example/u/membre";
pub(super) const REMOTE: &str = "https://mastodon.example/users/membre";

pub(super) fn url(text: &str) -> Url {
    text.parse().unwrap()
}

pub(super) fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

fn noon() -> Timestamp {
    at("2026-11-23T12:00:00Z")
}

fn french() -> Language {
    Language {
        identifier: "fr".to_owned(),
        name: "Français".to_owned(),
    }
}

fn keys(owner: &str) -> KeysView {
    KeysView {
        rsa_id: format!("{owner}#main-key"),
        rsa_pem: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n".to_owned(),
        multikeys: vec![(format!("{owner}#ed25519-key"), "z6MkExample".to_owned())],
    }
}

fn picture(name: &str) -> PictureView {
    PictureView {
        url: url(&format!("https://lab.example/media/{name}")),
        media_type: Some("image/webp".to_owned()),
    }
}

pub(super) fn group() -> GroupView {
    GroupView {
        id: url(GROUP),
        public_url: url("https://lab.example/"),
        handle: "tilab".to_owned(),
        title: "Ti Lab".to_owned(),
        summary_html: Some("<p>Le laboratoire</p>".to_owned()),
        summary_source: Some("Le laboratoire".to_owned()),
        languages: vec![french()],
        posting_restricted: false,
        manually_approves: false,
        discoverable: true,
        sensitive: false,
        also_known_as: Vec::new(),
        moved_to: None,
        icon: Some(picture("icon.webp")),
        image: Some(picture("wide.webp")),
        published: noon(),
        updated: Some(at("2026-11-24T12:00:00Z")),
        keys: keys(GROUP),
    }
}

pub(super) fn person() -> PersonView {
    PersonView {
        id: url(PERSON),
        public_url: url("https://lab.example/"),
        handle: "membre".to_owned(),
        name: Some("Membre".to_owned()),
        summary_html: None,
        bot: false,
        manually_approves: false,
        discoverable: false,
        indexable: false,
        fields: vec![(
            "Site".to_owned(),
            "<a href=\"https://a.example\">a</a>".to_owned(),
        )],
        suspended: false,
        also_known_as: vec![url("https://ancien.example/u/membre")],
        moved_to: None,
        icon: None,
        image: None,
        published: noon(),
        updated: None,
        keys: keys(PERSON),
    }
}

pub(super) fn instance() -> InstanceView {
    InstanceView {
        public_url: url("https://lab.example/"),
        name: "Le labo".to_owned(),
        summary_html: Some("<p>Un serveur</p>".to_owned()),
        published: noon(),
        icon: None,
        keys: keys("https://lab.example/"),
    }
}

pub(super) fn thread() -> PostView {
    PostView {
        id: url("https://lab.example/p/1"),
        url: url("https://lab.example/p/1"),
        author: url(PERSON),
        author_followers: Some(url("https://lab.example/u/membre/followers")),
        community: Some(CommunityView {
            mention: MentionView {
                id: url(GROUP),
                name: "@tilab@lab.example".to_owned(),
            },
        }),
        parent: None,
        title: Some("Portes ouvertes".to_owned()),
        content_html: "<p>Venez &amp; <strong>essayez</strong></p>".to_owned(),
        warning: None,
        sensitive: false,
        language: Some(french()),
        link: Some(url("https://revue.example/article")),
        media: vec![
            MediaView {
                url: url("https://lab.example/media/1.webp"),
                media_type: "image/webp".to_owned(),
                alt: Some("L'établi".to_owned()),
                size: Some((1200, 800)),
                blurhash: Some("UFD]o8IU~qof".to_owned()),
                focus: Some((-0.5, 0.25)),
            },
            MediaView {
                url: url("https://lab.example/media/plan.pdf"),
                media_type: "application/pdf".to_owned(),
                alt: None,
                size: None,
                blurhash: None,
                focus: None,
            },
        ],
        image: Some(url("https://lab.example/media/1.webp")),
        emojis: vec![EmojiView {
            name: "fablab".to_owned(),
            url: url("https://lab.example/media/2.png"),
        }],
        mentions: Vec::new(),
        hashtags: vec![("tilab".to_owned(), url("https://lab.example/tags/tilab"))],
        visibility: Visibility::Public,
        context: Some(url("https://lab.example/p/1/context")),
        comments_enabled: true,
        likes: Some(3),
        shares: Some(0),
        published: noon(),
        updated: Some(at("2026-11-23T12:30:00.500Z")),
        special: SpecialView::Nothing,
    }
}

pub(super) fn reply() -> PostView {
    PostView {
        id: url("https://lab.example/p/2"),
        url: url("https://lab.example/p/2"),
        parent: Some(ParentView {
            id: url("https://mastodon.example/users/membre/statuses/1"),
            author: MentionView {
                id: url(REMOTE),
                name: "@membre@mastodon.example".to_owned(),
            },
        }),
        title: None,
        content_html: "<p>Oui</p>".to_owned(),
        link: None,
        media: Vec::new(),
        image: None,
        hashtags: Vec::new(),
        updated: None,
        ..thread()
    }
}

pub(super) fn announce() -> AnnounceView {
    AnnounceView {
        id: url("https://lab.example/activities/7"),
        actor: url(GROUP),
        published: noon(),
    }
}

pub(super) fn tombstone() -> TombstoneView {
    TombstoneView {
        id: url("https://lab.example/p/1"),
        former_type: Some("Page".to_owned()),
        deleted: Some(noon()),
    }
}

pub(super) fn delete(reason: Option<&str>) -> DeleteView {
    DeleteView {
        id: url("https://lab.example/activities/9"),
        actor: url(PERSON),
        whom: Addressing::public([GROUP.to_owned()]),
        audience: Some(url(GROUP)),
        reason: reason.map(str::to_owned),
        at: noon(),
        gone: tombstone(),
    }
}

/// A follow with odd spacing and an unknown member, as a peer might send it.
pub(super) fn remote_follow() -> Json {
    let text = format!(
        "{{ \"type\":\"Follow\",  \"id\":\"{REMOTE}#f1\",\"actor\":\"{REMOTE}\",\n\"object\":\"{GROUP}\", \"odd\":1.0e1}}"
    );
    Json::from(serde_json::value::RawValue::from_string(text).unwrap())
}

pub(super) fn jrd() -> JrdView {
    JrdView {
        subject: "acct:tilab@lab.example".to_owned(),
        actor: url(GROUP),
        page: url(GROUP),
        kind: "Group",
        subscribe_template: Some("https://lab.example/follow?uri={uri}".to_owned()),
    }
}

pub(super) fn nodeinfo() -> NodeInfoView {
    NodeInfoView {
        version: "0.1.0".to_owned(),
        repository: Some(url("https://forge.example/archipel")),
        homepage: None,
        open_registrations: false,
        users: 12,
        active_month: 5,
        active_half_year: 9,
        posts: 30,
        comments: 120,
        groups: 3,
        title: "Le labo".to_owned(),
        features: vec!["fep-1b12".to_owned(), "fep-844e".to_owned()],
    }
}

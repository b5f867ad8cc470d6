//! Posts: who, to whom, what.

use archipel_model::{Timestamp, Visibility};
use serde_json::json;

use super::{fixture, post, texts};
use crate::parse::{AttachmentKind, ObjectKind, ParseError, limits, object};

const GROUP: &str = "https://lab.example/c/tilab";

#[test]
fn a_mastodon_mention_is_read_whole() {
    let post = post("mastodon/public");
    assert_eq!(post.kind, ObjectKind::Note);
    assert_eq!(
        texts(&post.authors),
        ["https://mastodon.example/users/membre"]
    );
    assert!(post.speaks_for_its_authors());
    assert_eq!(post.mentions.len(), 1);
    assert_eq!(post.mentions[0].href.as_str(), GROUP);
    assert_eq!(post.mentions[0].name.as_deref(), Some("@tilab@lab.example"));
    assert_eq!(post.hashtags, ["ateliers"]);
    assert_eq!(post.language.as_deref(), Some("fr"));
    assert_eq!(post.summary, None);
    assert_eq!(post.in_reply_to, None);
    assert_eq!(post.attachments.len(), 1);
    assert_eq!(post.attachments[0].kind, AttachmentKind::Image);
    assert_eq!(post.attachments[0].alt.as_deref(), Some("Un établi"));
    assert_eq!(
        post.replies.unwrap().as_str(),
        "https://mastodon.example/users/membre/statuses/1/replies"
    );
    assert_eq!(
        post.url.unwrap().as_str(),
        "https://mastodon.example/@membre/1"
    );
}

#[test]
fn visibility_follows_from_the_addressees() {
    for (name, expected) in [
        ("mastodon/public", Visibility::Public),
        ("mastodon/unlisted", Visibility::Unlisted),
        ("mastodon/followers", Visibility::Followers),
        ("mastodon/direct", Visibility::Direct),
        ("peertube/video", Visibility::Public),
        ("gotosocial/create_note", Visibility::Public),
        ("discourse/create", Visibility::Public),
    ] {
        let post = match name {
            "peertube/video" => object(&fixture(name)).unwrap(),
            name => post(name),
        };
        assert_eq!(post.visibility(None), expected, "{name}");
    }
    let followers = post("mastodon/followers");
    assert_eq!(
        followers.visibility(Some("https://mastodon.example/users/membre/followers")),
        Visibility::Followers
    );
    assert_eq!(
        followers.visibility(Some("https://mastodon.example/elsewhere")),
        Visibility::Direct
    );
    for word in ["as:Public", "Public"] {
        let note = json!({"id": "https://m.example/1", "type": "Note", "cc": word});
        assert_eq!(
            object(&note).unwrap().visibility(None),
            Visibility::Unlisted
        );
    }
}

#[test]
fn a_lemmy_page_and_its_comment_are_read() {
    let page = post("lemmy/create_page");
    assert_eq!(page.kind, ObjectKind::Page);
    assert_eq!(page.name.as_deref(), Some("Quelle imprimante ?"));
    assert_eq!(page.source_markdown.as_deref(), Some("Bonjour"));
    assert_eq!(texts(&page.audience), ["https://lemmy.example/c/bidouille"]);
    assert_eq!(page.attachments[0].kind, AttachmentKind::Link);
    assert_eq!(
        page.attachments[0].url.as_str(),
        "https://revue.example/article"
    );
    assert!(page.image.is_some());
    assert_eq!(page.published.unwrap().micros() % 1_000_000, 123_456);
    let comment = post("lemmy/create_note");
    assert_eq!(
        comment.in_reply_to.unwrap().as_str(),
        "https://lemmy.example/post/1"
    );
    assert_eq!(comment.language, None, "und says nothing");
    assert!(comment.updated > comment.published);
}

#[test]
fn piefed_mbin_and_nodebb_posts_are_read() {
    let page = post("piefed/create_page");
    assert_eq!(page.comments_enabled, Some(false));
    assert!(page.sensitive);
    assert_eq!(page.attachments.len(), 2);
    assert!(page.hashtags.is_empty(), "a flair is no hashtag");
    let entry = post("mbin/create_entry");
    assert_eq!(
        entry.content_html.as_deref(),
        Some("<p>Quand semer ?</p>"),
        "contentMap stands in for content"
    );
    assert_eq!(entry.source_markdown, None);
    let article = post("nodebb/create_article");
    assert_eq!(article.kind, ObjectKind::Article);
    assert_eq!(
        article.context.unwrap().as_str(),
        "https://nodebb.example/topic/5"
    );
}

#[test]
fn microblogs_and_blogs_are_read() {
    let note = post("gotosocial/create_note");
    assert_eq!(note.mentions.len(), 1, "a single tag without an array");
    assert_eq!(note.summary, None, "an empty summary is no warning");
    assert_eq!(
        note.published,
        Some(Timestamp::parse_rfc3339("2026-11-23T10:00:00Z").unwrap())
    );
    let article = post("friendica/create_article");
    assert_eq!(article.source_markdown, None, "BBCode is not Markdown");
    assert_eq!(article.attachments[0].kind, AttachmentKind::Link);
    let billet = post("wordpress/create_article");
    assert_eq!(billet.id.as_str(), "https://blog.example/?p=5");
    assert_eq!(billet.attachments[0].alt.as_deref(), Some("Une photo"));
    let topic = post("discourse/create");
    assert_eq!(topic.name.as_deref(), Some("Sujet"));
    assert_eq!(
        texts(&topic.authors),
        ["https://discourse.example/ap/actor/u1"]
    );
}

#[test]
fn people_and_groups_are_told_apart() {
    let video = object(&fixture("peertube/video")).unwrap();
    assert_eq!(video.kind, ObjectKind::Video);
    assert_eq!(
        texts(&video.authors),
        ["https://peertube.example/accounts/membre"]
    );
    assert_eq!(
        texts(&video.groups),
        ["https://peertube.example/video-channels/atelier"]
    );
    assert_eq!(
        video.url.unwrap().as_str(),
        "https://peertube.example/w/v1",
        "the page, not the film"
    );
    let event = post("mobilizon/create_event");
    assert_eq!(event.kind, ObjectKind::Event);
    assert_eq!(texts(&event.authors), ["https://mobilizon.example/@membre"]);
    assert_eq!(texts(&event.groups), ["https://mobilizon.example/@atelier"]);
}

#[test]
fn a1_a_server_speaks_only_for_its_own_authors() {
    for authors in [
        json!("https://v.example/users/bob"),
        json!(["https://e.example/users/eve", "https://v.example/users/bob"]),
        json!({"type": "Person", "id": "https://v.example/users/bob"}),
        json!(null),
    ] {
        let note = json!({"id": "https://e.example/1", "type": "Note", "attributedTo": authors});
        assert!(!object(&note).unwrap().speaks_for_its_authors(), "{note}");
    }
}

#[test]
fn c6_odd_shapes_spoil_only_themselves() {
    let note = json!({
        "id": "https://m.example/1", "type": ["Thing", "Note"],
        "attributedTo": ["https://m.example/u", 7, null],
        "to": [1, "nonsense", {"id": "https://lab.example/c/tilab"}], "cc": {}, "content": ["x"],
        "contentMap": [], "url": [null, {"href": 3}, "https://m.example/page"],
        "tag": [null, 3, "x", {"type": "Mention"}, {"type": "Hashtag", "name": "#"}],
        "attachment": [{"type": "Sorcery"}, {"type": "Image"}, {"type": "Image", "url": ["https://m.example/1.png"]}],
        "published": "999999-01-01T00:00:00Z", "updated": 5, "sensitive": "yes", "inReplyTo": [],
        "name": "un\u{0}\u{7}deux", "language": "fr-FR"
    });
    let post = object(&note).unwrap();
    assert_eq!(post.kind, ObjectKind::Note);
    assert_eq!(texts(&post.authors), ["https://m.example/u"]);
    assert_eq!(texts(&post.to), [GROUP]);
    assert_eq!(post.content_html, None);
    assert_eq!(post.url.unwrap().as_str(), "https://m.example/page");
    assert!(post.mentions.is_empty() && post.hashtags.is_empty());
    assert_eq!(post.attachments.len(), 1);
    assert_eq!((post.published, post.updated), (None, None));
    assert_eq!(post.name.as_deref(), Some("undeux"), "no NUL for databases");
    assert_eq!(post.language.as_deref(), Some("fr-fr"));
}

#[test]
fn an_unreadable_parent_does_not_make_a_thread() {
    let note = json!({"id": "https://m.example/1", "type": "Note", "inReplyTo": "tag:m.example,1"});
    assert_eq!(object(&note), Err(ParseError::Missing("inReplyTo")));
}

#[test]
fn ids_are_addresses_of_acceptable_length() {
    let long = format!("https://m.example/{}", "x".repeat(limits::URL));
    for id in [
        "ftp://m.example/1",
        "javascript:alert(1)",
        "/1",
        "https://u:p@m.example/1",
        long.as_str(),
    ] {
        let note = json!({"id": id, "type": "Note"});
        assert_eq!(object(&note), Err(ParseError::Missing("id")), "{id}");
    }
}

#[test]
fn lists_and_texts_are_cut() {
    let mention = json!({"type": "Mention", "href": GROUP});
    let hashtags = (0..300).map(|n| json!({"type": "Hashtag", "name": format!("#t{n}")}));
    let image = json!({"type": "Image", "url": "https://m.example/1.png"});
    let note = json!({
        "id": "https://m.example/1", "type": "Note",
        "tag": std::iter::repeat_n(mention, 80).chain(hashtags).collect::<Vec<_>>(),
        "attachment": vec![image; 40], "content": "é".repeat(60_000), "name": "n".repeat(900),
    });
    let post = object(&note).unwrap();
    assert_eq!(post.mentions.len(), limits::MENTIONS);
    assert_eq!(post.hashtags.len(), limits::HASHTAGS);
    assert_eq!(post.attachments.len(), limits::ATTACHMENTS);
    assert_eq!(post.content_html.unwrap().chars().count(), limits::CONTENT);
    assert_eq!(post.name.unwrap().len(), limits::NAME);
}

//! Actors, posts, collections, discovery.

use archipel_model::Visibility;
use serde_json::{Value, json};

use super::{keep, tree};
use crate::parse;
use crate::render::collection::{self, Item, OUTBOX_LIMIT, PageView, Replies};
use crate::render::discovery::{self, NodeInfoVersion};
use crate::render::lemmy_strict::{self as strict, read};
use crate::render::samples::{self, GROUP, PERSON, REMOTE, url};
use crate::render::{activity, actor, object, tombstone};

#[test]
fn c04_actors_satisfy_the_strictest_reader() {
    let group = actor::group(&samples::group()).unwrap();
    read::<strict::Group>(&group);
    keep("group", &group);
    let person = actor::person(&samples::person()).unwrap();
    read::<strict::Person>(&person);
    keep("person", &person);
    let instance = actor::instance(&samples::instance()).unwrap();
    read::<strict::Site>(&instance);
    keep("instance", &instance);
    keep(
        "tombstone",
        &tombstone::tombstone(&samples::tombstone()).unwrap(),
    );
    for document in [&group, &person, &instance] {
        let known = parse::actor(&tree(document)).unwrap();
        assert_eq!(known.keys.len(), 2, "our own reader keeps both keys");
        assert_eq!(
            known.shared_inbox.unwrap().as_str(),
            "https://lab.example/inbox"
        );
    }
}

#[test]
fn a_bot_is_a_service() {
    let bot = actor::person(&crate::render::actor::PersonView {
        bot: true,
        ..samples::person()
    });
    assert_eq!(tree(&bot.unwrap())["type"], "Service");
}

#[test]
fn every_term_of_our_own_is_defined() {
    let activity_streams = [
        "@context",
        "id",
        "type",
        "name",
        "summary",
        "source",
        "content",
        "contentMap",
        "mediaType",
        "url",
        "inbox",
        "outbox",
        "followers",
        "following",
        "attributedTo",
        "endpoints",
        "sharedInbox",
        "preferredUsername",
        "published",
        "updated",
        "icon",
        "image",
        "generator",
        "href",
        "to",
        "cc",
        "audience",
        "inReplyTo",
        "attachment",
        "tag",
        "context",
        "replies",
        "likes",
        "shares",
        "totalItems",
        "width",
        "height",
        "object",
        "actor",
        "formerType",
        "deleted",
        "publicKey",
        "owner",
        "publicKeyPem",
    ];
    let documents = [
        actor::group(&samples::group()).unwrap(),
        actor::person(&samples::person()).unwrap(),
        actor::instance(&samples::instance()).unwrap(),
        object::object(&samples::thread()).unwrap(),
        activity::create(&url("https://lab.example/activities/1"), &samples::reply()).unwrap(),
    ];
    for document in documents {
        let document = tree(&document);
        let contexts = document["@context"].as_array().unwrap();
        let terms: Vec<_> = contexts.iter().filter_map(Value::as_object).collect();
        let defined = |key: &String| terms.iter().any(|terms| terms.contains_key(key));
        let mut open = vec![&document];
        while let Some(value) = open.pop() {
            match value {
                Value::Array(list) => open.extend(list),
                Value::Object(map) => {
                    for (key, member) in map {
                        let known = activity_streams.contains(&key.as_str()) || defined(key);
                        assert!(known, "{key} is not defined");
                        if key != "@context" && key != "contentMap" {
                            open.push(member);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

#[test]
fn threads_are_pages_and_replies_are_notes() {
    let thread = object::object(&samples::thread()).unwrap();
    read::<strict::Page>(&thread);
    keep("page", &thread);
    let reply = object::object(&samples::reply()).unwrap();
    read::<strict::Note>(&reply);
    keep("note", &reply);
    let untitled = object::object(&object::PostView {
        title: None,
        ..samples::thread()
    });
    let untitled = tree(&untitled.unwrap());
    assert_eq!(untitled["type"], "Note");
    assert!(untitled.get("summary").is_none(), "it would be a warning");
}

#[test]
fn our_own_reader_reads_what_we_write() {
    for view in [samples::thread(), samples::reply()] {
        let read = parse::object(&tree(&object::object(&view).unwrap())).unwrap();
        assert_eq!(read.id, view.id);
        assert_eq!(read.authors, std::slice::from_ref(&view.author));
        assert!(read.speaks_for_its_authors());
        assert_eq!(read.name, view.title);
        assert_eq!(read.in_reply_to, view.parent.map(|parent| parent.id));
        assert_eq!(read.content_html, Some(view.content_html));
        assert_eq!(read.audience, [url(GROUP)]);
        assert_eq!(
            (read.published, read.updated),
            (Some(view.published), view.updated)
        );
        assert_eq!(read.language.as_deref(), Some("fr"));
    }
}

#[test]
fn visibility_survives_and_what_is_not_public_names_no_community() {
    for visibility in [
        Visibility::Public,
        Visibility::Unlisted,
        Visibility::Followers,
        Visibility::Direct,
    ] {
        for view in [samples::thread(), samples::reply()] {
            let view = object::PostView { visibility, ..view };
            let document = tree(&object::object(&view).unwrap());
            let read = parse::object(&document).unwrap();
            let followers = view.author_followers.as_ref().map(url::Url::as_str);
            assert_eq!(read.visibility(followers), visibility);
            let names_it = document.to_string().contains(GROUP);
            assert_eq!(names_it, visibility.may_be_announced(), "{document}");
        }
    }
    let unlisted = object::PostView {
        visibility: Visibility::Unlisted,
        ..samples::reply()
    };
    keep("note_unlisted", &object::object(&unlisted).unwrap());
}

#[test]
fn a_warning_takes_the_place_of_the_excerpt_and_is_escaped() {
    let warned = object::PostView {
        warning: Some("<b>chimie</b>".to_owned()),
        ..samples::thread()
    };
    let document = tree(&object::object(&warned).unwrap());
    assert_eq!(document["summary"], "&lt;b&gt;chimie&lt;/b&gt;");
    assert_eq!(document["sensitive"], true);
    let long = object::PostView {
        content_html: format!("<p>{}</p>", "mot ".repeat(400)),
        ..samples::thread()
    };
    let document = tree(&object::object(&long).unwrap());
    let excerpt = document["summary"].as_str().unwrap();
    assert!(excerpt.ends_with("[…]") && excerpt.chars().count() <= object::EXCERPT);
}

#[test]
fn nobody_is_named_twice_nor_the_author_to_themselves() {
    let mut view = samples::reply();
    view.emojis.clear();
    view.parent.as_mut().unwrap().author.id = url(PERSON);
    view.mentions = vec![
        object::MentionView {
            id: url(GROUP),
            name: "@tilab@lab.example".to_owned(),
        },
        object::MentionView {
            id: url(REMOTE),
            name: "@membre@mastodon.example".to_owned(),
        },
    ];
    let document = tree(&object::object(&view).unwrap());
    assert_eq!(
        document["cc"],
        json!([GROUP, REMOTE, "https://lab.example/u/membre/followers"])
    );
    assert_eq!(document["tag"].as_array().unwrap().len(), 2);
}

#[test]
fn c65_the_outbox_is_in_one_piece_and_short() {
    let create = activity::create(&url("https://lab.example/activities/1"), &samples::thread());
    let announce = activity::announce_wrapped(&samples::announce(), &create.unwrap()).unwrap();
    let id = url("https://lab.example/c/tilab/outbox");
    let outbox = collection::outbox(&id, 1, &[Item::Embedded(announce.clone())]).unwrap();
    read::<strict::Outbox>(&outbox);
    keep("outbox", &outbox);
    let many = vec![Item::Embedded(announce); OUTBOX_LIMIT + 10];
    let outbox = tree(&collection::outbox(&id, 75, &many).unwrap());
    assert_eq!(
        outbox["orderedItems"].as_array().unwrap().len(),
        OUTBOX_LIMIT
    );
    assert_eq!(outbox["totalItems"], 75);
}

#[test]
fn collections_have_the_shape_that_each_reader_wants() {
    let followers = collection::counted(&url("https://lab.example/c/tilab/followers"), 42);
    let followers = followers.unwrap();
    read::<strict::Followers>(&followers);
    keep("followers", &followers);
    let moderators = collection::moderators(
        &url("https://lab.example/c/tilab/moderators"),
        &[url(PERSON), url(REMOTE)],
    )
    .unwrap();
    read::<strict::Moderators>(&moderators);
    keep("moderators", &moderators);
    let featured = collection::ordered(
        &url("https://lab.example/c/tilab/featured"),
        &[Item::Embedded(
            object::object_part(&samples::thread()).unwrap(),
        )],
    )
    .unwrap();
    read::<strict::Featured>(&featured);
    keep("featured", &featured);
    let context = collection::context(
        &url("https://lab.example/p/1/context"),
        &url(GROUP),
        &[
            url("https://lab.example/p/1"),
            url("https://lab.example/p/2"),
        ],
    );
    keep("context", &context.unwrap());
}

#[test]
fn c66_replies_are_whole_or_in_pages() {
    let id = url("https://lab.example/p/1/replies");
    let all = Replies::All(vec![
        Item::Embedded(object::object_part(&samples::reply()).unwrap()),
        Item::Id(url("https://mastodon.example/users/membre/statuses/3")),
    ]);
    keep("replies", &collection::replies(&id, &all).unwrap());
    let first = PageView {
        id: url("https://lab.example/p/1/replies?page=1"),
        part_of: id.clone(),
        total: 450,
        items: vec![Item::Id(url("https://lab.example/p/2"))],
        next: Some(url("https://lab.example/p/1/replies?page=2")),
    };
    keep("replies_page", &collection::page(&first).unwrap());
    keep(
        "replies_paged",
        &collection::replies(&id, &Replies::Paged(Box::new(first))).unwrap(),
    );
}

#[test]
fn c01_discovery_has_one_self_link() {
    let jrd = discovery::jrd(&samples::jrd()).unwrap();
    keep("jrd", &jrd);
    let answer: activitypub_federation::fetch::webfinger::Webfinger =
        serde_json::from_str(jrd.get()).unwrap();
    let own: Vec<_> = answer
        .links
        .iter()
        .filter(|link| link.rel.as_deref() == Some("self"))
        .collect();
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].href, Some(url(GROUP)));
    let public = url("https://lab.example/");
    insta::assert_snapshot!(discovery::host_meta(&public), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">
      <Link rel="lrdd" template="https://lab.example/.well-known/webfinger?resource={uri}"/>
    </XRD>
    "#);
    keep(
        "nodeinfo_links",
        &discovery::nodeinfo_links(&public).unwrap(),
    );
    for (name, version) in [
        ("nodeinfo_2_0", NodeInfoVersion::V2_0),
        ("nodeinfo_2_1", NodeInfoVersion::V2_1),
    ] {
        keep(
            name,
            &discovery::nodeinfo(&samples::nodeinfo(), version).unwrap(),
        );
    }
}

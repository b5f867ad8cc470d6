//! Actors and their keys.

use archipel_model::ActorKind;
use serde_json::json;

use super::{actor, fixture, texts, with};
use crate::parse::{KeyMaterial, Moderators, ParseError, key_document};

#[test]
fn a_mastodon_person_is_read() {
    let person = actor("mastodon/actor");
    assert_eq!(person.kind, ActorKind::Person);
    assert_eq!(person.username, "membre");
    assert!(person.manually_approves && !person.discoverable);
    assert_eq!(
        person.shared_inbox.unwrap().as_str(),
        "https://mastodon.example/inbox"
    );
    assert_eq!(person.keys.len(), 2);
    assert!(matches!(person.keys[0].material, KeyMaterial::Pem(_)));
    assert_eq!(
        person.keys[1].material,
        KeyMaterial::Multibase("z6MkExample".to_owned())
    );
    assert_eq!(
        texts(&person.also_known_as),
        ["https://ancien.example/users/membre"]
    );
}

#[test]
fn communities_name_their_moderators_in_three_ways() {
    let lemmy = actor("lemmy/group");
    assert_eq!(
        lemmy.moderators.unwrap(),
        Moderators::Collection(
            "https://lemmy.example/c/bidouille/moderators"
                .parse()
                .unwrap()
        )
    );
    assert!(lemmy.discoverable, "absent means public");
    assert_eq!(lemmy.shared_inbox, None, "its inbox is the shared one");
    let channel = actor("peertube/channel");
    let Some(Moderators::Listed(people)) = channel.moderators else {
        panic!("listed inline")
    };
    assert_eq!(texts(&people), ["https://peertube.example/accounts/membre"]);
    assert_eq!(
        channel.url.unwrap().as_str(),
        "https://peertube.example/c/atelier"
    );
    let blog = actor("wordpress/blog");
    assert!(blog.posting_restricted);
    assert_eq!(blog.username, "blog.example");
    let category = actor("discourse/category");
    assert_eq!(category.moderators, None);
    assert_eq!(
        category.shared_inbox.unwrap().as_str(),
        "https://discourse.example/ap/users/inbox",
        "as a top-level member"
    );
}

#[test]
fn a_server_without_a_name_is_named_after_its_host() {
    let site = actor("lemmy/site");
    assert_eq!(site.kind, ActorKind::Application);
    assert_eq!(site.username, "lemmy.example");
}

#[test]
fn an_inbox_elsewhere_is_refused_and_other_addresses_elsewhere_are_dropped() {
    let inbox = with("mastodon/actor", "inbox", json!("https://v.example/inbox"));
    assert_eq!(
        crate::parse::actor(&inbox),
        Err(ParseError::ForeignOrigin("inbox"))
    );
    let mut elsewhere = fixture("mastodon/actor");
    elsewhere["endpoints"]["sharedInbox"] = json!("https://v.example/inbox");
    for key in ["outbox", "followers", "following", "featured"] {
        elsewhere[key] = json!("https://v.example/x");
    }
    let read = crate::parse::actor(&elsewhere).unwrap();
    assert_eq!(read.shared_inbox, None);
    assert_eq!(
        (read.outbox, read.followers, read.following, read.featured),
        (None, None, None, None)
    );
}

#[test]
fn keys_of_others_are_dropped() {
    let pem = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
    let me = "https://mastodon.example/users/membre";
    for key in [
        json!({"id": "https://v.example/k", "owner": me, "publicKeyPem": pem}),
        json!({"id": format!("{me}#main-key"), "owner": "https://mastodon.example/users/autre", "publicKeyPem": pem}),
        json!({"id": format!("{me}#main-key"), "owner": me, "publicKeyPem": "A".repeat(9_000)}),
        json!({"id": format!("{me}#main-key"), "owner": me}),
        json!("https://mastodon.example/users/membre#main-key"),
    ] {
        let document = with("mastodon/actor", "publicKey", key.clone());
        let read = crate::parse::actor(&document).unwrap();
        assert_eq!(read.keys.len(), 1, "only the Multikey is left: {key}");
    }
    let several = json!([
        {"id": format!("{me}#a"), "owner": me, "publicKeyPem": pem},
        {"id": format!("{me}#b"), "publicKeyPem": pem},
    ]);
    let document = with("mastodon/actor", "publicKey", several);
    assert_eq!(crate::parse::actor(&document).unwrap().keys.len(), 3);
}

#[test]
fn key_documents_are_stubs_or_bare_keys() {
    let stub = fixture("gotosocial/key_stub");
    assert_eq!(
        crate::parse::actor(&stub),
        Err(ParseError::Missing("inbox"))
    );
    let read = key_document(&stub).unwrap();
    assert_eq!(read.owner.as_str(), "https://gts.example/users/membre");
    assert!(read.from_owner);
    assert_eq!(
        read.keys[0].id.as_str(),
        "https://gts.example/users/membre/main-key"
    );

    let bare = json!({"id": "https://a.example/k", "type": "Key", "owner": "https://a.example/u", "publicKeyPem": "x"});
    let read = key_document(&bare).unwrap();
    assert!(!read.from_owner && read.keys.len() == 1);
    let multikey = json!({"id": "https://a.example/k", "type": "Multikey", "controller": "https://a.example/u", "publicKeyMultibase": "z6Mk"});
    assert_eq!(key_document(&multikey).unwrap().keys.len(), 1);
    for stranger in [
        json!({"id": "https://a.example/k", "owner": "https://b.example/u", "publicKeyPem": "x"}),
        json!({"id": "https://a.example/k", "publicKeyPem": "x"}),
        json!({"id": "https://a.example/u", "type": "Person"}),
        json!([]),
    ] {
        assert!(key_document(&stranger).is_err(), "{stranger}");
    }
}

#[test]
fn a21_names_are_plain_words() {
    let long = "x".repeat(2_048);
    for name in [
        "a@b",
        "a/b",
        "a\u{202e}b",
        "a b",
        "",
        "a:b",
        "a\u{0}b",
        &long,
    ] {
        let document = with("mastodon/actor", "preferredUsername", json!(name));
        assert_eq!(
            crate::parse::actor(&document),
            Err(ParseError::Unacceptable("preferredUsername")),
            "{name:?}"
        );
    }
    for name in ["élise", "a.b-c_d", "blog.example"] {
        let document = with("mastodon/actor", "preferredUsername", json!(name));
        assert_eq!(crate::parse::actor(&document).unwrap().username, name);
    }
}

#[test]
fn a_post_is_not_an_actor() {
    let note = json!({"id": "https://a.example/1", "type": "Note", "inbox": "https://a.example/i"});
    assert_eq!(
        crate::parse::actor(&note),
        Err(ParseError::UnexpectedType("Note".to_owned()))
    );
}

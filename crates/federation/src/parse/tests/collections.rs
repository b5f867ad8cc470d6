//! Collections and their pages.

use serde_json::{Value, json};

use super::{fixture, texts};
use crate::parse::{AnnounceOf, Deed, ParseError, collection, limits};

#[test]
fn moderators_are_ids_or_actors() {
    let read = collection(&json!({
        "id": "https://l.example/c/x/moderators", "type": "OrderedCollection", "totalItems": 3,
        "orderedItems": ["https://l.example/u/a", {"type": "Person", "id": "https://m.example/u/b"}, 7]
    }))
    .unwrap();
    let ids: Vec<_> = read.ids().cloned().collect();
    assert_eq!(
        texts(&ids),
        ["https://l.example/u/a", "https://m.example/u/b"]
    );
    assert_eq!(read.total, Some(3));
}

#[test]
fn an_outbox_is_read_through_to_what_its_announces_carry() {
    let outbox = json!({
        "id": "https://lemmy.example/c/bidouille/outbox", "type": "OrderedCollection",
        "orderedItems": [fixture("lemmy/create_page"), fixture("lemmy/announce_page"), {"type": "Announce"}]
    });
    let read = collection(&outbox).unwrap();
    assert_eq!(read.items.len(), 2, "the unreadable one is left out");
    for item in &read.items {
        let AnnounceOf::Activity(activity) = item else {
            panic!("{item:?}")
        };
        assert!(
            matches!(activity.deed, Deed::Create(_)),
            "an announce is read through to what it carries"
        );
    }
}

#[test]
fn pages_are_followed_on_the_same_server_only() {
    let replies = fixture("mastodon/public")["object"]["replies"].take();
    let read = collection(&replies).unwrap();
    assert!(read.first.is_none());
    let first = read.first_page.unwrap();
    assert!(first.id.is_none() && first.items.is_empty());
    assert!(first.next.unwrap().as_str().ends_with("replies?page=true"));

    let elsewhere = json!({
        "id": "https://a.example/1", "type": "Collection",
        "first": "https://v.example/page", "next": "https://v.example/next"
    });
    let read = collection(&elsewhere).unwrap();
    assert_eq!((read.first, read.next), (None, None));
}

#[test]
fn long_lists_are_cut_and_other_documents_refused() {
    let items: Vec<Value> = (0..500)
        .map(|n| json!(format!("https://a.example/{n}")))
        .collect();
    let long = json!({"id": "https://a.example/1", "type": "Collection", "items": items});
    assert_eq!(collection(&long).unwrap().items.len(), limits::BATCH);
    let note = json!({"id": "https://a.example/1", "type": "Note"});
    assert_eq!(
        collection(&note),
        Err(ParseError::UnexpectedType("Note".to_owned()))
    );
}

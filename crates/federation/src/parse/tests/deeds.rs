//! Activities: who did what to what.

use serde_json::{Value, json};

use super::{activity, fixture, refused, texts, with};
use crate::parse::{AnnounceOf, Deed, ObjectRef, ParseError, UndoOf, raw};

const GROUP: &str = "https://lab.example/c/tilab";
const PAGE: &str = "https://lemmy.example/post/1";

fn deed(path: &str) -> Deed {
    activity(path).deed
}

/// A short name for what an activity turned out to be.
fn name(deed: &Deed) -> String {
    let full = format!("{deed:?}");
    full.split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn every_activity_is_told_by_its_type() {
    for (path, expected) in [
        ("mastodon/public", "Create"),
        ("mastodon/question", "Create"),
        ("mastodon/update_person", "Update"),
        ("lemmy/dislike", "Dislike"),
        ("lemmy/resolve", "Resolve"),
        ("mobilizon/join", "Follow"),
        ("mobilizon/leave", "Undo"),
        ("peertube/announce_video", "Announce"),
    ] {
        assert_eq!(name(&deed(path)), expected, "{path}");
    }
    let several = with("mastodon/like", "type", json!(["Thing", "Like"]));
    assert_eq!(
        name(&crate::parse::activity(&several).unwrap().deed),
        "Like"
    );
}

#[test]
fn follows_come_with_and_without_to() {
    for path in ["mastodon/follow", "lemmy/follow", "mobilizon/join"] {
        let Deed::Follow { object } = deed(path) else {
            panic!("{path}")
        };
        assert_eq!(object.as_str(), GROUP);
    }
}

#[test]
fn answers_to_follows_are_embedded_or_ids() {
    for path in ["lemmy/accept", "piefed/accept"] {
        let Deed::Accept(follow) = deed(path) else {
            panic!("{path}")
        };
        assert!(follow.may_be_follow());
        assert_eq!(
            follow.actor.unwrap().as_str(),
            "https://lab.example/u/membre"
        );
        assert!(follow.object.is_some() && follow.id.is_some());
    }
    let Deed::Accept(follow) = deed("mbin/accept") else {
        panic!("an id")
    };
    assert!(follow.may_be_follow() && follow.actor.is_none());
    let other = with(
        "lemmy/accept",
        "object",
        json!({"type": "Announce", "id": "https://lab.example/1"}),
    );
    let Deed::Accept(answer) = crate::parse::activity(&other).unwrap().deed else {
        panic!("accept")
    };
    assert!(!answer.may_be_follow());
}

#[test]
fn c21_undo_tells_actor_and_object() {
    for path in ["mastodon/undo_follow", "lemmy/undo_follow"] {
        let incoming = activity(path);
        let Deed::Undo(UndoOf::Follow { actor, object, .. }) = incoming.deed else {
            panic!("{path}")
        };
        assert_eq!(actor, Some(incoming.actor));
        assert_eq!(object.as_str(), GROUP);
    }
    let Deed::Undo(UndoOf::Like { object, .. }) = deed("lemmy/undo_like") else {
        panic!("like")
    };
    assert_eq!(object.as_str(), PAGE);
    let Deed::Undo(UndoOf::Block { target, .. }) = deed("lemmy/undo_block") else {
        panic!("block")
    };
    assert!(target.is_some());
    assert!(matches!(
        deed("lemmy/undo_remove"),
        Deed::Undo(UndoOf::Delete { .. })
    ));
    let by_id = with(
        "lemmy/undo_like",
        "object",
        json!("https://lemmy.example/a/1"),
    );
    assert!(matches!(
        crate::parse::activity(&by_id).unwrap().deed,
        Deed::Undo(UndoOf::ById(_))
    ));
}

#[test]
fn c45_deletes_come_in_three_shapes() {
    let Deed::Delete {
        tombstone, summary, ..
    } = deed("mastodon/delete")
    else {
        panic!("delete")
    };
    assert!(tombstone && summary.is_none());
    let Deed::Delete {
        object, summary, ..
    } = deed("lemmy/delete")
    else {
        panic!("delete")
    };
    assert_eq!((object.as_str(), summary), (PAGE, None));
    let Deed::Delete {
        summary,
        with_replies,
        ..
    } = deed("lemmy/remove")
    else {
        panic!("delete")
    };
    assert_eq!(summary.as_deref(), Some(""), "its presence is the switch");
    assert!(with_replies);
    let incoming = activity("mastodon/delete_actor");
    let Deed::Delete { object, .. } = incoming.deed else {
        panic!("delete")
    };
    assert_eq!(object, incoming.actor);
}

#[test]
fn announces_carry_ids_activities_posts_and_batches() {
    let carried = |path: &str| match deed(path) {
        Deed::Announce(what) => what,
        other => panic!("{path}: {other:?}"),
    };
    for path in [
        "mastodon/boost",
        "nodebb/announce_id",
        "peertube/announce_video",
    ] {
        assert!(matches!(carried(path), AnnounceOf::Id(_)), "{path}");
    }
    let AnnounceOf::Activity(inner) = carried("lemmy/announce_page") else {
        panic!("activity")
    };
    assert_eq!(inner.actor.as_str(), "https://lemmy.example/u/membre");
    assert!(matches!(inner.deed, Deed::Create(_)));
    assert!(matches!(
        carried("lemmy/announce_bare_page"),
        AnnounceOf::Object(_)
    ));
    let AnnounceOf::Batch(posts) = carried("discourse/announce_topic") else {
        panic!("batch")
    };
    assert_eq!(posts.len(), 2);
    let AnnounceOf::Batch(votes) = carried("piefed/votes") else {
        panic!("batch")
    };
    assert_eq!(votes.len(), 2, "the unreadable vote is left out");
}

#[test]
fn an_announced_announce_is_unwrapped_once() {
    let Deed::Announce(AnnounceOf::Activity(inner)) = deed("discourse/announce_announce") else {
        panic!("unwrapped")
    };
    assert!(matches!(inner.deed, Deed::Create(_)));
    let deeper = json!({
        "id": "https://d.example/1", "type": "Announce", "actor": "https://d.example/g",
        "object": fixture("discourse/announce_announce"),
    });
    assert_eq!(refused(&deeper), ParseError::TooDeep);
}

#[test]
fn actors_come_as_objects() {
    assert_eq!(
        activity("discourse/create").actor.as_str(),
        "https://discourse.example/ap/actor/u1"
    );
    let two = with(
        "mastodon/like",
        "actor",
        json!(["https://a.example/1", "https://b.example/2"]),
    );
    assert_eq!(refused(&two), ParseError::Missing("actor"));
}

#[test]
fn an_actor_in_an_update_is_to_be_fetched() {
    let Deed::Update(what) = deed("mastodon/update_person") else {
        panic!("update")
    };
    assert_eq!(
        what,
        ObjectRef::Actor("https://mastodon.example/users/membre".parse().unwrap())
    );
}

#[test]
fn a_post_without_addressees_has_those_of_its_activity() {
    let mut create = fixture("mastodon/public");
    let object = create["object"].as_object_mut().unwrap();
    object.remove("to");
    object.remove("cc");
    let read = crate::parse::activity(&create).unwrap();
    let Deed::Create(ObjectRef::Embedded(post)) = read.deed else {
        panic!("create")
    };
    assert_eq!((post.to, post.cc), (read.to, read.cc));
    create["object"]["to"] = json!([]);
    let Deed::Create(ObjectRef::Embedded(post)) = crate::parse::activity(&create).unwrap().deed
    else {
        panic!("create")
    };
    assert!(post.to.is_empty(), "an empty list is an answer");
}

#[test]
fn moderation_is_read() {
    let Deed::Add {
        target, carried, ..
    } = deed("lemmy/add_mod")
    else {
        panic!("add")
    };
    assert!(target.unwrap().path().ends_with("/moderators") && carried.is_none());
    let Deed::Remove { target, .. } = deed("lemmy/unpin") else {
        panic!("remove")
    };
    assert!(target.unwrap().path().ends_with("/featured"));
    let Deed::Block {
        expires,
        remove_data,
        summary,
        ..
    } = deed("lemmy/block")
    else {
        panic!("block")
    };
    assert!(expires.is_some() && remove_data && summary.is_some());
    let Deed::Lock { summary, .. } = deed("lemmy/lock") else {
        panic!("lock")
    };
    assert_eq!(summary.as_deref(), Some("terminé"));
    for (path, count, reason) in [
        ("lemmy/report", 1, "hors sujet"),
        ("mbin/flag", 2, "doublon"),
        ("mastodon/flag", 2, "Publicité"),
    ] {
        let Deed::Flag {
            objects,
            reason: why,
        } = deed(path)
        else {
            panic!("{path}")
        };
        assert_eq!((objects.len(), why.as_deref()), (count, Some(reason)));
    }
    let Deed::Resolve { flag, object } = deed("lemmy/resolve") else {
        panic!("resolve")
    };
    assert!(flag.is_some() && object.is_none());
    let whole = with("lemmy/resolve", "object", fixture("lemmy/report"));
    let Deed::Resolve { object, .. } = crate::parse::activity(&whole).unwrap().deed else {
        panic!("resolve")
    };
    assert_eq!(object.unwrap().as_str(), "https://lemmy.example/post/1");
    for path in ["mastodon/move", "piefed/move"] {
        assert!(matches!(deed(path), Deed::Move { .. }), "{path}");
    }
}

#[test]
fn an_add_may_carry_the_whole_post() {
    let wall = json!({
        "id": "https://s.example/1", "type": "Add", "actor": "https://s.example/g",
        "target": {"type": "Collection", "id": "https://s.example/g/wall"},
        "object": {"id": "https://s.example/p", "type": "Note", "content": "x"},
    });
    let Deed::Add { carried, .. } = crate::parse::activity(&wall).unwrap().deed else {
        panic!("add")
    };
    assert!(matches!(carried.as_deref(), Some(AnnounceOf::Object(_))));
}

#[test]
fn what_is_needed_is_asked_for() {
    for (key, what) in [
        ("id", ParseError::Missing("id")),
        ("type", ParseError::Missing("type")),
        ("actor", ParseError::Missing("actor")),
        ("object", ParseError::Missing("object")),
    ] {
        assert_eq!(refused(&with("mastodon/like", key, Value::Null)), what);
    }
    assert_eq!(refused(&json!([1])), ParseError::NotAnObject);
    let nested = with("mastodon/public", "object", fixture("lemmy/like"));
    assert!(matches!(refused(&nested), ParseError::UnexpectedType(_)));
}

#[test]
fn addressees_are_read_once_each() {
    let doubled = with(
        "mastodon/boost",
        "to",
        json!([
            "as:Public",
            "Public",
            "https://www.w3.org/ns/activitystreams#Public"
        ]),
    );
    let read = crate::parse::activity(&doubled).unwrap();
    assert_eq!(
        texts(&read.to),
        ["https://www.w3.org/ns/activitystreams#Public"]
    );
}

#[test]
fn c33_inner_bytes_are_those_that_were_sent() {
    let inner = "{ \"z\":1,\"id\" : \"x\",\n\t\"content\":\"\\u00e9\\/\",\"n\":1.0e2 }";
    let body = format!(
        "{{\"type\":\"Announce\",\"other\":{{\"object\":0}}, \"object\" :  {inner} ,\"to\":[]}}"
    );
    assert_eq!(raw::object_bytes(&body).unwrap().get(), inner);
    assert_eq!(raw::member(&body, "to").unwrap().get(), "[]");
    assert!(raw::member(&body, "cc").is_none());
    for bad in [
        r#"{"object":1,"object":2}"#,
        r#"{"object":1,"obj\u0065ct":2}"#,
        r#"{"object":1} x"#,
        r#"[{"object":1}]"#,
        r#"{"object":"#,
        "",
    ] {
        assert!(raw::object_bytes(bad).is_none(), "{bad}");
    }
}

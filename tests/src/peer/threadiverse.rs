//! What Lemmy says (`crates/apub/assets`), and PieFed and others like it.

use serde_json::{Value, json};

use super::mastodon::Posted;
use super::person::Person;
use crate::{PUBLIC, clock};

const CONTEXT: [&str; 2] = [
    "https://join-lemmy.org/context.json",
    "https://www.w3.org/ns/activitystreams",
];

/// A thread in a remote community: `Create{Page}`. A `title` of `None` leaves
/// `name` out.
pub fn page(author: &Person, group: &str, title: Option<&str>, body: &str) -> Posted {
    let id = author
        .peer()
        .url(&format!("/post/{}", author.peer().serial()));
    let mut object = json!({
        "type": "Page",
        "id": id,
        "attributedTo": author.id,
        "to": [group, PUBLIC],
        "cc": [],
        "audience": group,
        "name": title,
        "content": format!("<p>{body}</p>\n"),
        "mediaType": "text/html",
        "source": { "content": body, "mediaType": "text/markdown" },
        "attachment": [],
        "sensitive": false,
        "language": { "identifier": "fr", "name": "Français" },
        "published": clock::rfc3339(clock::now()),
    });
    if title.is_none() {
        object.as_object_mut().expect("an object").remove("name");
    }
    wrap(author, group, &[group, PUBLIC], &[], object)
}

/// A comment: `Create{Note}` with `inReplyTo`.
pub fn comment(
    author: &Person,
    group: &str,
    parent: &str,
    parent_author: &str,
    body: &str,
) -> Posted {
    let id = author
        .peer()
        .url(&format!("/comment/{}", author.peer().serial()));
    let cc = [group, parent_author];
    let object = json!({
        "type": "Note",
        "id": id,
        "attributedTo": author.id,
        "to": [PUBLIC],
        "cc": cc,
        "audience": group,
        "content": format!("<p>{body}</p>\n"),
        "mediaType": "text/html",
        "source": { "content": body, "mediaType": "text/markdown" },
        "inReplyTo": parent,
        "distinguished": false,
        "language": { "identifier": "fr", "name": "Français" },
        "published": clock::rfc3339(clock::now()),
        "tag": [{ "type": "Mention", "href": parent_author, "name": "@author" }],
    });
    wrap(author, group, &[PUBLIC], &cc, object)
}

fn wrap(author: &Person, group: &str, to: &[&str], cc: &[&str], object: Value) -> Posted {
    let id = crate::surface::id_of(&object);
    let activity = author.activity_id("create");
    let create = json!({
        "@context": CONTEXT,
        "id": activity,
        "type": "Create",
        "actor": author.id,
        "to": to,
        "cc": cc,
        "audience": group,
        "object": object,
    });
    let mut served = object;
    served["@context"] = json!(CONTEXT);
    author.peer().serve(&id, served);
    // Lemmy serves its activities to anybody.
    author.peer().serve(&activity, create.clone());
    Posted {
        id,
        activity,
        create,
    }
}

/// A Follow as Lemmy sends it: with `to`.
pub fn follow(person: &Person, group: &str) -> Value {
    json!({
        "@context": CONTEXT,
        "id": person.activity_id("follow"),
        "type": "Follow",
        "actor": person.id,
        "to": [group],
        "object": group,
    })
}

/// Undo of a Follow as Lemmy sends it: the inner Follow has a new id.
pub fn undo_follow(person: &Person, group: &str) -> Value {
    json!({
        "@context": CONTEXT,
        "id": person.activity_id("undo"),
        "type": "Undo",
        "actor": person.id,
        "to": [group],
        "object": {
            "id": person.activity_id("follow"),
            "type": "Follow",
            "actor": person.id,
            "to": [group],
            "object": group,
        },
    })
}

/// An activity of a member announced by a group of this peer.
pub fn announce(group: &Person, activity: &Value) -> Value {
    json!({
        "@context": CONTEXT,
        "id": group.activity_id("announce"),
        "type": "Announce",
        "actor": group.id,
        "to": [PUBLIC],
        "cc": [format!("{}/followers", group.id)],
        "object": activity,
    })
}

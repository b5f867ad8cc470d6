//! Reports in the five dialects they are said in.

use serde_json::{Value, json};

use super::person::Person;

/// Lemmy: a person to the community, of one post.
pub fn lemmy(by: &Person, group: &str, post: &str, reason: &str) -> Value {
    json!({
        "@context": ["https://join-lemmy.org/context.json", "https://www.w3.org/ns/activitystreams"],
        "id": by.activity_id("flag"), "type": "Flag", "actor": by.id,
        "to": [group], "object": post, "summary": reason,
    })
}

/// PieFed: the same, with `audience`.
pub fn piefed(by: &Person, group: &str, post: &str, reason: &str) -> Value {
    let mut flag = lemmy(by, group, post, reason);
    flag["audience"] = json!(group);
    flag
}

/// Mbin: the post and its author, the reason twice.
pub fn mbin(by: &Person, group: &str, post: &str, author: &str, reason: &str) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": by.activity_id("report"), "type": "Flag", "actor": by.id,
        "object": [post, author], "audience": group, "summary": reason, "content": reason,
        "to": [group],
    })
}

/// Mastodon: its own server's actor, the account, then statuses; no addressee.
pub fn mastodon(server: &Person, account: &str, statuses: &[&str], comment: &str) -> Value {
    let mut objects = vec![account];
    objects.extend(statuses);
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": server.peer().url(&format!("/{:08x}", server.peer().serial())),
        "type": "Flag", "actor": server.id, "content": comment, "object": objects,
    })
}

/// NodeBB: a person, a list, `content` alone.
pub fn nodebb(by: &Person, post: &str, reason: &str) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": format!("{}#activity/flag/{}", by.id, by.peer().serial()),
        "type": "Flag", "actor": by.id, "object": [post], "content": reason,
    })
}

/// Lemmy 1.0: a moderator closes a report.
pub fn resolve(by: &Person, group: &str, flag: &Value) -> Value {
    json!({
        "id": by.activity_id("resolve"), "type": "Resolve", "actor": by.id,
        "to": [group], "object": flag,
    })
}

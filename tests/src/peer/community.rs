//! A community that lives on a scripted peer: it lets people in, announces, and shows
//! what was said there before.

use serde_json::{Value, json};

use super::person::Person;
use super::{Peer, threadiverse};
use crate::wait::{PATIENCE, eventually};
use crate::{Lab, PUBLIC};

/// A community of a peer.
#[derive(Clone, Debug)]
pub struct Community {
    /// Its actor.
    pub group: Person,
}

impl Peer {
    /// A community with its collections, empty so far.
    pub fn community(&self, name: &str) -> Community {
        let group = self.group(name);
        let community = Community { group };
        let mut document = self.document(&community.group.id);
        for list in ["featured", "followers", "moderators"] {
            document[list] = json!(community.url(list));
        }
        document["attributedTo"] = document["moderators"].clone();
        self.serve(&community.group.id, document);
        for list in ["featured", "moderators", "outbox"] {
            community.lists(list, &[]);
        }
        community
    }

    /// What is served at an address here.
    fn document(&self, url: &str) -> Value {
        let path = url.strip_prefix(self.base()).expect("an address here");
        let state = self.state();
        let (_, document) = state.documents.get(path).expect("a document");
        document.clone()
    }
}

impl Community {
    fn url(&self, list: &str) -> String {
        format!("{}/{list}", self.group.id)
    }

    /// Shows these members in one of its collections, in this order.
    pub fn lists(&self, list: &str, members: &[Value]) {
        let id = self.url(list);
        let collection = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": id,
            "type": "OrderedCollection",
            "totalItems": members.len(),
            "orderedItems": members,
        });
        self.group.peer().serve(&id, collection);
    }

    /// Waits for the follow of somebody there, and grants it.
    pub async fn lets_in(&self, lab: &Lab) {
        let follow = self
            .group
            .peer()
            .hears("Follow", |follow| {
                follow["object"] == self.group.id.as_str()
            })
            .await;
        self.answers(lab, "Accept", &follow).await;
    }

    /// Answers a follow.
    pub async fn answers(&self, lab: &Lab, kind: &str, follow: &Value) {
        let answer = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self.group.activity_id("answer"),
            "type": kind,
            "actor": self.group.id,
            "to": [follow["actor"]],
            "object": follow,
        });
        self.group.says_and_is_heard(lab, &answer).await;
    }

    /// Announces something; gives what became of it: state and words.
    pub async fn announces(&self, lab: &Lab, inner: &Value) -> (String, String) {
        let announce = threadiverse::announce(&self.group, inner);
        self.group.says(lab, &announce).await;
        let id = announce["id"].as_str().expect("an id");
        eventually(&format!("{id} worked off"), PATIENCE, || async {
            let rows = lab.heard(&["done", "refused", "quarantined"]);
            let row = rows.into_iter().find(|row| row["activity_uri"] == id)?;
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            Some((text("state"), text("outcome")))
        })
        .await
    }

    /// What a moderator of this community does, as Lemmy says it.
    pub fn decision(&self, by: &Person, kind: &str, object: &str, more: &Value) -> Value {
        let mut activity = json!({
            "id": by.activity_id(&kind.to_lowercase()),
            "type": kind,
            "actor": by.id,
            "to": [PUBLIC],
            "cc": [self.group.id],
            "audience": self.group.id,
            "object": object,
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            activity[name] = value.clone();
        }
        activity
    }

    /// The end of such a decision; its inner id is made up anew, as Lemmy does.
    pub fn undone(&self, by: &Person, decision: &Value) -> Value {
        let mut inner = decision.clone();
        inner["id"] = json!(by.activity_id("again"));
        json!({
            "id": by.activity_id("undo"),
            "type": "Undo",
            "actor": by.id,
            "to": [PUBLIC],
            "cc": [self.group.id],
            "audience": self.group.id,
            "object": inner,
        })
    }
}

impl Lab {
    /// The threads that are here of a community, here or elsewhere, newest first.
    pub fn threads(&self, community: &str) -> Vec<Value> {
        self.list(&["community", "threads", community, "--limit", "200"])
    }

    /// Waits until a thread is here and is as `wanted`.
    pub async fn shows(&self, community: &str, id: &str, wanted: impl Fn(&Value) -> bool) {
        eventually(&format!("{id} in {community}"), PATIENCE, || async {
            let threads = self.threads(community);
            let found = threads.iter().find(|thread| thread["uri"] == id);
            found.is_some_and(&wanted).then_some(())
        })
        .await;
    }

    /// What somebody here was told: causes, the newest first.
    pub fn notices(&self, account: &str) -> Vec<String> {
        self.list(&["account", "notices", account])
            .iter()
            .map(|row| crate::cli::string(row, "cause"))
            .collect()
    }
}

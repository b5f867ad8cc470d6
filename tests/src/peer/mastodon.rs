//! What Mastodon says, in the shapes it says it (`app/serializers/activitypub`).

use serde_json::{Value, json};

use super::person::Person;
use crate::{PUBLIC, clock};

/// Who may see a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// `to` everybody.
    Public,
    /// "Quiet public": everybody in `cc`.
    Unlisted,
    /// The author's followers and the mentioned.
    Followers,
    /// The mentioned only.
    Direct,
}

/// Something written: the object's id, the Create's id and the Create itself.
#[derive(Clone, Debug)]
pub struct Posted {
    /// The object's id.
    pub id: String,
    /// The Create's id.
    pub activity: String,
    /// The Create.
    pub create: Value,
}

/// A status in the making.
#[derive(Debug)]
pub struct Toot<'a> {
    author: &'a Person,
    text: String,
    mentions: Vec<(String, bool)>,
    scope: Scope,
    reply_to: Option<String>,
}

impl<'a> Toot<'a> {
    /// A public status that mentions nobody yet.
    pub fn by(author: &'a Person, text: &str) -> Self {
        Self {
            author,
            text: text.to_owned(),
            mentions: Vec::new(),
            scope: Scope::Public,
            reply_to: None,
        }
    }

    /// Mentions a group: Mastodon then also addresses its followers.
    #[must_use]
    pub fn to_group(mut self, group: &str) -> Self {
        self.mentions.push((group.to_owned(), true));
        self
    }

    /// Mentions a person.
    #[must_use]
    pub fn mentioning(mut self, actor: &str) -> Self {
        self.mentions.push((actor.to_owned(), false));
        self
    }

    /// Chooses who may see it.
    #[must_use]
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Makes it a reply.
    #[must_use]
    pub fn reply_to(mut self, parent: &str) -> Self {
        self.reply_to = Some(parent.to_owned());
        self
    }

    fn audience(&self) -> (Vec<String>, Vec<String>) {
        let mut mentioned = Vec::new();
        for (actor, group) in &self.mentions {
            mentioned.push(actor.clone());
            if *group {
                mentioned.push(format!("{actor}/followers"));
            }
        }
        let (public, followers) = (PUBLIC.to_owned(), self.author.followers());
        match self.scope {
            Scope::Public => (vec![public], [vec![followers], mentioned].concat()),
            Scope::Unlisted => (vec![followers], [vec![public], mentioned].concat()),
            Scope::Followers => (vec![followers], mentioned),
            Scope::Direct => (mentioned, Vec::new()),
        }
    }

    /// Writes it, and serves the status at its id where everybody may see it.
    pub fn post(self) -> Posted {
        let author = self.author;
        let serial = 115_000_000_000_000_000 + author.peer().serial();
        let id = format!("{}/statuses/{serial}", author.id);
        let (to, cc) = self.audience();
        let published = clock::rfc3339(clock::now());
        let tags: Vec<Value> = self
            .mentions
            .iter()
            .map(|(actor, _)| {
                let name = actor.rsplit('/').next().unwrap_or_default();
                json!({ "type": "Mention", "href": actor, "name": format!("@{name}") })
            })
            .collect();
        let content = format!("<p>{}</p>", self.text);
        let note = json!({
            "id": id,
            "type": "Note",
            "summary": null,
            "inReplyTo": self.reply_to,
            "published": published,
            "url": author.peer().url(&format!("/@{}/{serial}", author.name)),
            "attributedTo": author.id,
            "to": to,
            "cc": cc,
            "sensitive": false,
            "atomUri": id,
            "inReplyToAtomUri": self.reply_to,
            "conversation": format!("tag:{},2026:objectId={serial}:objectType=Conversation", author.name),
            "content": content,
            "contentMap": { "fr": content },
            "attachment": [],
            "tag": tags,
            "replies": {
                "id": format!("{id}/replies"),
                "type": "Collection",
                "first": {
                    "type": "CollectionPage",
                    "next": format!("{id}/replies?only_other_accounts=true&page=true"),
                    "partOf": format!("{id}/replies"),
                    "items": [],
                },
            },
            "likes": { "id": format!("{id}/likes"), "type": "Collection", "totalItems": 0 },
            "shares": { "id": format!("{id}/shares"), "type": "Collection", "totalItems": 0 },
        });
        let activity = format!("{id}/activity");
        let create = json!({
            "@context": [
                "https://www.w3.org/ns/activitystreams",
                {
                    "ostatus": "http://ostatus.org#",
                    "atomUri": "ostatus:atomUri",
                    "inReplyToAtomUri": "ostatus:inReplyToAtomUri",
                    "conversation": "ostatus:conversation",
                    "sensitive": "as:sensitive",
                },
            ],
            "id": activity,
            "type": "Create",
            "actor": author.id,
            "published": published,
            "to": to,
            "cc": cc,
            "object": note,
        });
        if matches!(self.scope, Scope::Public | Scope::Unlisted) {
            let mut served = note;
            served["@context"] = create["@context"].clone();
            author.peer().serve(&id, served);
            author.peer().serve(&activity, create.clone());
        }
        Posted {
            id,
            activity,
            create,
        }
    }
}

/// A Follow as Mastodon sends it: without `to`.
pub fn follow(person: &Person, target: &str) -> Value {
    let id = person
        .peer()
        .url(&format!("/{:032x}", person.peer().serial()));
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": id,
        "type": "Follow",
        "actor": person.id,
        "object": target,
    })
}

/// An Undo of an activity, embedded, as Mastodon sends it.
pub fn undo(person: &Person, activity: &Value) -> Value {
    let inner = activity["id"].as_str().expect("an id");
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": format!("{inner}/undo"),
        "type": "Undo",
        "actor": person.id,
        "object": activity,
    })
}

/// The Delete of an account: actor and object are the same.
pub fn delete_account(person: &Person) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": format!("{}#delete", person.id),
        "type": "Delete",
        "actor": person.id,
        "to": [PUBLIC],
        "object": person.id,
    })
}

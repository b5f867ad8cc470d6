//! The peers that the driver plays: their documents and what they say, in the
//! shapes in which Mastodon says it.

use std::ops::Range;
use std::sync::Arc;

use anyhow::Context as _;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::clock;
use crate::keys::Key;
use crate::signature;

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Keys shared by all actors; more would only cost time to make.
const KEYS: usize = 20;

/// All peers: they differ by host name and live at one port of this machine.
#[derive(Debug)]
pub struct Peers {
    /// Where they all listen.
    pub port: u16,
    keys: Vec<(Key, String)>,
}

/// An actor of a peer.
#[derive(Clone, Debug)]
pub struct Actor {
    peers: Arc<Peers>,
    number: usize,
    /// Its server, `name:port`.
    pub authority: String,
    /// Its ActivityPub id.
    pub id: String,
}

/// The host where those who post live.
pub const AUTHORS: &str = "peer.test";

/// The name of the `number`th destination of a fan-out.
pub fn destination(number: usize) -> String {
    format!("d{number}.test")
}

impl Peers {
    /// Makes the keys, on all processors.
    pub async fn new(port: u16) -> anyhow::Result<Self> {
        let making: Vec<_> = (0..KEYS)
            .map(|_| {
                tokio::task::spawn_blocking(|| {
                    let key = Key::generate()?;
                    let pem = key.public_pem()?;
                    anyhow::Ok((key, pem))
                })
            })
            .collect();
        let mut keys = Vec::with_capacity(KEYS);
        for made in making {
            keys.push(made.await??);
        }
        Ok(Self { port, keys })
    }

    /// The `number`th actor, living at `host`.
    pub fn actor(self: &Arc<Self>, host: &str, number: usize) -> Actor {
        let authority = format!("{host}:{}", self.port);
        Actor {
            peers: self.clone(),
            number,
            id: format!("http://{authority}/users/u{number}"),
            authority,
        }
    }

    fn key(&self, number: usize) -> anyhow::Result<&(Key, String)> {
        self.keys.get(number % KEYS).context("a key")
    }

    /// The document at `path` of a host, if there is one.
    pub fn document(&self, authority: &str, path: &str, software: &str) -> Option<Value> {
        let base = format!("http://{authority}");
        match path {
            "/.well-known/nodeinfo" => Some(json!({ "links": [{
                "rel": "http://nodeinfo.diaspora.software/ns/schema/2.0",
                "href": format!("{base}/nodeinfo/2.0"),
            }] })),
            "/nodeinfo/2.0" => Some(json!({
                "version": "2.0",
                "software": { "name": software, "version": "1.0.0" },
                "protocols": ["activitypub"],
                "services": { "inbound": [], "outbound": [] },
                "openRegistrations": false,
                "usage": { "users": {} },
                "metadata": {},
            })),
            _ => {
                let number: usize = path.strip_prefix("/users/u")?.parse().ok()?;
                let (_, pem) = self.key(number).ok()?;
                let id = format!("{base}{path}");
                Some(json!({
                    "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
                    "id": id,
                    "type": "Person",
                    "preferredUsername": format!("u{number}"),
                    "name": format!("Compte de mesure {number}"),
                    "inbox": format!("{id}/inbox"),
                    "outbox": format!("{id}/outbox"),
                    "followers": format!("{id}/followers"),
                    "following": format!("{id}/following"),
                    "url": format!("{base}/@u{number}"),
                    "manuallyApprovesFollowers": false,
                    "published": "2024-01-01T00:00:00Z",
                    "endpoints": { "sharedInbox": format!("{base}/inbox") },
                    "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": pem },
                }))
            }
        }
    }
}

impl Actor {
    /// A signed POST of `activity` to the shared inbox of the server at `lab`.
    pub fn says(&self, lab: &str, activity: &Value) -> anyhow::Result<Bytes> {
        let (key, _) = self.peers.key(self.number)?;
        let key_id = format!("{}#main-key", self.id);
        let body = activity.to_string();
        signature::post(key, &key_id, lab, "/inbox", body.as_bytes())
    }

    /// A Follow of `target`.
    pub fn follow(&self, target: &str) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{}#follow/1", self.id),
            "type": "Follow",
            "actor": self.id,
            "object": target,
        })
    }

    /// Its Undo.
    pub fn unfollow(&self, target: &str) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{}#follow/1/undo", self.id),
            "type": "Undo",
            "actor": self.id,
            "object": self.follow(target),
        })
    }

    /// The id of its status of this number.
    pub fn status(&self, serial: usize) -> String {
        format!("{}/statuses/{}", self.id, 115_000_000_000_000_000 + serial)
    }

    /// A vote for or against a post, as the threadiverse says it.
    pub fn vote(&self, group: &str, post: &str, serial: usize, is_for: bool) -> Value {
        let kind = if is_for { "Like" } else { "Dislike" };
        json!({
            "@context": [
                "https://join-lemmy.org/context.json",
                "https://www.w3.org/ns/activitystreams",
            ],
            "id": format!("http://{}/activities/{}/{serial}", self.authority, kind.to_lowercase()),
            "type": kind,
            "actor": self.id,
            "object": post,
            "audience": group,
        })
    }

    /// An answer to a status.
    pub fn answer(&self, group: &str, serial: usize, answered: &str) -> Value {
        let mut create = self.create(group, serial);
        for name in ["inReplyTo", "inReplyToAtomUri"] {
            if let Some(place) = create.pointer_mut(&format!("/object/{name}")) {
                *place = answered.into();
            }
        }
        create
    }

    /// A public status that mentions `group`: what Mastodon sends, about 2 KB.
    pub fn create(&self, group: &str, serial: usize) -> Value {
        let id = self.status(serial);
        let published = clock::rfc3339(clock::now());
        let name = group.rsplit('/').next().unwrap_or_default();
        let content = format!(
            "<p><span class=\"h-card\"><a href=\"{group}\" class=\"u-url mention\">@<span>{name}</span></a></span> \
             Message numéro {serial} : une phrase de longueur ordinaire, \
             comme on en lit dans un fil de discussion, avec une suite.</p>"
        );
        let cc = json!([
            format!("{}/followers", self.id),
            group,
            format!("{group}/followers")
        ]);
        json!({
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
            "id": format!("{id}/activity"),
            "type": "Create",
            "actor": self.id,
            "published": published,
            "to": [PUBLIC],
            "cc": cc,
            "object": {
                "id": id,
                "type": "Note",
                "summary": null,
                "inReplyTo": null,
                "published": published,
                "url": format!("http://{}/@u{}/{serial}", self.authority, self.number),
                "attributedTo": self.id,
                "to": [PUBLIC],
                "cc": cc,
                "sensitive": false,
                "atomUri": id,
                "inReplyToAtomUri": null,
                "conversation": format!("tag:{AUTHORS},2026:objectId={serial}:objectType=Conversation"),
                "content": content,
                "contentMap": { "fr": content },
                "attachment": [],
                "tag": [{ "type": "Mention", "href": group, "name": format!("@{name}") }],
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
            },
        })
    }
}

/// Signs many Creates by the actors in turn, on all processors.
pub async fn signed_creates(
    actors: &[Actor],
    lab: &str,
    group: &str,
    serials: Range<usize>,
) -> anyhow::Result<Vec<Bytes>> {
    let group = group.to_owned();
    signed_by_all(actors, lab, serials, move |actor, serial| {
        actor.create(&group, serial)
    })
    .await
}

/// Signs what the actors in turn say, on all processors.
pub async fn signed_by_all(
    actors: &[Actor],
    lab: &str,
    serials: Range<usize>,
    say: impl Fn(&Actor, usize) -> Value + Clone + Send + 'static,
) -> anyhow::Result<Vec<Bytes>> {
    const PIECE: usize = 500;
    let mut signing = Vec::new();
    for start in serials.clone().step_by(PIECE) {
        let piece = start..serials.end.min(start + PIECE);
        let (actors, lab, say) = (actors.to_vec(), lab.to_owned(), say.clone());
        signing.push(tokio::task::spawn_blocking(move || {
            piece
                .map(|serial| {
                    let actor = actors
                        .get(serial % actors.len().max(1))
                        .context("an actor")?;
                    actor.says(&lab, &say(actor, serial))
                })
                .collect::<anyhow::Result<Vec<Bytes>>>()
        }));
    }
    let mut all = Vec::with_capacity(serials.len());
    for piece in signing {
        all.extend(piece.await??);
    }
    Ok(all)
}

//! An actor of a scripted peer, who signs and sends.

use std::time::{Duration, SystemTime};

use http::Method;
use serde_json::{Value, json};
use url::Url;

use super::keys::Keys;
use super::signing::{Scheme, Signing, sign};
use super::{Family, Peer};
use crate::surface::Answer;
use crate::{Lab, clock};

/// An actor of a peer.
#[derive(Clone, Debug)]
pub struct Person {
    peer: Peer,
    /// Its id.
    pub id: String,
    /// Its name before the `@`.
    pub name: String,
    /// Its keys.
    pub keys: Keys,
}

impl Peer {
    /// A person of this peer, with a key of their own.
    pub fn person(&self, name: &str) -> Person {
        self.actor(name, "Person", Keys::generate())
    }

    /// A person with a key from the process-wide pool: cheaper.
    pub fn person_with(&self, name: &str, keys: Keys) -> Person {
        self.actor(name, "Person", keys)
    }

    /// A group of this peer (`/c/name`).
    pub fn group(&self, name: &str) -> Person {
        self.actor(name, "Group", Keys::generate())
    }

    /// The server itself, which speaks for its people where these stay unnamed.
    pub fn instance(&self) -> Person {
        self.actor("instance", "Application", Keys::generate())
    }

    fn actor(&self, name: &str, kind: &str, keys: Keys) -> Person {
        let path = match kind {
            "Group" => format!("/c/{name}"),
            "Application" => "/actor".to_owned(),
            _ => self.family().path(name),
        };
        let person = Person {
            peer: self.clone(),
            id: self.url(&path),
            name: name.to_owned(),
            keys,
        };
        self.state()
            .names
            .insert(name.to_owned(), person.id.clone());
        self.serve(&person.id, person.document(kind));
        if self.family() == Family::GoToSocial {
            self.serve(&person.key_id(), person.stub());
        }
        person
    }
}

impl Person {
    /// The server this actor lives on.
    pub fn peer(&self) -> &Peer {
        &self.peer
    }

    /// The id of the RSA key.
    pub fn key_id(&self) -> String {
        self.peer.family().key_id(&self.id)
    }

    /// The same actor with new keys under the same ids, as its document shows it from
    /// now on.
    #[must_use]
    pub fn rotated(&self) -> Self {
        let rotated = Self {
            keys: Keys::generate(),
            ..self.clone()
        };
        rotated.shows("Person", |_| {});
        rotated
    }

    /// From now on the actor's document says something else.
    pub fn shows(&self, kind: &str, change: impl FnOnce(&mut Value)) {
        let mut document = self.document(kind);
        change(&mut document);
        self.peer.serve(&self.id, document);
    }

    /// The actor's own followers collection.
    pub fn followers(&self) -> String {
        format!("{}/followers", self.id)
    }

    /// A fresh activity id, as this family makes them.
    pub fn activity_id(&self, kind: &str) -> String {
        let serial = self.peer.serial();
        match self.peer.family() {
            Family::Lemmy | Family::PieFed | Family::Unknown => {
                self.peer.url(&format!("/activities/{kind}/{serial:08}"))
            }
            Family::Mastodon | Family::GoToSocial => format!("{}#{kind}/{serial}", self.id),
        }
    }

    fn public_key(&self) -> Value {
        json!({
            "id": self.key_id(),
            "owner": self.id,
            "publicKeyPem": self.keys.public_pem(),
        })
    }

    fn document(&self, kind: &str) -> Value {
        let mut document = json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": self.id,
            "type": kind,
            "preferredUsername": self.name,
            "name": self.name,
            "summary": "<p>Un compte de test</p>",
            "inbox": format!("{}/inbox", self.id),
            "outbox": format!("{}/outbox", self.id),
            "endpoints": { "sharedInbox": self.peer.url("/inbox") },
            "publicKey": self.public_key(),
            "published": "2024-01-01T00:00:00Z",
        });
        if matches!(self.peer.family(), Family::Mastodon | Family::GoToSocial) {
            document["followers"] = json!(self.followers());
            document["following"] = json!(format!("{}/following", self.id));
            document["featured"] = json!(format!("{}/collections/featured", self.id));
            document["url"] = json!(self.peer.url(&format!("/@{}", self.name)));
            document["manuallyApprovesFollowers"] = json!(false);
            document["discoverable"] = json!(true);
            document["tag"] = json!([]);
            document["attachment"] = json!([]);
        }
        document["assertionMethod"] = json!([{
            "id": self.ed25519_key_id(),
            "type": "Multikey",
            "controller": self.id,
            "publicKeyMultibase": self.keys.multibase(),
        }]);
        document
    }

    /// What GoToSocial serves at a key's own URL to anybody.
    fn stub(&self) -> Value {
        json!({
            "@context": ["https://w3id.org/security/v1", "https://www.w3.org/ns/activitystreams"],
            "id": self.id,
            "type": "Person",
            "preferredUsername": self.name,
            "publicKey": self.public_key(),
        })
    }

    /// The id of the Ed25519 key.
    pub fn ed25519_key_id(&self) -> String {
        format!("{}#ed25519-key", self.id)
    }

    /// Sends an activity to a lab's shared inbox, signed as nearly everybody does.
    pub async fn say(&self, lab: &Lab, activity: &Value) -> Answer {
        self.deliver(lab, "/inbox")
            .send(activity.to_string().into_bytes())
            .await
    }

    /// Sends an activity that must be taken: 202.
    pub async fn says(&self, lab: &Lab, activity: &Value) {
        let answer = self.say(lab, activity).await;
        assert_eq!(answer.status.as_u16(), 202, "{activity}: {}", answer.text);
    }

    /// Says it and waits until the lab has worked on it.
    pub async fn says_and_is_heard(&self, lab: &Lab, activity: &Value) {
        self.says(lab, activity).await;
        lab.worked(activity["id"].as_str().expect("an id")).await;
    }

    /// A delivery to `path` of `lab` that can be changed before it is sent.
    pub fn deliver(&self, lab: &Lab, path: &str) -> Delivery<'_> {
        self.deliver_to(lab.http().clone(), &lab.url(path))
    }

    /// A delivery to any inbox, with a client that finds it.
    pub fn deliver_to(&self, http: reqwest::Client, inbox: &str) -> Delivery<'_> {
        Delivery {
            url: Url::parse(inbox).expect("an inbox"),
            person: self,
            http,
            scheme: Scheme::Cavage,
            key_id: None,
            algorithm: Some("rsa-sha256".to_owned()),
            at: clock::now(),
            without_digest: false,
        }
    }

    /// GETs `url` signed by this actor.
    pub async fn get(&self, lab: &Lab, url: &str) -> Answer {
        let url = Url::parse(url).expect("a URL");
        let headers = sign(
            &self.keys,
            &Signing {
                key_id: self.key_id(),
                scheme: Scheme::Cavage,
                algorithm: Some("rsa-sha256".to_owned()),
                at: clock::now(),
                without_digest: false,
            },
            &Method::GET,
            &url,
            None,
        );
        let response = lab
            .http()
            .get(url)
            .headers(headers)
            .header("accept", crate::surface::ACTIVITY_JSON)
            .send()
            .await
            .expect("an answer");
        Answer::of(response).await
    }
}

/// A signed POST in the making.
#[derive(Debug)]
pub struct Delivery<'a> {
    person: &'a Person,
    http: reqwest::Client,
    url: Url,
    scheme: Scheme,
    key_id: Option<String>,
    algorithm: Option<String>,
    at: SystemTime,
    without_digest: bool,
}

impl Delivery<'_> {
    /// Signs in another way.
    #[must_use]
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// Names the algorithm otherwise, or not at all (draft-cavage only).
    #[must_use]
    pub fn algorithm(mut self, name: Option<&str>) -> Self {
        self.algorithm = name.map(str::to_owned);
        self
    }

    /// Names another key.
    #[must_use]
    pub fn key_id(mut self, key_id: &str) -> Self {
        self.key_id = Some(key_id.to_owned());
        self
    }

    /// Dates it earlier.
    #[must_use]
    pub fn older_by(mut self, age: Duration) -> Self {
        self.at -= age;
        self
    }

    /// Dates it later.
    #[must_use]
    pub fn later_by(mut self, lead: Duration) -> Self {
        self.at += lead;
        self
    }

    /// Signs without the body's digest.
    #[must_use]
    pub fn without_digest(mut self) -> Self {
        self.without_digest = true;
        self
    }

    /// Sends exactly these bytes.
    pub async fn send(self, body: Vec<u8>) -> Answer {
        self.try_send(body).await.expect("an answer")
    }

    /// Sends exactly these bytes; the server may be gone.
    pub async fn try_send(self, body: Vec<u8>) -> Result<Answer, reqwest::Error> {
        let key_id = self.key_id.unwrap_or_else(|| match self.scheme {
            Scheme::Rfc9421Ed25519 => self.person.ed25519_key_id(),
            Scheme::Cavage | Scheme::Rfc9421 => self.person.key_id(),
        });
        let how = Signing {
            key_id,
            scheme: self.scheme,
            algorithm: self.algorithm,
            at: self.at,
            without_digest: self.without_digest,
        };
        let headers = sign(
            &self.person.keys,
            &how,
            &Method::POST,
            &self.url,
            Some(&body),
        );
        let response = self
            .http
            .post(self.url)
            .headers(headers)
            .body(body)
            .send()
            .await?;
        Ok(Answer::of(response).await)
    }
}

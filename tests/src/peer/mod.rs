//! Scripted peers: small servers on real HTTP that look like one family of the
//! fediverse, say what a test tells them to say, and keep what they hear.

mod answer;
mod community;
pub mod flags;
pub mod keys;
pub mod mastodon;
mod person;
pub mod proof;
pub mod reader;
mod server;
pub mod signing;
pub mod strict;
pub mod threadiverse;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

pub use answer::{Answer, Received};
pub use community::Community;
pub use keys::Keys;
pub use person::{Delivery, Person};
pub use signing::Scheme;

use crate::wait::{PATIENCE, eventually};
use answer::Script;

/// Whose habits a peer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Microblog; `/users/name`, key `#main-key`.
    Mastodon,
    /// Threadiverse; `/u/name`.
    Lemmy,
    /// Threadiverse; `/u/name`.
    PieFed,
    /// Microblog; key id without fragment, documents only for signed requests.
    GoToSocial,
    /// Software nobody knows.
    Unknown,
}

impl Family {
    /// `software.name` of its NodeInfo.
    pub fn software(self) -> &'static str {
        match self {
            Self::Mastodon => "mastodon",
            Self::Lemmy => "lemmy",
            Self::PieFed => "piefed",
            Self::GoToSocial => "gotosocial",
            Self::Unknown => "somethingnew",
        }
    }

    /// The path of a person.
    fn path(self, name: &str) -> String {
        match self {
            Self::Mastodon | Self::GoToSocial => format!("/users/{name}"),
            Self::Lemmy | Self::PieFed | Self::Unknown => format!("/u/{name}"),
        }
    }

    /// The id of a person's key.
    fn key_id(self, actor: &str) -> String {
        match self {
            Self::GoToSocial => format!("{actor}/main-key"),
            _ => format!("{actor}#main-key"),
        }
    }
}

/// A running scripted peer; it stops when the last handle is dropped.
#[derive(Clone, Debug)]
pub struct Peer {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    base: String,
    family: Family,
    http: reqwest::Client,
    state: Mutex<State>,
    stop: tokio::sync::watch::Sender<bool>,
}

/// A GET somebody made here.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The path.
    pub path: String,
    /// The key that signed it, where the signature verified.
    pub signed_by: Option<String>,
    /// Its `User-Agent`.
    pub user_agent: String,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    /// Documents by path.
    documents: HashMap<String, (u16, Value)>,
    /// Actor ids by the name WebFinger is asked for.
    names: HashMap<String, String>,
    received: Vec<Received>,
    seen: Vec<Seen>,
    script: Script,
    foreign_keys: HashMap<String, keys::PublicKey>,
    serial: u64,
}

impl Drop for Inner {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

impl Peer {
    /// Starts a peer of `family` on a free loopback port, called `localhost`.
    pub async fn start(family: Family) -> Self {
        Self::named(family, "localhost").await
    }

    /// Starts one whose documents live at `http://NAME:PORT`; the lab must be told
    /// where that is ([`crate::LabBuilder::resolve`]).
    pub async fn named(family: Family, name: &str) -> Self {
        server::start(family, name).await
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state()
    }

    /// `http://NAME:PORT`.
    pub fn base(&self) -> &str {
        &self.inner.base
    }

    /// `NAME:PORT`, as the lab names this peer.
    pub fn host(&self) -> String {
        self.inner.base.trim_start_matches("http://").to_owned()
    }

    /// Whose habits it has.
    pub fn family(&self) -> Family {
        self.inner.family
    }

    /// The URL of `path` here.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.inner.base)
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.inner.http
    }

    /// A number never given before by this peer.
    pub fn serial(&self) -> u64 {
        let mut state = self.state();
        state.serial += 1;
        state.serial
    }

    /// Serves `document` at its own `id`, or whatever URL here.
    pub fn serve(&self, url: &str, document: Value) {
        self.serve_with(url, 200, document);
    }

    /// Serves `document` with a status, such as 410 with a Tombstone; with one of a
    /// redirect, it is where that leads.
    pub fn serve_with(&self, url: &str, status: u16, document: Value) {
        let path = url
            .strip_prefix(self.base())
            .unwrap_or_else(|| panic!("{url} is not at {}", self.base()))
            .to_owned();
        self.state().documents.insert(path, (status, document));
    }

    /// Everything it was sent by POST and answered with 2xx, oldest first.
    pub fn received(&self) -> Vec<Received> {
        let mut all = self.attempts();
        all.retain(Received::accepted);
        all
    }

    /// Everything it was sent by POST, whatever it answered.
    pub fn attempts(&self) -> Vec<Received> {
        self.state().received.clone()
    }

    /// The GETs made here.
    pub fn seen(&self) -> Vec<Seen> {
        self.state().seen.clone()
    }

    /// Received activities of a type.
    pub fn of_type(&self, kind: &str) -> Vec<Value> {
        self.received()
            .into_iter()
            .map(|received| received.json)
            .filter(|json| json["type"] == kind)
            .collect()
    }

    /// Received Announces about the object `id`, in either form.
    pub fn announces_of(&self, id: &str) -> Vec<Value> {
        let mut announces = self.of_type("Announce");
        announces.retain(|announce| crate::surface::subject_of(announce) == id);
        announces
    }

    /// Waits for an activity of this type that `wanted` likes.
    pub async fn hears(&self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        eventually(
            &format!("a {kind} at {} ({:?})", self.base(), self.family()),
            PATIENCE,
            || async { self.of_type(kind).into_iter().find(|json| wanted(json)) },
        )
        .await
    }

    /// Waits for an Announce of the object `id`.
    pub async fn hears_announce_of(&self, id: &str) -> Value {
        eventually(
            &format!("an Announce of {id} at {}", self.base()),
            PATIENCE,
            || async { self.announces_of(id).into_iter().next() },
        )
        .await
    }

    /// What the next POST is answered; several calls queue up.
    pub fn next_answer(&self, answer: Answer) {
        self.state().script.next.push_back(answer);
    }

    /// What every POST is answered when nothing is queued (202 at first).
    pub fn always_answer(&self, answer: Answer) {
        self.state().script.always = answer;
    }

    /// Answers 401 to every scheme but this one.
    pub fn understands_only(&self, scheme: Scheme) {
        self.state().script.only = Some(scheme);
    }

    /// Knows no other key than this one, as software does that keeps one an actor for a
    /// day: 400 to every other.
    pub fn knows_only(&self, key_id: &str) {
        self.state().script.only_key = Some(key_id.to_owned());
    }

    /// Waits before every answer to a POST.
    pub fn answers_after(&self, delay: Duration) {
        self.state().script.delay = delay;
    }
}

impl Inner {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn peers_check_each_other() {
        let here = Peer::start(Family::Mastodon).await;
        for family in [Family::Lemmy, Family::GoToSocial] {
            let there = Peer::start(family).await;
            let person = there.person_with("olga", Keys::shared(0));
            for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
                let answer = person
                    .deliver_to(here.http().clone(), &here.url("/inbox"))
                    .scheme(scheme)
                    .send(b"{\"type\":\"Follow\"}".to_vec())
                    .await;
                assert_eq!(answer.status, 202, "{family:?} {scheme:?}");
            }
        }
        let received = here.received();
        assert_eq!(received.len(), 4);
        assert!(received.iter().all(|one| one.signed_by.is_some()));
        here.next_answer(Answer::later(7));
        here.understands_only(Scheme::Rfc9421);
        let eve = here.person_with("eve", Keys::shared(1));
        let knock = |scheme| {
            eve.deliver_to(here.http().clone(), &here.url("/inbox"))
                .scheme(scheme)
                .send(b"{}".to_vec())
        };
        assert_eq!(knock(Scheme::Cavage).await.status, 401);
        let busy = knock(Scheme::Rfc9421).await;
        assert_eq!(
            (busy.status.as_u16(), busy.header("retry-after")),
            (429, "7")
        );
        assert_eq!(knock(Scheme::Rfc9421).await.status, 202);
    }

    #[tokio::test]
    async fn what_a_reader_of_mastodon_boosts() {
        let home = Peer::start(Family::Lemmy).await;
        let lena = home.person_with("lena", Keys::shared(0));
        let group = home.url("/c/photo");
        let page = threadiverse::page(&lena, &group, Some("Un titre"), "texte");
        let comment = threadiverse::comment(&lena, &group, &page.id, &lena.id, "texte");
        let gone = serde_json::json!({ "id": home.url("/activities/9"), "type": "Create" });
        let mut reader = reader::MastodonReader::default();
        for object in [&page.create, &comment.create, &gone] {
            let announce = serde_json::json!({
                "type": "Announce", "actor": group, "object": object,
            });
            reader.read(&home, &announce).await;
        }
        // Lemmy's Creates can be fetched, so this reader boosts the comment too: what
        // a community must not make it do.
        let mut wanted = vec![page.id.clone(), comment.id.clone()];
        wanted.sort();
        assert_eq!(reader.boosted_by(&group), wanted);
        for create in [&page.create, &comment.create] {
            let announce = serde_json::json!({
                "type": "Announce", "id": home.url("/activities/1"), "actor": group,
                "to": [crate::PUBLIC], "cc": [], "object": create,
            });
            strict::read(&announce).expect("what Lemmy sends, Lemmy reads");
        }
    }
}

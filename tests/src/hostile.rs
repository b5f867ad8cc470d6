//! A host that means harm: it answers every GET as a test tells it to, counts what
//! is asked and takes POSTs with whatever status it likes.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State as FromState;
use axum::http::{Method, Request, Response};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::Lab;
use crate::peer::{Keys, Peer, Person};
use crate::surface::ACTIVITY_JSON;

/// What is answered to one GET.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// `Content-Type`; none when empty.
    pub kind: String,
    /// `Location`; none when empty.
    pub location: String,
    /// The body.
    pub body: String,
    /// How long it takes.
    pub delay: Duration,
}

impl Reply {
    /// A document as peers label it.
    pub fn document(document: &Value) -> Self {
        Self {
            status: 200,
            kind: ACTIVITY_JSON.to_owned(),
            location: String::new(),
            body: document.to_string(),
            delay: Duration::ZERO,
        }
    }

    /// A status and nothing else.
    pub fn status(status: u16) -> Self {
        Self {
            status,
            kind: "text/plain".to_owned(),
            location: String::new(),
            body: String::new(),
            delay: Duration::ZERO,
        }
    }

    /// A redirect.
    pub fn redirect(to: &str) -> Self {
        Self {
            location: to.to_owned(),
            ..Self::status(302)
        }
    }

    /// The same with another content type.
    #[must_use]
    pub fn labelled(mut self, kind: &str) -> Self {
        kind.clone_into(&mut self.kind);
        self
    }

    /// The same after a while.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

type Script = Box<dyn Fn(&str) -> Reply + Send>;

/// A running hostile host; it stops when dropped.
pub struct Hostile {
    base: String,
    shared: Arc<Mutex<Shared>>,
    stop: tokio::sync::watch::Sender<bool>,
    /// Its people borrow what ordinary ones can do.
    people: Peer,
}

struct Shared {
    script: Script,
    posts: u16,
    seen: Vec<String>,
    posted: usize,
    now: usize,
    most: usize,
}

impl std::fmt::Debug for Hostile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hostile")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

impl Hostile {
    /// Starts one that answers 404 to everything.
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a loopback port");
        let port = listener.local_addr().expect("its address").port();
        let (stop, mut stopped) = tokio::sync::watch::channel(false);
        let shared = Arc::new(Mutex::new(Shared {
            script: Box::new(|_| Reply::status(404)),
            posts: 202,
            seen: Vec::new(),
            posted: 0,
            now: 0,
            most: 0,
        }));
        let router = Router::new().fallback(handle).with_state(shared.clone());
        tokio::spawn(async move {
            let served = axum::serve(listener, router).with_graceful_shutdown(async move {
                let _ = stopped.wait_for(|stop| *stop).await;
            });
            let _ = served.await;
        });
        Self {
            base: format!("http://localhost:{port}"),
            shared,
            stop,
            people: Peer::start(crate::Family::Mastodon).await,
        }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `http://localhost:PORT`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// `localhost:PORT`.
    pub fn host(&self) -> String {
        self.base.trim_start_matches("http://").to_owned()
    }

    /// The URL of `path` here.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// How GETs are answered from now on; the argument is path and query.
    pub fn answers(&self, script: impl Fn(&str) -> Reply + Send + 'static) {
        self.shared().script = Box::new(script);
    }

    /// What POSTs are answered.
    pub fn takes_posts_with(&self, status: u16) {
        self.shared().posts = status;
    }

    /// The targets of all GETs, oldest first.
    pub fn seen(&self) -> Vec<String> {
        self.shared().seen.clone()
    }

    /// How many POSTs came.
    pub fn posted(&self) -> usize {
        self.shared().posted
    }

    /// The most GETs that were on their way at one moment.
    pub fn most_at_once(&self) -> usize {
        self.shared().most
    }

    /// Somebody here; what is served under the id is for the script.
    pub fn person(&self, name: &str, keys: Keys) -> Person {
        let mut person = self.people.person_with(name, keys);
        person.id = self.url(&format!("/users/{name}"));
        person
    }

    /// A plain actor document of `person`.
    pub fn document_of(&self, person: &Person, kind: &str) -> Value {
        serde_json::json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": person.id,
            "type": kind,
            "preferredUsername": person.name,
            "inbox": format!("{}/inbox", person.id),
            "followers": person.followers(),
            "endpoints": { "sharedInbox": self.url("/inbox") },
            "publicKey": {
                "id": person.key_id(),
                "owner": person.id,
                "publicKeyPem": person.keys.public_pem(),
            },
        })
    }

    /// Sends an activity as `person` to a lab, whatever it answers.
    pub async fn say(&self, lab: &Lab, person: &Person, activity: &Value) -> u16 {
        person.say(lab, activity).await.status.as_u16()
    }
}

async fn handle(
    FromState(shared): FromState<Arc<Mutex<Shared>>>,
    request: Request<Body>,
) -> Response<Body> {
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str())
        .to_owned();
    let is_post = request.method() == Method::POST;
    // Read to the end, so that the connection can be used again.
    let _ = axum::body::to_bytes(request.into_body(), 4 << 20).await;
    let reply = {
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        if is_post {
            shared.posted += 1;
            Reply::status(shared.posts)
        } else {
            shared.seen.push(target.clone());
            shared.now += 1;
            shared.most = shared.most.max(shared.now);
            (shared.script)(&target)
        }
    };
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    if !is_post {
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.now -= 1;
    }
    let mut response = Response::builder().status(reply.status);
    for (name, value) in [("content-type", &reply.kind), ("location", &reply.location)] {
        if !value.is_empty() {
            response = response.header(name, value.as_str());
        }
    }
    response.body(Body::from(reply.body)).expect("a response")
}

//! A server's pages over a real database, with a hand on its clock.

use std::sync::Arc;
use std::time::Duration;

use archipel_actions::{
    AccountRules, Boxed, Context, Discovered, NewCommunity, NewKeys, Posted, Special, Submission,
    Submitted, World, create_community, create_person, submit_post,
};
use archipel_model::{
    ActorKind, Clock, CommunityPolicy, Host, IdSource, PeerPolicy, PostId, Registration, Site,
    Timestamp, Visibility, text,
};
use archipel_storage::{Actor, NewActor, OpenOptions, Post, PostKind, Store};
use archipel_web::{Pages, router};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;
use url::Url;

#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::parse_rfc3339("2026-11-23T12:00:00Z").unwrap()
    }
}

pub struct Lab {
    pub store: Store,
    pub ctx: Context,
    pub app: Router,
    _folder: tempfile::TempDir,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &header::HeaderName) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Fails with the page when a text is missing from it.
    pub fn has(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "no {text:?} in {}", self.body);
        self
    }

    pub fn has_not(&self, text: &str) -> &Self {
        assert!(!self.body.contains(text), "{text:?} in {}", self.body);
        self
    }

    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }
}

/// A post to be made.
pub struct Draft<'a> {
    pub author: &'a Actor,
    pub community: Option<&'a Actor>,
    pub parent: Option<PostId>,
    pub title: Option<&'a str>,
    pub html: &'a str,
    pub warning: Option<&'a str>,
    pub visibility: Visibility,
    pub url: Option<&'a str>,
}

impl<'a> Draft<'a> {
    pub fn new(author: &'a Actor, community: &'a Actor, html: &'a str) -> Self {
        Self {
            author,
            community: Some(community),
            parent: None,
            title: None,
            html,
            warning: None,
            visibility: Visibility::Public,
            url: None,
        }
    }

    pub fn reply(author: &'a Actor, parent: PostId, html: &'a str) -> Self {
        Self {
            author,
            community: None,
            parent: Some(parent),
            title: None,
            html,
            warning: None,
            visibility: Visibility::Public,
            url: None,
        }
    }
}

/// A server alone in the world.
#[derive(Debug)]
struct NoWorld;

impl World for NoWorld {
    fn find<'a>(&'a self, _: &'a str) -> Boxed<'a, Option<Discovered>> {
        Box::pin(async { None })
    }

    fn new_keys(&self) -> Boxed<'_, Option<NewKeys>> {
        Box::pin(async { None })
    }

    fn post_bytes<'a>(
        &'a self,
        _: &'a Url,
        _: Vec<(&'static str, String)>,
        _: Vec<u8>,
    ) -> Boxed<'a, Posted> {
        Box::pin(async { Posted::default() })
    }

    fn decide_domain<'a>(
        &'a self,
        _: &'a Host,
        _: PeerPolicy,
        _: Option<&'a str>,
    ) -> Boxed<'a, bool> {
        Box::pin(async { false })
    }

    fn fetch_file<'a>(&'a self, _: &'a str, _: usize) -> Boxed<'a, Option<Vec<u8>>> {
        Box::pin(async { None })
    }
}

impl Lab {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("lab.db").display());
        let store = Store::open(&OpenOptions { url, readers: 2 }).await.unwrap();
        let site = Site::new(&Url::parse("https://lab.example").unwrap()).unwrap();
        let ctx = Context {
            site: site.clone(),
            clock: Arc::new(Noon),
            ids: Arc::new(IdSource::default()),
        };
        let app = router(Pages {
            store: store.clone(),
            actions: ctx.clone(),
            site,
            proxy: archipel_media::proxy::Names::new(b"test"),
            title: "Laboratoires".to_owned(),
            accounts: AccountRules {
                registration: Registration::Invitation,
                mail: false,
                title: "Laboratoires".to_owned(),
            },
            world: Arc::new(NoWorld),
        });
        Self {
            store,
            ctx,
            app,
            _folder: folder,
        }
    }

    /// A community open to everybody.
    pub async fn tilab(&self) -> Actor {
        self.community("tilab", "Ti Lab", CommunityPolicy::default())
            .await
    }

    pub async fn community(&self, handle: &str, title: &str, policy: CommunityPolicy) -> Actor {
        let new = NewCommunity {
            handle: handle.parse().unwrap(),
            title: title.to_owned(),
            description: format!("À propos de {handle}."),
            language: "fr".to_owned(),
            policy,
        };
        let mut tx = self.store.write().await.unwrap();
        let made = create_community(&self.ctx, &mut tx, &new, &keys()).await;
        let id = made.unwrap().id;
        let actor = tx.actor(id).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        actor
    }

    pub async fn person(&self, handle: &str, name: &str) -> Actor {
        let handle = handle.parse().unwrap();
        let mut tx = self.store.write().await.unwrap();
        let made = create_person(&self.ctx, &mut tx, &handle, name, &keys()).await;
        tx.commit().await.unwrap();
        made.unwrap()
    }

    pub async fn stranger(&self, host: &str, handle: &str, name: &str) -> Actor {
        let uri = format!("https://{host}/users/{}", handle.len());
        let new = NewActor {
            id: self.ctx.id(),
            kind: ActorKind::Person,
            is_local: false,
            handle: handle.to_owned(),
            host: host.to_owned(),
            name: name.to_owned(),
            summary: String::new(),
            url: Some("javascript:alert(1)".to_owned()),
            inbox: format!("{uri}/inbox"),
            shared_inbox: None,
            outbox: None,
            followers: None,
            featured: None,
            moderators: None,
            approves_followers: false,
            uri,
        };
        let mut tx = self.store.write().await.unwrap();
        let actor = tx.put_actor(&new, self.ctx.now()).await.unwrap();
        tx.commit().await.unwrap();
        actor
    }

    pub async fn post(&self, draft: Draft<'_>) -> PostId {
        let mut tx = self.store.write().await.unwrap();
        let parent: Option<Post> = match draft.parent {
            Some(id) => tx.post(id).await.unwrap(),
            None => None,
        };
        let number: PostId = self.ctx.id();
        let uri = format!("https://{}/notes/{number}", draft.author.host);
        let remote = !draft.author.is_local;
        let submission = Submission {
            author: draft.author,
            community: draft.community,
            uri: remote.then_some(uri.as_str()),
            kind: PostKind::Note,
            parent: parent.as_ref(),
            parent_uri: None,
            title: draft.title.map(str::to_owned),
            content: text::sanitise(draft.html),
            source: None,
            summary: draft.warning.map(str::to_owned),
            sensitive: false,
            language: Some("en".to_owned()),
            visibility: draft.visibility,
            url: draft.url.map(str::to_owned),
            published_at: if remote {
                self.ctx.now().minus(Duration::from_hours(1))
            } else {
                self.ctx.now()
            },
            updated_at: None,
            received: remote.then_some("{}"),
            special: Special::Nothing,
            names: archipel_actions::Names::default(),
        };
        let submitted = submit_post(&self.ctx, &mut tx, submission).await.unwrap();
        tx.commit().await.unwrap();
        match submitted {
            Submitted::Published(id) => id,
            other => panic!("{other:?}"),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        ask(&self.app, path, "").await
    }

    pub async fn get_in(&self, path: &str, language: &str) -> Answer {
        ask(&self.app, path, language).await
    }
}

pub async fn ask(app: &Router, path: &str, language: &str) -> Answer {
    let request = Request::get(path)
        .header(header::ACCEPT, "text/html")
        .header(header::ACCEPT_LANGUAGE, language)
        .body(Body::empty())
        .unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

fn keys() -> NewKeys {
    NewKeys {
        rsa_private: String::new(),
        rsa_public: String::new(),
        ed25519_private: String::new(),
        ed25519_public: String::new(),
    }
}

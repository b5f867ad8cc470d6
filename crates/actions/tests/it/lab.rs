//! A small lab: its context, its people and communities, and peers.

use std::sync::Arc;

use archipel_actions::{
    Context, Door, FollowRequest, NewCommunity, NewKeys, Order, ReceivedFollow, Special,
    Submission, Submitted, create_community, create_instance, create_person, follow, submit_post,
};
use archipel_model::{
    ActorKind, Clock, CommunityPolicy, Handle, IdSource, JoinPolicy, PostId, Site, Timestamp,
    Visibility,
};
use archipel_storage::{Activity, Actor, NewActor, Post, PostKind, Tx};
use url::Url;

/// A clock that stands still.
#[derive(Debug)]
struct Still(Timestamp);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// 2026-11-23T10:00:00Z and so many seconds.
pub const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros((1_795_428_000 + seconds) * 1_000_000)
}

/// The same lab later.
pub fn later(ctx: &Context, seconds: i64) -> Context {
    Context {
        clock: Arc::new(Still(at(seconds))),
        ..ctx.clone()
    }
}

/// The present moment of every test.
pub const NOW: Timestamp = at(0);

/// What actions need, at [`NOW`].
pub fn context() -> Context {
    Context {
        site: Site::new(&Url::parse("https://lab.example").unwrap()).unwrap(),
        clock: Arc::new(Still(NOW)),
        ids: Arc::new(IdSource::default()),
    }
}

/// The same lab, so many seconds later.
pub fn at_moment(seconds: i64) -> Context {
    Context {
        clock: Arc::new(Still(at(seconds))),
        ..context()
    }
}

pub fn handle(text: &str) -> Handle {
    text.parse().unwrap()
}

/// Keys that look like keys.
pub fn keys() -> NewKeys {
    NewKeys {
        rsa_private: "rsa private".to_owned(),
        rsa_public: "rsa public".to_owned(),
        ed25519_private: "ed25519 private".to_owned(),
        ed25519_public: "ed25519 public".to_owned(),
    }
}

pub fn new_community(name: &str, policy: CommunityPolicy) -> NewCommunity {
    NewCommunity {
        handle: handle(name),
        title: "Ti Lab".to_owned(),
        description: "Une ruche".to_owned(),
        language: "fr".to_owned(),
        policy,
    }
}

/// A community of these policies.
pub async fn community(ctx: &Context, tx: &mut Tx, name: &str, policy: CommunityPolicy) -> Actor {
    let new = new_community(name, policy);
    create_community(ctx, tx, &new, &keys()).await.unwrap()
}

/// A community that everybody may join and post to.
pub async fn open(ctx: &Context, tx: &mut Tx, name: &str) -> Actor {
    community(ctx, tx, name, CommunityPolicy::default()).await
}

/// A community whose moderators decide who joins.
pub async fn approving(ctx: &Context, tx: &mut Tx, name: &str) -> Actor {
    let policy = CommunityPolicy {
        join: JoinPolicy::Approval,
        ..CommunityPolicy::default()
    };
    community(ctx, tx, name, policy).await
}

/// The server itself, in whose name an operator acts.
pub async fn server(ctx: &Context, tx: &mut Tx) -> Actor {
    create_instance(ctx, tx, &keys()).await.unwrap()
}

/// What an operator orders in a community.
pub fn by_operator<'a>(server: &'a Actor, community: &'a Actor) -> Order<'a> {
    Order {
        by: server,
        community,
        door: Door::Here("command line"),
        reason: None,
        rule: None,
    }
}

/// Somebody who lives here.
pub async fn neighbour(ctx: &Context, tx: &mut Tx, name: &str) -> Actor {
    create_person(ctx, tx, &handle(name), name, &keys())
        .await
        .unwrap()
}

/// Somebody or a community elsewhere.
pub async fn remote(ctx: &Context, tx: &mut Tx, kind: ActorKind, name: &str) -> Actor {
    remote_at(ctx, tx, kind, name, "peer.example").await
}

/// Somebody or a community on this server.
pub async fn remote_at(
    ctx: &Context,
    tx: &mut Tx,
    kind: ActorKind,
    name: &str,
    host: &str,
) -> Actor {
    let uri = format!("https://{host}/{name}");
    let new = NewActor {
        id: ctx.id(),
        kind,
        is_local: false,
        handle: name.to_owned(),
        host: host.to_owned(),
        name: name.to_owned(),
        summary: String::new(),
        url: None,
        inbox: format!("{uri}/inbox"),
        shared_inbox: None,
        outbox: None,
        followers: None,
        featured: None,
        moderators: None,
        approves_followers: false,
        uri,
    };
    tx.put_actor(&new, NOW).await.unwrap()
}

/// A person elsewhere.
pub async fn person(ctx: &Context, tx: &mut Tx, name: &str) -> Actor {
    remote(ctx, tx, ActorKind::Person, name).await
}

/// A follow by somebody here.
pub fn asking<'a>(follower: &'a Actor, target: &'a Actor) -> FollowRequest<'a> {
    FollowRequest {
        follower,
        target,
        received: None,
    }
}

/// A follow that came from elsewhere.
pub fn received<'a>(follower: &'a Actor, target: &'a Actor, uri: &'a str) -> FollowRequest<'a> {
    let raw = r#"{"type" : "Follow"}"#;
    FollowRequest {
        follower,
        target,
        received: Some(ReceivedFollow { uri, raw }),
    }
}

/// Makes somebody elsewhere a member, and forgets what was said about it.
pub async fn join(ctx: &Context, tx: &mut Tx, follower: &Actor, target: &Actor) {
    let uri = format!("{}/follow", follower.uri);
    follow(ctx, tx, received(follower, target, &uri))
        .await
        .unwrap();
    said(tx).await;
}

/// What was said since the last time, in order.
pub async fn said(tx: &mut Tx) -> Vec<Activity> {
    tx.flush().await.unwrap();
    let said = tx.unexpanded(100).await.unwrap();
    let ids: Vec<_> = said.iter().map(|activity| activity.id).collect();
    tx.mark_expanded(&ids).await.unwrap();
    said
}

/// Something by somebody here.
pub fn writing<'a>(author: &'a Actor, community: Option<&'a Actor>) -> Submission<'a> {
    Submission {
        author,
        community,
        uri: None,
        kind: PostKind::Page,
        parent: None,
        parent_uri: None,
        title: Some("La ruche".to_owned()),
        content: "<p>Bonjour</p>".to_owned(),
        source: None,
        summary: None,
        sensitive: false,
        language: Some("fr".to_owned()),
        visibility: Visibility::Public,
        url: None,
        published_at: at(-60),
        updated_at: None,
        received: None,
        special: Special::Nothing,
        names: archipel_actions::Names::default(),
    }
}

/// The bytes that brought something from elsewhere.
pub const BROUGHT: &str = r#"{"type" : "Create", "é\u0000\"": 1.0}"#;

/// Something by somebody elsewhere.
pub fn brought<'a>(
    author: &'a Actor,
    community: Option<&'a Actor>,
    uri: &'a str,
) -> Submission<'a> {
    Submission {
        uri: Some(uri),
        received: Some(BROUGHT),
        ..writing(author, community)
    }
}

/// Submits what must be published, and gives it as it was stored.
pub async fn published(ctx: &Context, tx: &mut Tx, submission: Submission<'_>) -> Post {
    let submitted = submit_post(ctx, tx, submission).await.unwrap();
    let Submitted::Published(id) = submitted else {
        panic!("{submitted:?}");
    };
    stored(tx, id).await
}

pub async fn stored(tx: &mut Tx, id: PostId) -> Post {
    tx.post(id).await.unwrap().unwrap()
}

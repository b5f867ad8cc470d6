//! What tests need before they can begin: actors, follows, posts, activities.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use archipel_model::{
    ActivityId, ActorId, ActorKind, DestinationId, FollowId, PostId, Timestamp, Visibility,
};
use archipel_storage::{
    ActivityKind, Actor, ClaimedDestination, Conn, DeliveryResult, DestinationResult, Follow,
    FollowState, Lane, NewActivity, NewActor, NewPost, PostKind, QueuedDelivery, Store, Tx,
};

/// 2026-11-23T10:00:00Z and so many seconds.
pub const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros((1_795_428_000 + seconds) * 1_000_000)
}

/// The beginning of every test.
pub const NOW: Timestamp = at(0);

/// An hour, longer than any lease in these tests.
pub const HOUR: Duration = Duration::from_hours(1);

/// A number never used before in this process.
pub fn fresh() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(1_000);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A person at `host`, which has a shared inbox, not yet stored.
pub fn remote(name: &str, host: &str) -> NewActor {
    let uri = format!("https://{host}/users/{name}");
    NewActor {
        id: ActorId(fresh()),
        kind: ActorKind::Person,
        is_local: false,
        handle: name.to_owned(),
        host: host.to_owned(),
        name: name.to_owned(),
        summary: String::new(),
        url: None,
        inbox: format!("{uri}/inbox"),
        shared_inbox: Some(format!("https://{host}/inbox")),
        outbox: None,
        followers: Some(format!("{uri}/followers")),
        featured: None,
        moderators: None,
        approves_followers: false,
        uri,
    }
}

/// Somebody who lives here, not yet stored.
pub fn local(kind: ActorKind, name: &str) -> NewActor {
    let room = if kind == ActorKind::Group { "c" } else { "u" };
    let uri = format!("https://lab.example/{room}/{name}");
    NewActor {
        kind,
        is_local: true,
        inbox: format!("{uri}/inbox"),
        shared_inbox: Some("https://lab.example/inbox".to_owned()),
        uri,
        ..remote(name, "lab.example")
    }
}

/// A stored person at `host`.
pub async fn person(conn: &mut Conn, name: &str, host: &str) -> Actor {
    conn.put_actor(&remote(name, host), NOW).await.unwrap()
}

/// A stored community of ours.
pub async fn group(conn: &mut Conn, name: &str) -> Actor {
    let new = local(ActorKind::Group, name);
    conn.put_actor(&new, NOW).await.unwrap()
}

/// A stored person of ours.
pub async fn neighbour(conn: &mut Conn, name: &str) -> Actor {
    let new = local(ActorKind::Person, name);
    conn.put_actor(&new, NOW).await.unwrap()
}

/// A follow, not yet stored.
pub fn follow_of(follower: &Actor, target: &Actor, state: FollowState) -> Follow {
    let id = fresh();
    Follow {
        id: FollowId(id),
        follower_id: follower.id,
        target_id: target.id,
        state,
        uri: format!("https://{}/follows/{id}", follower.host),
        raw: None,
        created_at: NOW,
    }
}

/// A granted follow.
pub async fn follows(conn: &mut Conn, follower: &Actor, target: &Actor) -> Follow {
    let new = follow_of(follower, target, FollowState::Accepted);
    conn.put_follow(&new).await.unwrap()
}

/// A thread by `author`, not yet stored.
pub fn thread(author: &Actor, community: Option<&Actor>) -> NewPost {
    let id = fresh();
    let uri = format!("https://{}/p/{id}", author.host);
    NewPost {
        held_reason: None,
        received: None,
        id: PostId(id),
        is_local: author.is_local,
        kind: PostKind::Page,
        author_id: author.id,
        community_id: community.map(|community| community.id),
        root_id: None,
        parent_id: None,
        parent_uri: None,
        title: Some("La ruche".to_owned()),
        content: "<p>Bonjour</p>".to_owned(),
        source: None,
        summary: None,
        sensitive: false,
        language: Some("fr".to_owned()),
        visibility: Visibility::Public,
        url: Some(uri.clone()),
        published_at: NOW,
        updated_at: None,
        uri,
    }
}

/// An answer to `parent`, not yet stored.
pub fn reply(author: &Actor, parent: &NewPost) -> NewPost {
    NewPost {
        kind: PostKind::Note,
        community_id: parent.community_id,
        root_id: Some(parent.root_id.unwrap_or(parent.id)),
        parent_id: Some(parent.id),
        parent_uri: Some(parent.uri.clone()),
        title: None,
        ..thread(author, None)
    }
}

/// Something that `speaker` says to its followers, about `object`.
pub fn announcement(speaker: &Actor, object: &str) -> NewActivity {
    let id = fresh();
    NewActivity {
        measure_id: None,
        after_id: None,
        id: ActivityId(id),
        uri: format!("https://lab.example/activities/{id}"),
        kind: ActivityKind::AnnounceThread,
        actor_id: speaker.id,
        post_id: None,
        follow_id: None,
        object_uri: Some(object.to_owned()),
        inner_id: None,
        inner_raw: None,
        object_key: object.to_owned(),
        lane: Lane::Content,
        to_followers: true,
        to_reached: false,
        recipients: Vec::new(),
        key_id: None,
    }
}

/// Says something and turns it into deliveries; gives its id.
pub async fn say(tx: &mut Tx, activity: &NewActivity) -> ActivityId {
    say_at(tx, activity, NOW).await
}

/// The same at another moment.
pub async fn say_at(tx: &mut Tx, activity: &NewActivity, now: Timestamp) -> ActivityId {
    tx.say(activity, now);
    tx.flush().await.unwrap();
    expand(tx, activity.id, now).await;
    tx.mark_expanded(&[activity.id]).await.unwrap();
    activity.id
}

/// Turns an activity into deliveries; gives how many were added.
pub async fn expand(conn: &mut Conn, activity: ActivityId, now: Timestamp) -> u64 {
    conn.expand(&[activity], now, || DestinationId(fresh()))
        .await
        .unwrap()
        .added
}

/// Takes every due destination for an hour.
pub async fn claim(store: &Store, now: Timestamp) -> Vec<ClaimedDestination> {
    let mut tx = store.write().await.unwrap();
    let claimed = tx.claim_destinations(now, now.plus(HOUR), 1_000).await;
    tx.commit().await.unwrap();
    claimed.unwrap()
}

/// What may be sent now, to every destination there is.
pub async fn queue(store: &Store, now: Timestamp) -> Vec<QueuedDelivery> {
    let mut conn = store.read().await.unwrap();
    let all = conn.destination_views(None).await.unwrap();
    let ids: Vec<DestinationId> = all.iter().map(|destination| destination.id).collect();
    conn.queued_deliveries(&ids, now, 1_000).await.unwrap()
}

/// The activities of [`queue`].
pub async fn queued(store: &Store, now: Timestamp) -> Vec<ActivityId> {
    let queue = queue(store, now).await;
    queue.iter().map(|delivery| delivery.activity_id).collect()
}

/// A try that ended well at `NOW`.
pub fn delivered(destination: DestinationId, activity: ActivityId) -> DeliveryResult {
    DeliveryResult {
        destination: destination.0,
        activity: activity.0,
        state: "delivered",
        attempts: 1,
        next_try_at: NOW.micros(),
        status: Some(202),
        words: None,
        done_at: Some(NOW.micros()),
    }
}

/// A try that is to be repeated at `next`.
pub fn failed(destination: DestinationId, activity: ActivityId, next: Timestamp) -> DeliveryResult {
    DeliveryResult {
        state: "queued",
        next_try_at: next.micros(),
        status: Some(500),
        words: Some("plus tard".to_owned()),
        done_at: None,
        ..delivered(destination, activity)
    }
}

/// A destination that works, given back.
pub fn well(id: DestinationId) -> DestinationResult {
    DestinationResult {
        id,
        fail_count: 0,
        failing_since: None,
        backoff_until: 0,
        parked_at: None,
        success_at: None,
        error: None,
        error_at: None,
    }
}

/// A destination that is parked, given back.
pub fn parked(id: DestinationId, since: Timestamp) -> DestinationResult {
    DestinationResult {
        fail_count: 9,
        failing_since: Some(NOW.micros()),
        parked_at: Some(since.micros()),
        ..well(id)
    }
}

/// Writes results down in one transaction.
pub async fn finish(store: &Store, tries: &[DeliveryResult], rounds: &[DestinationResult]) {
    let mut tx = store.write().await.unwrap();
    tx.finish_deliveries(tries).await.unwrap();
    tx.finish_destinations(rounds).await.unwrap();
    tx.commit().await.unwrap();
}

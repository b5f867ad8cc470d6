//! The one task that tells those who listen on this node.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use archipel_model::{ActorId, EntryId, PostId, TokenId};
use archipel_storage::{Entry, StreamEvent};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::channel::Channel;
use super::hub::{Ear, Told};
use super::making::Made;
use super::routing::{route, tells_posts};
use crate::api::Api;
use crate::error::Result;
use crate::render;
use crate::routes::conversations;

/// How often tokens are looked at: one that was revoked listens no longer than this.
const TOKENS: Duration = Duration::from_secs(15);
/// Tokens looked at in one go.
const AT_ONCE: usize = 500;

/// Tells those who listen until told to stop; then all streams end.
pub async fn run(api: Api, stop: CancellationToken) {
    let mut events = api.store().wakes().streams();
    let mut look = tokio::time::interval(TOKENS);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            _ = look.tick() => {
                if let Err(error) = check_tokens(&api).await {
                    tracing::warn!(%error, "the tokens of streams could not be looked at");
                }
            }
            event = events.recv() => match event {
                Ok(event) => {
                    if let Err(error) = tell(&api, event).await {
                        tracing::warn!(%error, "streams could not be told of something");
                    }
                }
                Err(RecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "streams fell behind, and begin anew");
                    api.hub().clear();
                }
                Err(RecvError::Closed) => break,
            }
        }
    }
    api.hub().clear();
}

async fn check_tokens(api: &Api) -> Result<()> {
    let tokens = api.hub().tokens();
    for some in tokens.chunks(AT_ONCE) {
        let mut conn = api.store().read().await?;
        let alive = conn.tokens_alive(some).await?;
        let alive: HashSet<TokenId> = alive.into_iter().collect();
        api.hub().keep(&alive, &some.iter().copied().collect());
    }
    Ok(())
}

async fn tell(api: &Api, event: StreamEvent) -> Result<()> {
    match event {
        StreamEvent::Shown {
            entry,
            actor,
            post,
            boost,
        } => {
            let entry = Entry {
                id: entry,
                actor_id: actor,
                post_id: post,
                boost,
                created_at: api.ctx().now(),
            };
            shown(api, &entry).await
        }
        StreamEvent::Edited { post } => edited(api, post).await,
        StreamEvent::Gone { statuses } => {
            gone(api, &statuses);
            Ok(())
        }
        StreamEvent::Notified {
            notification,
            owner,
        } => notified(api, owner, notification).await,
        StreamEvent::FiltersChanged { owner } => {
            let home = |channel: &Channel| *channel == Channel::User;
            for ear in api.hub().ears(home) {
                if ear.me == Some(owner) {
                    tell_ear(api, &ear, "filters_changed", None);
                }
            }
            Ok(())
        }
        StreamEvent::Conversation { owner, id } => conversation(api, owner, id).await,
    }
}

fn tell_ear(api: &Api, ear: &Ear, event: &'static str, payload: Option<Arc<str>>) {
    let told = Told::new(&ear.channel, event, payload);
    api.hub().tell(ear.id, told);
}

async fn shown(api: &Api, entry: &Entry) -> Result<()> {
    let ears = api.hub().ears(tells_posts);
    if ears.is_empty() {
        return Ok(());
    }
    let mut conn = api.store().read().await?;
    // With the moment that is stored.
    let entry = conn.entry(entry.id, entry.boost).await?;
    let Some(entry) = entry else {
        return Ok(());
    };
    let Some(post) = conn.post(entry.post_id).await? else {
        return Ok(());
    };
    let ears = route(api, &mut conn, &entry, &post, ears).await?;
    let mut made = Made::new(api, &mut conn, &entry, &ears).await?;
    for ear in &ears {
        if let Some(payload) = made.for_ear(&mut conn, ear).await? {
            tell_ear(api, ear, "update", Some(payload));
        }
    }
    Ok(())
}

async fn edited(api: &Api, id: PostId) -> Result<()> {
    let ears = api.hub().ears(tells_posts);
    if ears.is_empty() {
        return Ok(());
    }
    let mut conn = api.store().read().await?;
    let Some(post) = conn.post(id).await? else {
        return Ok(());
    };
    let mut hear: HashSet<Ear> = HashSet::new();
    for entry in conn.entries_of(id).await? {
        let found = route(api, &mut conn, &entry, &post, ears.clone()).await?;
        hear.extend(found);
    }
    let itself = Entry {
        id: EntryId(id.0),
        actor_id: post.author_id,
        post_id: id,
        boost: false,
        created_at: post.published_at,
    };
    let hear: Vec<Ear> = hear.into_iter().collect();
    let mut made = Made::new(api, &mut conn, &itself, &hear).await?;
    for ear in &hear {
        if let Some(payload) = made.for_ear(&mut conn, ear).await? {
            tell_ear(api, ear, "status.update", Some(payload));
        }
    }
    Ok(())
}

fn gone(api: &Api, statuses: &[EntryId]) {
    let ears = api.hub().ears(tells_posts);
    for id in statuses {
        let payload: Arc<str> = id.to_string().into();
        for ear in &ears {
            tell_ear(api, ear, "delete", Some(Arc::clone(&payload)));
        }
    }
}

async fn notified(api: &Api, owner: ActorId, id: i64) -> Result<()> {
    let ears = api.hub().ears_for_notifications(owner);
    if ears.is_empty() {
        return Ok(());
    }
    let mut conn = api.store().read().await?;
    let Some(kept) = conn.notification(owner, id).await? else {
        return Ok(());
    };
    let told = render::notifications(api, &mut conn, Some(owner), &[kept]).await?;
    let Some(told) = told.first() else {
        return Ok(());
    };
    let Ok(payload) = serde_json::to_string(told) else {
        return Ok(());
    };
    let payload: Arc<str> = payload.into();
    for ear in &ears {
        tell_ear(api, ear, "notification", Some(Arc::clone(&payload)));
    }
    Ok(())
}

async fn conversation(api: &Api, owner: ActorId, id: i64) -> Result<()> {
    let direct = |channel: &Channel| *channel == Channel::Direct;
    let mut ears = api.hub().ears(direct);
    ears.retain(|ear| ear.me == Some(owner));
    if ears.is_empty() {
        return Ok(());
    }
    let mut conn = api.store().read().await?;
    let Some(stored) = conn.conversation(owner, id).await? else {
        return Ok(());
    };
    let entity = conversations::entity(api, &mut conn, owner, &stored).await?;
    let Some(payload) = entity.and_then(|entity| serde_json::to_string(&entity).ok()) else {
        return Ok(());
    };
    let payload: Arc<str> = payload.into();
    for ear in &ears {
        tell_ear(api, ear, "conversation", Some(Arc::clone(&payload)));
    }
    Ok(())
}

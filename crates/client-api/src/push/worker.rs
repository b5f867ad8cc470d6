//! Sends what is to be pushed. What is left to do is in the database: a restart loses
//! nothing, and of several nodes one sends each thing.

use std::sync::Arc;
use std::time::Duration;

use archipel_model::Timestamp;
use archipel_storage::{DuePush, StreamEvent};
use futures::StreamExt as _;
use futures::stream;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::device::Device;
use super::message::message;
use super::voucher::Voucher;
use crate::api::Api;
use crate::error::{ApiError, Result};
use crate::{render, vapid};

/// How often it is looked for what is due, besides at once.
const LOOK: Duration = Duration::from_secs(2);
/// How long one sending may take before another node tries.
const LEASE: Duration = Duration::from_mins(2);
/// How many are taken at once, and sent at the same time.
const AT_ONCE: (i64, usize) = (64, 16);
/// Waits between tries; after the last one it is given up.
const TRIES: [Duration; 6] = [
    Duration::from_secs(15),
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(8),
];
/// What is older is news no more, for push services either.
const LIFE: Duration = Duration::from_hours(48);

/// Pushes until told to stop.
pub async fn run(api: Api, stop: CancellationToken) {
    let mut events = api.store().wakes().streams();
    loop {
        match turn(&api).await {
            // There may be more.
            Ok(sent) if sent > 0 => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "notifications could not be pushed"),
        }
        let told = async {
            loop {
                match events.recv().await {
                    Ok(StreamEvent::Notified { .. }) | Err(RecvError::Lagged(_)) => return,
                    Ok(_) => {}
                    Err(RecvError::Closed) => std::future::pending().await,
                }
            }
        };
        tokio::select! {
            () = told => {}
            () = tokio::time::sleep(LOOK) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Sends what is due; says how much that was.
async fn turn(api: &Api) -> Result<usize> {
    let now = api.ctx().now();
    if !api.store().read().await?.is_push_due(now).await? {
        return Ok(0);
    }
    let mut tx = api.store().write().await?;
    let due = tx.claim_pushes(now, now.plus(LEASE), AT_ONCE.0).await?;
    tx.commit().await?;
    let voucher = Arc::new(voucher(api).await?);
    let sent = due.len();
    let ends: Vec<(DuePush, End)> = stream::iter(due)
        .map(|push| send(api.clone(), Arc::clone(&voucher), push))
        .buffer_unordered(AT_ONCE.1)
        .collect()
        .await;
    let now = api.ctx().now();
    let mut tx = api.store().write().await?;
    for (push, end) in ends {
        match end {
            End::Done => tx.end_push(&push).await?,
            End::Gone => tx.drop_push_subscription(push.subscription_id).await?,
            End::Later(asked) => match wait(&push, asked, now) {
                Some(until) => tx.put_push_off(&push, until).await?,
                None => tx.end_push(&push).await?,
            },
        }
    }
    tx.commit().await?;
    Ok(sent)
}

async fn send(api: Api, voucher: Arc<Voucher>, push: DuePush) -> (DuePush, End) {
    let end = one(&api, &voucher, &push).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "a notification could not be pushed");
        End::Later(None)
    });
    (push, end)
}

/// What became of a push.
enum End {
    /// Nothing is left to do.
    Done,
    /// The device is gone.
    Gone,
    /// It is tried again, at the earliest after what the push service asked.
    Later(Option<Duration>),
}

/// When a push that failed is tried again; none when it is given up.
fn wait(push: &DuePush, asked: Option<Duration>, now: Timestamp) -> Option<Timestamp> {
    let tried = usize::try_from(push.attempts.saturating_sub(1)).ok()?;
    let wait = *TRIES.get(tried)?;
    let until = now.plus(asked.map_or(wait, |asked| asked.max(wait)));
    (until.since(push.created_at) < LIFE).then_some(until)
}

async fn voucher(api: &Api) -> Result<Voucher> {
    let public = vapid::public_key(api).await?;
    let private = api.store().read().await?.setting(vapid::PRIVATE).await?;
    let contact = match api.0.settings.contact_email.trim() {
        "" => api.url("/"),
        mail => format!("mailto:{mail}"),
    };
    Voucher::new(&private.unwrap_or_default(), public, contact).ok_or_else(|| {
        tracing::error!("the key that push services know us by cannot be read");
        ApiError::Trouble
    })
}

async fn one(api: &Api, voucher: &Voucher, push: &DuePush) -> Result<End> {
    let mut conn = api.store().read().await?;
    let Some(target) = conn.push_target(push.subscription_id).await? else {
        // Of a token that counts no more.
        return Ok(End::Done);
    };
    let owner = target.owner_id;
    let Some(kept) = conn.notification(owner, push.notification_id).await? else {
        return Ok(End::Done);
    };
    let told = render::notifications(api, &mut conn, Some(owner), std::slice::from_ref(&kept));
    let Some(told) = told.await?.pop() else {
        return Ok(End::Done);
    };
    drop(conn);
    let sealed = Device::parse(&target.p256dh, &target.auth).and_then(|device| {
        let message = message(kept.id, kept.kind, &told, &target.locale)?;
        device.seal(message)
    });
    let (Some(sealed), Ok(endpoint)) = (sealed, Url::parse(&target.endpoint)) else {
        return Ok(End::Done);
    };
    let now = api.ctx().now();
    let Some(headers) = headers(voucher, &endpoint, now) else {
        return Ok(End::Later(None));
    };
    let answer = api.world().post_bytes(&endpoint, headers, sealed).await;
    tracing::debug!(status = answer.status, host = endpoint.host_str(), "pushed");
    Ok(match answer.status {
        Some(404 | 410) => End::Gone,
        Some(401 | 403 | 408 | 429 | 500..=599) | None => End::Later(answer.retry_after),
        // It arrived; or it is too large or not understood, and saying it again changes
        // nothing.
        Some(_) => End::Done,
    })
}

fn headers(
    voucher: &Voucher,
    endpoint: &Url,
    now: Timestamp,
) -> Option<Vec<(&'static str, String)>> {
    let octets = "application/octet-stream".to_owned();
    Some(vec![
        ("authorization", voucher.header(endpoint, now)?),
        ("content-type", octets),
        ("content-encoding", "aes128gcm".to_owned()),
        ("ttl", LIFE.as_secs().to_string()),
        ("urgency", "normal".to_owned()),
    ])
}

//! Copies of pictures of elsewhere: fetched when somebody first looks at them, made safe
//! like uploads, kept while somebody does.
//!
//! Only addresses that this server named itself are fetched (see
//! [`archipel_media::proxy`]), through the one guarded client. Whoever looks at the same
//! picture at the same time waits for the same fetch; what could not be had is not asked
//! for again for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use archipel_media::proxy::Named;
use archipel_media::{MAX_BYTES, Shape};
use archipel_storage::{Blobs, RemoteFile};
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use tokio::sync::Semaphore;

use super::serve::{file, nothing};
use crate::api::Api;

/// How long browsers keep a copy.
const A_WEEK: &str = "public, max-age=604800";
/// How long they believe that there is none.
const FIVE_MINUTES: &str = "public, max-age=300";
/// How long a server that did not answer is left alone.
const SILENT: Duration = Duration::from_mins(10);
/// How long something that is no picture is not looked at again.
const NO_PICTURE: Duration = Duration::from_hours(24);
/// How exactly it is written down when somebody looked.
const USED: Duration = Duration::from_hours(24);
/// Pictures fetched at once.
const FETCHES: usize = 8;

/// What is being fetched.
#[derive(Debug)]
pub(crate) struct Copies {
    room: Semaphore,
    under_way: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Default for Copies {
    fn default() -> Self {
        Self {
            room: Semaphore::new(FETCHES),
            under_way: Mutex::default(),
        }
    }
}

impl Copies {
    /// The turn of those who want the same file.
    fn turn(&self, key: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Those that nobody holds any more are over.
        under_way.retain(|_, turn| Arc::strong_count(turn) > 1);
        Arc::clone(under_way.entry(key.to_owned()).or_default())
    }
}

/// A picture of elsewhere.
pub(super) async fn whole(
    State(api): State<Api>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    copy(api, &name, &headers, |found| found.blob.as_deref()).await
}

/// A small picture of one.
pub(super) async fn small(
    State(api): State<Api>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    copy(api, &name, &headers, |found| found.preview.as_deref()).await
}

async fn copy(
    api: Api,
    name: &str,
    headers: &HeaderMap,
    which: fn(&RemoteFile) -> Option<&str>,
) -> Response {
    let Some(named) = api.media().proxy().read(name) else {
        return nothing(StatusCode::NOT_FOUND, FIVE_MINUTES);
    };
    // In a task of its own: whoever goes away before it is there leaves it to the next.
    let fetching = {
        let api = api.clone();
        tokio::spawn(async move { obtain(&api, &named).await })
    };
    let found = match fetching.await {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => {
            tracing::error!(%error, "a copy of a file could not be looked up");
            return nothing(StatusCode::SERVICE_UNAVAILABLE, "no-store");
        }
        Err(_) => return nothing(StatusCode::SERVICE_UNAVAILABLE, "no-store"),
    };
    match found.as_ref().and_then(which) {
        Some(blob) => file(&api, blob, headers, A_WEEK).await,
        None if found.is_some() => nothing(StatusCode::NOT_FOUND, FIVE_MINUTES),
        None => nothing(StatusCode::BAD_GATEWAY, FIVE_MINUTES),
    }
}

/// What there is of a file of elsewhere, fetched if nothing is known yet. `None`: it did
/// not answer just now.
async fn obtain(api: &Api, named: &Named) -> archipel_storage::Result<Option<RemoteFile>> {
    if let Some(known) = known(api, named).await? {
        return Ok(Some(known));
    }
    let turn = api.copies().turn(&named.key);
    let _turn = turn.lock().await;
    // Somebody else may have fetched it meanwhile.
    if let Some(known) = known(api, named).await? {
        return Ok(Some(known));
    }
    let fetched = {
        let Ok(_room) = api.copies().room.acquire().await else {
            return Ok(None);
        };
        fetch(api, named).await
    };
    let now = api.ctx().now();
    let (copy, answered) = match &fetched {
        Fetched::Kept(blobs, size) => (Ok((blobs, *size)), true),
        Fetched::NoPicture => (Err(now.plus(NO_PICTURE)), true),
        Fetched::Silent => (Err(now.plus(SILENT)), false),
    };
    let mut tx = api.store().write().await?;
    tx.put_remote_file(&named.key, named.url.as_str(), copy, now)
        .await?;
    let found = tx.remote_file(&named.key).await?;
    tx.commit().await?;
    Ok(found.filter(|_| answered))
}

/// What is known already, unless it is time to ask again.
async fn known(api: &Api, named: &Named) -> archipel_storage::Result<Option<RemoteFile>> {
    let known = api.store().read().await?.remote_file(&named.key).await?;
    let Some(known) = known else {
        return Ok(None);
    };
    let now = api.ctx().now();
    if known.blob.is_none() && known.retry_at.is_none_or(|retry_at| retry_at <= now) {
        return Ok(None);
    }
    if known.blob.is_some() && known.used_at.is_none_or(|used| now.since(used) >= USED) {
        let mut tx = api.store().write().await?;
        tx.remote_file_used(&named.key, now).await?;
        tx.commit().await?;
    }
    Ok(Some(known))
}

enum Fetched {
    Kept(Blobs, i64),
    NoPicture,
    Silent,
}

async fn fetch(api: &Api, named: &Named) -> Fetched {
    let Some(bytes) = api.world().fetch_file(named.url.as_str(), MAX_BYTES).await else {
        return Fetched::Silent;
    };
    let media = api.media();
    let picture = match media.process(bytes.into(), Shape::Attachment).await {
        Ok(picture) => picture,
        Err(why) => {
            tracing::debug!(url = %named.url, %why, "no picture to be shown");
            return Fetched::NoPicture;
        }
    };
    match media.keep(&picture).await {
        Ok((blob, preview)) => {
            let size = picture.file.bytes.len() + picture.preview.bytes.len();
            let blobs = Blobs {
                blob: Some(blob),
                preview: Some(preview),
            };
            Fetched::Kept(blobs, i64::try_from(size).unwrap_or(i64::MAX))
        }
        Err(error) => {
            tracing::error!(%error, "a copy of a file could not be kept");
            Fetched::Silent
        }
    }
}

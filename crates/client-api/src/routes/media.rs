//! Uploading pictures.
//!
//! An upload is worked on before it is answered, so that its address is there at once.
//! Only who uploaded a file sees it by its id; others see it with the post.

use archipel_media::MAX_BYTES;
use archipel_model::{ActorId, MediaId, Scope};
use archipel_storage::{Conn, ShownMedia};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Api;
use crate::entities::Attachment;
use crate::error::{ApiError, Result};
use crate::extract::{IdOf, Params, Sent, Text};
use crate::files::{Purpose, Words, keep};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::Member;

/// Bytes of a form with a picture: the picture, and what stands around it.
const FORM: usize = MAX_BYTES + 6 * 1024 * 1024;

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    let write = Access::Member(Scope::WriteMedia);
    for path in ["/api/v2/media", "/api/v1/media"] {
        routes.post(
            path,
            rule::<Attachment>("Uploads a picture", write, Shows::Own)
                .takes::<Upload>()
                .body(FORM),
            upload,
        );
    }
    routes.get(
        "/api/v1/media/{id}",
        rule::<Attachment>("An uploaded picture", write, Shows::Own),
        one,
    );
    routes.put(
        "/api/v1/media/{id}",
        rule::<Attachment>("Describes an uploaded picture", write, Shows::Own)
            .takes::<Upload>()
            .body(FORM),
        describe,
    );
    routes.delete(
        "/api/v1/media/{id}",
        rule::<Value>(
            "Removes an upload that no post shows",
            write,
            Shows::Nothing,
        ),
        remove,
    );
}

/// What is sent beside the file, which is called `file`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Upload {
    /// What the picture shows, for who does not see it.
    description: Text,
    /// What must stay visible when it is cut: `x,y` from -1 to 1.
    focus: Text,
}

async fn upload(
    State(api): State<Api>,
    Member(viewer): Member,
    mut sent: Sent<Upload>,
) -> Result<Json<Attachment>> {
    let Some(file) = sent.files.remove("file") else {
        return Err(ApiError::refused(
            "Validation failed: send the picture as `file` of a multipart form",
        ));
    };
    let words = Words::read(sent.params.description.0, sent.params.focus.0.as_deref())?;
    let id = keep(&api, viewer.subject, Purpose::Attachment, file, words).await?;
    let mut conn = api.store().read().await?;
    let found = own(&mut conn, viewer.subject, id).await?;
    Ok(Json(render::attachment(&api, &found)))
}

/// A file of theirs.
async fn own(conn: &mut Conn, owner: ActorId, id: MediaId) -> Result<ShownMedia> {
    let mut found = conn.own_media(owner, &[id]).await?;
    found.pop().ok_or(ApiError::NotFound)
}

async fn one(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<MediaId>,
) -> Result<Json<Attachment>> {
    let mut conn = api.store().read().await?;
    let found = own(&mut conn, viewer.subject, id).await?;
    Ok(Json(render::attachment(&api, &found)))
}

async fn describe(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<MediaId>,
    Params(params): Params<Upload>,
) -> Result<Json<Attachment>> {
    let words = Words::read(params.description.0, params.focus.0.as_deref())?;
    let owner = viewer.subject;
    let mut tx = api.store().write().await?;
    // Of a file that a post shows, others have to be told: that is an edit of the post.
    if own(&mut tx, owner, id).await?.post_id.is_some() {
        return Err(ApiError::NotFound);
    }
    let description = words.description.as_deref();
    tx.describe_media(id, owner, description, words.focus, api.ctx().now())
        .await?;
    let found = own(&mut tx, owner, id).await?;
    tx.commit().await?;
    Ok(Json(render::attachment(&api, &found)))
}

async fn remove(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<MediaId>,
) -> Result<Json<Value>> {
    let mut tx = api.store().write().await?;
    if own(&mut tx, viewer.subject, id).await?.post_id.is_some() {
        return Err(ApiError::refused(
            "A post shows this picture: edit or delete the post",
        ));
    }
    let removed = tx.delete_upload(viewer.subject, id).await?;
    tx.commit().await?;
    for name in removed.iter().flat_map(archipel_storage::Blobs::names) {
        if let Err(error) = api.media().blobs().remove(name).await {
            tracing::warn!(%error, "a removed file is still in the store");
        }
    }
    Ok(Json(json!({})))
}

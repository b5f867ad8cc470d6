//! Keeps the pictures that members send.

use std::time::Duration;

use archipel_media::{MAX_DESCRIPTION, Shape};
use archipel_model::{ActorId, MediaId};
use archipel_storage::NewMedia;
use bytes::Bytes;

use crate::api::Api;
use crate::error::{ApiError, Result};

/// Pictures that somebody may send in [`WINDOW`].
const UPLOADS: i64 = 30;
/// For how long they are counted together.
const WINDOW: Duration = Duration::from_mins(30);

/// What a picture is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A post.
    Attachment,
    /// The portrait of a profile.
    Avatar,
    /// The banner of a profile.
    Header,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Attachment => "attachment",
            Self::Avatar => "avatar",
            Self::Header => "header",
        }
    }

    const fn shape(self) -> Shape {
        match self {
            Self::Attachment => Shape::Attachment,
            Self::Avatar => Shape::Avatar,
            Self::Header => Shape::Header,
        }
    }
}

/// What is said of a picture.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    /// What it shows.
    pub(crate) description: Option<String>,
    /// What must stay visible.
    pub(crate) focus: Option<(f64, f64)>,
}

impl Words {
    /// Reads them as apps send them: `focus` as `x,y`, each from -1 to 1.
    pub(crate) fn read(description: Option<String>, focus: Option<&str>) -> Result<Self> {
        let too_long = |text: &String| text.chars().count() > MAX_DESCRIPTION;
        if description.as_ref().is_some_and(too_long) {
            return Err(ApiError::refused(format!(
                "Validation failed: the description is too long: at most {MAX_DESCRIPTION} characters"
            )));
        }
        let focus = focus.map(str::trim).filter(|focus| !focus.is_empty());
        Ok(Self {
            description,
            focus: focus.map(point).transpose()?,
        })
    }
}

fn point(focus: &str) -> Result<(f64, f64)> {
    let number = |text: &str| {
        let number: f64 = text.trim().parse().ok()?;
        number.is_finite().then(|| number.clamp(-1.0, 1.0))
    };
    focus
        .split_once(',')
        .and_then(|(x, y)| Some((number(x)?, number(y)?)))
        .ok_or_else(|| {
            ApiError::refused("Validation failed: focus is two numbers from -1 to 1, as in 0.0,0.5")
        })
}

/// Makes a picture safe and keeps it for somebody.
pub(crate) async fn keep(
    api: &Api,
    owner: ActorId,
    purpose: Purpose,
    bytes: Bytes,
    words: Words,
) -> Result<MediaId> {
    count(api, owner).await?;
    let media = api.media();
    let picture = media
        .process(bytes, purpose.shape())
        .await
        .map_err(|why| ApiError::refused(format!("Validation failed: {why}")))?;
    let kept = media.keep(&picture).await.map_err(|error| {
        tracing::error!(%error, "a picture could not be kept");
        ApiError::Trouble
    })?;
    let id: MediaId = api.ctx().id();
    let description = words.description.filter(|text| !text.trim().is_empty());
    let (file, preview) = (&picture.file, &picture.preview);
    let bytes = file.bytes.len() + preview.bytes.len();
    let new = NewMedia {
        id,
        owner,
        purpose: purpose.as_str(),
        mime: file.mime,
        blob: &kept.0,
        preview: &kept.1,
        description: description.as_deref(),
        blurhash: picture.blurhash.as_deref(),
        size: (file.width, file.height),
        preview_size: (preview.width, preview.height),
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        focus: words.focus.unwrap_or_default(),
    };
    let mut tx = api.store().write().await?;
    tx.insert_media(&new, api.ctx().now()).await?;
    tx.commit().await?;
    Ok(id)
}

/// Counts an upload before anything is done with it.
async fn count(api: &Api, owner: ActorId) -> Result<()> {
    let mut tx = api.store().write().await?;
    let key = format!("media:{owner}");
    let uploads = tx.hit(&key, WINDOW, api.ctx().now()).await?;
    tx.commit().await?;
    if uploads > UPLOADS {
        return Err(ApiError::TooMany(WINDOW.as_secs()));
    }
    Ok(())
}

//! What apps send when somebody writes, read into a draft.

use archipel_model::{EntryId, MediaId, Visibility};
use archipel_storage::{Draft, DraftPoll};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::api::Api;
use crate::error::{ApiError, Result};
use crate::extract::{Flag, List, Num, Text, once};
use crate::viewer::Viewer;

/// What a post is to be.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Wish {
    pub(super) status: Text,
    pub(super) media_ids: List<Text>,
    #[serde(deserialize_with = "object")]
    pub(super) poll: Option<PollWish>,
    pub(super) in_reply_to_id: Text,
    pub(super) sensitive: Flag,
    pub(super) spoiler_text: Text,
    /// public, unlisted, private, direct; none: as the account says.
    pub(super) visibility: Text,
    pub(super) language: Text,
    /// At least five minutes from now.
    pub(super) scheduled_at: Text,
    pub(super) content_type: Text,
    /// Posts are not quoted here.
    pub(super) quoted_status_id: Text,
}

/// What a poll is to be.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct PollWish {
    options: List<Text>,
    /// Seconds.
    expires_in: Num,
    multiple: Flag,
    hide_totals: Flag,
}

impl PollWish {
    /// The poll, if choices were given.
    pub(super) fn draft(&self) -> Option<DraftPoll> {
        let options: Vec<String> = self
            .options
            .0
            .iter()
            .filter_map(|option| option.0.clone())
            .collect();
        (!options.is_empty()).then(|| DraftPoll {
            options,
            expires_in: self
                .expires_in
                .0
                .and_then(|seconds| u64::try_from(seconds).ok())
                .unwrap_or_default(),
            multiple: self.multiple.yes(),
            hide_totals: self.hide_totals.yes(),
        })
    }
}

/// Something within the request; anything but an object counts as absent.
pub(in crate::routes) fn object<'de, D, T>(
    deserializer: D,
) -> std::result::Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    Ok(value
        .is_object()
        .then(|| serde_json::from_value(value).ok())
        .flatten())
}

/// The draft that a wish amounts to.
pub(super) async fn draft(api: &Api, viewer: &Viewer, wish: &Wish) -> Result<Draft> {
    if wish.quoted_status_id.filled().is_some() {
        return Err(ApiError::refused(
            "Posts cannot be quoted here; put the address of the post into your text",
        ));
    }
    plain(&wish.content_type)?;
    let mut conn = api.store().read().await?;
    let defaults = conn.composing(viewer.account).await?;
    let parent = match wish.in_reply_to_id.filled().map(str::trim) {
        None | Some("null" | "None") => None,
        Some(id) => {
            let id: EntryId = id.parse().map_err(|_| ApiError::NotFound)?;
            let entry = conn.entry_seen_by(Some(viewer.subject), id).await?;
            Some(entry.ok_or(ApiError::NotFound)?.post_id)
        }
    };
    let visibility = match wish.visibility.filled() {
        Some(word) => seen_by(word)?,
        None => defaults
            .as_ref()
            .map_or(Visibility::Public, |it| it.visibility),
    };
    let summary = wish
        .spoiler_text
        .filled()
        .map(|text| text.trim().to_owned());
    let sensitive = wish
        .sensitive
        .0
        .unwrap_or_else(|| defaults.as_ref().is_some_and(|it| it.sensitive));
    Ok(Draft {
        text: clean(wish.status.0.as_deref().unwrap_or_default()),
        media: media(&wish.media_ids),
        poll: wish.poll.as_ref().and_then(PollWish::draft),
        parent,
        sensitive: sensitive || summary.is_some(),
        summary,
        visibility: visibility.to_string(),
        language: language(&wish.language).or_else(|| defaults.and_then(|it| it.language)),
        app: Some(viewer.app),
    })
}

/// Refuses text of which more is expected than to be shown as it is.
pub(super) fn plain(content_type: &Text) -> Result<()> {
    match content_type.filled() {
        None => Ok(()),
        Some(kind) if kind.trim().starts_with("text/plain") => Ok(()),
        Some(_) => Err(ApiError::refused(
            "Only plain text can be written here: leave content_type away",
        )),
    }
}

/// A text with lines as we keep them.
pub(super) fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// The ids of files. Empty fields of forms are none; other words name no file.
pub(super) fn media(ids: &List<Text>) -> Vec<MediaId> {
    let ids = ids.0.iter().filter_map(Text::filled);
    once(ids.map(|id| MediaId(id.trim().parse().unwrap_or_default())))
}

/// A language, if it looks like one.
pub(super) fn language(text: &Text) -> Option<String> {
    let tag = text.filled()?.trim();
    let looks = tag.len() >= 2
        && tag.len() <= 35
        && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    looks.then(|| tag.to_owned())
}

fn seen_by(word: &str) -> Result<Visibility> {
    word.trim().parse().map_err(|_| {
        ApiError::refused(
            "Validation failed: visibility is one of public, unlisted, private, direct",
        )
    })
}

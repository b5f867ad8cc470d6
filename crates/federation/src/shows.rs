//! Pictures, links and emoji of posts: from the documents of others to what is stored,
//! and from what is stored to our documents.

use archipel_model::PostId;
use archipel_storage::{Conn, RemoteMedia, Shows};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::parse::{AttachmentKind, ObjectKind, RemoteObject};
use crate::render::actor::PictureView;
use crate::render::object::{EmojiView, MediaView};
use crate::state::stored_url;
use crate::views::{ViewError, url};

/// What a post of elsewhere shows beside its text.
pub(crate) fn of(object: &RemoteObject) -> Shows {
    let link = object
        .attachments
        .iter()
        .find(|one| one.kind == AttachmentKind::Link)
        .map(|one| one.url.to_string());
    let mut media: Vec<RemoteMedia> = object
        .attachments
        .iter()
        .filter(|one| one.kind != AttachmentKind::Link)
        .map(|one| RemoteMedia {
            url: one.url.to_string(),
            kind: kind(one.kind),
            mime: one.media_type.clone().unwrap_or_default(),
            description: one.alt.clone(),
            blurhash: one.blurhash.clone(),
            size: one.size,
            focus: one.focus.unwrap_or_default(),
        })
        .collect();
    // The picture of an article stands for it; that of a link is a picture of what it
    // leads to.
    let titled = !matches!(object.kind, ObjectKind::Note | ObjectKind::Question);
    if let (true, None, true, Some(image)) = (titled, &link, media.is_empty(), &object.image) {
        media.push(RemoteMedia {
            url: image.to_string(),
            kind: "image",
            ..RemoteMedia::default()
        });
    }
    let emojis: Vec<_> = object
        .emojis
        .iter()
        .map(|(name, url)| json!({ "shortcode": name, "url": url, "static_url": url }))
        .collect();
    Shows {
        media,
        link,
        emojis: if emojis.is_empty() {
            String::new()
        } else {
            json!(emojis).to_string()
        },
    }
}

const fn kind(kind: AttachmentKind) -> &'static str {
    match kind {
        AttachmentKind::Image => "image",
        AttachmentKind::Video => "video",
        AttachmentKind::Audio => "audio",
        AttachmentKind::Link | AttachmentKind::Document => "unknown",
    }
}

/// The pictures of one of our posts; `post` is its address.
pub(crate) async fn media(
    conn: &mut Conn,
    id: PostId,
    post: &str,
) -> Result<Vec<MediaView>, ViewError> {
    let base = url(post)?;
    let pixels = |side: Option<i64>| u32::try_from(side?).ok();
    Ok(conn
        .own_files(id)
        .await?
        .into_iter()
        .filter_map(|file| {
            Some(MediaView {
                url: base.join(&format!("/media/{}", file.blob)).ok()?,
                media_type: file.mime,
                alt: file.description,
                size: pixels(file.width).zip(pixels(file.height)),
                blurhash: file.blurhash,
                focus: Some((file.focus_x, file.focus_y)).filter(|focus| *focus != (0.0, 0.0)),
            })
        })
        .collect())
}

/// A picture in our store.
pub(crate) fn picture(blob: Option<&str>, root: &str) -> Option<PictureView> {
    let blob = blob?;
    let media_type = match blob.rsplit('.').next() {
        Some("png") => Some("image/png"),
        Some("jpg" | "jpeg") => Some("image/jpeg"),
        Some("webp") => Some("image/webp"),
        Some("gif") => Some("image/gif"),
        _ => None,
    };
    Some(PictureView {
        url: stored_url(&format!("{root}media/{blob}"))?,
        media_type: media_type.map(str::to_owned),
    })
}

#[derive(Deserialize)]
struct Stored {
    shortcode: String,
    url: String,
}

/// The custom emoji of one of our posts.
pub(crate) async fn emojis(conn: &mut Conn, id: PostId) -> Result<Vec<EmojiView>, ViewError> {
    let stored: Vec<Stored> = serde_json::from_str(&conn.emojis_of(id).await?).unwrap_or_default();
    Ok(stored
        .into_iter()
        .filter_map(|emoji| {
            let url: Url = stored_url(&emoji.url)?;
            Some(EmojiView {
                name: emoji.shortcode,
                url,
            })
        })
        .collect())
}

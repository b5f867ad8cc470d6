//! Reads what is attached to a post: links and media.

use serde_json::Value;
use url::Url;

use super::limits;
use super::value::{Object, items, link_target, text, types};

/// What an attachment is, after its media type where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentKind {
    /// A page elsewhere: what a link post is about.
    Link,
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A sound.
    Audio,
    /// Any other file.
    Document,
}

/// One thing attached to a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Where it is.
    pub url: Url,
    /// What it is.
    pub kind: AttachmentKind,
    /// The media type as the peer gives it, lower case.
    pub media_type: Option<String>,
    /// Its description in words, plain text.
    pub alt: Option<String>,
}

/// The attachments of an object, unreadable ones left out.
pub(super) fn attachments(object: &Object) -> Vec<Attachment> {
    let (mut links, mut media) = (0, 0);
    items(object.get("attachment"))
        .iter()
        .filter_map(read)
        .filter(|one| {
            let count = match one.kind {
                AttachmentKind::Link => &mut links,
                _ => &mut media,
            };
            *count += 1;
            *count <= limits::ATTACHMENTS
        })
        .collect()
}

fn read(value: &Value) -> Option<Attachment> {
    let object = value.as_object()?;
    let media_type = text(object, "mediaType", 100).map(|kind| kind.to_ascii_lowercase());
    let kind = match (types(object).next()?, media_type.as_deref()) {
        ("Link" | "Page", _) => AttachmentKind::Link,
        ("Image", _) => AttachmentKind::Image,
        ("Video", _) => AttachmentKind::Video,
        ("Audio", _) => AttachmentKind::Audio,
        ("Document", Some(kind)) if kind.starts_with("image/") => AttachmentKind::Image,
        ("Document", Some(kind)) if kind.starts_with("video/") => AttachmentKind::Video,
        ("Document", Some(kind)) if kind.starts_with("audio/") => AttachmentKind::Audio,
        ("Document", _) => AttachmentKind::Document,
        _ => return None,
    };
    Some(Attachment {
        url: link_target(value)?,
        kind,
        media_type,
        alt: text(object, "name", limits::SUMMARY)
            .or_else(|| text(object, "summary", limits::SUMMARY)),
    })
}

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
    /// A blurred preview (<https://blurha.sh>).
    pub blurhash: Option<String>,
    /// Width and height in pixels.
    pub size: Option<(u32, u32)>,
    /// What must stay visible, in thousandths: -1000 left to 1000 right, -1000 bottom to
    /// 1000 top.
    pub focus: Option<(i32, i32)>,
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
        // Lemmy's pictures are links to them.
        ("Link" | "Image", Some(kind)) if kind.starts_with("image/") => AttachmentKind::Image,
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
        blurhash: text(object, "blurhash", 200).filter(|hash| is_blurhash(hash)),
        size: pixels(object, "width").zip(pixels(object, "height")),
        focus: focus(object),
    })
}

/// Whether a text may be one: its first character says how long it is.
fn is_blurhash(text: &str) -> bool {
    const DIGITS: &str =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
    let parts = text
        .chars()
        .next()
        .and_then(|first| DIGITS.find(first))
        .map(|parts| (parts % 9 + 1) * (parts / 9 + 1));
    text.chars().all(|digit| DIGITS.contains(digit))
        && parts.is_some_and(|parts| text.len() == 4 + 2 * parts)
}

fn pixels(object: &Object, key: &str) -> Option<u32> {
    let side = u32::try_from(object.get(key)?.as_u64()?).ok()?;
    (1..=100_000).contains(&side).then_some(side)
}

fn focus(object: &Object) -> Option<(i32, i32)> {
    let point = object.get("focalPoint")?.as_array()?;
    let number = |at: usize| {
        let number = point.get(at)?.as_f64()?;
        #[expect(clippy::cast_possible_truncation, reason = "at most a thousand")]
        let thousandths = (number.clamp(-1.0, 1.0) * 1_000.0).round() as i32;
        Some(thousandths)
    };
    Some((number(0)?, number(1)?))
}

//! Pictures, files and emoji of posts, as they are written into documents.

use url::Url;

/// A picture or file of a post.
#[derive(Clone, Debug)]
pub struct MediaView {
    /// Where it is.
    pub url: Url,
    /// Its media type; `image/…` makes it an `Image`.
    pub media_type: String,
    /// Its description in words.
    pub alt: Option<String>,
    /// Width and height in pixels.
    pub size: Option<(u32, u32)>,
    /// A blurred preview (<https://blurha.sh>).
    pub blurhash: Option<String>,
    /// What must stay visible: -1 left to 1 right, -1 bottom to 1 top.
    pub focus: Option<(f64, f64)>,
}

/// A picture that stands for `:name:`.
#[derive(Clone, Debug)]
pub struct EmojiView {
    /// Its name, without colons.
    pub name: String,
    /// Where it is; also its id.
    pub url: Url,
}

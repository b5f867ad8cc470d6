//! Writes what other servers read: plain views in, JSON bytes out.
//!
//! Exact where reading is lenient: `to`, `cc`, `tag` and `attachment` are always
//! arrays, `actor`, `attributedTo` and `type` never, and the strictest parser
//! known (Lemmy's) accepts all of it. Nothing here knows of storage or of HTTP;
//! what is private or deleted must not be handed in.

pub mod activity;
pub mod actor;
pub mod collection;
mod context;
pub mod discovery;
mod media;
pub mod moderation;
pub mod object;
pub mod reaction;
pub mod report;
pub mod special;
pub mod tombstone;

#[cfg(test)]
mod lemmy_strict;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use activitypub_federation::protocol::context::WithContext;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use url::Url;

pub(crate) use context::for_proof;

/// The media type of every document here but those of discovery.
pub use activitypub_federation::FEDERATION_CONTENT_TYPE as CONTENT_TYPE;

/// A finished JSON text; `get()` gives it as it goes on the wire.
pub type Json = Box<RawValue>;

/// A document that cannot be written as JSON: a fault in this module.
#[derive(Debug, thiserror::Error)]
#[error("could not write JSON: {0}")]
pub struct RenderError(#[from] serde_json::Error);

/// A finished JSON text, or the fault that kept it from being written.
pub type Rendered = Result<Json, RenderError>;

/// A language by its tag and its own name, as Lemmy wants it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Language {
    /// BCP 47 tag, such as `fr`.
    pub identifier: String,
    /// Its name in itself, such as `Français`.
    pub name: String,
}

/// A part of another document, without a context of its own.
fn part(value: &impl Serialize) -> Rendered {
    Ok(to_raw_value(value)?)
}

/// A document that uses nothing but terms of `ActivityStreams`, or carries what
/// has a context of its own: most of what is delivered, so it is kept short.
fn plain(value: impl Serialize) -> Rendered {
    part(&WithContext::new_default(value))
}

/// A document that stands alone, with every term of ours defined.
fn document(value: impl Serialize) -> Rendered {
    part(&WithContext::new(value, context::context()))
}

/// The address of something below an actor or a post: `below(id, "inbox")`.
fn below(id: &Url, name: &str) -> String {
    format!("{}/{name}", id.as_str().trim_end_matches('/'))
}

/// The public collection of `ActivityStreams`, in the form that every peer reads.
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Whether a list is empty, for members that are left out then.
fn none<T>(list: &[T]) -> bool {
    list.is_empty()
}

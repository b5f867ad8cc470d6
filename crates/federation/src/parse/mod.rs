//! Reads what other servers say: JSON in, plain words out.
//!
//! Lenient in shape (a string, an array or an object wherever peers vary),
//! strict in meaning. It asks nobody and decides nothing about authority beyond
//! what one document says of itself: who signed it, who owns the object and who
//! moderates is for the inbox to check. A bad item spoils only itself.

mod activity;
mod actor;
mod announce;
mod attachment;
mod collection;
mod consent;
mod keys;
mod object;
mod profile;
pub mod raw;
mod special;
mod undo;
mod value;

#[cfg(test)]
mod tests;

pub use activity::{Deed, FollowRef, Incoming, ObjectRef, activity};
pub use actor::{Moderators, RemoteActor, actor};
pub use announce::AnnounceOf;
pub use attachment::{Attachment, AttachmentKind};
pub use collection::{RemoteCollection, collection};
pub use consent::may_be_boosted;
pub use keys::{KeyDocument, KeyMaterial, RemoteKey, key_document};
pub use object::{Mention, ObjectKind, RemoteObject, is_tombstone, object};
pub use profile::{Profile, profile};
pub use undo::UndoOf;
pub use value::is_public;

/// Sizes beyond which a document is refused or cut.
pub mod limits {
    /// Longest id or URL, in bytes; longer ones are as good as absent.
    pub const URL: usize = 2_000;
    /// Longest name or title, in characters; the rest is cut off.
    pub const NAME: usize = 500;
    /// Longest `preferredUsername`, in characters; a longer one is refused.
    pub const USERNAME: usize = 255;
    /// Longest description of an actor, in characters; the rest is cut off.
    pub const BIO: usize = 20_000;
    /// Longest text of a post, in characters; the rest is cut off.
    pub const CONTENT: usize = 50_000;
    /// Longest summary, reason or description of a picture, in characters.
    pub const SUMMARY: usize = 5_000;
    /// Mentions of one post that are looked at.
    pub const MENTIONS: usize = 50;
    /// Hashtags of one post that are kept.
    pub const HASHTAGS: usize = 100;
    /// Media of one post that are kept, and as many links.
    pub const ATTACHMENTS: usize = 16;
    /// Custom emoji of one post that are kept.
    pub const EMOJIS: usize = 50;
    /// Longest emoji, in characters; a longer one is left out.
    pub const EMOJI: usize = 100;
    /// Choices of one poll that are read.
    pub const CHOICES: usize = 100;
    /// Entries of `to`, of `cc` and of `audience` that are looked at.
    pub const ADDRESSEES: usize = 256;
    /// Authors, moderators listed inline, former addresses of an actor.
    pub const PEOPLE: usize = 256;
    /// Keys of one actor.
    pub const KEYS: usize = 10;
    /// Longest key, in bytes of PEM or multibase.
    pub const KEY: usize = 8_192;
    /// Activities of one batched announce, members read of one collection or page,
    /// objects of one report.
    pub const BATCH: usize = 200;
}

/// Why a document says nothing that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Not a JSON object.
    #[error("not a JSON object")]
    NotAnObject,
    /// A property that is needed is absent or of no known shape.
    #[error("{0:?} is missing or unreadable")]
    Missing(&'static str),
    /// The document is of another kind than was asked for.
    #[error("a document of type {0:?} was not expected here")]
    UnexpectedType(String),
    /// A property points to another server, where this document has no say.
    #[error("{0:?} belongs to another server than the document")]
    ForeignOrigin(&'static str),
    /// A property is too long or holds characters that it must not hold.
    #[error("{0:?} is not acceptable")]
    Unacceptable(&'static str),
    /// Activities within activities within activities.
    #[error("activities are nested too deeply")]
    TooDeep,
}

//! Reads what an `Undo` takes back. Peers regenerate the ids of what they embed
//! (Lemmy), so actor and object are what to match by; the bare id is for those
//! that send nothing else.

use serde_json::Value;
use url::Url;

use super::ParseError;
use super::value::{Object, clean, sole_id, types};

/// What is taken back. `actor` is whoever did it at first, as embedded: the
/// inbox compares it with who undoes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UndoOf {
    /// A follow or a membership.
    Follow {
        /// The follow's id.
        id: Option<Url>,
        /// Who followed.
        actor: Option<Url>,
        /// Who was followed.
        object: Url,
    },
    /// A boost.
    Announce {
        /// The announce's id.
        id: Option<Url>,
        /// Who announced.
        actor: Option<Url>,
        /// The post, when it was given.
        object: Option<Url>,
    },
    /// A vote for.
    Like {
        /// The vote's id.
        id: Option<Url>,
        /// Who voted.
        actor: Option<Url>,
        /// The post.
        object: Url,
    },
    /// A vote against.
    Dislike {
        /// The vote's id.
        id: Option<Url>,
        /// Who voted.
        actor: Option<Url>,
        /// The post.
        object: Url,
    },
    /// A ban or block.
    Block {
        /// The ban's id.
        id: Option<Url>,
        /// Who banned.
        actor: Option<Url>,
        /// Who was banned.
        object: Url,
        /// From where.
        target: Option<Url>,
    },
    /// A removal: the post is to be restored.
    Delete {
        /// The removal's id.
        id: Option<Url>,
        /// Who removed.
        actor: Option<Url>,
        /// The post.
        object: Url,
    },
    /// A lock.
    Lock {
        /// The lock's id.
        id: Option<Url>,
        /// Who locked.
        actor: Option<Url>,
        /// The post.
        object: Url,
    },
    /// Something else, by its type.
    Other {
        /// Its id.
        id: Option<Url>,
        /// Its type.
        kind: String,
    },
    /// Whatever has this id.
    ById(Url),
}

/// Reads the `object` of an undo.
pub(super) fn read(undo: &Object) -> Result<UndoOf, ParseError> {
    let value = undo.get("object");
    let by_id = || {
        sole_id(value)
            .map(UndoOf::ById)
            .ok_or(ParseError::Missing("object"))
    };
    let embedded = match super::value::items(value) {
        [one] => one.as_object(),
        _ => None,
    };
    let Some((inner, kind)) = embedded.and_then(|inner| Some((inner, types(inner).next()?))) else {
        return by_id();
    };
    let id = sole_id(value).filter(|_| inner.contains_key("id"));
    let actor = sole_id(inner.get("actor"));
    let object = sole_id(inner.get("object"));
    if kind == "Announce" {
        return Ok(UndoOf::Announce { id, actor, object });
    }
    let target = || sole_id(inner.get("target").filter(|value| !Value::is_null(value)));
    Ok(match (kind, object) {
        ("Follow" | "Join", Some(object)) => UndoOf::Follow { id, actor, object },
        ("Like" | "EmojiReact", Some(object)) => UndoOf::Like { id, actor, object },
        ("Dislike", Some(object)) => UndoOf::Dislike { id, actor, object },
        ("Delete", Some(object)) => UndoOf::Delete { id, actor, object },
        ("Lock", Some(object)) => UndoOf::Lock { id, actor, object },
        ("Block", Some(object)) => UndoOf::Block {
            id,
            actor,
            object,
            target: target(),
        },
        // An activity without its object says no more than its id.
        (
            "Follow" | "Join" | "Like" | "EmojiReact" | "Dislike" | "Delete" | "Lock" | "Block",
            None,
        ) => return by_id(),
        (other, _) => UndoOf::Other {
            id,
            kind: clean(other, 60),
        },
    })
}

//! Reads activities: somebody did something. The kind is told by `type`, by
//! hand, so that one odd member never turns an activity into another one.

use archipel_model::Timestamp;
use serde_json::Value;
use url::Url;

use super::announce::{AnnounceOf, is_collection};
use super::object::{RemoteObject, object};
use super::undo::UndoOf;
use super::value::{
    Object, addressees, as_object, first_id, flag, ids, is_one_of, moment, own_id, sole_id, text,
    types,
};
use super::{ParseError, limits};

/// Types that are activities rather than things.
const ACTIVITIES: &[&str] = &[
    "Accept",
    "Add",
    "Announce",
    "Block",
    "Create",
    "Delete",
    "Dislike",
    "EmojiReact",
    "Flag",
    "Follow",
    "Ignore",
    "Invite",
    "Join",
    "Leave",
    "Like",
    "Lock",
    "Move",
    "Offer",
    "PollVote",
    "Read",
    "Reject",
    "Remove",
    "Resolve",
    "TentativeAccept",
    "TentativeReject",
    "Undo",
    "Update",
    "View",
    "Warn",
];

/// Types that are actors.
const ACTORS: &[&str] = &[
    "Application",
    "Feed",
    "Group",
    "Organization",
    "Person",
    "Service",
];

/// How deep activities may be nested: `Announce{Announce{Create}}`.
pub(super) const MAX_DEPTH: usize = 2;

/// An activity that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// The activity's identity.
    pub id: Url,
    /// Who says to have done it; proven by the signature, not here.
    pub actor: Url,
    /// Primary addressees; the public in its full form.
    pub to: Vec<Url>,
    /// Secondary addressees.
    pub cc: Vec<Url>,
    /// The communities concerned (FEP-1b12).
    pub audience: Vec<Url>,
    /// When, as the peer says.
    pub published: Option<Timestamp>,
    /// Of the end of a ban: what went with it comes back (Lemmy 1.0).
    pub restore_data: bool,
    /// What was done.
    pub deed: Deed,
    /// All of it as it came, of one within another that carries a proof: that holds
    /// whoever passes it on (FEP-8b32).
    pub whole: Option<Box<Value>>,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Wants to follow; also `Join` (Mobilizon, Smithereen).
    Follow {
        /// Who is to be followed.
        object: Url,
    },
    /// Said yes, to a follow or to something else.
    Accept(FollowRef),
    /// Said no, or takes an earlier yes back.
    Reject(FollowRef),
    /// Takes an earlier activity back; also `Leave`.
    Undo(UndoOf),
    /// Published.
    Create(ObjectRef),
    /// Edited.
    Update(ObjectRef),
    /// Deleted or, as a moderator, removed.
    Delete {
        /// What is gone: a post, an actor.
        object: Url,
        /// The object was given as a `Tombstone`.
        tombstone: bool,
        /// The reason. Being there at all, even empty, marks a moderator's
        /// removal (Lemmy, `PieFed`, Mbin).
        summary: Option<String>,
        /// The replies go too (Lemmy 1.0).
        with_replies: bool,
        /// Of an actor: everything it posted goes too.
        remove_data: bool,
    },
    /// Passes on what somebody else did or wrote.
    Announce(AnnounceOf),
    /// Votes for; also `EmojiReact`.
    Like {
        /// The post.
        object: Url,
        /// The emoji that stands for it (`EmojiReact`, Misskey).
        emoji: Option<String>,
    },
    /// Votes against.
    Dislike {
        /// The post.
        object: Url,
    },
    /// Chooses in a poll (`PieFed`); most others send a `Note` with a name.
    Choose {
        /// The poll.
        object: Url,
        /// The choice, in words.
        choice: String,
    },
    /// Adds to a collection: moderators, featured, a wall, a conversation.
    Add {
        /// What is added.
        object: Url,
        /// The collection.
        target: Option<Url>,
        /// What is added, when it came along whole (FEP-400e, FEP-171b).
        carried: Option<Box<AnnounceOf>>,
    },
    /// Takes out of a collection.
    Remove {
        /// What is taken out.
        object: Url,
        /// The collection (`target`, else `origin`).
        target: Option<Url>,
    },
    /// Bans somebody from a community or a server, or blocks for oneself.
    Block {
        /// Who.
        object: Url,
        /// From where; absent for a private block.
        target: Option<Url>,
        /// The reason.
        summary: Option<String>,
        /// Until when (`endTime`, else `expires`).
        expires: Option<Timestamp>,
        /// Their posts there go too.
        remove_data: bool,
    },
    /// Reports.
    Flag {
        /// What is reported: posts, accounts, in the order given.
        objects: Vec<Url>,
        /// Why (`summary`, else `content`).
        reason: Option<String>,
    },
    /// An account moved, or a post was moved between communities.
    Move {
        /// What moved.
        object: Url,
        /// Where from.
        origin: Option<Url>,
        /// Where to.
        target: Url,
    },
    /// Closes a report (Lemmy 1.0).
    Resolve {
        /// The report's activity, when it was given.
        flag: Option<Url>,
        /// What was reported, when the report was embedded.
        object: Option<Url>,
    },
    /// Warns somebody (Lemmy 1.0).
    Warn {
        /// The post, or the person.
        object: Url,
        /// The reason.
        summary: Option<String>,
    },
    /// Closes a thread or a reply to answers.
    Lock {
        /// The post.
        object: Url,
        /// The reason.
        summary: Option<String>,
    },
    /// Anything else, by its name.
    Other(String),
}

/// What an `Accept` or `Reject` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowRef {
    /// The id of what is answered. Peers regenerate ids: match actor and object
    /// first where they are given.
    pub id: Option<Url>,
    /// The type of what is answered, when it was embedded.
    pub kind: Option<String>,
    /// Who asked, when it was embedded.
    pub actor: Option<Url>,
    /// Who was asked, when it was embedded.
    pub object: Option<Url>,
}

impl FollowRef {
    /// Whether it can be about a follow: a bare id, a `Follow` or a `Join`.
    pub fn may_be_follow(&self) -> bool {
        matches!(self.kind.as_deref(), None | Some("Follow" | "Join"))
    }
}

/// What a `Create` or `Update` is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectRef {
    /// Only its id: to be fetched.
    Id(Url),
    /// The post itself.
    Embedded(Box<RemoteObject>),
    /// An actor, to be fetched again: its own document is what counts.
    Actor(Url),
}

impl ObjectRef {
    /// The id of the thing, however it came.
    pub fn id(&self) -> &Url {
        match self {
            Self::Id(id) | Self::Actor(id) => id,
            Self::Embedded(post) => &post.id,
        }
    }
}

/// Reads an activity.
pub fn activity(value: &Value) -> Result<Incoming, ParseError> {
    nested(value, 0)
}

/// Reads an activity found `depth` activities deep.
pub(super) fn nested(value: &Value, depth: usize) -> Result<Incoming, ParseError> {
    if depth > MAX_DEPTH {
        return Err(ParseError::TooDeep);
    }
    let document = as_object(value)?;
    let kind = kind(document)?;
    Ok(Incoming {
        id: own_id(document)?,
        actor: sole_id(document.get("actor")).ok_or(ParseError::Missing("actor"))?,
        to: addressees(document, "to"),
        cc: addressees(document, "cc"),
        audience: addressees(document, "audience"),
        published: moment(document, "published"),
        restore_data: flag(document, "restoreData").unwrap_or(false),
        deed: deed(kind, document, depth)?,
        whole: (depth > 0 && document.contains_key("proof")).then(|| Box::new(value.clone())),
    })
}

/// The first known word of `type`, else the first word.
fn kind(document: &Object) -> Result<&str, ParseError> {
    types(document)
        .find(|word| ACTIVITIES.contains(word))
        .or_else(|| types(document).next())
        .ok_or(ParseError::Missing("type"))
}

/// Whether a JSON object is an activity: by its type, or of an unknown type with
/// somebody doing something to something.
pub(super) fn is_activity(document: &Object) -> bool {
    is_one_of(document, ACTIVITIES)
        || (document.contains_key("actor")
            && document.contains_key("object")
            && !document.contains_key("attributedTo"))
}

/// Whether a JSON object is an actor, by its type.
pub(super) fn is_actor(document: &Object) -> bool {
    is_one_of(document, ACTORS)
}

fn deed(kind: &str, document: &Object, depth: usize) -> Result<Deed, ParseError> {
    let object = || sole_id(document.get("object")).ok_or(ParseError::Missing("object"));
    let target = || sole_id(document.get("target"));
    let summary = || {
        let text = document.get("summary")?.as_str()?;
        Some(super::value::clean(text, limits::SUMMARY))
    };
    Ok(match kind {
        "Follow" | "Join" => Deed::Follow { object: object()? },
        "Leave" => Deed::Undo(UndoOf::Follow {
            id: None,
            actor: sole_id(document.get("actor")),
            object: object()?,
        }),
        "Accept" => Deed::Accept(follow_ref(document)?),
        "Reject" => Deed::Reject(follow_ref(document)?),
        "Undo" => Deed::Undo(super::undo::read(document)?),
        "Create" => Deed::Create(object_ref(document)?),
        "Update" => Deed::Update(object_ref(document)?),
        "Delete" => Deed::Delete {
            object: object()?,
            tombstone: document
                .get("object")
                .and_then(Value::as_object)
                .is_some_and(|object| is_one_of(object, &["Tombstone"])),
            summary: summary(),
            with_replies: flag(document, "withReplies").unwrap_or(false),
            // Mastodon says nothing and means it, Lemmy says whether.
            remove_data: flag(document, "removeData").unwrap_or_else(|| {
                sole_id(document.get("object")) == sole_id(document.get("actor"))
            }),
        },
        "Announce" => Deed::Announce(super::announce::read(document.get("object"), depth + 1)?),
        "Like" | "EmojiReact" => Deed::Like {
            object: object()?,
            emoji: emoji(document),
        },
        "PollVote" => Deed::Choose {
            object: object()?,
            choice: text(document, "choice_text", limits::NAME)
                .ok_or(ParseError::Missing("choice_text"))?,
        },
        "Dislike" => Deed::Dislike { object: object()? },
        "Add" => Deed::Add {
            object: object()?,
            target: target(),
            carried: super::announce::carried(document.get("object"), depth + 1).map(Box::new),
        },
        "Remove" => Deed::Remove {
            object: object()?,
            target: target().or_else(|| sole_id(document.get("origin"))),
        },
        "Block" => Deed::Block {
            object: object()?,
            target: target(),
            summary: summary(),
            expires: moment(document, "endTime").or_else(|| moment(document, "expires")),
            remove_data: flag(document, "removeData").unwrap_or(false),
        },
        "Flag" => Deed::Flag {
            objects: Some(ids(document.get("object"), limits::BATCH))
                .filter(|objects| !objects.is_empty())
                .ok_or(ParseError::Missing("object"))?,
            reason: text(document, "summary", limits::SUMMARY)
                .or_else(|| text(document, "content", limits::SUMMARY)),
        },
        "Move" => Deed::Move {
            object: object()?,
            origin: sole_id(document.get("origin")),
            target: target().ok_or(ParseError::Missing("target"))?,
        },
        "Lock" => Deed::Lock {
            object: object()?,
            summary: summary(),
        },
        "Warn" => Deed::Warn {
            object: object()?,
            summary: summary(),
        },
        "Resolve" => {
            let flag = document.get("object");
            let embedded = flag.and_then(Value::as_object);
            let (flag, object) = (
                sole_id(flag),
                embedded.and_then(|flag| first_id(flag.get("object"))),
            );
            if flag.is_none() && object.is_none() {
                return Err(ParseError::Missing("object"));
            }
            Deed::Resolve { flag, object }
        }
        other => Deed::Other(super::value::clean(other, 60)),
    })
}

/// The emoji of a vote: a character or a name such as `:coeur:`; never a text.
fn emoji(document: &Object) -> Option<String> {
    ["content", "_misskey_reaction"]
        .into_iter()
        .find_map(|key| text(document, key, limits::EMOJI + 1))
        .filter(|emoji| emoji.chars().count() <= limits::EMOJI && !emoji.contains('<'))
}

fn follow_ref(document: &Object) -> Result<FollowRef, ParseError> {
    let value = document.get("object");
    let answered = value.and_then(Value::as_object);
    let part = |key| sole_id(answered?.get(key));
    let reference = FollowRef {
        id: sole_id(value),
        kind: answered
            .and_then(|one| types(one).next())
            .map(|word| super::value::clean(word, 60)),
        actor: part("actor"),
        object: part("object"),
    };
    // A nameless embedded follow still tells who asked whom.
    if reference.id.is_none() && (reference.actor.is_none() || reference.object.is_none()) {
        return Err(ParseError::Missing("object"));
    }
    Ok(reference)
}

/// The post of a `Create` or `Update`. One that has neither `to` nor `cc` has
/// those of its activity.
fn object_ref(document: &Object) -> Result<ObjectRef, ParseError> {
    let [value] = super::value::items(document.get("object")) else {
        return Err(ParseError::Missing("object"));
    };
    let Some(embedded) = value.as_object() else {
        return first_id(Some(value))
            .map(ObjectRef::Id)
            .ok_or(ParseError::Missing("object"));
    };
    if is_actor(embedded) {
        return own_id(embedded).map(ObjectRef::Actor);
    }
    if is_activity(embedded) || is_collection(embedded) {
        let word = types(embedded).next().unwrap_or_default();
        return Err(ParseError::UnexpectedType(super::value::clean(word, 60)));
    }
    if types(embedded).next().is_none() {
        return own_id(embedded).map(ObjectRef::Id);
    }
    let mut post = object(value)?;
    if !embedded.contains_key("to") && !embedded.contains_key("cc") {
        post.to = addressees(document, "to");
        post.cc = addressees(document, "cc");
    }
    Ok(ObjectRef::Embedded(Box::new(post)))
}

//! What a peer can read: the forms of an activity that its dialect understands, and what
//! its software would stumble over.

use archipel_model::Dialect;
use archipel_storage::{ActivityKind, Form, PostKind, QueuedDelivery};
use serde_json::Value;

/// Why Lemmy could not read something, in words for an operator. It knows no
/// `Question`, so neither answers to one nor votes on it find what they are about; and
/// it takes announcements of communities only.
pub(super) const fn beyond_lemmy(delivery: &QueuedDelivery) -> Option<&'static str> {
    match (delivery.kind, delivery.thread_kind) {
        (_, Some(PostKind::Question)) => Some("not sent: Lemmy cannot read polls"),
        (ActivityKind::Boost | ActivityKind::UndoBoost, _) => {
            Some("not sent: Lemmy cannot read boosts by people")
        }
        _ => None,
    }
}

/// Whether an announced vote is one that Lemmy reads: a `Like` or `Dislike` of an id, or
/// the `Undo` that embeds one; no emoji, no mere id of what is undone.
pub(super) fn is_plain_vote(announce: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Announce {
        object: Value,
    }
    let is = |one: &Value, words: &[&str]| {
        let word = one.get("type").and_then(Value::as_str);
        word.is_some_and(|word| words.contains(&word))
    };
    let votes = |one: &Value| {
        is(one, &["Like", "Dislike"]) && one.get("object").is_some_and(Value::is_string)
    };
    serde_json::from_slice::<Announce>(announce).is_ok_and(|Announce { object: inner }| {
        votes(&inner) || (is(&inner, &["Undo"]) && inner.get("object").is_some_and(votes))
    })
}

/// The forms of an activity that a peer of this dialect gets, in this order. A form
/// that an activity does not have is passed over.
pub(super) const fn forms(kind: ActivityKind, dialect: Dialect) -> &'static [Form] {
    match (kind, dialect) {
        (ActivityKind::AnnounceThread, Dialect::Unknown) => &[Form::Wrapped, Form::Boost],
        (ActivityKind::AnnounceThread | ActivityKind::AnnounceAgain, Dialect::Microblog)
        | (ActivityKind::AnnounceAgain, Dialect::Unknown) => &[Form::Boost],
        // No reply is ever boosted into a home that did not ask for it: its author's
        // own words are sent on, where they prove themselves.
        (ActivityKind::AnnounceReply | ActivityKind::Relay, Dialect::Microblog) => &[Form::Forward],
        // What means nothing there. Reports go, in confidence, to those who know what a
        // community is; all others hear of them from this server.
        (
            ActivityKind::AnnounceAgain | ActivityKind::Unboost | ActivityKind::FlagOn,
            Dialect::Threadiverse,
        )
        | (
            ActivityKind::RelayVote | ActivityKind::RelayFlag,
            Dialect::Microblog | Dialect::Unknown,
        )
        | (ActivityKind::Measure | ActivityKind::Dislike, Dialect::Microblog) => &[],
        (
            ActivityKind::AnnounceThread
            | ActivityKind::AnnounceReply
            | ActivityKind::Relay
            | ActivityKind::RelayVote
            | ActivityKind::RelayFlag,
            _,
        ) => &[Form::Wrapped],
        _ => &[Form::Plain],
    }
}

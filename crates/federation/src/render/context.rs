//! The `@context` of what we say.
//!
//! Terms are defined inline rather than by more remote contexts: peers that
//! process JSON-LD lose every term that is not defined (Mastodon compacts signed
//! payloads), and nobody has to fetch anything.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::{Json, Rendered, part};

static CONTEXT: LazyLock<Value> = LazyLock::new(|| {
    json!([
        "https://www.w3.org/ns/activitystreams",
        "https://w3id.org/security/v1",
        {
            "toot": "http://joinmastodon.org/ns#",
            "lemmy": "https://join-lemmy.org/ns#",
            "pt": "https://joinpeertube.org/ns#",
            "sc": "http://schema.org/",
            "schema": "http://schema.org#",
            "PropertyValue": "schema:PropertyValue",
            "value": "schema:value",
            "mz": "https://joinmobilizon.org/ns#",
            "Hashtag": "as:Hashtag",
            "sensitive": "as:sensitive",
            "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
            "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
            "movedTo": {"@id": "as:movedTo", "@type": "@id"},
            "discoverable": "toot:discoverable",
            "indexable": "toot:indexable",
            "suspended": "toot:suspended",
            "featured": {"@id": "toot:featured", "@type": "@id"},
            "moderators": {"@id": "lemmy:moderators", "@type": "@id"},
            "removeData": "lemmy:removeData",
            "withReplies": "lemmy:withReplies",
            "Lock": "lemmy:Lock",
            "Resolve": "lemmy:Resolve",
            "Warn": "lemmy:Warn",
            "postingRestrictedToMods": "lemmy:postingRestrictedToMods",
            "commentsEnabled": "pt:commentsEnabled",
            "votersCount": "toot:votersCount",
            "language": "sc:inLanguage",
            "identifier": "sc:identifier",
            "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",
            "implements": {
                "@id": "https://w3id.org/fep/844e#implements",
                "@type": "@id",
                "@container": "@set"
            },
            "assertionMethod": {
                "@id": "https://w3id.org/security#assertionMethod",
                "@type": "@id",
                "@container": "@set"
            },
            "Multikey": "https://w3id.org/security#Multikey",
            "controller": {"@id": "https://w3id.org/security#controller", "@type": "@id"},
            "publicKeyMultibase": {
                "@id": "https://w3id.org/security#publicKeyMultibase",
                "@type": "https://w3id.org/security#multibase"
            }
        },
        events(),
        pictures()
    ])
});

/// The terms of pictures, as Mastodon has them.
fn pictures() -> Value {
    json!({
        "blurhash": "toot:blurhash",
        "focalPoint": {"@id": "toot:focalPoint", "@container": "@list"},
        "Emoji": "toot:Emoji"
    })
}

/// The terms of events, of Mobilizon and PieFed.
fn events() -> Value {
    json!({
        "timezone": "mz:timezone",
        "joinMode": {"@id": "mz:joinMode", "@type": "mz:joinModeType"},
        "externalParticipationUrl": {
            "@id": "mz:externalParticipationUrl",
            "@type": "sc:URL"
        },
        "maximumAttendeeCapacity": "sc:maximumAttendeeCapacity",
        "participantCount": "mz:participantCount",
        "isOnline": "mz:isOnline",
        "anonymousParticipation": "https://join.piefed.social/ns#anonymousParticipation",
        "buyTicketsLink": {"@id": "https://join.piefed.social/ns#buyTicketsLink", "@type": "sc:URL"},
        "feeCurrency": "https://join.piefed.social/ns#feeCurrency",
        "feeAmount": "https://join.piefed.social/ns#feeAmount",
        "onlineLink": {"@id": "https://join.piefed.social/ns#onlineLink", "@type": "sc:URL"}
    })
}

/// The context of every document.
pub(super) fn context() -> Value {
    CONTEXT.clone()
}

/// The terms of a proof (FEP-8b32), which whoever reads JSON-LD needs to see it.
const PROOF_TERMS: &str = "https://w3id.org/security/data-integrity/v1";

/// A document whose context also defines the terms of a proof, to be given one.
pub(crate) fn for_proof(document: &Json) -> Rendered {
    let mut members: Map<String, Value> = serde_json::from_str(document.get())?;
    let terms = Value::from(PROOF_TERMS);
    let list = match members.remove("@context") {
        Some(Value::Array(mut list)) => {
            if !list.contains(&terms) {
                // After the first, so that terms defined inline stay the last word.
                list.insert(list.len().min(1), terms);
            }
            list
        }
        Some(one) => vec![one, terms],
        None => vec![terms],
    };
    members.insert("@context".to_owned(), Value::Array(list));
    part(&members)
}

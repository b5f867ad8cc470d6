//! The `@context` of what we say.
//!
//! Terms are defined inline rather than by more remote contexts: peers that
//! process JSON-LD lose every term that is not defined (Mastodon compacts signed
//! payloads), and nobody has to fetch anything.

use std::sync::LazyLock;

use serde_json::{Value, json};

static CONTEXT: LazyLock<Value> = LazyLock::new(|| {
    json!([
        "https://www.w3.org/ns/activitystreams",
        "https://w3id.org/security/v1",
        {
            "toot": "http://joinmastodon.org/ns#",
            "lemmy": "https://join-lemmy.org/ns#",
            "pt": "https://joinpeertube.org/ns#",
            "sc": "http://schema.org/",
            "Hashtag": "as:Hashtag",
            "sensitive": "as:sensitive",
            "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
            "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
            "movedTo": {"@id": "as:movedTo", "@type": "@id"},
            "blurhash": "toot:blurhash",
            "discoverable": "toot:discoverable",
            "indexable": "toot:indexable",
            "featured": {"@id": "toot:featured", "@type": "@id"},
            "moderators": {"@id": "lemmy:moderators", "@type": "@id"},
            "removeData": "lemmy:removeData",
            "withReplies": "lemmy:withReplies",
            "Lock": "lemmy:Lock",
            "Resolve": "lemmy:Resolve",
            "Warn": "lemmy:Warn",
            "postingRestrictedToMods": "lemmy:postingRestrictedToMods",
            "commentsEnabled": "pt:commentsEnabled",
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
        }
    ])
});

/// The context of every document.
pub(super) fn context() -> Value {
    CONTEXT.clone()
}

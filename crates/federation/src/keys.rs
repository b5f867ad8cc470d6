//! The keys of local actors: made, chosen to sign with, and shown. RSA generation takes
//! a noticeable part of a second: keep it off the request path.
//!
//! Keys come in generations. One signs: the newest whose time has come. The one before
//! is at hand for peers that have not read the new one yet.

use archipel_actions::{NewKeys, OVERLAP};
use archipel_model::Timestamp;
use archipel_storage::{ActorKey, KeyAlgorithm};

use crate::signature::{KeyError, SigningKey};

/// A fresh pair of keys, RSA-2048 and Ed25519.
pub fn new_keys() -> Result<NewKeys, KeyError> {
    let rsa = SigningKey::generate_rsa()?;
    let ed25519 = SigningKey::generate_ed25519()?;
    Ok(NewKeys {
        rsa_private: rsa.to_pem()?,
        rsa_public: rsa.public_pem()?,
        ed25519_private: ed25519.to_pem()?,
        ed25519_public: ed25519.multibase(),
    })
}

/// The key of this kind that signs at this moment.
pub(crate) fn signing(
    keys: &[ActorKey],
    algorithm: KeyAlgorithm,
    now: Timestamp,
) -> Option<&ActorKey> {
    usable(keys, algorithm)
        .filter(|key| key.signs_from <= now)
        .max_by_key(|key| key.signs_from)
}

/// The key of this kind that signed before the present one, for as long as a peer may
/// not have read the present one.
pub(crate) fn signed_before(
    keys: &[ActorKey],
    algorithm: KeyAlgorithm,
    now: Timestamp,
) -> Option<&ActorKey> {
    let present = signing(keys, algorithm, now)?;
    if now.since(present.signs_from) >= OVERLAP {
        return None;
    }
    usable(keys, algorithm)
        .filter(|key| key.signs_from < present.signs_from)
        .max_by_key(|key| key.signs_from)
}

/// The keys that are shown beside the one that signs with RSA: the Ed25519 key that
/// signs first, then those that follow and those that signed before.
pub(crate) fn shown_beside(keys: &[ActorKey], now: Timestamp) -> Vec<&ActorKey> {
    let main = signing(keys, KeyAlgorithm::Rsa, now).map(|key| key.id.as_str());
    let first = signing(keys, KeyAlgorithm::Ed25519, now).map(|key| key.id.as_str());
    let mut shown: Vec<&ActorKey> = keys
        .iter()
        .filter(|key| Some(key.id.as_str()) != main)
        .filter(|key| key.private.is_some() && key.retired_at.is_none_or(|at| at > now))
        .collect();
    shown.sort_by_key(|key| (Some(key.id.as_str()) != first, key.signs_from));
    shown
}

fn usable(keys: &[ActorKey], algorithm: KeyAlgorithm) -> impl Iterator<Item = &ActorKey> {
    keys.iter()
        .filter(move |key| key.algorithm == algorithm && key.private.is_some())
}

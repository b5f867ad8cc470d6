//! Reads the public keys of actors: `publicKey` (security vocabulary) and
//! `assertionMethod` (FEP-521a). A key that is not of its owner's server, or that
//! another actor owns, is dropped.

use archipel_model::same_origin;
use serde_json::Value;
use url::Url;

use super::value::{Object, address, as_object, clean, items, own_id, sole_id};
use super::{ParseError, limits};

/// A public key as published; whether it can be used is for the verifier to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyMaterial {
    /// `publicKeyPem`.
    Pem(String),
    /// `publicKeyMultibase` of a `Multikey`.
    Multibase(String),
}

/// One public key of an actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteKey {
    /// The key's id, what signatures call `keyId`.
    pub id: Url,
    /// The actor that the key belongs to, on the same server as the key.
    pub owner: Url,
    /// The key itself.
    pub material: KeyMaterial,
}

/// What is served at the id of a key: a stub of the actor, or the key alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDocument {
    /// The actor that the keys belong to. A key served alone merely *says* so:
    /// the owner's own document has to agree.
    pub owner: Url,
    /// The keys of that owner found in the document.
    pub keys: Vec<RemoteKey>,
    /// Whether the owner's own document (or a stub of it) was read.
    pub from_owner: bool,
}

/// The keys that an actor's document publishes.
pub(super) fn keys_of(document: &Object, actor: &Url) -> Vec<RemoteKey> {
    let mut keys: Vec<RemoteKey> = Vec::new();
    for member in ["publicKey", "assertionMethod"] {
        for value in items(document.get(member)) {
            if keys.len() >= limits::KEYS {
                return keys;
            }
            if let Some(key) = value.as_object().and_then(|key| read(key, Some(actor)))
                && key.owner == *actor
                && !keys.contains(&key)
            {
                keys.push(key);
            }
        }
    }
    keys
}

/// One key; without an owner of its own it belongs to `holder`, in whose
/// document it was found.
fn read(key: &Object, holder: Option<&Url>) -> Option<RemoteKey> {
    let id = key.get("id").and_then(Value::as_str).and_then(address)?;
    let named = key.get("owner").or_else(|| key.get("controller"));
    let owner = match named {
        Some(_) => sole_id(named)?,
        None => holder?.clone(),
    };
    let material = match (key.get("publicKeyPem"), key.get("publicKeyMultibase")) {
        (Some(Value::String(pem)), _) if pem.len() <= limits::KEY => {
            KeyMaterial::Pem(clean(pem, limits::KEY))
        }
        (_, Some(Value::String(text))) if text.len() <= limits::KEY => {
            KeyMaterial::Multibase(text.clone())
        }
        _ => return None,
    };
    same_origin(&id, &owner).then_some(RemoteKey {
        id,
        owner,
        material,
    })
}

/// Reads what is served at the id of a key: an actor, a stub of one that shows
/// nothing but its key (`GoToSocial`), or the bare key.
pub fn key_document(value: &Value) -> Result<KeyDocument, ParseError> {
    let document = as_object(value)?;
    if document.contains_key("publicKeyPem") || document.contains_key("publicKeyMultibase") {
        let key = read(document, None).ok_or(ParseError::Missing("owner"))?;
        return Ok(KeyDocument {
            owner: key.owner.clone(),
            keys: vec![key],
            from_owner: false,
        });
    }
    let owner = own_id(document)?;
    let keys = keys_of(document, &owner);
    if keys.is_empty() {
        return Err(ParseError::Missing("publicKey"));
    }
    Ok(KeyDocument {
        owner,
        keys,
        from_owner: true,
    })
}

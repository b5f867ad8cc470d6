//! Proofs inside a document of who said it (FEP-8b32, `eddsa-jcs-2022`): they hold
//! whoever sends the document on.
//!
//! Pure computation. Whose key it is, and whether that actor may say such a thing,
//! is for the caller to ask.

use archipel_model::Timestamp;
use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value, json};

use super::keys::{Algorithm, VerifyingKey};
use super::{SignError, Signer};

/// Ed25519 signatures are 64 bytes, which base58 writes in at most 88 characters.
const MAX_CHARS: usize = 96;

/// What is nested deeper is not hashed.
const DEPTH: usize = 64;

/// Why a document gets no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// It is no JSON object, has a proof already, or holds what has no canonical
    /// form here.
    #[error("the document cannot be given a proof")]
    Document,
    /// Proofs of this kind need an Ed25519 key.
    #[error("a proof needs an Ed25519 key")]
    NeedsEd25519,
    /// The signature could not be made.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// The document with a proof as its last member; what was there stays byte for byte.
/// The same document, key and moment give the same proof.
pub fn make(document: &str, signer: &Signer, created: Timestamp) -> Result<String, ProofError> {
    if signer.key.algorithm() != Algorithm::Ed25519 {
        return Err(ProofError::NeedsEd25519);
    }
    let Ok(Value::Object(unsigned)) = serde_json::from_str(document) else {
        return Err(ProofError::Document);
    };
    if unsigned.contains_key("proof") {
        return Err(ProofError::Document);
    }
    let text = document
        .trim_end()
        .strip_suffix('}')
        .filter(|_| !unsigned.is_empty())
        .ok_or(ProofError::Document)?;
    let mut proof = json!({
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": signer.key_id,
        "proofPurpose": "assertionMethod",
        "created": seconds_of(created),
    });
    if let (Some(context), Value::Object(proof)) = (unsigned.get("@context"), &mut proof) {
        proof.insert("@context".to_owned(), context.clone());
    }
    let message = message(&proof, &Value::Object(unsigned)).ok_or(ProofError::Document)?;
    let signature = signer.key.sign(&message).map_err(SignError::from)?;
    if let Value::Object(proof) = &mut proof {
        let value = format!("z{}", bs58::encode(signature).into_string());
        proof.insert("proofValue".to_owned(), Value::String(value));
    }
    Ok(format!("{text},\"proof\":{proof}}}"))
}

/// The id of the key that the proof of a document names, when it is of the kind
/// that is understood here. Nothing is proven by that.
pub fn key_id(document: &Value) -> Option<&str> {
    let proof = document.get("proof")?;
    let says = |member: &str, word: &str| proof.get(member).and_then(Value::as_str) == Some(word);
    let known = says("type", "DataIntegrityProof")
        && says("cryptosuite", "eddsa-jcs-2022")
        && says("proofPurpose", "assertionMethod");
    known
        .then(|| proof.get("verificationMethod")?.as_str())
        .flatten()
}

/// Whether the proof of a document was made with this key. The caller has to check
/// that the key is [`key_id`] and belongs to the document's actor.
pub fn verify(document: &Value, key: &VerifyingKey) -> bool {
    verified(document, key).unwrap_or(false)
}

fn verified(document: &Value, key: &VerifyingKey) -> Option<bool> {
    key_id(document)?;
    let mut unsigned = document.as_object()?.clone();
    let Some(Value::Object(mut proof)) = unsigned.remove("proof") else {
        return None;
    };
    let Some(Value::String(word)) = proof.remove("proofValue") else {
        return None;
    };
    let digits = word
        .strip_prefix('z')
        .filter(|word| word.len() <= MAX_CHARS)?;
    let signature = bs58::decode(digits).into_vec().ok()?;
    if key.algorithm() != Algorithm::Ed25519 {
        return None;
    }
    // A context in the proof has to be the beginning of the document's own, which
    // must mean the same to who reads it as to who wrote it.
    if let Some(context) = proof.get("@context")
        && !begins(unsigned.get("@context")?, context)
    {
        return None;
    }
    if let Some(context) = proof.get("@context") {
        unsigned.insert("@context".to_owned(), context.clone());
    }
    let message = message(&Value::Object(proof), &Value::Object(unsigned))?;
    Some(key.verify(&message, &signature))
}

/// Whether one context begins with all of another.
fn begins(whole: &Value, part: &Value) -> bool {
    let list = |value: &Value| match value {
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    };
    list(whole).starts_with(&list(part))
}

/// What is signed: the hash of the proof's own members, then that of the document.
fn message(proof: &Value, document: &Value) -> Option<Vec<u8>> {
    let mut message = digest(&SHA256, canonical(proof)?.as_bytes())
        .as_ref()
        .to_vec();
    message.extend_from_slice(digest(&SHA256, canonical(document)?.as_bytes()).as_ref());
    Some(message)
}

/// The canonical form of JSON (RFC 8785). None for what is nested too deep.
pub fn canonical(value: &Value) -> Option<String> {
    let mut text = String::new();
    write(value, &mut text, 0)?;
    Some(text)
}

fn write(value: &Value, text: &mut String, depth: usize) -> Option<()> {
    if depth > DEPTH {
        return None;
    }
    match value {
        // Every number is what JavaScript would hold, in JavaScript's own digits.
        Value::Number(number) => {
            let held = number.as_f64().filter(|held| held.is_finite())?;
            text.push_str(ryu_js::Buffer::new().format_finite(held));
        }
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write(item, text, depth + 1)?;
            }
            text.push(']');
        }
        Value::Object(members) => write_object(members, text, depth)?,
        // Escapes exactly what RFC 8785 wants escaped, in the same way.
        plain => text.push_str(&plain.to_string()),
    }
    Some(())
}

fn write_object(members: &Map<String, Value>, text: &mut String, depth: usize) -> Option<()> {
    let mut sorted: Vec<_> = members.iter().collect();
    // By UTF-16 units, which is not the order of the bytes beyond U+FFFF.
    sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    text.push('{');
    for (place, (name, value)) in sorted.into_iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push_str(&Value::String(name.clone()).to_string());
        text.push(':');
        write(value, text, depth + 1)?;
    }
    text.push('}');
    Some(())
}

/// A moment in whole seconds: some rewrite fractions before they check.
fn seconds_of(moment: Timestamp) -> String {
    let text = moment.rfc3339();
    match text.split_once('.') {
        Some((seconds, _)) => format!("{seconds}Z"),
        None => text,
    }
}

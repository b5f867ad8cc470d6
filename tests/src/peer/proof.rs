//! Proofs inside documents (FEP-8b32, `eddsa-jcs-2022`), written apart from the
//! server's own.

use std::collections::BTreeMap;
use std::time::SystemTime;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::keys::Algorithm;
use super::person::Person;
use crate::clock;

/// JSON in the canonical form of RFC 8785, as far as it matters here: names of members
/// are plain ASCII, numbers are whole.
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let sorted: BTreeMap<_, _> = members.iter().collect();
            let members: Vec<String> = sorted
                .into_iter()
                .map(|(name, value)| format!("{}:{}", json!(name), canonical(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        other => other.to_string(),
    }
}

/// The document with a proof by this person.
pub fn prove(person: &Person, document: &Value) -> Value {
    prove_as(person, &person.ed25519_key_id(), document, clock::now())
}

/// The document with a proof by this person that names a key and a time.
pub fn prove_as(person: &Person, key_id: &str, document: &Value, created: SystemTime) -> Value {
    let options = json!({
        "@context": document["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": key_id,
        "proofPurpose": "assertionMethod",
        "created": clock::rfc3339(created),
    });
    let hash = |value: &Value| digest(&SHA256, canonical(value).as_bytes());
    let message = [hash(&options).as_ref(), hash(document).as_ref()].concat();
    let signature = STANDARD
        .decode(person.keys.sign(Algorithm::Ed25519, &message))
        .expect("base64");
    let mut proven = document.clone();
    proven["proof"] = options;
    proven["proof"]["proofValue"] = json!(format!("z{}", bs58::encode(signature).into_string()));
    proven
}

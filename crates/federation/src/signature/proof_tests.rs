//! Proofs against the vectors of the specifications, and against tampering.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use archipel_model::Timestamp;
use serde_json::{Value, json};

use super::proof::{ProofError, canonical, key_id, make, verify};
use super::{Signer, SigningKey, VerifyingKey};

/// The key of the examples in W3C vc-di-eddsa and FEP-8b32.
const EXAMPLE_KEY: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";

fn example_key() -> VerifyingKey {
    VerifyingKey::from_multibase(EXAMPLE_KEY).expect("the key of the examples")
}

/// The example of W3C vc-di-eddsa, "Representation: eddsa-jcs-2022".
fn w3c_example() -> Value {
    let context = json!([
        "https://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/examples/v2"
    ]);
    json!({
        "@context": context,
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "AlumniCredential"],
        "name": "Alumni Credential",
        "description": "A minimum viable example of an Alumni Credential.",
        "issuer": "https://vc.example/issuers/5678",
        "validFrom": "2023-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
        "proof": {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-jcs-2022",
            "created": "2023-02-24T23:36:38Z",
            "verificationMethod": format!("did:key:{EXAMPLE_KEY}#{EXAMPLE_KEY}"),
            "proofPurpose": "assertionMethod",
            "@context": context,
            "proofValue": "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"
        }
    })
}

#[test]
fn the_example_of_the_specification_holds() {
    assert!(verify(&w3c_example(), &example_key()));
}

#[test]
fn nothing_can_be_changed() {
    let change = |pointer: &str, to: Value| {
        let mut document = w3c_example();
        *document.pointer_mut(pointer).expect("a member") = to;
        verify(&document, &example_key())
    };
    assert!(!change("/name", json!("Another")));
    assert!(!change("/proof/created", json!("2024-02-24T23:36:38Z")));
    assert!(!change(
        "/proof/verificationMethod",
        json!("https://e.example/#key")
    ));
    assert!(!change("/proof/cryptosuite", json!("eddsa-rdfc-2022")));
    assert!(!change("/proof/proofPurpose", json!("authentication")));
    assert!(!change("/@context", json!(["https://e.example/ns"])));
    assert!(!change("/proof/proofValue", json!("z1111")));
    assert!(!change("/proof", json!([w3c_example()["proof"]])));
    let other = SigningKey::generate_ed25519().expect("a key").multibase();
    let other = VerifyingKey::from_multibase(&other).expect("a key");
    assert!(!verify(&w3c_example(), &other));
}

#[test]
fn what_is_made_here_can_be_verified_and_is_the_same_each_time() {
    let key = SigningKey::generate_ed25519().expect("a key");
    let public = VerifyingKey::from_multibase(&key.multibase()).expect("a key");
    let signer = Signer {
        key_id: "https://ici.example/u/ada#ed25519-key".to_owned(),
        key,
    };
    let now = Timestamp::parse_rfc3339("2026-11-24T10:00:00.123Z").expect("a date");
    let text = r#"{"@context":"https://www.w3.org/ns/activitystreams","type":"Like","actor":"https://ici.example/u/ada","object":"https://la.example/1"}"#;
    let proven = make(text, &signer, now).expect("a proof");
    assert!(proven.starts_with(text.trim_end_matches('}')));
    assert_eq!(proven, make(text, &signer, now).expect("a proof"));
    let mut read: Value = serde_json::from_str(&proven).expect("JSON");
    assert_eq!(read["proof"]["created"], "2026-11-24T10:00:00Z");
    assert_eq!(key_id(&read), Some(signer.key_id.as_str()));
    assert!(verify(&read, &public));
    read["object"] = json!("https://la.example/2");
    assert!(!verify(&read, &public));
    assert_eq!(make(&proven, &signer, now), Err(ProofError::Document));
    assert_eq!(make("{}", &signer, now), Err(ProofError::Document));
}

/// RFC 8785 §3.2.2.2 and §3.2.3.
#[test]
fn the_canonical_form_is_that_of_the_rfc() {
    let text = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#;
    let value: Value = serde_json::from_str(text).expect("JSON");
    let sorted = canonical(&value).expect("a canonical form");
    let places: Vec<_> = [
        "Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew",
    ]
    .iter()
    .map(|word| sorted.find(word).expect("the word"))
    .collect();
    assert!(places.is_sorted(), "{sorted}");
    let odd: Value =
        serde_json::from_str(r#"{"s":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"}"#)
            .expect("JSON");
    assert_eq!(
        canonical(&odd).expect("a canonical form"),
        "{\"s\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"
    );
    // RFC 8785 §3.2.2.3 and appendix B; Mastodon writes fractions in `focalPoint`.
    for (written, wanted) in [
        ("333333333.33333329", "333333333.3333333"),
        ("1E30", "1e+30"),
        ("4.50", "4.5"),
        ("2e-3", "0.002"),
        ("0.000000000000000000000000001", "1e-27"),
        ("-0.0", "0"),
        ("0.0", "0"),
        ("9007199254740993", "9007199254740992"),
        ("-9007199254740992", "-9007199254740992"),
        ("295147905179352830000", "295147905179352830000"),
        ("1", "1"),
    ] {
        let number: Value = serde_json::from_str(written).expect("JSON");
        assert_eq!(canonical(&number).as_deref(), Some(wanted), "{written}");
    }
    assert_eq!(
        canonical(&json!([1, null, true])).as_deref(),
        Some("[1,null,true]")
    );
}

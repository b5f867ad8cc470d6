//! Whatever arrives, the gate answers; it never panics.

#![expect(clippy::unwrap_used, reason = "tests")]
use archipel_model::Timestamp;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use proptest::prelude::*;

use super::test_request::{NOW, get, post, rules};
use super::{Envelope, Head, inspect_get, inspect_post};
use crate::signature::{BodyDigest, VerifyingKey, cavage, rfc9421};

const NAMES: [&str; 11] = [
    "host",
    "date",
    "digest",
    "content-digest",
    "signature",
    "signature-input",
    "authorization",
    "content-type",
    "content-length",
    "content-encoding",
    "x-other",
];

/// Text that looks like a header of a signature more often than chance allows.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "keyId=",
        "algorithm=",
        "headers=",
        "signature=",
        "created=",
        "expires=",
        "\"",
        "\\",
        ",",
        ";",
        " ",
        "(",
        ")",
        ":",
        "=",
        "sig1=",
        "\"@method\"",
        "(request-target)",
        "host",
        "date",
        "digest",
        "lab.example",
        "https://",
        "1795428000",
        "SHA-256=",
        "sha-256=:AAAA:",
        "é",
        "%",
        "Signature ",
        "application/ld+json",
        "-",
        "9999999999999999999",
        "Mon, 23 Nov 2026",
    ]);
    prop_oneof![
        prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat().into_bytes()),
        prop::collection::vec(any::<u8>(), 0..64),
    ]
}

fn apply(headers: &mut HeaderMap, changes: Vec<(usize, Vec<u8>)>) {
    for (name, value) in changes {
        let name = HeaderName::from_static(NAMES.get(name).unwrap());
        if let Ok(value) = HeaderValue::from_bytes(&value) {
            headers.insert(name, value);
        }
    }
}

proptest! {
    #[test]
    fn any_request_gets_an_answer(
        changes in prop::collection::vec((0..NAMES.len(), value()), 0..6),
        body in prop::collection::vec(any::<u8>(), 0..200),
        path in "/[a-z?%/]{0,20}",
        now in any::<i64>(),
        signed in any::<bool>(),
    ) {
        let mut headers = HeaderMap::new();
        if signed {
            for (name, value) in post().headers.iter().chain(&get("/").headers) {
                let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
                headers.insert(name, HeaderValue::from_str(value).unwrap());
            }
        }
        apply(&mut headers, changes);
        let uri: Uri = path.parse().unwrap();
        let head = Head { method: &Method::POST, uri: &uri, headers: &headers };
        for now in [Timestamp::from_micros(now), Timestamp::from_unix_seconds(NOW)] {
            if let Err(refusal) = inspect_post(&rules(), head, &body, now) {
                prop_assert!(refusal.status().is_client_error());
            }
            let _answer = inspect_get(&rules(), head, now);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}", other in value()) {
        let other = String::from_utf8_lossy(&other);
        for text in [text.as_str(), &other] {
            let _read = cavage::Parsed::read(text);
            let _read = rfc9421::Parsed::read(text, "sig1=:AAAA:");
            let _read = rfc9421::Parsed::read("sig1=()", text);
            let digest = BodyDigest::of(text.as_bytes());
            prop_assert!(!digest.is_in_digest(text));
            prop_assert!(!digest.is_in_content_digest(text));
            let pem = format!("-----BEGIN PUBLIC KEY-----{text}-----END PUBLIC KEY-----");
            prop_assert!(VerifyingKey::from_pem(&pem).is_err());
            let _key = VerifyingKey::from_multibase(&format!("z{text}"));
        }
    }

    #[test]
    fn any_json_is_read_or_refused(
        id in ".{0,40}",
        kind in prop_oneof![Just("null"), Just("\"Like\""), Just("[]"), Just("[1,{}]")],
        actor in ".{0,40}",
        object in prop_oneof![Just("[]"), Just("[[[]]]"), Just("{\"object\":3}"), Just("1")],
    ) {
        let (id, actor) = (serde_json::json!(id), serde_json::json!(actor));
        let text = format!(r#"{{"id":{id},"type":{kind},"actor":{actor},"object":{object}}}"#);
        let _read = Envelope::read(&serde_json::from_str(&text).unwrap());
    }
}

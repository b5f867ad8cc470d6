//! The status contract (security reference §0.10), and what is read on the way.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use std::time::Duration;

use super::test_request::*;
use super::*;
use crate::signature::{KeyError, Signer, SigningKey, sign};

#[test]
fn every_refusal_has_its_status_and_word() {
    let retry_after = Duration::from_secs(30);
    for (refusal, status, code) in [
        (Refusal::DuplicateHeader("Host"), 400, "duplicate_header"),
        (Refusal::AmbiguousLength, 400, "ambiguous_length"),
        (Refusal::TwoSignatures, 400, "two_signatures"),
        (Refusal::MalformedJson, 400, "malformed_json"),
        (Refusal::MalformedActivity("x"), 400, "malformed_activity"),
        (Refusal::ForeignId, 400, "foreign_id"),
        (
            Refusal::CommunityHasNoFollowers,
            400,
            "community_has_no_followers",
        ),
        (Refusal::Unsigned, 401, "unsigned"),
        (Refusal::WrongHost, 401, "wrong_host"),
        (Refusal::MalformedSignature("x"), 401, "malformed_signature"),
        (Refusal::NotCovered("host"), 401, "not_covered"),
        (Refusal::UnknownAlgorithm, 401, "unknown_algorithm"),
        (Refusal::UnreadableDate, 401, "unreadable_date"),
        (Refusal::OutsideWindow, 401, "outside_window"),
        (Refusal::Expired, 401, "expired"),
        (Refusal::DigestMismatch, 401, "digest_mismatch"),
        (Refusal::ForeignKey, 401, "foreign_key"),
        (Refusal::BadSignature, 401, "bad_signature"),
        (Refusal::KeyNotOwned, 401, "key_not_owned"),
        (Refusal::KeyRefused(KeyError::Unusable), 401, "key_refused"),
        (Refusal::KeyGone, 401, "key_gone"),
        (Refusal::DomainBlocked, 403, "domain_blocked"),
        (Refusal::ActorSuspended, 403, "actor_suspended"),
        (Refusal::NotAllowed, 403, "not_allowed"),
        (Refusal::UnknownRecipient, 404, "unknown_recipient"),
        (Refusal::GoneRecipient, 410, "gone_recipient"),
        (Refusal::TooLarge { max: 1 }, 413, "too_large"),
        (Refusal::UnsupportedMediaType, 415, "unsupported_media_type"),
        (Refusal::UnsupportedEncoding, 415, "unsupported_encoding"),
        (
            Refusal::TooManyRequests { retry_after },
            429,
            "too_many_requests",
        ),
        (
            Refusal::KeyUnavailable { retry_after },
            503,
            "key_unavailable",
        ),
        (Refusal::Overloaded { retry_after }, 503, "overloaded"),
    ] {
        assert_eq!((refusal.status().as_u16(), refusal.code()), (status, code));
        let (shown, headers, document) = refusal.problem();
        assert_eq!(shown, refusal.status());
        assert_eq!(headers["content-type"], "application/problem+json");
        assert_eq!(document["status"], status);
        assert_eq!(document["code"], code);
        assert_eq!(document["detail"], refusal.to_string());
        let waits = matches!(status, 429 | 503);
        assert_eq!(headers.contains_key("retry-after"), waits, "{code}");
        assert_eq!(headers.contains_key("www-authenticate"), status == 401);
    }
    let soon = Refusal::Overloaded {
        retry_after: Duration::from_millis(5),
    };
    assert_eq!(soon.problem().1["retry-after"], "1");
}

#[test]
fn an_envelope_tells_who_and_what() {
    let body = r#"{"id":"https://peer.example/a/9","type":["Announce"],
        "actor":{"id":"https://peer.example/c/x"},
        "object":{"id":"https://v.example/a/1","type":"Create",
                  "object":[{"id":"https://v.example/o/1"}]}}"#;
    let seen = post()
        .body(body)
        .cavage("(request-target) host date digest", "");
    let seen = seen.judge().unwrap();
    assert_eq!(seen.envelope.id.as_str(), "https://peer.example/a/9");
    assert_eq!(seen.envelope.kind, "Announce");
    assert_eq!(seen.envelope.actor.as_str(), "https://peer.example/c/x");
    assert_eq!(
        seen.envelope.object_id.as_deref(),
        Some("https://v.example/a/1")
    );
    assert_eq!(
        seen.envelope.inner_object_id.as_deref(),
        Some("https://v.example/o/1")
    );
    assert_eq!(seen.value["object"]["type"], "Create");
    assert_eq!(seen.claim.signed_at.seconds(), NOW);
    assert_eq!(seen.claim.key_id.as_str(), KEY_ID);

    let flag = r#"{"id":"https://peer.example/f","type":"Flag","actor":"https://peer.example/",
        "object":["https://lab.example/p/1","https://lab.example/p/2"]}"#;
    let flag = Envelope::read(&serde_json::from_str(flag).unwrap()).unwrap();
    assert_eq!(flag.object_id.as_deref(), Some("https://lab.example/p/1"));
    assert_eq!(flag.inner_object_id, None);
}

/// What we sign passes the gate of another Archipel, by every scheme and key.
#[test]
fn our_own_requests_pass() {
    let now = Timestamp::from_unix_seconds(NOW);
    let small: SigningKey = ED25519.clone();
    for (key, scheme) in [
        (&*RSA, SignatureScheme::Cavage),
        (&*RSA, SignatureScheme::Rfc9421),
        (&small, SignatureScheme::Rfc9421),
    ] {
        for url in [
            "https://lab.example/inbox",
            "https://lab.example/c/x/inbox?a=b&c=%C3%A9",
        ] {
            let url = Url::parse(url).unwrap();
            let signer = Signer {
                key_id: KEY_ID.to_owned(),
                key: key.clone(),
            };
            let digest = BodyDigest::of(BODY.as_bytes());
            for body in [Some(&digest), None] {
                let method = body.map_or(Method::GET, |_| Method::POST);
                let headers = sign(&signer, scheme, &method, &url, body, now).unwrap();
                let target = match url.query() {
                    Some(query) => format!("{}?{query}", url.path()),
                    None => url.path().to_owned(),
                };
                let mut request = get(&target).keys(key, key);
                request.method = method;
                request.headers.clear();
                for (name, value) in &headers {
                    request = request.and(name.as_str(), value.to_str().unwrap());
                }
                if body.is_some() {
                    request.body = BODY.into();
                    assert_eq!(request.judge().unwrap().claim.scheme, scheme);
                } else {
                    assert_eq!(request.judge_get(), Ok(true));
                }
            }
        }
    }
}

/// A head that will be refused is refused before its body is read.
#[test]
fn a_head_is_refused_without_its_body() {
    let method = Method::POST;
    let uri = Uri::from_static("/inbox");
    let headers = HeaderMap::new();
    let head = Head {
        method: &method,
        uri: &uri,
        headers: &headers,
    };
    assert_eq!(
        admit_head(&rules(), head),
        Err(Refusal::UnsupportedMediaType)
    );
}

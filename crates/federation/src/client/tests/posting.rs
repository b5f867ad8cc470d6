//! Deliveries: what is sent, what the answers mean, the second knock.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Method;

use super::support::{Peer, Seen, answer, client, keys, now, redirect, status};
use crate::client::{ActorKeys, Client, Knock, PostClass, PostReport, SignedPost};
use crate::signature::{BodyDigest, Target, VerifyingKey, cavage, rfc9421};

const BODY: &[u8] = br#"{"id":"https://lab.example/activities/1","type":"Announce"}"#;

async fn post(client: &Client, peer: &Peer, path: &str, knock: Knock) -> PostReport {
    let body = Bytes::from_static(BODY);
    let digest = BodyDigest::of(&body);
    client
        .post(
            &peer.url("a.test", path),
            body,
            &digest,
            keys(),
            knock,
            now(),
        )
        .await
}

#[tokio::test]
async fn a_delivery_carries_the_bytes_and_one_of_each_header() {
    let peer = Peer::start(|_| status(202)).await;
    let report = post(&client(), &peer, "/inbox", Knock::Cavage).await;
    assert_eq!(report.status, Some(202));
    assert_eq!(report.class, PostClass::Delivered);
    assert_eq!(report.words, "");
    assert_eq!(report.knock, Knock::Cavage);
    let seen = &peer.seen()[0];
    assert_eq!(seen.method, Method::POST);
    assert_eq!(seen.body, BODY);
    assert_eq!(seen.host(), peer.host("a.test"));
    for name in [
        "host",
        "content-type",
        "content-length",
        "signature",
        "user-agent",
    ] {
        let count = seen.headers.get_all(name).iter().count();
        assert_eq!(count, 1, "{name}");
    }
    assert_eq!(seen.header("content-type"), "application/activity+json");
}

/// Whether the signature a peer received holds for the request it received.
fn holds(seen: &Seen) -> bool {
    let target = Target {
        method: &seen.method,
        scheme: "http",
        host: seen.host(),
        authority: seen.host(),
        uri: &seen.uri,
        headers: &seen.headers,
    };
    let rsa = VerifyingKey::from_pem(&keys().rsa.key.public_pem().unwrap()).unwrap();
    if !seen.is_rfc9421() {
        let parsed = cavage::Parsed::read(seen.header("signature")).unwrap();
        let message = parsed.message(&target, true).unwrap();
        let digest = seen.header("digest");
        return rsa.verify(&message, &STANDARD.decode(parsed.signature).unwrap())
            && (digest.is_empty() || BodyDigest::of(&seen.body).is_in_digest(digest));
    }
    let (input, signature) = (seen.header("signature-input"), seen.header("signature"));
    let parsed = rfc9421::Parsed::read(input, signature).unwrap();
    let key = if input.contains("ed25519-key") {
        let ed25519 = keys().ed25519.as_ref().unwrap();
        VerifyingKey::from_multibase(&ed25519.key.multibase()).unwrap()
    } else {
        rsa
    };
    let digest = seen.header("content-digest");
    key.verify(&parsed.message(&target).unwrap(), &parsed.signature)
        && (digest.is_empty() || BodyDigest::of(&seen.body).is_in_content_digest(digest))
}

/// What is signed is what travels: host and port, query, escapes, digest, date.
#[tokio::test]
async fn what_arrives_is_what_was_signed() {
    let peer = Peer::start(|_| status(202)).await;
    let client = client();
    for knock in [Knock::Cavage, Knock::Rfc9421, Knock::Rfc9421Ed25519] {
        for path in ["/inbox", "/c/d%C3%A9/inbox?a=1&b=%20", "/é?q=é"] {
            post(&client, &peer, path, knock).await;
        }
    }
    let url = peer.url("b.test", "/p/1?page=true");
    let _ = client.get_activity(&url, Some(&keys().rsa), now()).await;
    let seen = peer.seen();
    assert_eq!(seen.len(), 10);
    for seen in seen {
        assert!(holds(&seen), "{seen:?}");
    }
}

#[tokio::test]
async fn answers_are_classified() {
    let peer = Peer::start(|seen| {
        let code = seen.path().trim_start_matches('/').parse().unwrap();
        answer(code, "application/json", r#"{"error":"because"}"#)
    })
    .await;
    let client = client();
    for (code, class) in [
        (200, PostClass::Delivered),
        (202, PostClass::Delivered),
        (304, PostClass::Refused),
        (400, PostClass::Refused),
        (401, PostClass::Retry),
        (403, PostClass::Refused),
        (404, PostClass::Gone),
        (408, PostClass::Retry),
        (410, PostClass::Gone),
        (413, PostClass::Refused),
        (422, PostClass::Refused),
        (429, PostClass::Retry),
        (500, PostClass::Retry),
        (501, PostClass::Retry),
        (503, PostClass::Retry),
    ] {
        let report = post(&client, &peer, &format!("/{code}"), Knock::Cavage).await;
        assert_eq!(report.status, Some(code));
        assert_eq!(report.class, class, "{code}");
        if !matches!(code, 200 | 202 | 304) {
            assert_eq!(report.words, "because", "{code}");
        }
    }
}

/// Conformance C15.
#[tokio::test]
async fn c15_cavage_refused_rfc_9421_accepted() {
    for refusal in [400, 401] {
        let peer =
            Peer::start(move |seen| status(if seen.is_rfc9421() { 202 } else { refusal })).await;
        let client = client();
        let report = post(&client, &peer, "/inbox", Knock::Cavage).await;
        assert_eq!(report.class, PostClass::Delivered);
        assert_eq!(report.knock, Knock::Rfc9421, "to be used next time");
        let report = post(&client, &peer, "/inbox", report.knock).await;
        assert_eq!(report.knock, Knock::Rfc9421);
        let knocks: Vec<_> = peer.seen().iter().map(Seen::is_rfc9421).collect();
        assert_eq!(knocks, [false, true, true]);
        assert!(peer.seen().iter().all(|seen| seen.body == BODY));
    }
}

#[tokio::test]
async fn the_other_way_round_and_ed25519_only_when_asked() {
    let peer = Peer::start(|seen| status(if seen.is_rfc9421() { 401 } else { 202 })).await;
    let client = client();
    for knock in [Knock::Rfc9421, Knock::Rfc9421Ed25519] {
        let report = post(&client, &peer, "/inbox", knock).await;
        assert_eq!(report.class, PostClass::Delivered);
        assert_eq!(report.knock, Knock::Cavage);
    }
    let seen = peer.seen();
    let uses_ed25519: Vec<_> = seen
        .iter()
        .map(|seen| format!("{:?}", seen.headers).contains("ed25519-key"))
        .collect();
    assert_eq!(uses_ed25519, [false, false, true, false]);

    let without = ActorKeys {
        ed25519: None,
        ..keys().clone()
    };
    let digest = BodyDigest::of(BODY);
    let inbox = peer.url("a.test", "/inbox");
    let signed = SignedPost::sign(&inbox, &digest, &without, Knock::Rfc9421Ed25519, now());
    assert!(signed.is_ok(), "RSA stands in");
}

#[tokio::test]
async fn a_door_shut_twice_keeps_the_first_refusal() {
    let peer = Peer::start(|seen| {
        if seen.is_rfc9421() {
            answer(401, "text/plain", "what is this")
        } else {
            answer(400, "text/plain", "this community is closed")
        }
    })
    .await;
    let report = post(&client(), &peer, "/inbox", Knock::Cavage).await;
    assert_eq!(report.status, Some(400));
    assert_eq!(report.words, "this community is closed");
    assert_eq!(report.class, PostClass::Refused);
    assert_eq!(report.knock, Knock::Cavage);
    assert_eq!(peer.seen().len(), 2, "no third time");
}

#[tokio::test]
async fn a_second_knock_that_meets_trouble_is_retried_as_before() {
    let peer = Peer::start(|seen| status(if seen.is_rfc9421() { 503 } else { 401 })).await;
    let report = post(&client(), &peer, "/inbox", Knock::Cavage).await;
    assert_eq!((report.status, report.class), (Some(503), PostClass::Retry));
    assert_eq!(report.knock, Knock::Cavage);
}

#[tokio::test]
async fn other_refusals_are_not_knocked_at_again() {
    let peer = Peer::start(|_| status(403)).await;
    post(&client(), &peer, "/inbox", Knock::Cavage).await;
    assert_eq!(peer.seen().len(), 1);
}

/// Security F7: what is signed for one host is not carried to another.
#[tokio::test]
async fn deliveries_follow_no_redirect() {
    let peer = Peer::start(|seen| redirect(&seen.url().replace("a.test", "b.test"))).await;
    let report = post(&client(), &peer, "/inbox", Knock::Cavage).await;
    assert_eq!(
        (report.status, report.class),
        (Some(302), PostClass::Refused)
    );
    assert_eq!(peer.seen().len(), 1);
}

/// Conformance C69.
#[tokio::test]
async fn c69_the_wait_asked_for_is_reported() {
    let peer = Peer::start(|_| {
        let mut response = status(429);
        let wait = "3600".parse().unwrap();
        response.headers_mut().insert("retry-after", wait);
        response
    })
    .await;
    let report = post(&client(), &peer, "/inbox", Knock::Cavage).await;
    assert_eq!(report.retry_after.unwrap().as_secs(), 3_600);
    assert_eq!(report.words, "429 Too Many Requests");
}

#[tokio::test]
async fn long_refusals_are_not_read_to_their_end() {
    let peer = Peer::start(|_| answer(403, "text/plain", "no ".repeat(1_000_000))).await;
    let report = post(&client(), &peer, "/inbox", Knock::Cavage).await;
    assert_eq!(report.words.chars().count(), 300);
}

/// Answers are read to their end where that is near, so connections serve again.
#[tokio::test]
async fn connections_are_kept() {
    let turn = Arc::new(AtomicUsize::new(0));
    let peer = Peer::start(move |_| match turn.fetch_add(1, Ordering::Relaxed) % 3 {
        0 => status(202),
        1 => answer(202, "text/plain", "thank you"),
        _ => answer(403, "text/plain", "no"),
    })
    .await;
    let client = client();
    for _ in 0..30 {
        post(&client, &peer, "/inbox", Knock::Cavage).await;
    }
    assert!(peer.connections() <= 10, "{}", peer.connections());
}

#[tokio::test]
async fn signing_and_sending_can_be_done_apart() {
    let peer = Peer::start(|seen| status(if seen.is_rfc9421() { 202 } else { 401 })).await;
    let client = client();
    let body = Bytes::from_static(BODY);
    let digest = BodyDigest::of(&body);
    let inbox = peer.url("a.test", "/inbox");
    let sign = |knock| SignedPost::sign(&inbox, &digest, keys(), knock, now()).unwrap();
    let first = client.send(sign(Knock::Cavage), body.clone()).await;
    let other = first.second_knock().unwrap();
    let second = client.send(sign(other), body).await;
    assert_eq!(second.second_knock(), None);
    let report = first.better(second);
    assert_eq!(report.class, PostClass::Delivered);
    assert_eq!(report.knock, Knock::Rfc9421);
}

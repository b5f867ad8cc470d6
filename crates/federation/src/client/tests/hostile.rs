//! Peers that want us to fetch from inside, to read for ever, or too much.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::convert::Infallible;
use std::time::Duration;

use archipel_model::Host;
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;

use super::support::{
    ACTIVITY, Peer, answer, client, config, gzip_bomb, hasty_client, keys, note, now, redirect,
    status,
};
use crate::client::{Client, ClientConfig, FetchError, HostPolicy, Knock, PostClass, Refused};
use crate::signature::BodyDigest;

fn guarded() -> Client {
    Client::new(ClientConfig {
        allow_private_addresses: false,
        ..config()
    })
    .unwrap()
}

/// Security F1 and F6: by name, by literal, on the way in and on the way out.
#[tokio::test]
async fn private_addresses_are_never_connected_to() {
    let peer = Peer::start(|seen| note(&seen.url())).await;
    let client = guarded();
    for name in ["a.test", "localhost", "127.0.0.1", "[::ffff:127.0.0.1]"] {
        let url = peer.url(name, "/p/1");
        let got = client.get_activity(&url, None, now()).await;
        assert_eq!(got.unwrap_err(), Refused::PrivateAddress.into(), "{name}");
        let got = client.get_file(&url, 1_000).await;
        assert_eq!(got.unwrap_err(), Refused::PrivateAddress.into(), "{name}");

        let body = Bytes::from_static(b"{}");
        let digest = BodyDigest::of(&body);
        let report = client
            .post(&url, body, &digest, keys(), Knock::Cavage, now())
            .await;
        assert_eq!(report.status, None, "{name}");
        assert_ne!(report.class, PostClass::Delivered, "{name}");
        assert_eq!(report.words, "the address is not public", "{name}");
    }
    assert_eq!(peer.connections(), 0);
}

#[derive(Debug)]
struct Shunned(&'static str);

impl HostPolicy for Shunned {
    fn permits(&self, host: &Host) -> bool {
        host.name() != self.0
    }
}

#[tokio::test]
async fn blocked_hosts_are_not_reached_by_redirect_either() {
    let peer = Peer::start(|seen| redirect(&seen.url().replace("a.test", "b.test"))).await;
    let client = Client::new(ClientConfig {
        policy: std::sync::Arc::new(Shunned("b.test")),
        ..config()
    })
    .unwrap();
    let url = peer.url("a.test", "/p/1");
    let got = client.get_activity(&url, None, now()).await;
    assert_eq!(got.unwrap_err(), Refused::Blocked.into());
    assert_eq!(peer.seen().len(), 1);
    assert_eq!(
        client.permits(&peer.url("b.test", "/inbox")),
        Err(Refused::Blocked)
    );
}

fn endless(chunk: &'static [u8], pause: Option<Duration>) -> Body {
    Body::from_stream(stream::unfold((), move |()| async move {
        if let Some(pause) = pause {
            tokio::time::sleep(pause).await;
        }
        Some((Ok::<_, Infallible>(Bytes::from_static(chunk)), ()))
    }))
}

/// Security F8: no length announced, a length that is too large, a bomb.
#[tokio::test]
async fn large_bodies_are_refused_as_soon_as_they_are_known_to_be() {
    let peer = Peer::start(|seen| match seen.path() {
        "/endless" => answer(200, ACTIVITY, endless(&[b' '; 16_384], None)),
        "/announced" => answer(200, ACTIVITY, vec![b' '; 2 * 1024 * 1024]),
        _ => bomb(),
    })
    .await;
    let client = client();
    for path in ["/endless", "/announced", "/bomb"] {
        let got = client
            .get_activity(&peer.url("a.test", path), None, now())
            .await;
        assert_eq!(got.unwrap_err(), Refused::TooLarge.into(), "{path}");
    }
}

/// 64 MiB in 400 kB.
fn bomb() -> Response {
    let mut response = answer(200, ACTIVITY, gzip_bomb(260_000));
    let encoding = "gzip".parse().unwrap();
    response.headers_mut().insert("content-encoding", encoding);
    response
}

/// Every byte arrives in time, all together never: only a deadline over the
/// whole ends this.
#[tokio::test]
async fn slow_bodies_end_with_the_deadline() {
    let drip = || endless(b" ", Some(Duration::from_millis(10)));
    let peer = Peer::start(move |seen| match seen.path() {
        "/slow-redirects" => redirect("/p/1"),
        _ => answer(200, ACTIVITY, drip()),
    })
    .await;
    let client = hasty_client();
    for path in ["/p/1", "/slow-redirects"] {
        let got = client
            .get_activity(&peer.url("a.test", path), None, now())
            .await;
        assert!(got.unwrap_err().is_transient(), "{path}");
    }
}

#[tokio::test]
async fn a_delivery_does_not_wait_for_a_body_without_end() {
    let peer = Peer::start(|_| answer(202, "text/plain", endless(b"x", None))).await;
    let body = Bytes::from_static(b"{}");
    let digest = BodyDigest::of(&body);
    let report = client()
        .post(
            &peer.url("a.test", "/inbox"),
            body,
            &digest,
            keys(),
            Knock::Cavage,
            now(),
        )
        .await;
    assert_eq!(report.class, PostClass::Delivered);
}

#[tokio::test]
async fn silence_and_closed_ports_may_pass() {
    let client = hasty_client();
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent_port = silent.local_addr().unwrap().port();
    // Bound and never listening: nobody else gets the port meanwhile.
    let closed = tokio::net::TcpSocket::new_v4().unwrap();
    closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let closed_port = closed.local_addr().unwrap().port();
    for port in [silent_port, closed_port] {
        let url = url::Url::parse(&format!("http://a.test:{port}/inbox")).unwrap();
        let got = client.get_activity(&url, None, now()).await;
        assert!(got.unwrap_err().is_transient());
        let body = Bytes::from_static(b"{}");
        let digest = BodyDigest::of(&body);
        let report = client
            .post(&url, body, &digest, keys(), Knock::Rfc9421, now())
            .await;
        assert_eq!((report.status, report.class), (None, PostClass::Retry));
        assert_eq!(report.knock, Knock::Rfc9421);
        assert!(!report.words.is_empty());
    }
}

/// Requests are bounded in all, whatever mixture of tricks a peer plays.
#[tokio::test]
async fn one_fetch_costs_few_requests() {
    let peer = Peer::start(|seen| {
        let path = seen.path();
        if !seen.is_rfc9421() {
            status(401)
        } else if path.len() < 5 {
            redirect(&format!("{path}x"))
        } else {
            note(&format!("{}x", seen.url()))
        }
    })
    .await;
    let got = client()
        .get_activity(&peer.url("a.test", "/x"), Some(&keys().rsa), now())
        .await;
    assert!(matches!(got, Err(FetchError::Refused(_))));
    assert!(peer.seen().len() <= 8, "{:?}", peer.paths());
}

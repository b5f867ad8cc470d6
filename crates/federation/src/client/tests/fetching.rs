//! Fetching documents: headers, redirects, ids, knocks.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use archipel_model::Timestamp;
use axum::response::Response;
use serde_json::json;
use url::Url;

use super::support::{
    ACTIVITY, Peer, Seen, answer, client, config, gzip, json_answer, keys, note, now, redirect,
    status,
};
use crate::client::{Client, ClientConfig, FetchError, Fetched, Knock, Refused};

async fn get(client: &Client, url: &Url) -> Result<Fetched, FetchError> {
    client.get_activity(url, None, now()).await
}

#[tokio::test]
async fn a_document_is_asked_for_politely_and_returned_with_its_bytes() {
    let peer = Peer::start(|seen| note(&seen.url())).await;
    let url = peer.url("a.test", "/p/1");
    let fetched = get(&client(), &url).await.unwrap();
    assert_eq!(fetched.url, url);
    assert_eq!(fetched.value["type"], "Note");
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&fetched.body).unwrap(),
        fetched.value
    );
    let seen = &peer.seen()[0];
    assert_eq!(
        seen.header("accept"),
        r#"application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams""#
    );
    assert!(seen.header("user-agent").starts_with("Archipel/"));
    assert_eq!(seen.header("signature"), "", "unsigned when not asked to");
    assert_eq!(seen.header("cookie"), "");
}

#[tokio::test]
async fn only_documents_labelled_as_activitypub_are_believed() {
    let peer = Peer::start(|seen| {
        let label = seen.uri.query().unwrap_or_default().replace('_', " ");
        let id = format!("http://{}{}", seen.host(), seen.uri);
        json_answer(&label, &json!({ "id": id, "type": "Note" }))
    })
    .await;
    let client = client();
    for (label, accepted) in [
        ("text/html", false),
        ("application/json", false),
        ("image/png", false),
        ("application/ld+json", false),
        ("application/activity+json;charset=utf-8", true),
        ("APPLICATION/ACTIVITY+JSON", true),
        (
            "application/ld+json;profile=https://www.w3.org/ns/activitystreams",
            true,
        ),
    ] {
        let got = get(&client, &peer.url("a.test", &format!("/x?{label}"))).await;
        match got {
            Ok(_) => assert!(accepted, "{label}"),
            Err(error) => {
                assert!(!accepted, "{label}");
                assert_eq!(error, Refused::ContentType.into(), "{label}");
            }
        }
    }
}

#[tokio::test]
async fn three_redirects_are_followed_and_signed_anew() {
    fn answers(seen: &Seen) -> Response {
        match seen.path() {
            "/1" => redirect(&seen.url().replace("a.test", "b.test").replace("/1", "/2")),
            "/2" => redirect("/3"),
            "/3" => redirect("4"),
            "/4" => note(&seen.url()),
            "/0" => redirect("/1"),
            _ => status(404),
        }
    }
    let peer = Peer::start(answers).await;
    let client = client();
    let signer = Some(&keys().rsa);
    let fetched = client
        .get_activity(&peer.url("a.test", "/1"), signer, now())
        .await
        .unwrap();
    assert_eq!(fetched.url, peer.url("b.test", "/4"));
    let seen = peer.seen();
    let hosts: Vec<_> = seen.iter().map(|seen| seen.host().to_owned()).collect();
    let (a, b) = (peer.host("a.test"), peer.host("b.test"));
    assert_eq!(hosts, [a, b.clone(), b.clone(), b]);
    let mut signatures: Vec<_> = seen.iter().map(|seen| seen.header("signature")).collect();
    signatures.sort_unstable();
    signatures.dedup();
    assert_eq!(signatures.len(), 4, "each hop has its own signature");

    let too_far = get(&client, &peer.url("a.test", "/0")).await;
    assert_eq!(too_far.unwrap_err(), Refused::Redirects.into());
}

#[tokio::test]
async fn redirects_lead_nowhere_forbidden() {
    let peer = Peer::start(|seen| match seen.path() {
        "/file" => redirect("file:///etc/passwd"),
        "/gopher" => redirect("gopher://b.test/"),
        "/user" => redirect("http://user@b.test/"),
        "/nowhere" => status(302),
        "/self" => redirect("/self"),
        _ => status(404),
    })
    .await;
    let client = client();
    for (path, why) in [
        ("/file", Refused::Scheme),
        ("/gopher", Refused::Scheme),
        ("/user", Refused::UserInfo),
        ("/nowhere", Refused::Redirects),
        ("/self", Refused::Redirects),
    ] {
        let got = get(&client, &peer.url("a.test", path)).await;
        assert_eq!(got.unwrap_err(), why.into(), "{path}");
    }
}

/// Security A12.
#[tokio::test]
async fn a12_a_document_is_what_it_says_only_where_it_lives() {
    let peer = Peer::start(|seen| match seen.path() {
        "/other-host" => note(&seen.url().replace("a.test", "b.test")),
        "/alias" => note(&seen.url().replace("/alias", "/home")),
        "/lost" => note(&seen.url().replace("/lost", "/alias")),
        "/anonymous" => json_answer(ACTIVITY, &json!({ "type": "Note" })),
        "/list" => json_answer(ACTIVITY, &json!([1])),
        "/junk" => answer(200, ACTIVITY, "{"),
        _ => note(&seen.url()),
    })
    .await;
    let client = client();
    let at = |path: &str| peer.url("a.test", path);
    assert_eq!(
        get(&client, &at("/other-host")).await.unwrap_err(),
        Refused::IdMismatch.into()
    );
    assert_eq!(get(&client, &at("/alias")).await.unwrap().url, at("/home"));
    assert_eq!(
        get(&client, &at("/lost")).await.unwrap_err(),
        Refused::IdMismatch.into(),
        "one second look, no chain"
    );
    for path in ["/anonymous", "/list", "/junk"] {
        let error = get(&client, &at(path)).await.unwrap_err();
        assert!(matches!(error, FetchError::Malformed(_)), "{path}");
    }
    let owner = get(&client, &at("/actor#main-key")).await.unwrap();
    assert_eq!(owner.url, at("/actor"));
    assert!(peer.seen().iter().all(|seen| seen.host().starts_with("a.")));
}

#[tokio::test]
async fn statuses_are_told_apart() {
    let peer = Peer::start(|seen| {
        let code = seen.path().trim_start_matches('/').parse().unwrap();
        let mut response = status(code);
        if code == 429 {
            let wait = "90".parse().unwrap();
            response.headers_mut().insert("retry-after", wait);
        }
        response
    })
    .await;
    let client = client();
    for (code, expected) in [
        (410, FetchError::Gone),
        (404, FetchError::NotFound),
        (401, FetchError::Unauthorised),
        (403, FetchError::Forbidden(403)),
        (406, FetchError::Forbidden(406)),
        (304, FetchError::Forbidden(304)),
    ] {
        let got = get(&client, &peer.url("a.test", &format!("/{code}"))).await;
        assert_eq!(got.unwrap_err(), expected);
    }
    for code in [408, 429, 500, 503] {
        let got = get(&client, &peer.url("a.test", &format!("/{code}"))).await;
        let FetchError::Transient { retry_after, .. } = got.unwrap_err() else {
            panic!("{code} passes");
        };
        assert_eq!(retry_after.is_some(), code == 429, "{code}");
    }
}

#[tokio::test]
async fn a_second_knock_opens_and_is_remembered() {
    let peer = Peer::start(|seen| {
        if seen.is_rfc9421() {
            note(&seen.url())
        } else {
            status(401)
        }
    })
    .await;
    let client = client();
    let signer = Some(&keys().rsa);
    let url = peer.url("a.test", "/p/1");
    assert_eq!(client.remembered(&url), None);
    for _ in 0..2 {
        client.get_activity(&url, signer, now()).await.unwrap();
    }
    let knocks: Vec<_> = peer.seen().iter().map(Seen::is_rfc9421).collect();
    assert_eq!(knocks, [false, true, true]);
    assert_eq!(client.remembered(&url), Some(Knock::Rfc9421));
    assert_eq!(client.remembered(&peer.url("b.test", "/")), None);
}

#[tokio::test]
async fn a_closed_door_is_knocked_at_twice_only_when_signed() {
    let peer = Peer::start(|_| status(401)).await;
    let client = client();
    let url = peer.url("a.test", "/p/1");
    let got = client.get_activity(&url, Some(&keys().rsa), now()).await;
    assert_eq!(got.unwrap_err(), FetchError::Unauthorised);
    assert_eq!(peer.seen().len(), 2);
    assert_eq!(
        get(&client, &url).await.unwrap_err(),
        FetchError::Unauthorised
    );
    assert_eq!(peer.seen().len(), 3);

    let shut = Peer::start(|_| status(403)).await;
    let url = shut.url("a.test", "/p/1");
    let got = client.get_activity(&url, Some(&keys().rsa), now()).await;
    assert_eq!(got.unwrap_err(), FetchError::Forbidden(403));
    assert_eq!(shut.seen().len(), 1, "403 is an answer, not a puzzle");
}

#[tokio::test]
async fn compressed_documents_are_read() {
    let peer = Peer::start(|seen| {
        assert!(seen.header("accept-encoding").contains("gzip"));
        let body = json!({ "id": seen.url(), "type": "Note" }).to_string();
        let mut response = answer(200, ACTIVITY, gzip(body.as_bytes()));
        let encoding = "gzip".parse().unwrap();
        response.headers_mut().insert("content-encoding", encoding);
        response
    })
    .await;
    let url = peer.url("a.test", "/p/1");
    assert_eq!(get(&client(), &url).await.unwrap().url, url);
}

#[tokio::test]
async fn plain_http_is_for_development() {
    let peer = Peer::start(|seen| note(&seen.url())).await;
    let strict = Client::new(ClientConfig {
        allow_http: false,
        ..config()
    })
    .unwrap();
    let got = strict
        .get_activity(&peer.url("a.test", "/p/1"), None, Timestamp::default())
        .await;
    assert_eq!(got.unwrap_err(), Refused::Scheme.into());
    assert!(peer.seen().is_empty());
}

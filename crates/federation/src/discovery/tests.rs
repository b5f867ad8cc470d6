//! Discovery against real servers on the loopback interface.

#![expect(clippy::unwrap_used, reason = "tests")]

use archipel_model::Dialect;
use axum::response::Response;
use serde_json::{Value, json};

use super::nodeinfo;
use super::webfinger::{WebfingerError, resolve, resolve_kind};
use crate::client::FetchError;
use crate::client::tests::support::{Peer, Seen, answer, client, json_answer, redirect, status};

const JRD: &str = "application/jrd+json";
const WEBFINGER: &str = "/.well-known/webfinger";

fn self_link(href: &str, kind: Option<&str>) -> Value {
    json!({
        "rel": "self", "type": "application/activity+json", "href": href,
        "properties": { "https://www.w3.org/ns/activitystreams#type": kind },
    })
}

fn jrd(subject: &str, href: &str) -> Response {
    let links = [self_link(href, None)];
    json_answer(JRD, &json!({ "subject": subject, "links": links }))
}

fn resource(seen: &Seen) -> String {
    let url = url::Url::parse(&format!("http://x{}", seen.uri)).unwrap();
    let found = url.query_pairs().find(|(name, _)| name == "resource");
    found.unwrap().1.into_owned()
}

/// A server whose every account is its actor `/u/name`.
fn honest(seen: &Seen) -> Response {
    let account = resource(seen);
    let name = account
        .trim_start_matches("acct:")
        .split('@')
        .next()
        .unwrap();
    jrd(&account, &format!("http://{}/u/{name}", seen.host()))
}

#[tokio::test]
async fn a_handle_leads_to_its_actor() {
    let peer = Peer::start(honest).await;
    let host = peer.host("a.test");
    let actor = resolve(&client(), "tilab", &host).await.unwrap();
    assert_eq!(actor, peer.url("a.test", "/u/tilab"));
    let seen = peer.seen();
    let request = seen.first().unwrap();
    assert_eq!(request.path(), WEBFINGER);
    assert_eq!(resource(request), format!("acct:tilab@{host}"));
    assert!(request.header("accept").contains(JRD));
}

#[tokio::test]
async fn what_is_no_handle_is_not_asked_for() {
    let client = client();
    for (name, host) in [
        ("", "a.test"),
        ("a b", "a.test"),
        ("a@b", "a.test"),
        ("a/b", "a.test"),
        ("a", "a.test/x"),
        ("a", "u@a.test"),
        ("a", ""),
    ] {
        let got = resolve(&client, name, host).await;
        assert_eq!(got.unwrap_err(), WebfingerError::Handle, "{name}@{host}");
    }
}

/// Security A20: an answer about somebody else is no answer.
#[tokio::test]
async fn a20_other_subjects_are_refused() {
    let peer = Peer::start(|seen| {
        let subject = match resource(seen).as_str() {
            account if account.contains("other-name") => format!("acct:boss@{}", seen.host()),
            account if account.contains("other-host") => {
                format!(
                    "acct:other-host@{}",
                    seen.host().replace("a.test", "b.test")
                )
            }
            _ => String::new(),
        };
        jrd(&subject, &format!("http://{}/u/boss", seen.host()))
    })
    .await;
    for name in ["other-name", "other-host", "none"] {
        let got = resolve(&client(), name, &peer.host("a.test")).await;
        assert_eq!(got.unwrap_err(), WebfingerError::OtherSubject, "{name}");
    }
}

/// Security A20: a handle here for an actor elsewhere needs the word of elsewhere.
#[tokio::test]
async fn a20_an_actor_on_another_host_must_agree() {
    let peer = Peer::start(|seen| {
        let asked = resource(seen);
        if asked.starts_with("acct:") {
            let there = seen.host().replace("a.test", "b.test");
            let name = if asked.contains("friend") {
                "friend"
            } else {
                "victim"
            };
            jrd(&asked, &format!("http://{there}/u/{name}"))
        } else if asked.ends_with("/u/friend") {
            let home = seen.host().replace("b.test", "a.test");
            jrd(&format!("acct:friend@{home}"), &asked)
        } else {
            jrd(&format!("acct:victim@{}", seen.host()), &asked)
        }
    })
    .await;
    let client = client();
    let host = peer.host("a.test");
    assert_eq!(
        resolve(&client, "friend", &host).await.unwrap(),
        peer.url("b.test", "/u/friend")
    );
    assert_eq!(
        resolve(&client, "victim", &host).await.unwrap_err(),
        WebfingerError::Unconfirmed
    );
}

#[tokio::test]
async fn a_domain_may_leave_its_webfinger_to_another_host() {
    let peer = Peer::start(|seen| {
        if seen.host().starts_with("a.test") {
            let there = seen.host().replace("a.test", "b.test");
            return redirect(&format!("http://{there}{}", seen.uri));
        }
        honest(seen)
    })
    .await;
    let actor = resolve(&client(), "tilab", &peer.host("a.test")).await;
    assert_eq!(actor.unwrap(), peer.url("b.test", "/u/tilab"));
    assert_eq!(
        peer.seen().len(),
        2,
        "the answer was the actor's own server's"
    );
}

#[tokio::test]
async fn of_two_actors_the_first_counts_or_the_kind_asked_for() {
    let peer = Peer::start(|seen| {
        let at = |path| format!("http://{}{path}", seen.host());
        let links = [
            self_link(&at("/u/x"), Some("Person")),
            self_link(&at("/c/x"), Some("Group")),
        ];
        json_answer(JRD, &json!({ "subject": resource(seen), "links": links }))
    })
    .await;
    let (client, host) = (client(), peer.host("a.test"));
    for (kind, path) in [
        (None, "/u/x"),
        (Some("Group"), "/c/x"),
        (Some("Person"), "/u/x"),
        (Some("Service"), "/u/x"),
    ] {
        let actor = resolve_kind(&client, "x", &host, kind).await.unwrap();
        assert_eq!(actor.path(), path, "{kind:?}");
    }
}

#[tokio::test]
async fn host_meta_tells_where_webfinger_lives() {
    let peer = Peer::start(|seen| match seen.path() {
        "/.well-known/host-meta" => answer(
            200,
            "application/xrd+xml",
            format!(
                r#"<XRD><Link rel="lrdd" template="http://{}/finger?resource={{uri}}"/></XRD>"#,
                seen.host()
            ),
        ),
        "/finger" => honest(seen),
        _ => status(404),
    })
    .await;
    let actor = resolve(&client(), "tilab", &peer.host("a.test")).await;
    assert_eq!(actor.unwrap(), peer.url("a.test", "/u/tilab"));
    let paths = peer.paths();
    assert_eq!(paths, [WEBFINGER, "/.well-known/host-meta", "/finger"]);
}

#[tokio::test]
async fn an_unknown_account_is_not_found() {
    let peer = Peer::start(|_| status(404)).await;
    let got = resolve(&client(), "nobody", &peer.host("a.test")).await;
    let error = got.unwrap_err();
    assert_eq!(error, WebfingerError::Fetch(FetchError::NotFound));
    assert!(!error.is_transient());

    let broken = Peer::start(|_| status(503)).await;
    let got = resolve(&client(), "nobody", &broken.host("a.test")).await;
    assert!(got.unwrap_err().is_transient());

    let page = Peer::start(|_| answer(200, "text/html", "<h1>Hello</h1>")).await;
    let got = resolve(&client(), "nobody", &page.host("a.test")).await;
    assert_eq!(got.unwrap_err(), WebfingerError::Malformed);
}

fn software_list(seen: &Seen, schemas: &[&str]) -> Response {
    let links: Vec<_> = schemas
        .iter()
        .map(|schema| {
            json!({
                "rel": format!("http://nodeinfo.diaspora.software/ns/schema/{schema}"),
                "href": format!("http://{}/nodeinfo/{schema}", seen.host()),
            })
        })
        .collect();
    json_answer("application/json", &json!({ "links": links }))
}

#[tokio::test]
async fn software_is_told_by_either_schema() {
    for (schemas, asked, name, dialect) in [
        (
            vec!["2.0", "2.1"],
            "/nodeinfo/2.1",
            "Lemmy",
            Dialect::Threadiverse,
        ),
        (vec!["2.0"], "/nodeinfo/2.0", "mastodon", Dialect::Microblog),
        (vec!["2.1"], "/nodeinfo/2.1", "archipel", Dialect::Unknown),
    ] {
        let peer = Peer::start(move |seen| {
            if seen.path() == "/.well-known/nodeinfo" {
                return software_list(seen, &schemas);
            }
            let software = json!({ "name": name, "version": "1.2.3" });
            let info = json!({ "software": software, "protocols": ["activitypub"] });
            json_answer("application/json; profile=x", &info)
        })
        .await;
        let told = nodeinfo::fetch(&client(), &peer.url("a.test", "/c/any"))
            .await
            .unwrap();
        assert_eq!(told.name, name.to_lowercase());
        assert_eq!(told.version, "1.2.3");
        assert!(told.activitypub);
        if dialect != Dialect::Unknown {
            assert_eq!(told.dialect(), dialect);
        }
        assert_eq!(peer.paths(), ["/.well-known/nodeinfo", asked]);
    }
}

#[tokio::test]
async fn a_lying_or_broken_nodeinfo_is_an_error_and_no_more() {
    let peer = Peer::start(|seen| match (seen.host(), seen.path()) {
        (host, "/.well-known/nodeinfo") if host.starts_with("a.") => json_answer(
            "application/json",
            &json!({ "links": [{
                "rel": "http://nodeinfo.diaspora.software/ns/schema/2.0",
                "href": "http://c.test/nodeinfo/2.0",
            }]}),
        ),
        (_, "/.well-known/nodeinfo") => software_list(seen, &["2.0"]),
        _ => answer(200, "application/json", " ".repeat(400_000)),
    })
    .await;
    let client = client();
    let elsewhere = nodeinfo::fetch(&client, &peer.url("a.test", "/")).await;
    assert!(matches!(elsewhere.unwrap_err(), FetchError::Malformed(_)));
    let large = nodeinfo::fetch(&client, &peer.url("b.test", "/")).await;
    assert_eq!(large.unwrap_err(), crate::client::Refused::TooLarge.into());
}

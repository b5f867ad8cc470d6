//! Finding communities and people: WebFinger, NodeInfo, documents.

use archipel_tests::peer::strict;
use archipel_tests::surface::{ACTIVITY_JSON, id_of};
use archipel_tests::{Db, Family, Lab, Peer, both};

both!(
    webfinger_of_a_community,
    the_loop_closes,
    a_community_document,
    the_instance,
    authorised_fetch
);

const LD_JSON: &str = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";

async fn webfinger(lab: &Lab, resource: &str) -> archipel_tests::surface::Answer {
    let query: String = url::form_urlencoded::byte_serialize(resource.as_bytes()).collect();
    lab.get(&format!("/.well-known/webfinger?resource={query}"), "*/*")
        .await
}

/// The one `self` link of a JRD.
fn self_link(jrd: &serde_json::Value) -> String {
    let links = jrd["links"].as_array().expect("links");
    let own: Vec<_> = links
        .iter()
        .filter(|link| link["rel"] == "self" && link["type"] == ACTIVITY_JSON)
        .collect();
    assert_eq!(own.len(), 1, "exactly one self link: {jrd}");
    own[0]["href"].as_str().expect("its href").to_owned()
}

/// C01: a community by its handle, in any case; 404 and 400 where due.
async fn webfinger_of_a_community(db: Db) {
    let lab = Lab::start(db).await;
    let authority = lab.authority();
    for name in ["tilab", "TiLab"] {
        let answer = webfinger(&lab, &format!("acct:{name}@{authority}")).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text);
        assert!(
            answer
                .header("content-type")
                .starts_with("application/jrd+json")
        );
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(self_link(&answer.json()), lab.community("tilab"));
    }
    let unknown = webfinger(&lab, &format!("acct:nobody@{authority}")).await;
    assert_eq!(unknown.status, 404);
    let elsewhere = webfinger(&lab, "acct:tilab@elsewhere.example").await;
    assert_eq!(elsewhere.status, 404);
    let missing = lab.get("/.well-known/webfinger", "*/*").await;
    assert_eq!(missing.status, 400);
}

/// C03: the loop Mastodon walks: document → `preferredUsername@host` → document.
async fn the_loop_closes(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    for path in ["/c/tilab", "/c/utilo", "/c/labacces", "/u/ada"] {
        let actor = lab.document(path).await;
        let name = actor["preferredUsername"].as_str().expect("a name");
        let jrd = webfinger(&lab, &format!("acct:{name}@{}", lab.authority())).await;
        assert_eq!(self_link(&jrd.json()), id_of(&actor));
        assert_eq!(id_of(&actor), lab.url(path));
        let by_url = webfinger(&lab, &lab.url(path)).await;
        assert_eq!(self_link(&by_url.json()), id_of(&actor));
    }
}

/// C04, C05: the Group as the strictest peer reads it, HTML or JSON by `Accept`.
async fn a_community_document(db: Db) {
    let lab = Lab::start(db).await;
    for accept in [ACTIVITY_JSON, LD_JSON] {
        let answer = lab.get("/c/tilab", accept).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), ACTIVITY_JSON);
        assert!(answer.header("vary").to_lowercase().contains("accept"));
        let json = answer.json();
        strict::group(&json).expect("a Group that Lemmy reads");
        assert!(
            json["@context"]
                .to_string()
                .contains("https://www.w3.org/ns/activitystreams")
        );
        for collection in ["outbox", "followers", "featured", "moderators"] {
            let url = lab.url(&format!("/c/tilab/{collection}"));
            assert_eq!(lab.document_at(&url).await["id"], url);
        }
    }
    let page = lab.get("/c/tilab", "text/html").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.text.contains(&format!("@tilab@{}", lab.authority())));
}

/// C09: the instance actor at `/`, found in every documented way.
async fn the_instance(db: Db) {
    let lab = Lab::start(db).await;
    let actor = lab.document("/").await;
    assert_eq!(actor["type"], "Application");
    assert_eq!(id_of(&actor), lab.url("/"));
    assert_eq!(actor["publicKey"]["id"], lab.url("/#main-key"));
    let jrd = webfinger(&lab, &lab.url("/")).await;
    assert_eq!(jrd.status, 200, "{}", jrd.text);
    let links = jrd.json();
    assert!(
        links["links"]
            .as_array()
            .expect("links")
            .iter()
            .any(|link| link["href"] == lab.url("/"))
    );
    let meta = lab.get("/.well-known/host-meta", "*/*").await;
    assert_eq!(meta.status, 200);
    assert!(meta.text.contains("/.well-known/webfinger?resource={uri}"));
    let well_known = lab
        .get("/.well-known/nodeinfo", "application/json")
        .await
        .json();
    let mut versions = Vec::new();
    for link in well_known["links"].as_array().expect("links") {
        let rel = link["rel"].as_str().expect("a rel");
        if let Some(version) = rel.strip_prefix("http://nodeinfo.diaspora.software/ns/schema/") {
            let href = link["href"].as_str().expect("its href");
            let path = href.strip_prefix(&lab.url("")).expect("a URL here");
            let nodeinfo = lab.get(path, "application/json").await.json();
            assert_eq!(nodeinfo["version"], version);
            assert_eq!(nodeinfo["software"]["name"], "archipel");
            assert_eq!(nodeinfo["protocols"][0], "activitypub");
            versions.push(version.to_owned());
        }
    }
    versions.sort();
    assert_eq!(versions, ["2.0", "2.1"]);
}

/// Authorised fetch: strangers read nothing unsigned, keys stay readable.
async fn authorised_fetch(db: Db) {
    let lab = Lab::builder(db)
        .set("federation.authorized_fetch", "true")
        .start()
        .await;
    let peer = Peer::start(Family::Mastodon).await;
    let alice = peer.person("alice");
    let unsigned = lab.get("/c/tilab", ACTIVITY_JSON).await;
    // A stub with the key, or nothing at all; never the whole document.
    if unsigned.status == 200 {
        let stub = unsigned.json();
        assert!(stub["publicKey"]["publicKeyPem"].is_string());
        assert!(
            stub.get("summary").is_none(),
            "only the key is open: {stub}"
        );
    }
    assert_eq!(lab.get("/c/tilab/outbox", ACTIVITY_JSON).await.status, 401);
    let instance = lab.get("/", ACTIVITY_JSON).await;
    assert_eq!(instance.status, 200, "the instance's key must be readable");
    assert!(instance.json()["publicKey"]["publicKeyPem"].is_string());
    let signed = alice.get(&lab, &lab.community("tilab")).await;
    assert_eq!(signed.status, 200, "{}", signed.text);
    assert!(signed.json()["summary"].is_string());
    let outbox = alice.get(&lab, &lab.url("/c/tilab/outbox")).await;
    assert_eq!(outbox.status, 200, "{}", outbox.text);
}

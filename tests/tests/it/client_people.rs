//! Accounts for apps: the server itself, profiles, relations, directory.

use archipel_tests::{Db, Lab, both};
use reqwest::Method;
use serde_json::json;

both!(the_server_and_a_profile_are_told_whole);

async fn the_server_and_a_profile_are_told_whole(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("essai");
    let stranger = lab.stranger();

    let server = stranger.get("/api/v2/instance/").await;
    assert_eq!(server["api_versions"]["mastodon"], 6);
    assert_eq!(server["configuration"]["statuses"]["max_characters"], 5000);
    assert!(
        server["configuration"]["urls"]["streaming"]
            .as_str()
            .is_some_and(|url| url.starts_with("ws"))
    );
    let old = stranger.get("/api/v1/instance").await;
    assert_eq!(old["version"], server["version"]);
    assert_eq!(old["stats"]["user_count"], 1);
    for path in ["rules", "peers", "activity", "languages"] {
        let list = stranger.get(&format!("/api/v1/instance/{path}")).await;
        assert!(list.is_array(), "{path}: {list}");
    }
    assert_eq!(stranger.status("/api/v1/instance/domain_blocks").await, 401);
    assert_eq!(stranger.get("/api/v1/custom_emojis").await, json!([]));
    let info = lab.http().get(lab.url("/nodeinfo/2.0")).send().await;
    let info = info.expect("nodeinfo");
    assert_eq!(info.headers()["access-control-allow-origin"], "*");
    let info: serde_json::Value = info.json().await.expect("json");
    assert_eq!(info["metadata"]["upstream"]["name"], "mastodon");

    let essai = lab.member("essai");
    let me = essai.get("/api/v1/accounts/verify_credentials").await;
    assert_eq!(me["acct"], "essai");
    assert_eq!(me["role"]["permissions"], "0");
    let (status, changed) = essai
        .ask(
            Method::PATCH,
            "/api/v1/accounts/update_credentials",
            Some(&json!({
                "display_name": "Essai", "note": "Bonjour\n\ndeux lignes", "locked": "1",
                "bot": false, "indexable": true, "discoverable": "True",
                "fields_attributes": {
                    "0": { "name": "Lieu", "value": "Rennes <b>" },
                    "1": { "name": "Site", "value": "https://app.example" },
                    "2": { "name": "", "value": "" },
                },
                "source": { "privacy": "unlisted", "sensitive": true, "language": "br" },
            })),
        )
        .await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(changed["note"], "<p>Bonjour</p><p>deux lignes</p>");
    assert_eq!(changed["source"]["note"], "Bonjour\n\ndeux lignes");
    assert_eq!(changed["locked"], true);
    assert_eq!(changed["fields"][0]["value"], "Rennes &lt;b&gt;");
    assert!(
        changed["fields"][1]["value"]
            .as_str()
            .is_some_and(|html| html.contains("rel=\"me "))
    );
    assert_eq!(changed["source"]["fields"][0]["value"], "Rennes <b>");
    assert_eq!(changed["fields"].as_array().map(Vec::len), Some(2));
    let wishes = essai.get("/api/v1/preferences").await;
    assert_eq!(wishes["posting:default:visibility"], "unlisted");
    assert_eq!(wishes["posting:default:language"], "br");
    let form = [
        ("fields_attributes[0][name]", "Un"),
        ("fields_attributes[0][value]", "deux"),
        ("source[privacy]", "public"),
    ]
    .map(|(name, value)| {
        format!("--lim\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    });
    let answer = essai
        .request(Method::PATCH, "/api/v1/accounts/update_credentials")
        .header("content-type", "multipart/form-data; boundary=lim")
        .body(format!("{}--lim--\r\n", form.concat()))
        .send()
        .await
        .expect("an answer");
    let changed: serde_json::Value = answer.json().await.expect("json");
    assert_eq!(changed["source"]["privacy"], "public");
    assert_eq!(changed["display_name"], "Essai");
    assert_eq!(changed["fields"][0]["name"], "Un");
    let profile = essai.get("/api/v1/profile").await;
    assert_eq!(profile["fields"][0]["value"], "deux");
    let (status, refusal) = essai
        .ask(
            Method::PATCH,
            "/api/v1/profile",
            Some(&json!({ "display_name": "x".repeat(101) })),
        )
        .await;
    assert_eq!(status, 422, "{refusal}");
    let document = lab.document("/u/essai").await;
    assert_eq!(document["attachment"][0]["name"], "Un");
    assert_eq!(document["indexable"], true);
    assert_eq!(document["manuallyApprovesFollowers"], true);
}

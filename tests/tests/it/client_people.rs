//! Accounts for apps: the server itself, profiles, relations, directory.

use archipel_tests::{Db, Lab, Member, both};
use reqwest::Method;
use serde_json::{Value, json};

both!(
    the_server_and_a_profile_are_told_whole,
    people_stand_to_each_other,
    communities_are_found_and_joined
);

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

/// The id of an account here.
async fn id_of(member: &Member, acct: &str) -> String {
    let found = member
        .get(&format!("/api/v1/accounts/lookup?acct={acct}"))
        .await;
    found["id"].as_str().expect("an id").to_owned()
}

fn accts(list: &Value) -> Vec<&str> {
    let list = list.as_array().expect("a list");
    list.iter().filter_map(|one| one["acct"].as_str()).collect()
}

#[expect(
    clippy::too_many_lines,
    reason = "one thing after another, as it happens"
)]
async fn people_stand_to_each_other(db: Db) {
    let lab = Lab::start(db).await;
    for name in ["ada", "bea", "cleo"] {
        lab.account(name);
    }
    let (ada, bea) = (lab.member("ada"), lab.member("bea"));
    let stranger = lab.stranger();
    let (a, b) = (id_of(&ada, "ada").await, id_of(&ada, "@bea").await);
    let c = id_of(&stranger, &format!("cleo@{}", lab.authority())).await;
    assert_eq!(
        stranger.status("/api/v1/accounts/lookup?acct=nobody").await,
        404
    );
    assert_eq!(
        stranger.get(&format!("/api/v1/accounts/{b}")).await["acct"],
        "bea"
    );
    let both = stranger
        .get(&format!("/api/v1/accounts?id[]={b}&id[]={a}&id[]=1"))
        .await;
    assert_eq!(accts(&both), ["bea", "ada"]);

    // Following, with wishes, and a person who decides on each.
    let does = |who: &Member, id: &str, what: &str| {
        let (who, path) = (who.clone(), format!("/api/v1/accounts/{id}/{what}"));
        async move { who.post(&path, json!({})).await }
    };
    let relation = does(&ada, &b, "follow").await;
    assert_eq!(relation["following"], true);
    assert_eq!(relation["showing_reblogs"], true);
    let wishes = json!({ "reblogs": "False", "notify": 1, "languages": ["fr"] });
    let relation = ada
        .post(&format!("/api/v1/accounts/{b}/follow"), wishes)
        .await;
    assert_eq!(relation["showing_reblogs"], false);
    assert_eq!(relation["notifying"], true);
    assert_eq!(relation["languages"], json!(["fr"]));
    bea.ask(
        Method::PATCH,
        "/api/v1/accounts/update_credentials",
        Some(&json!({ "locked": true })),
    )
    .await;
    let cleo = lab.member("cleo");
    assert_eq!(does(&cleo, &b, "follow").await["requested"], true);
    assert_eq!(accts(&bea.get("/api/v1/follow_requests").await), ["cleo"]);
    let me = bea.get("/api/v1/accounts/verify_credentials").await;
    assert_eq!(me["source"]["follow_requests_count"], 1);
    let path = format!("/api/v1/follow_requests/{c}/authorize");
    assert_eq!(bea.post(&path, json!({})).await["followed_by"], true);
    assert_eq!(bea.ask(Method::POST, &path, None).await.0, 404);

    // Pages lead on through their links, newest first.
    let answer = stranger
        .request(
            Method::GET,
            &format!("/api/v1/accounts/{b}/followers?limit=1"),
        )
        .send()
        .await
        .expect("an answer");
    let link = answer.headers()["link"].to_str().expect("text").to_owned();
    let next = link
        .strip_prefix('<')
        .and_then(|rest| rest.split_once(">; rel=\"next\", <"))
        .expect("next first")
        .0;
    let path = next.strip_prefix(&lab.url("")).expect("ours");
    let path = format!("/{}", path.trim_start_matches('/'));
    assert_eq!(accts(&answer.json().await.expect("json")), ["cleo"]);
    assert_eq!(accts(&stranger.get(&path).await), ["ada"]);
    assert_eq!(
        accts(
            &stranger
                .get(&format!("/api/v1/accounts/{a}/following"))
                .await
        ),
        ["bea"]
    );
    let familiar = cleo
        .get(&format!("/api/v1/accounts/familiar_followers?id={b}"))
        .await;
    assert_eq!(familiar[0]["accounts"], json!([]));
    does(&cleo, &a, "follow").await;
    let familiar = cleo
        .get(&format!("/api/v1/accounts/familiar_followers?id[]={b}"))
        .await;
    assert_eq!(accts(&familiar[0]["accounts"]), ["ada"]);

    // Endorsing, notes, mutes with an end.
    assert_eq!(does(&ada, &b, "endorse").await["endorsed"], true);
    assert_eq!(
        accts(
            &stranger
                .get(&format!("/api/v1/accounts/{a}/endorsements"))
                .await
        ),
        ["bea"]
    );
    assert_eq!(does(&ada, &b, "unpin").await["endorsed"], false);
    let note = ada
        .post(
            &format!("/api/v1/accounts/{b}/note"),
            json!({ "comment": "collègue" }),
        )
        .await;
    assert_eq!(note["note"], "collègue");
    let muted = ada
        .post(
            &format!("/api/v1/accounts/{c}/mute"),
            json!({ "notifications": false, "duration": 3600 }),
        )
        .await;
    assert_eq!(muted["muting"], true);
    assert_eq!(muted["muting_notifications"], false);
    assert!(muted["muting_expires_at"].is_string());
    assert_eq!(accts(&ada.get("/api/v1/mutes").await), ["cleo"]);
    assert_eq!(does(&ada, &c, "unmute").await["muting"], false);

    // A block ends follows both ways, and hides what was written.
    does(&bea, &a, "follow").await;
    let url = lab.post(
        "bea",
        "tilab",
        "Titre",
        "Un texte avec anticonstitutionnellement",
    );
    let post = url.rsplit('/').next().expect("an id").to_owned();
    assert_eq!(ada.status(&format!("/api/v1/statuses/{post}")).await, 200);
    let relation = does(&bea, &a, "block").await;
    assert_eq!(relation["blocking"], true);
    assert_eq!(relation["following"], false);
    assert_eq!(relation["followed_by"], false);
    assert_eq!(accts(&bea.get("/api/v1/blocks").await), ["ada"]);
    assert_eq!(ada.status(&format!("/api/v1/statuses/{post}")).await, 404);
    let relation = ada
        .get(&format!("/api/v1/accounts/relationships?id[]={b}&id[]={c}"))
        .await;
    assert_eq!(relation[0]["blocked_by"], true);
    let (status, refusal) = ada
        .ask(Method::POST, &format!("/api/v1/accounts/{b}/follow"), None)
        .await;
    assert_eq!(status, 422, "{refusal}");
    assert_eq!(does(&bea, &a, "unblock").await["blocking"], false);

    // Posts by their words: one's own, marked ones, and what lets itself be searched.
    let found = bea.get("/api/v2/search?q=ANTIconstitutionnellement").await;
    assert_eq!(found["statuses"][0]["id"], post);
    assert_eq!(found["accounts"], json!([]));
    let found = stranger.get("/api/v2/search?q=be").await;
    assert_eq!(accts(&found["accounts"]), ["bea"]);
    assert_eq!(found["statuses"], json!([]));
    let found = ada.get("/api/v2/search?q=titre&type=statuses").await;
    assert_eq!(
        found["statuses"][0]["id"], post,
        "tilab lets itself be searched"
    );
    let found = ada
        .get(&format!(
            "/api/v2/search?q={}",
            lab.url(&format!("/@bea/{post}"))
        ))
        .await;
    assert_eq!(found["statuses"][0]["id"], post);

    // Servers.
    ada.post("/api/v1/domain_blocks", json!({ "domain": "Spam.example" }))
        .await;
    assert_eq!(
        ada.get("/api/v1/domain_blocks").await,
        json!(["spam.example"])
    );
    let gone = ada
        .ask(
            Method::DELETE,
            "/api/v1/domain_blocks",
            Some(&json!({ "domain": "spam.example" })),
        )
        .await;
    assert_eq!(gone.0, 200);
    assert_eq!(ada.get("/api/v1/domain_blocks").await, json!([]));

    // Hashtags are followed and featured before anybody used them.
    assert_eq!(
        ada.post("/api/v1/tags/Essai/follow", json!({})).await["following"],
        true
    );
    assert_eq!(ada.get("/api/v1/followed_tags").await[0]["name"], "essai");
    let tag = ada
        .post("/api/v1/featured_tags", json!({ "name": "#Essai" }))
        .await;
    assert_eq!(tag["statuses_count"], "0");
    let tags = stranger
        .get(&format!("/api/v1/accounts/{a}/featured_tags"))
        .await;
    assert_eq!(tags[0]["name"], "essai");
    let id = tag["id"].as_str().expect("an id");
    ada.delete(&format!("/api/v1/featured_tags/{id}")).await;
    assert_eq!(ada.get("/api/v1/tags/essai").await["featuring"], false);
    assert_eq!(
        accts(&ada.get("/api/v2/search?q=essa&type=hashtags").await["accounts"]),
        Vec::<&str>::new()
    );
}

#[expect(
    clippy::too_many_lines,
    reason = "one thing after another, as it happens"
)]
async fn communities_are_found_and_joined(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    lab.account("bea");
    lab.run(&["moderator", "add", "utilo", "bea", "--role", "owner"]);
    lab.run(&["community", "set", "utilo", "--join", "approval"]);
    let (ada, bea) = (lab.member("ada"), lab.member("bea"));
    let stranger = lab.stranger();
    let tilab = id_of(&stranger, "tilab").await;
    let utilo = id_of(&stranger, "utilo").await;
    let group = stranger.get(&format!("/api/v1/accounts/{utilo}")).await;
    assert_eq!(group["group"], true);
    assert_eq!(group["locked"], true);
    assert_eq!(group["discoverable"], true);
    let listed = stranger
        .get("/api/v1/directory?local=true&order=active")
        .await;
    assert!(accts(&listed).contains(&"tilab"), "{listed}");
    assert!(
        !accts(&listed).contains(&"ada"),
        "who did not ask to be found"
    );
    let suggested = ada.get("/api/v2/suggestions").await;
    assert_eq!(suggested[0]["source"], "featured");
    assert!(
        suggested
            .as_array()
            .is_some_and(|list| list.iter().any(|one| one["account"]["id"] == tilab))
    );
    ada.delete(&format!("/api/v1/suggestions/{utilo}")).await;
    assert!(!accts(&ada.get("/api/v1/suggestions").await).contains(&"utilo"));
    let found = ada.get("/api/v2/search?q=!tilab&type=accounts").await;
    assert_eq!(found["accounts"][0]["acct"], "tilab");
    let found = ada
        .get(&format!(
            "/api/v2/search?q={}&resolve=true",
            lab.url("/c/tilab")
        ))
        .await;
    assert_eq!(found["accounts"][0]["acct"], "tilab");

    // Joining: at once, or after a moderator of the community decided.
    let path = |id: &str, what: &str| format!("/api/v1/accounts/{id}/{what}");
    assert_eq!(
        ada.post(&path(&tilab, "follow"), json!({})).await["following"],
        true
    );
    assert_eq!(accts(&ada.get(&path(&tilab, "followers")).await), ["ada"]);
    assert_eq!(stranger.get(&path(&tilab, "followers")).await, json!([]));
    assert_eq!(
        ada.post(&path(&utilo, "follow"), json!({})).await["requested"],
        true
    );
    let moderation = lab.member_with("bea", &["--as", "utilo", "--scopes", "read write follow"]);
    let me = moderation.get("/api/v1/accounts/verify_credentials").await;
    assert_eq!(me["acct"], "utilo");
    assert_eq!(
        accts(&moderation.get("/api/v1/follow_requests").await),
        ["ada"]
    );
    let a = id_of(&ada, "ada").await;
    moderation
        .post(&format!("/api/v1/follow_requests/{a}/authorize"), json!({}))
        .await;
    let relation = ada
        .get(&format!("/api/v1/accounts/relationships?id={utilo}"))
        .await;
    assert_eq!(relation[0]["following"], true);
    // The community changes what it says of itself; its rules are its rows.
    let (status, changed) = moderation
        .ask(
            Method::PATCH,
            "/api/v1/accounts/update_credentials",
            Some(&json!({
                "note": "Nos outils", "fields_attributes": [{ "name": "Règle 1", "value": "Respect <3" }],
            })),
        )
        .await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(changed["source"]["fields"][0]["value"], "Respect <3");
    let group = stranger.get(&format!("/api/v1/accounts/{utilo}")).await;
    assert_eq!(group["note"], "<p>Nos outils</p>");
    assert_eq!(group["fields"][0]["value"], "Respect &lt;3");
    let relation = ada.post(&path(&utilo, "unfollow"), json!({})).await;
    assert_eq!(relation["following"], false);
    let (status, _) = moderation
        .ask(Method::POST, &path(&a, "follow"), None)
        .await;
    assert_eq!(status, 422, "communities follow communities elsewhere");

    // Reports go to those who look after the community, about its author.
    let url = lab.post("ada", "tilab", "Titre", "Texte");
    let post = url.rsplit('/').next().expect("an id");
    let report = bea
        .post(
            "/api/v1/reports",
            json!({ "account_id": a, "status_ids": [post], "comment": "hors sujet" }),
        )
        .await;
    assert_eq!(report["target_account"]["acct"], "ada");
    assert_eq!(report["status_ids"], json!([post]));
    assert_eq!(report["action_taken"], false);
    assert!(
        lab.run(&["reports", "list", "tilab"])
            .contains("hors sujet")
    );
}

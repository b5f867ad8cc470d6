//! What clients of every age send, and what breaks them: spellings, bodies, slashes,
//! preflights, headers. Each case is one that broke a client elsewhere.

use archipel_tests::{Db, Lab, Member, both};
use reqwest::Method;
use serde_json::{Value, json};

both!(
    every_spelling_of_a_write_is_read,
    errors_are_json_everywhere,
    no_text_breaks_the_database,
    web_apps_may_read_what_they_need,
    pages_lead_on_exactly
);

async fn lab(db: Db) -> (Lab, Member) {
    let lab = Lab::start(db).await;
    lab.account("essai");
    let essai = lab.member("essai");
    (lab, essai)
}

async fn json(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    let kind = answer.headers()["content-type"]
        .to_str()
        .expect("ASCII")
        .to_owned();
    assert!(kind.starts_with("application/json"), "{status} as {kind}");
    (status, answer.json().await.expect("JSON"))
}

#[expect(clippy::too_many_lines, reason = "a list of spellings")]
async fn every_spelling_of_a_write_is_read(db: Db) {
    let (_lab, essai) = lab(db).await;
    let post = |path: &str| essai.request(Method::POST, path);
    let form = "status=Un&sensitive=1&spoiler_text=&media_ids[]=&poll[options][]=a&poll[options][]=b\
        &poll[expires_in]=600&poll[multiple]=True&inconnu=1&inconnu=2";
    let (status, made) = json(
        post("/api/v1/statuses/")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form),
    )
    .await;
    assert_eq!(status, 200, "{made}");
    assert_eq!(made["sensitive"], true);
    assert_eq!(made["poll"]["multiple"], true);
    let (status, made) = json(post("/api/v1/statuses").json(&json!({
        "status": "Deux", "sensitive": "0", "media_ids": [], "language": null,
        "poll": { "options": ["a", "b"], "expires_in": "600", "multiple": "0" },
    })))
    .await;
    assert_eq!((status, &made["sensitive"]), (200, &json!(false)), "{made}");
    let multipart = "--b\r\ncontent-disposition: form-data; name=\"status\"\r\n\r\nTrois\r\n\
        --b\r\ncontent-disposition: form-data; name=\"visibility\"\r\n\r\nunlisted\r\n--b--\r\n";
    let (status, made) = json(
        post("/api/v1/statuses")
            .header("content-type", "multipart/form-data; boundary=b")
            .body(multipart),
    )
    .await;
    assert_eq!(
        (status, &made["visibility"]),
        (200, &json!("unlisted")),
        "{made}"
    );
    let id = made["id"].as_str().expect("an id").to_owned();
    // No body and no word of its kind.
    for deed in [
        "favourite",
        "unfavourite",
        "bookmark",
        "unbookmark",
        "mute",
        "unmute",
    ] {
        let (status, answer) = json(post(&format!("/api/v1/statuses/{id}/{deed}"))).await;
        assert_eq!(status, 200, "{deed}: {answer}");
    }
    // One id, several ids, in every spelling.
    let me = essai.get("/api/v1/accounts/verify_credentials").await;
    let own = me["id"].as_str().expect("an id");
    let group = essai.get("/api/v1/accounts/lookup?acct=tilab").await;
    let group = group["id"].as_str().expect("an id");
    for query in [
        format!("id={group}"),
        format!("id[]={group}&id[]={own}"),
        format!("id%5B%5D={group}"),
        format!("id[0]={group}"),
        format!("id[]={group}&with_suspended=True"),
    ] {
        let found = essai
            .get(&format!("/api/v1/accounts/relationships?{query}"))
            .await;
        assert_eq!(found[0]["id"], group, "{query}");
    }
    for junk in [
        "limit=0",
        "limit=-1",
        "limit=x",
        "limit=9999",
        "exclude_replies=True",
        "max_id=",
    ] {
        let path = format!("/api/v1/accounts/{own}/statuses?{junk}");
        assert_eq!(
            essai.get(&path).await.as_array().expect("a list").len(),
            3,
            "{junk}"
        );
    }
    // DELETE with a body, a form, a query.
    let list = essai.post("/api/v1/lists", json!({ "title": "L" })).await;
    let list = format!(
        "/api/v1/lists/{}/accounts",
        list["id"].as_str().expect("an id")
    );
    essai
        .post(&format!("/api/v1/accounts/{group}/follow"), json!({}))
        .await;
    for spelling in 0..3 {
        essai.post(&list, json!({ "account_ids": [group] })).await;
        assert_eq!(essai.get(&list).await.as_array().map(Vec::len), Some(1));
        let delete = essai.request(Method::DELETE, &list);
        let (status, _) = match spelling {
            0 => json(delete.json(&json!({ "account_ids": [group] }))).await,
            1 => {
                json(
                    delete
                        .header("content-type", "application/x-www-form-urlencoded")
                        .body(format!("account_ids[]={group}")),
                )
                .await
            }
            _ => {
                json(essai.request(Method::DELETE, &format!("{list}?account_ids[]={group}"))).await
            }
        };
        assert_eq!(status, 200);
        assert_eq!(essai.get(&list).await, json!([]), "spelling {spelling}");
    }
    // A page of another site can send text without asking: it carries nothing.
    let (status, _) = json(
        post("/api/v1/statuses")
            .header("content-type", "text/plain")
            .body("{\"status\":\"Quatre\"}"),
    )
    .await;
    assert_eq!(status, 422);
}

async fn errors_are_json_everywhere(db: Db) {
    let (lab, essai) = lab(db).await;
    let stranger = lab.stranger();
    for (method, path, expected) in [
        (Method::GET, "/api/v1/nothing", 404),
        (Method::GET, "/api/v3/nothing/at/all", 404),
        (Method::GET, "/api/v1/statuses/zzz", 404),
        (Method::GET, "/api/v1/accounts/99999999999999999999", 404),
        (Method::DELETE, "/api/v1/timelines/home", 405),
        (Method::GET, "/api/v1/push/subscription", 404),
        (Method::POST, "/api/v1/statuses", 422),
        (Method::POST, "/api/v2/media", 422),
        (Method::POST, "/api/v1/statuses/1/translate", 404),
        (Method::GET, "/api/v1/annual_reports", 404),
    ] {
        let (status, answer) = json(essai.request(method.clone(), path)).await;
        assert_eq!(status, expected, "{method} {path}: {answer}");
        assert!(answer["error"].is_string(), "{method} {path}: {answer}");
    }
    for body in ["{", "[1]", "\"text\"", "{\"status\": {}}"] {
        let request = essai
            .request(Method::POST, "/api/v1/statuses")
            .header("content-type", "application/json")
            .body(body);
        let (status, answer) = json(request).await;
        assert!((400..500).contains(&status), "{body}: {status}");
        assert!(answer["error"].is_string());
    }
    let (status, answer) = json(
        essai
            .request(Method::POST, "/api/v1/statuses")
            .header("content-type", "application/json")
            .body(format!("{{\"status\":\"{}\"}}", "a".repeat(2 << 20))),
    )
    .await;
    assert_eq!(status, 413, "{answer}");
    let (status, _) = json(stranger.request(Method::GET, "/api/v1/timelines/home")).await;
    assert_eq!(status, 401);
    // A token in a query or a form would be written into logs: it counts for nothing.
    let path = format!("/api/v1/timelines/home?access_token={}", essai.token);
    assert_eq!(json(stranger.request(Method::GET, &path)).await.0, 401);
    let (status, answer) = json(essai.request(Method::GET, "/api/v1/push/subscription")).await;
    assert_eq!(
        (status, &answer["error"]),
        (404, &json!("Record not found"))
    );
}

/// PostgreSQL refuses a text with NUL in it, SQLite ends it there: no text has one.
async fn no_text_breaks_the_database(db: Db) {
    let (_lab, essai) = lab(db).await;
    for path in [
        "/api/v2/search?q=a%00b",
        "/api/v2/search?q=%25%00_%27%22*&resolve=true",
        "/api/v2/search?q=%22%20OR%20NEAR(",
        "/api/v1/accounts/search?q=%00",
        "/api/v1/timelines/tag/a%00b?any[]=%00c",
        "/api/v1/tags/a%00b",
        "/api/v1/timelines/home?max_id=-9223372036854775808&min_id=9223372036854775807",
        "/api/v1/directory?offset=-5&limit=99999999",
        "/api/v1/statuses?id[]=9223372036854775808&id[]=-1",
    ] {
        assert_eq!(essai.status(path).await, 200, "{path}");
    }
    let nul = "a\u{0}b";
    let list = essai.post("/api/v1/lists", json!({ "title": nul })).await;
    assert_eq!(list["title"], "ab");
    let post = essai
        .post(
            "/api/v1/statuses",
            json!({ "status": nul, "spoiler_text": nul }),
        )
        .await;
    assert_eq!(post["spoiler_text"], "ab");
    let filter = json!({
        "title": nul, "context": ["home"], "keywords_attributes": [{ "keyword": nul }],
    });
    let filter = essai.post("/api/v2/filters", filter).await;
    assert_eq!(filter["keywords"][0]["keyword"], "ab");
    let (status, answer) = json(essai.request(Method::POST, "/api/v1/statuses").json(&json!({
        "status": "x", "media_ids": (0..50_000).map(|id| id.to_string()).collect::<Vec<_>>(),
    })))
    .await;
    assert_eq!(status, 422, "{answer}");
}

async fn web_apps_may_read_what_they_need(db: Db) {
    let (_lab, essai) = lab(db).await;
    for path in [
        "/api/v1/statuses",
        "/api/v2/instance",
        "/oauth/token",
        "/oauth/revoke",
        "/.well-known/nodeinfo",
        "/nodeinfo/2.0",
        "/.well-known/oauth-authorization-server",
    ] {
        let preflight = essai
            .request(Method::OPTIONS, path)
            .header("origin", "https://app.example")
            .header("access-control-request-method", "POST")
            .header(
                "access-control-request-headers",
                "authorization,content-type,idempotency-key",
            )
            .send()
            .await
            .expect("an answer");
        assert!(
            preflight.status().is_success(),
            "{path}: {}",
            preflight.status()
        );
        let headers = preflight.headers();
        assert_eq!(headers["access-control-allow-origin"], "*", "{path}");
        let allowed = headers["access-control-allow-headers"]
            .to_str()
            .expect("ASCII")
            .to_lowercase();
        assert!(
            allowed.contains("idempotency-key") && allowed.contains("authorization"),
            "{allowed}"
        );
        assert!(!headers.contains_key("access-control-allow-credentials"));
    }
    let answer = essai
        .request(Method::GET, "/api/v1/timelines/public")
        .header("origin", "https://app.example")
        .send()
        .await
        .expect("an answer");
    let exposed = answer.headers()["access-control-expose-headers"]
        .to_str()
        .expect("ASCII")
        .to_lowercase();
    for header in [
        "link",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
    ] {
        assert!(exposed.contains(header), "{exposed}");
        if header != "link" {
            assert!(
                answer.headers().contains_key(header),
                "{header} is not sent"
            );
        }
    }
    let page = essai
        .request(
            Method::GET,
            "/oauth/authorize?client_id=x&response_type=code&redirect_uri=y",
        )
        .header("origin", "https://app.example")
        .send()
        .await
        .expect("an answer");
    assert!(!page.headers().contains_key("access-control-allow-origin"));
    assert!(!page.headers().contains_key("cross-origin-opener-policy"));
}

async fn pages_lead_on_exactly(db: Db) {
    let (_lab, essai) = lab(db).await;
    let mut made = Vec::new();
    for number in 0..7 {
        let post = essai
            .post(
                "/api/v1/statuses",
                json!({ "status": format!("n{number}") }),
            )
            .await;
        made.push(post["id"].as_str().expect("an id").to_owned());
    }
    made.reverse();
    let own = essai.get("/api/v1/accounts/verify_credentials").await;
    let base = format!(
        "/api/v1/accounts/{}/statuses",
        own["id"].as_str().expect("an id")
    );
    let first = essai
        .request(Method::GET, &format!("{base}?limit=3&exclude_replies=1"))
        .send()
        .await
        .expect("an answer");
    let link = first.headers()["link"].to_str().expect("ASCII").to_owned();
    let (next, prev) = link.split_once(", ").expect("two links");
    assert!(
        next.starts_with("<http") && next.ends_with(">; rel=\"next\""),
        "{link}"
    );
    assert!(
        prev.contains("min_id=") && prev.ends_with(">; rel=\"prev\""),
        "{link}"
    );
    assert!(
        next.contains("limit=3") && next.contains("exclude_replies=1"),
        "{link}"
    );
    let ids = |page: &Value| -> Vec<String> {
        let all = page.as_array().expect("a list");
        all.iter()
            .map(|s| s["id"].as_str().expect("an id").to_owned())
            .collect()
    };
    let page = |query: String| {
        let (essai, base) = (essai.clone(), base.clone());
        async move { essai.get(&format!("{base}?{query}")).await }
    };
    assert_eq!(
        ids(&page(format!("limit=2&max_id={}", made[1])).await),
        made[2..4]
    );
    // since_id: the newest above it; min_id: those next to it. Both newest first.
    assert_eq!(
        ids(&page(format!("limit=2&since_id={}", made[5])).await),
        made[0..2]
    );
    assert_eq!(
        ids(&page(format!("limit=2&min_id={}", made[5])).await),
        made[3..5]
    );
    let last = essai
        .request(Method::GET, &format!("{base}?max_id={}", made[6]))
        .send()
        .await
        .expect("an answer");
    assert!(!last.headers().contains_key("link"));
    assert_eq!(last.text().await.expect("its text"), "[]");
}

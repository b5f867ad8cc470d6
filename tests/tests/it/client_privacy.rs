//! The privacy matrix: every GET route of the client API, out of the server's own
//! description, asked about posts of every visibility by every kind of viewer. What a
//! viewer may not see is in no answer; a route without a rule, or with a parameter that
//! is not known here, fails.

use std::collections::BTreeMap;

use archipel_tests::{Db, Lab, Member, both};
use reqwest::Method;
use serde_json::{Value, json};

both!(nobody_sees_what_is_not_for_them, scopes_are_enforced);

/// Words that occur in one post alone, and who may see it.
struct Secret {
    word: &'static str,
    seen_by: &'static [&'static str],
}

const SECRETS: [Secret; 5] = [
    Secret {
        word: "murmure-abonnes",
        seen_by: &["author", "follower"],
    },
    Secret {
        word: "murmure-direct",
        seen_by: &["author", "addressed"],
    },
    Secret {
        word: "murmure-retenu",
        seen_by: &["author", "moderator", "community"],
    },
    Secret {
        word: "murmure-local",
        seen_by: &[
            "author",
            "follower",
            "addressed",
            "member",
            "moderator",
            "community",
        ],
    },
    Secret {
        word: "murmure-supprime",
        seen_by: &[],
    },
];

/// What is private to its owner, whatever the route: a note, a filter, a list, a draft.
const OWN: [&str; 4] = [
    "prive-note",
    "prive-filtre",
    "prive-liste",
    "prive-plus-tard",
];

struct Scene {
    lab: Lab,
    viewers: BTreeMap<&'static str, Member>,
    /// Values for the parameters of paths.
    ids: BTreeMap<&'static str, Vec<String>>,
}

fn id(thing: &Value) -> String {
    thing["id"].as_str().expect("an id").to_owned()
}

#[expect(clippy::too_many_lines, reason = "one scene, set step by step")]
async fn scene(db: Db) -> Scene {
    let lab = Lab::start(db).await;
    for handle in [
        "author",
        "follower",
        "addressed",
        "member",
        "moderator",
        "blocked",
    ] {
        lab.account(handle);
    }
    lab.run(&["community", "create", "ici", "--title", "Ici"]);
    lab.run(&["community", "set", "ici", "--reach", "local"]);
    lab.run(&["community", "set", "utilo", "--hold", "always"]);
    lab.run(&["moderator", "add", "utilo", "moderator"]);
    let mut viewers: BTreeMap<&str, Member> = BTreeMap::new();
    for handle in [
        "author",
        "follower",
        "addressed",
        "member",
        "moderator",
        "blocked",
    ] {
        viewers.insert(handle, lab.member(handle));
    }
    viewers.insert(
        "community",
        lab.member_with("moderator", &["--as", "utilo"]),
    );
    viewers.insert("stranger", lab.stranger());
    let author = viewers["author"].clone();
    let account = id(&author.get("/api/v1/accounts/verify_credentials").await);
    let of = |handle: &'static str| {
        let member = viewers[handle].clone();
        async move { id(&member.get("/api/v1/accounts/verify_credentials").await) }
    };
    for community in ["ici", "utilo", "tilab"] {
        let found = author
            .get(&format!("/api/v1/accounts/lookup?acct={community}"))
            .await;
        author
            .post(
                &format!("/api/v1/accounts/{}/follow", id(&found)),
                json!({}),
            )
            .await;
    }
    viewers["follower"]
        .post(&format!("/api/v1/accounts/{account}/follow"), json!({}))
        .await;
    let blocked = of("blocked").await;
    let mut statuses = Vec::new();
    for (text, visibility) in [
        ("murmure-abonnes", "private"),
        ("@addressed murmure-direct", "direct"),
        ("@utilo murmure-retenu", "public"),
        ("@ici murmure-local", "public"),
        ("murmure-supprime", "public"),
        ("@tilab pour toutes et tous #essai", "public"),
    ] {
        let post = author
            .post(
                "/api/v1/statuses",
                json!({ "status": text, "visibility": visibility }),
            )
            .await;
        statuses.push(id(&post));
    }
    author
        .delete(&format!("/api/v1/statuses/{}", statuses[4]))
        .await;
    author
        .post(&format!("/api/v1/accounts/{blocked}/block"), json!({}))
        .await;
    author
        .post(
            &format!("/api/v1/accounts/{blocked}/note"),
            json!({ "comment": "prive-note" }),
        )
        .await;
    let filter = author
        .post(
            "/api/v2/filters",
            json!({ "title": "prive-filtre", "context": ["home"], "keywords_attributes": [{ "keyword": "prive-filtre" }] }),
        )
        .await;
    let list = author
        .post("/api/v1/lists", json!({ "title": "prive-liste" }))
        .await;
    let later = author
        .post(
            "/api/v1/statuses",
            json!({ "status": "prive-plus-tard", "scheduled_at": "2040-01-01T00:00:00.000Z" }),
        )
        .await;
    let mut accounts = vec![account, blocked];
    accounts.push(of("addressed").await);
    for community in ["ici", "utilo", "tilab"] {
        accounts.push(id(&author
            .get(&format!("/api/v1/accounts/lookup?acct={community}"))
            .await));
    }
    let keyword = filter["keywords"][0]["id"]
        .as_str()
        .expect("a keyword")
        .to_owned();
    let ids = BTreeMap::from([
        ("statuses", statuses),
        ("accounts", accounts),
        ("lists", vec![id(&list)]),
        ("filters", vec![id(&filter)]),
        ("keywords", vec![keyword]),
        ("scheduled_statuses", vec![id(&later)]),
    ]);
    Scene { lab, viewers, ids }
}

impl Scene {
    /// The paths to ask for a route: one for each thing that its parameter may name.
    fn paths(&self, route: &str) -> Vec<String> {
        let Some(start) = route.find('{') else {
            return vec![with_query(route)];
        };
        let before = route[..start].trim_end_matches('/');
        let kind = before.rsplit('/').next().expect("a part");
        let values = match kind {
            "statuses" if before.contains("/filters/") => vec!["1".to_owned()],
            "filters" | "keywords" | "lists" | "scheduled_statuses" | "statuses" | "accounts" => {
                self.ids[kind].clone()
            }
            "list" => self.ids["lists"].clone(),
            "polls" | "custom" => self.ids["statuses"].clone(),
            "tag" | "tags" => vec!["essai".to_owned()],
            // Small numbers, keys and names of things that others have none of.
            "notifications" | "requests" | "media" | "conversations" | "reports"
            | "domain_blocks" | "domain_allows" | "async_refreshes" | "streaming"
            | "announcements" => (1..4).map(|number| number.to_string()).collect(),
            other => panic!("{route}: say here what {other:?} may be"),
        };
        values
            .into_iter()
            .map(|value| {
                let end = route.find('}').expect("its end");
                with_query(&format!("{}{value}{}", &route[..start], &route[end + 1..]))
            })
            .collect()
    }
}

/// Parameters without which some routes say nothing.
fn with_query(path: &str) -> String {
    match path {
        "/api/v2/search" | "/api/v1/search" | "/api/v1/accounts/search" => {
            format!("{path}?q=murmure")
        }
        "/api/v1/accounts/lookup" => format!("{path}?acct=author"),
        _ => path.to_owned(),
    }
}

/// The GET routes of the description: path, who may call them, what they may show.
async fn routes(lab: &Lab) -> Vec<(String, String, Value)> {
    let description = lab.stranger().get("/api/openapi.json").await;
    let paths = description["paths"].as_object().expect("paths").clone();
    let mut found = Vec::new();
    for (path, methods) in paths {
        let operation = &methods["get"];
        if operation.is_null() || path.contains("/streaming") || !path.starts_with("/api/") {
            continue;
        }
        let access = operation["x-access"]
            .as_str()
            .expect("who may call it")
            .to_owned();
        operation["x-shows"].as_str().expect("what it may show");
        found.push((path, access, operation["security"].clone()));
    }
    assert!(
        found.len() > 60,
        "only {} routes are described",
        found.len()
    );
    found
}

async fn nobody_sees_what_is_not_for_them(db: Db) {
    let scene = scene(db).await;
    let mut leaks = Vec::new();
    let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (route, access, _) in routes(&scene.lab).await {
        for path in scene.paths(&route) {
            for (viewer, member) in &scene.viewers {
                let request = member.request(Method::GET, &path);
                let answer = request.send().await.expect("an answer");
                let status = answer.status().as_u16();
                if access != "anyone" && *viewer == "stranger" && status != 401 {
                    leaks.push(format!("{route}: a stranger gets {status}"));
                }
                if status >= 500 {
                    leaks.push(format!("{path} as {viewer}: {status}"));
                }
                let text = answer.text().await.expect("its text");
                for secret in &SECRETS {
                    if !text.contains(secret.word) {
                        continue;
                    }
                    if secret.seen_by.contains(viewer) {
                        *seen.entry((secret.word, viewer)).or_default() += 1;
                    } else {
                        leaks.push(format!("{path} shows {} to {viewer}", secret.word));
                    }
                }
                for word in OWN {
                    if text.contains(word) && *viewer != "author" {
                        leaks.push(format!("{path} shows {word} to {viewer}"));
                    }
                }
            }
        }
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    // That the words were not seen means something only if they can be seen at all.
    for secret in &SECRETS {
        for viewer in secret.seen_by {
            assert!(
                seen.contains_key(&(secret.word, viewer)),
                "{viewer} never saw {}",
                secret.word
            );
        }
    }
}

async fn scopes_are_enforced(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("essai");
    let none = lab.member_with("essai", &["--scopes", "profile"]);
    let mut wrong = Vec::new();
    for (route, access, security) in routes(&lab).await {
        let needed = security[0]["token"][0].as_str();
        if access != "member" || needed.is_none() || route.contains('{') {
            continue;
        }
        let answer = none
            .request(Method::GET, &route)
            .send()
            .await
            .expect("an answer");
        if answer.status() != 403 {
            wrong.push(format!(
                "{route} needs {needed:?} and gives {}",
                answer.status()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

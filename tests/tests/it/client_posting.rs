//! Writing from apps: what becomes of what is sent, in communities and outside, and of
//! what is changed and deleted.

use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Lab, Member, both, eventually};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

both!(
    what_is_written_becomes_a_post_once,
    a_thread_from_an_app_lives_in_its_community,
    what_was_written_changes_and_goes,
    members_react_keep_and_hide,
    few_read_what_is_for_few
);

const STATUSES: &str = "/api/v1/statuses";

pub fn id(status: &Value) -> &str {
    status["id"].as_str().expect("an id")
}

fn path(status: &Value, what: &str) -> String {
    format!("{STATUSES}/{}{what}", id(status))
}

pub fn content(status: &Value) -> &str {
    status["content"].as_str().expect("a text")
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(id).collect()
}

/// What is refused with 422, and the sentence that says why.
async fn refused(member: &Member, path: &str, body: Value) -> String {
    let (status, answer) = member.ask(Method::POST, path, Some(&body)).await;
    assert_eq!(status, 422, "{path} {body}: {answer}");
    answer["error"].as_str().expect("a sentence").to_owned()
}

/// Three accounts, the last of which belongs to no community.
async fn lab(db: Db) -> (Lab, Member, Member, Member) {
    let lab = Lab::start(db).await;
    for account in ["essai", "membre", "autre"] {
        lab.account(account);
    }
    for account in ["essai", "membre"] {
        lab.follow(account, "tilab");
    }
    let (essai, membre, autre) = (
        lab.member("essai"),
        lab.member("membre"),
        lab.member("autre"),
    );
    (lab, essai, membre, autre)
}

async fn keyed(member: &Member, key: &str, body: &Value) -> (u16, Value) {
    let answer = member
        .request(Method::POST, STATUSES)
        .header("Idempotency-Key", key)
        .json(body)
        .send()
        .await
        .expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("JSON"))
}

#[expect(clippy::similar_names, reason = "each is the word for it")]
#[expect(
    clippy::too_many_lines,
    reason = "one thing after another, as it happens"
)]
async fn what_is_written_becomes_a_post_once(db: Db) {
    let (_lab, essai, membre, _) = lab(db).await;
    let made = essai
        .post(
            STATUSES,
            json!({
                "status": "Bonjour @membre, voir https://lab.example/ #Essai",
                "spoiler_text": "Attention", "language": "br", "visibility": "unlisted",
                "in_reply_to_id": null, "media_ids": [], "content_type": "text/plain",
                "unknown": { "key": true },
            }),
        )
        .await;
    assert_eq!(made["spoiler_text"], "Attention");
    assert_eq!(made["sensitive"], true);
    assert_eq!(made["language"], "br");
    assert_eq!(made["visibility"], "unlisted");
    assert_eq!(made["mentions"][0]["acct"], "membre");
    assert_eq!(made["tags"][0]["name"], "essai");
    assert_eq!(made["application"]["name"], "archipel");
    assert_eq!(made["archipel"]["group_id"], Value::Null);
    assert!(content(&made).contains("<a href=\"https://lab.example/\""));
    assert_eq!(membre.get(&path(&made, "")).await["id"], made["id"]);

    // The same request is answered once, whether it comes again or at the same time.
    let body = json!({ "status": "Une seule fois" });
    let all = join_all((0..6).map(|_| keyed(&essai, "clef", &body))).await;
    let first = &all[0].1;
    for (status, answer) in &all {
        assert_eq!((*status, &answer["id"]), (200, &first["id"]), "{answer}");
    }
    let (_, other) = keyed(&essai, "autre clef", &body).await;
    assert_ne!(other["id"], first["id"]);
    let (_, theirs) = keyed(&membre, "clef", &body).await;
    assert_eq!(theirs["account"]["acct"], "membre", "a key is its owner's");
    essai.delete(&path(first, "")).await;
    let (status, anew) = keyed(&essai, "clef", &body).await;
    assert_eq!(status, 200);
    assert_ne!(anew["id"], first["id"], "what is gone is written anew");

    for (body, words) in [
        (json!({ "status": " " }), "blank"),
        (json!({}), "blank"),
        (json!({ "status": "a".repeat(5001) }), "5000"),
        (json!({ "status": "a", "media_ids": ["1"] }), "file"),
        (
            json!({ "status": "a", "visibility": "local" }),
            "visibility",
        ),
        (
            json!({ "status": "a", "quoted_status_id": id(&made) }),
            "quoted",
        ),
        (
            json!({ "status": "a", "poll": { "options": ["a"], "expires_in": 60 } }),
            "2 to 10",
        ),
        (
            json!({ "status": "a", "scheduled_at": "2020-01-01T00:00:00Z" }),
            "five minutes",
        ),
    ] {
        let why = refused(&essai, STATUSES, body).await;
        assert!(why.contains(words), "{why}");
    }
    let reply = json!({ "status": "a", "in_reply_to_id": "1" });
    assert_eq!(essai.ask(Method::POST, STATUSES, Some(&reply)).await.0, 404);
    // Addresses count for less than they are long.
    let long = format!(
        "https://lab.example/{} {}",
        "a".repeat(900),
        "b".repeat(4900)
    );
    essai.post(STATUSES, json!({ "status": long })).await;

    let poll = essai
        .post(
            STATUSES,
            json!({
                "status": "Jeudi ou vendredi ?",
                "poll": {
                    "options": ["jeudi", "vendredi"], "expires_in": 3600, "hide_totals": "true",
                },
            }),
        )
        .await;
    assert_eq!(poll["poll"]["options"][0]["votes_count"], Value::Null);
    let polls = format!(
        "/api/v1/polls/{}",
        poll["poll"]["id"].as_str().expect("an id")
    );
    let votes = format!("{polls}/votes");
    assert!(
        refused(&membre, &votes, json!({ "choices": [7] }))
            .await
            .contains("exist")
    );
    assert!(
        refused(&membre, &votes, json!({ "choices": [] }))
            .await
            .contains("choose")
    );
    refused(&essai, &votes, json!({ "choices": ["0"] })).await;
    let voted = membre.post(&votes, json!({ "choices": ["1"] })).await;
    assert_eq!(
        (&voted["voted"], &voted["own_votes"]),
        (&json!(true), &json!([1]))
    );
    assert_eq!(voted["voters_count"], 1);
    assert!(
        refused(&membre, &votes, json!({ "choices": [0] }))
            .await
            .contains("already")
    );
    let before = essai.get(&polls).await;
    assert_eq!(
        (&before["voted"], &before["expired"]),
        (&json!(false), &json!(false))
    );
    // With other choices it begins anew, and everybody sees how it stands.
    let changed = essai
        .put(
            &path(&poll, ""),
            json!({
                "status": "Jeudi ou samedi ?",
                "poll": { "options": ["jeudi", "samedi"], "expires_in": 3600 },
            }),
        )
        .await;
    assert_eq!(
        changed["poll"]["options"][1],
        json!({ "title": "samedi", "votes_count": 0 })
    );
    assert_eq!(membre.get(&polls).await["voted"], false);
}

#[expect(
    clippy::too_many_lines,
    reason = "one thing after another, as it happens"
)]
async fn a_thread_from_an_app_lives_in_its_community(db: Db) {
    let (lab, essai, membre, autre) = lab(db).await;
    let typed = "@tilab Un atelier jeudi\n\nVenez **nombreux** #atelier";
    let thread = essai.post(STATUSES, json!({ "status": typed })).await;
    let group = thread["mentions"][0].clone();
    assert_eq!(group["acct"], "tilab");
    assert_eq!(thread["archipel"]["group_id"], group["id"]);
    assert_eq!(thread["archipel"]["title"], "Un atelier jeudi");
    assert_eq!(content(&thread).matches("Un atelier jeudi").count(), 1);
    assert!(content(&thread).starts_with("<p><strong>Un atelier jeudi</strong></p>"));
    let document = lab
        .document_at(thread["uri"].as_str().expect("an id"))
        .await;
    assert_eq!(document["type"], "Page");
    assert_eq!(document["name"], "Un atelier jeudi");
    assert!(!document["content"].to_string().contains("jeudi"));
    assert_eq!(document["audience"], lab.url("/c/tilab"));

    // Answers belong there without naming it; private ones belong nowhere.
    let reply = json!({ "status": "J’y serai", "in_reply_to_id": id(&thread) });
    let reply = membre.post(STATUSES, reply).await;
    assert_eq!(reply["archipel"]["group_id"], group["id"]);
    assert_eq!(reply["archipel"]["thread_id"], thread["id"]);
    assert_eq!(reply["in_reply_to_account_id"], thread["account"]["id"]);
    let below = json!({ "status": "Moi aussi", "in_reply_to_id": id(&reply) });
    let below = essai.post(STATUSES, below).await;
    let second = json!({ "status": "Pas moi", "in_reply_to_id": id(&thread) });
    let second = membre.post(STATUSES, second).await;
    let aside = essai
        .post(
            STATUSES,
            json!({
                "status": "@membre entre nous", "in_reply_to_id": id(&reply),
                "visibility": "direct",
            }),
        )
        .await;
    assert_eq!(aside["archipel"]["group_id"], Value::Null);
    let context = autre.get(&path(&thread, "/context")).await;
    assert_eq!(
        ids(&context["descendants"]),
        [id(&reply), id(&below), id(&second)]
    );
    let context = membre.get(&path(&below, "/context")).await;
    assert_eq!(ids(&context["ancestors"]), [id(&thread), id(&reply)]);
    let context = membre.get(&path(&reply, "/context")).await;
    assert_eq!(ids(&context["descendants"]), [id(&below), id(&aside)]);
    assert_eq!(lab.stranger().status(&path(&aside, "")).await, 404);
    let several = format!("{STATUSES}?id[]={}&id[]=1&id[]={}", id(&second), id(&aside));
    assert_eq!(ids(&membre.get(&several).await), [id(&second), id(&aside)]);
    assert_eq!(ids(&autre.get(&several).await), [id(&second)]);
    eventually("the answers are counted", PATIENCE, async || {
        (essai.get(&path(&thread, "")).await["replies_count"] == 2).then_some(())
    })
    .await;

    // What a community refuses, what it holds, what it locked.
    lab.run(&["community", "set", "tilab", "--post", "members"]);
    let why = refused(&autre, STATUSES, json!({ "status": "@tilab Bonjour" })).await;
    assert!(
        why.contains("seuls les membres") && why.contains("Suivez"),
        "{why}"
    );
    let plain = json!({ "status": "@tilab Bonjour", "visibility": "private" });
    assert_eq!(
        autre.post(STATUSES, plain).await["archipel"]["group_id"],
        Value::Null
    );
    lab.run(&[
        "community",
        "set",
        "tilab",
        "--post",
        "everyone",
        "--hold",
        "always",
    ]);
    let held = membre
        .post(STATUSES, json!({ "status": "@tilab J’attends" }))
        .await;
    assert_eq!(held["archipel"]["held"], true);
    assert_eq!(membre.get(&path(&held, "")).await["archipel"]["held"], true);
    for other in [&essai, &autre, &lab.stranger()] {
        assert_eq!(other.status(&path(&held, "")).await, 404);
    }
    lab.run(&[
        "held",
        "approve",
        "tilab",
        held["uri"].as_str().expect("an id"),
    ]);
    assert_eq!(essai.get(&path(&held, "")).await["archipel"]["held"], false);
    lab.run(&["community", "set", "tilab", "--hold", "never"]);
    lab.run(&["moderate", "lock", thread["uri"].as_str().expect("an id")]);
    let late = json!({ "status": "Trop tard", "in_reply_to_id": id(&thread) });
    assert!(
        refused(&membre, STATUSES, late)
            .await
            .contains("n’accepte plus")
    );
    assert_eq!(
        membre.get(&path(&thread, "")).await["archipel"]["locked"],
        true
    );
}

async fn what_was_written_changes_and_goes(db: Db) {
    let (lab, essai, membre, autre) = lab(db).await;
    let typed = "@tilab Un titre\n\nPremier texte";
    let post = essai.post(STATUSES, json!({ "status": typed })).await;
    assert_eq!(post["edited_at"], Value::Null);
    assert_eq!(essai.get(&path(&post, "/source")).await["text"], typed);
    assert_eq!(membre.status(&path(&post, "/source")).await, 403);
    let (status, _) = membre
        .ask(
            Method::PUT,
            &path(&post, ""),
            Some(&json!({ "status": "x" })),
        )
        .await;
    assert_eq!(status, 403);
    assert_eq!(
        membre.ask(Method::DELETE, &path(&post, ""), None).await.0,
        403
    );

    let changed = essai
        .put(
            &path(&post, ""),
            json!({
                "status": "@tilab Un autre titre\n\nDeuxième texte", "spoiler_text": "CW",
                "media_ids": [], "media_attributes": [],
            }),
        )
        .await;
    assert_eq!(changed["archipel"]["title"], "Un autre titre");
    assert_ne!(changed["edited_at"], Value::Null);
    let again = json!({ "status": "Troisième texte", "spoiler_text": "" });
    let again = essai.put(&path(&post, ""), again).await;
    assert_eq!(
        again["archipel"]["title"], "Un autre titre",
        "a title stays one"
    );
    assert_eq!(
        (&again["spoiler_text"], &again["id"]),
        (&json!(""), &post["id"])
    );
    let history = autre.get(&path(&post, "/history")).await;
    let texts: Vec<&str> = history
        .as_array()
        .expect("a list")
        .iter()
        .map(content)
        .collect();
    assert_eq!(texts.len(), 3, "{history}");
    for (text, words) in texts.iter().zip(["Premier", "Deuxième", "Troisième"]) {
        assert!(text.contains(words), "{text}");
    }
    assert_eq!(history[1]["spoiler_text"], "CW");
    assert_eq!(history[0]["created_at"], post["created_at"]);

    // A post of the command line has a title that was typed apart.
    let url = lab.post("essai", "tilab", "Titre", "Bonjour");
    let apart = url.rsplit('/').next().expect("an id");
    let source = essai.get(&format!("{STATUSES}/{apart}/source")).await;
    assert_eq!(source["text"], "Titre\n\nBonjour");

    let gone = essai.delete(&path(&post, "")).await;
    assert_eq!(gone["text"], "Un autre titre\n\nTroisième texte");
    assert_eq!(gone["media_attachments"], json!([]));
    for what in ["", "/history", "/context", "/source"] {
        assert_eq!(essai.status(&path(&post, what)).await, 404, "{what}");
    }
    assert_eq!(
        essai.ask(Method::DELETE, &path(&post, ""), None).await.0,
        404
    );

    // Where edits are read first, the post stays as it was until then.
    lab.run(&["community", "set", "tilab", "--hold", "always"]);
    let waits = membre
        .post(STATUSES, json!({ "status": "@tilab Avant" }))
        .await;
    lab.run(&[
        "held",
        "approve",
        "tilab",
        waits["uri"].as_str().expect("an id"),
    ]);
    let same = membre
        .put(&path(&waits, ""), json!({ "status": "Après" }))
        .await;
    assert!(content(&same).contains("Avant"));
    let list = lab.list(&["held", "list", "tilab"]);
    assert!(list[0]["content"].to_string().contains("Après"), "{list:?}");
    lab.run(&[
        "held",
        "approve",
        "tilab",
        waits["uri"].as_str().expect("an id"),
    ]);
    assert!(content(&autre.get(&path(&waits, "")).await).contains("Après"));
}

async fn members_react_keep_and_hide(db: Db) {
    let (lab, essai, membre, autre) = lab(db).await;
    let post = essai
        .post(STATUSES, json!({ "status": "Un orage arrive" }))
        .await;
    let on = async |member: &Member, deed: &str| member.post(&path(&post, deed), json!({})).await;
    assert_eq!(on(&membre, "/favourite").await["favourited"], true);
    let liked = on(&membre, "/favourite").await;
    assert_eq!(liked["favourites_count"], 1, "once");
    on(&autre, "/favourite").await;
    let boost = on(&membre, "/reblog").await;
    assert_ne!(boost["id"], post["id"]);
    assert_eq!(boost["reblog"]["id"], post["id"]);
    assert_eq!(boost["reblog"]["reblogged"], true);
    assert_eq!(boost["account"]["acct"], "membre");
    assert_eq!(on(&membre, "/reblog").await["id"], boost["id"], "once");
    // What is done to a boost is done to the post.
    let kept = autre.post(&path(&boost, "/bookmark"), json!({})).await;
    assert_eq!(
        (&kept["id"], &kept["bookmarked"]),
        (&post["id"], &json!(true))
    );
    assert_eq!(
        autre.post(&path(&boost, "/favourite"), json!({})).await["id"],
        post["id"]
    );
    let people = lab.stranger().get(&path(&post, "/favourited_by")).await;
    assert_eq!(people[0]["acct"], "autre");
    assert_eq!(people[1]["acct"], "membre");
    let people = lab.stranger().get(&path(&post, "/reblogged_by")).await;
    assert_eq!(people[0]["acct"], "membre");
    let private = json!({ "visibility": "private" });
    let (status, _) = membre
        .ask(Method::POST, &path(&post, "/reblog"), Some(&private))
        .await;
    assert_eq!(status, 422);
    let back = on(&membre, "/unreblog").await;
    assert_eq!(
        (&back["reblogged"], &back["reblogs_count"]),
        (&json!(false), &json!(0))
    );
    assert_eq!(membre.status(&path(&boost, "")).await, 404);
    assert_eq!(on(&membre, "/unfavourite").await["favourites_count"], 1);
    assert_eq!(on(&autre, "/unbookmark").await["bookmarked"], false);
    assert_eq!(on(&membre, "/mute").await["muted"], true);
    assert_eq!(on(&autre, "/unmute").await["muted"], false);
    assert_eq!(on(&membre, "/unmute").await["muted"], false);

    assert_eq!(on(&essai, "/pin").await["pinned"], true);
    refused(&membre, &path(&post, "/pin"), json!({})).await;
    for number in 0..4 {
        let one = essai
            .post(STATUSES, json!({ "status": format!("Numéro {number}") }))
            .await;
        essai.post(&path(&one, "/pin"), json!({})).await;
    }
    let sixth = essai
        .post(STATUSES, json!({ "status": "Le sixième" }))
        .await;
    assert!(
        refused(&essai, &path(&sixth, "/pin"), json!({}))
            .await
            .contains('5')
    );
    assert_eq!(on(&essai, "/unpin").await["pinned"], false);
    assert_eq!(
        essai.post(&path(&sixth, "/pin"), json!({})).await["pinned"],
        true
    );

    filters(&membre, &post).await;
    let markers = "/api/v1/markers";
    assert_eq!(membre.get(markers).await, json!({}));
    let set = membre
        .post(markers, json!({ "home": { "last_read_id": id(&post) } }))
        .await;
    assert_eq!(set["home"]["last_read_id"], post["id"]);
    membre
        .post(markers, json!({ "notifications": { "last_read_id": "7" } }))
        .await;
    let set = membre
        .post(markers, json!({ "home": { "last_read_id": id(&sixth) } }))
        .await;
    assert_eq!(set["home"]["version"], 2);
    let found = membre.get("/api/v1/markers?timeline[]=notifications").await;
    assert_eq!(found["notifications"]["last_read_id"], "7");
    assert_eq!(found["home"], Value::Null);
}

/// A filter, seen by both versions, and what it says of a post.
async fn filters(membre: &Member, post: &Value) {
    let filter = membre
        .post(
            "/api/v2/filters",
            json!({
                "title": "Météo", "context": ["thread", "home"], "filter_action": "hide",
                "expires_in": 3600,
                "keywords_attributes": [{ "keyword": "ORAGE", "whole_word": true }],
            }),
        )
        .await;
    let found = membre.get(&path(post, "")).await;
    assert_eq!(found["filtered"][0]["filter"]["title"], "Météo");
    assert_eq!(found["filtered"][0]["filter"]["filter_action"], "hide");
    assert_eq!(found["filtered"][0]["keyword_matches"], json!(["ORAGE"]));
    let own = format!("/api/v2/filters/{}", id(&filter));
    let word = filter["keywords"][0]["id"].as_str().expect("an id");
    let old = membre.get("/api/v1/filters").await;
    assert_eq!(
        (&old[0]["id"], &old[0]["phrase"]),
        (&json!(word), &json!("ORAGE"))
    );
    assert_eq!(old[0]["irreversible"], true);
    membre
        .put(
            &format!("/api/v2/filters/keywords/{word}"),
            json!({ "keyword": "orag" }),
        )
        .await;
    assert_eq!(
        membre.get(&path(post, "")).await["filtered"],
        json!([]),
        "whole words"
    );
    let named = membre
        .post(&format!("{own}/statuses"), json!({ "status_id": id(post) }))
        .await;
    let found = membre.get(&path(post, "")).await;
    assert_eq!(found["filtered"][0]["status_matches"], json!([id(post)]));
    let part = format!("/api/v2/filters/statuses/{}", id(&named));
    membre.delete(&part).await;
    assert_eq!(membre.status(&part).await, 404);
    let changed = membre
        .put(
            &own,
            json!({
                "title": "Temps", "context": ["public"], "expires_in": "",
                "keywords_attributes": [
                    { "id": word, "_destroy": true }, { "keyword": "arrive", "whole_word": false },
                ],
            }),
        )
        .await;
    assert_eq!(changed["expires_at"], Value::Null);
    assert_eq!(changed["keywords"][0]["keyword"], "arrive");
    assert_eq!(
        membre.get(&path(post, "")).await["filtered"],
        json!([]),
        "elsewhere"
    );
    refused(
        membre,
        "/api/v2/filters",
        json!({ "title": "", "context": ["home"] }),
    )
    .await;
    refused(
        membre,
        "/api/v2/filters",
        json!({ "title": "a", "context": ["moon"] }),
    )
    .await;
    membre.delete(&own).await;
    assert_eq!(membre.get("/api/v2/filters").await, json!([]));
    let old = membre
        .post(
            "/api/v1/filters",
            json!({ "phrase": "orage", "context": ["thread"] }),
        )
        .await;
    assert_eq!(
        membre.get(&path(post, "")).await["filtered"][0]["filter"]["title"],
        "orage"
    );
    membre
        .delete(&format!("/api/v1/filters/{}", id(&old)))
        .await;
    assert_eq!(membre.get("/api/v2/filters").await, json!([]));
}

async fn few_read_what_is_for_few(db: Db) {
    let (lab, essai, membre, autre) = lab(db).await;
    lab.follow("membre", "essai");
    let private = json!({ "status": "Pour qui me suit", "visibility": "private" });
    let private = essai.post(STATUSES, private).await;
    let letter = json!({ "status": "@autre un secret", "visibility": "direct" });
    let letter = essai.post(STATUSES, letter).await;
    let stranger = lab.stranger();
    for (who, one, other) in [
        (&essai, 200, 200),
        (&membre, 200, 404),
        (&autre, 404, 200),
        (&stranger, 404, 404),
    ] {
        assert_eq!(who.status(&path(&private, "")).await, one);
        assert_eq!(who.status(&path(&letter, "")).await, other);
        assert_eq!(who.status(&path(&letter, "/history")).await, other);
        assert_eq!(who.status(&path(&letter, "/favourited_by")).await, other);
    }
    let why = refused(&membre, &path(&private, "/reblog"), json!({})).await;
    assert!(why.contains("everybody"), "{why}");
    assert_eq!(
        membre.post(&path(&private, "/favourite"), json!({})).await["favourited"],
        true
    );
    for deed in ["favourite", "bookmark", "mute", "reblog"] {
        let path = path(&letter, &format!("/{deed}"));
        assert_eq!(
            membre.ask(Method::POST, &path, Some(&json!({}))).await.0,
            404,
            "{deed}"
        );
    }
    let answer = json!({ "status": "x", "in_reply_to_id": id(&letter) });
    assert_eq!(
        membre.ask(Method::POST, STATUSES, Some(&answer)).await.0,
        404
    );

    let talks = "/api/v1/conversations";
    assert_eq!(membre.get(talks).await, json!([]));
    let mine = essai.get(talks).await;
    assert_eq!(
        (&mine[0]["unread"], &mine[0]["accounts"][0]["acct"]),
        (&json!(false), &json!("autre"))
    );
    let theirs = autre.get(talks).await;
    assert_eq!(theirs[0]["unread"], true);
    assert_eq!(theirs[0]["last_status"]["id"], letter["id"]);
    let read = autre
        .post(&format!("{talks}/{}/read", id(&theirs[0])), json!({}))
        .await;
    assert_eq!(read["unread"], false);
    let answer = json!({
        "status": "@essai merci", "in_reply_to_id": id(&letter), "visibility": "direct",
    });
    let answer = autre.post(STATUSES, answer).await;
    let mine = essai.get(talks).await;
    assert_eq!(mine.as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&mine[0]["unread"], &mine[0]["last_status"]["id"]),
        (&json!(true), &answer["id"])
    );
    autre.delete(&path(&answer, "")).await;
    assert_eq!(essai.get(talks).await[0]["last_status"]["id"], letter["id"]);
    let foreign = format!("{talks}/{}", id(&mine[0]));
    assert_eq!(autre.ask(Method::DELETE, &foreign, None).await.0, 404);
    essai.delete(&foreign).await;
    assert_eq!(essai.get(talks).await, json!([]));
    assert_eq!(essai.status(&path(&letter, "")).await, 200);

    // A letter to a community is for its moderators, and never shown by it.
    let word = json!({ "status": "@tilab une question", "visibility": "direct" });
    let word = membre.post(STATUSES, word).await;
    assert_eq!(word["archipel"]["group_id"], Value::Null);
    for who in [&essai, &autre, &stranger] {
        assert_eq!(who.status(&path(&word, "")).await, 404);
    }
    lab.run(&["moderator", "add", "tilab", lab.url("/u/essai").as_str()]);
    let team = lab.member_with("essai", &["--as", "tilab"]);
    assert_eq!(team.get(talks).await[0]["last_status"]["id"], word["id"]);
    // People write, communities do not.
    let (status, answer) = team
        .ask(Method::POST, STATUSES, Some(&json!({ "status": "x" })))
        .await;
    assert_eq!(status, 422, "{answer}");
}

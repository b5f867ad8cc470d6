//! Home, lists, public timelines and profiles: what is in them, in which order, and that
//! pages lose nothing and give nothing twice.

use archipel_tests::{Db, Lab, Member, both};
use reqwest::Method;
use serde_json::{Value, json};

both!(home_shows_each_post_once_and_pages_lose_nothing);
both!(lists_public_timelines_and_profiles_show_what_they_say);
both!(names_and_hashtags_become_links_for_apps_and_peers);

fn id_of(url: &str) -> &str {
    url.rsplit('/').next().expect("an id")
}

/// The community or person, as apps know them.
async fn account(lab: &Lab, name: &str) -> String {
    let page = lab
        .stranger()
        .get(&format!("/api/v1/accounts/lookup?acct={name}"))
        .await;
    page["id"].as_str().expect("an id").to_owned()
}

async fn follow(member: &Member, id: &str) {
    member
        .post(&format!("/api/v1/accounts/{id}/follow"), json!({}))
        .await;
}

fn ids(page: &Value) -> Vec<String> {
    let statuses = page.as_array().expect("a page");
    let id = |status: &Value| status["id"].as_str().expect("an id").to_owned();
    statuses.iter().map(id).collect()
}

/// The posts of a page: of boosts what they boost.
fn posts(page: &Value) -> Vec<String> {
    let post = |status: &Value| match &status["reblog"] {
        Value::Null => status["id"].clone(),
        boosted => boosted["id"].clone(),
    };
    let statuses = page.as_array().expect("a page");
    statuses
        .iter()
        .map(|status| post(status).as_str().expect("an id").to_owned())
        .collect()
}

/// All pages from one end to the other, by the links; each page's ids as they came.
async fn walk(member: &Member, first: &str, rel: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut next = Some(first.to_owned());
    while let Some(path) = next {
        let response = member
            .request(Method::GET, &path)
            .send()
            .await
            .expect("an answer");
        let link = response
            .headers()
            .get("link")
            .map(|link| link.to_str().expect("a link").to_owned());
        let page: Value = response.json().await.expect("JSON");
        let page = ids(&page);
        if page.is_empty() {
            assert_eq!(link, None);
            break;
        }
        let link = link.expect("what leads on");
        let lead = link
            .split(", ")
            .find(|part| part.ends_with(&format!("rel=\"{rel}\"")))
            .expect("the link");
        let url = lead
            .trim_start_matches('<')
            .split('>')
            .next()
            .expect("a URL");
        let url = reqwest::Url::parse(url).expect("an absolute URL");
        next = Some(format!("{}?{}", url.path(), url.query().expect("a query")));
        pages.push(page);
        assert!(pages.len() < 100, "the pages never end");
    }
    pages
}

async fn home_shows_each_post_once_and_pages_lose_nothing(db: Db) {
    let lab = Lab::start(db).await;
    for name in ["ana", "bea", "col"] {
        lab.account(name);
    }
    let [ana, bea] = ["ana", "bea"].map(|name| lab.member(name));
    let group = account(&lab, "tilab").await;
    let bea_id = account(&lab, "bea").await;
    follow(&ana, &group).await;
    follow(&ana, &bea_id).await;
    let own = lab.post("ana", "tilab", "Le mien", "un");
    let hers = lab.post("bea", "tilab", "Le sien", "deux");
    let strange = lab.post("col", "tilab", "Autre", "trois");
    let home = ana.get("/api/v1/timelines/home").await;
    let shown = home.as_array().expect("a page");
    assert_eq!(posts(&home), [id_of(&strange), id_of(&hers), id_of(&own)]);
    // One's own post is itself, that of others comes with their community.
    assert!(shown[2]["reblog"].is_null(), "{home}");
    for wrapper in &shown[..2] {
        assert_eq!(wrapper["account"]["acct"], "tilab");
        assert_eq!(wrapper["account"]["group"], true);
        assert_ne!(wrapper["id"], wrapper["reblog"]["id"]);
        let id = wrapper["id"].as_str().expect("an id");
        assert_eq!(ana.get(&format!("/api/v1/statuses/{id}")).await["id"], id);
    }

    // Answers are for who follows all concerned.
    lab.reply("bea", &strange, "à col");
    let to_me = lab.reply("bea", &own, "à ana");
    let home = ana.get("/api/v1/timelines/home").await;
    assert_eq!(
        posts(&home),
        [
            id_of(to_me.trim()),
            id_of(&strange),
            id_of(&hers),
            id_of(&own)
        ]
    );
    assert_eq!(home[3]["replies_count"], 1);

    // A quiet member does not see what the community shows, and whom they follow still.
    ana.post(
        &format!("/api/v1/accounts/{group}/follow"),
        json!({ "reblogs": false }),
    )
    .await;
    let home = ana.get("/api/v1/timelines/home").await;
    assert_eq!(
        posts(&home),
        [id_of(to_me.trim()), id_of(&hers), id_of(&own)]
    );
    assert!(home[1]["reblog"].is_null(), "{home}");
    ana.post(
        &format!("/api/v1/accounts/{group}/follow"),
        json!({ "reblogs": true }),
    )
    .await;

    // Who is muted is not seen, with or without the community.
    ana.post(&format!("/api/v1/accounts/{bea_id}/mute"), json!({}))
        .await;
    let home = ana.get("/api/v1/timelines/home").await;
    assert_eq!(posts(&home), [id_of(&strange), id_of(&own)]);
    ana.post(&format!("/api/v1/accounts/{bea_id}/unmute"), json!({}))
        .await;

    // A removal takes all of it away, and bringing it back brings it where it was.
    let before = ids(&ana.get("/api/v1/timelines/home").await);
    lab.run(&["moderate", "remove", &strange]);
    let without = posts(&ana.get("/api/v1/timelines/home").await);
    assert!(!without.contains(&id_of(&strange).to_owned()));
    lab.run(&["moderate", "restore", &strange]);
    assert_eq!(ids(&ana.get("/api/v1/timelines/home").await), before);

    // Pages: every cursor goes through everything once.
    for number in 0..11 {
        lab.post("bea", "tilab", &format!("Fil {number}"), "texte");
    }
    let all = ids(&ana.get("/api/v1/timelines/home?limit=40").await);
    assert_eq!(all.len(), 15);
    let down = walk(&ana, "/api/v1/timelines/home?limit=4", "next").await;
    assert_eq!(down.concat(), all);
    let last = all.last().expect("the oldest");
    let up = walk(
        &ana,
        &format!("/api/v1/timelines/home?limit=4&min_id={last}"),
        "prev",
    )
    .await;
    let mut risen: Vec<String> = up.into_iter().rev().flatten().collect();
    risen.push(last.clone());
    assert_eq!(risen, all);
    let since = ana
        .get(&format!("/api/v1/timelines/home?limit=3&since_id={last}"))
        .await;
    assert_eq!(ids(&since), all[..3]);
    let within = ana
        .get(&format!(
            "/api/v1/timelines/home?max_id={}&since_id={}",
            all[2], all[5]
        ))
        .await;
    assert_eq!(ids(&within), all[3..5]);

    // A boost of what one follows already adds nothing; of others it does.
    bea.post(
        &format!("/api/v1/statuses/{}/reblog", id_of(&own)),
        json!({}),
    )
    .await;
    assert_eq!(ids(&ana.get("/api/v1/timelines/home?limit=40").await), all);
}

#[expect(
    clippy::too_many_lines,
    reason = "one thing after another, as it happens"
)]
async fn lists_public_timelines_and_profiles_show_what_they_say(db: Db) {
    let lab = Lab::start(db).await;
    for name in ["ana", "bea", "col"] {
        lab.account(name);
    }
    let ana = lab.member("ana");
    let (group, bea_id, col_id) = (
        account(&lab, "tilab").await,
        account(&lab, "bea").await,
        account(&lab, "col").await,
    );
    follow(&ana, &group).await;
    let thread = lab.post("bea", "tilab", "Un fil", "avec #Soleil et #lune");
    let answer = lab.reply("col", &thread, "oui #soleil");
    let answer = id_of(answer.trim());

    // Lists.
    let made = ana
        .post("/api/v1/lists", json!({ "title": " Sciences " }))
        .await;
    assert_eq!(made["title"], "Sciences");
    assert_eq!(made["replies_policy"], "list");
    let list = made["id"].as_str().expect("an id");
    let (status, _) = ana
        .ask(Method::POST, "/api/v1/lists", Some(&json!({ "title": "" })))
        .await;
    assert_eq!(status, 422);
    let members = format!("/api/v1/lists/{list}/accounts");
    let (status, _) = ana
        .ask(
            Method::POST,
            &members,
            Some(&json!({ "account_ids": [bea_id] })),
        )
        .await;
    assert_eq!(status, 422, "only those whom one follows");
    ana.post(&members, json!({ "account_ids": [group] })).await;
    assert_eq!(ids(&ana.get(&members).await), [group.as_str()]);
    let lists = ana.get(&format!("/api/v1/accounts/{group}/lists")).await;
    assert_eq!(ids(&lists), [list]);
    let shown = ana.get(&format!("/api/v1/timelines/list/{list}")).await;
    assert_eq!(posts(&shown), [id_of(&thread)]);
    assert_eq!(shown[0]["account"]["acct"], "tilab");
    let home = "/api/v1/timelines/home";
    assert_eq!(posts(&ana.get(home).await), [id_of(&thread)]);
    let changed = ana
        .put(
            &format!("/api/v1/lists/{list}"),
            json!({ "exclusive": true, "replies_policy": "none" }),
        )
        .await;
    assert_eq!(changed["title"], "Sciences");
    assert_eq!(changed["exclusive"], true);
    assert_eq!(ana.get(home).await, json!([]));
    assert_eq!(
        lab.member("bea")
            .status(&format!("/api/v1/lists/{list}"))
            .await,
        404
    );
    ana.delete(&format!("{members}?account_ids[]={group}"))
        .await;
    assert_eq!(ana.get(&members).await, json!([]));
    ana.delete(&format!("/api/v1/lists/{list}")).await;
    assert_eq!(ana.get("/api/v1/lists").await, json!([]));

    // Public timelines hold the posts themselves.
    let stranger = lab.stranger();
    for place in ["", "?local=true"] {
        let page = stranger
            .get(&format!("/api/v1/timelines/public{place}"))
            .await;
        assert_eq!(ids(&page), [id_of(&thread)], "{place}");
        assert!(page[0]["reblog"].is_null());
    }
    let elsewhere = stranger.get("/api/v1/timelines/public?remote=true").await;
    assert_eq!(elsewhere, json!([]));
    let media = stranger.get("/api/v1/timelines/public?only_media=1").await;
    assert_eq!(media, json!([]));
    for (query, expected) in [
        ("soleil", vec![answer, id_of(&thread)]),
        ("SOLEIL?all[]=lune", vec![id_of(&thread)]),
        ("soleil?none[]=lune", vec![answer]),
        ("rien?any[]=lune", vec![id_of(&thread)]),
        ("soleil?all[]=rien", vec![]),
        ("rien", vec![]),
    ] {
        let page = stranger
            .get(&format!("/api/v1/timelines/tag/{query}"))
            .await;
        assert_eq!(ids(&page), expected, "{query}");
    }
    assert_eq!(stranger.status("/api/v1/timelines/link?url=x").await, 404);

    // Profiles: of a community all that it shows, its threads first.
    let profile = |id: &str, query: &str| format!("/api/v1/accounts/{id}/statuses?{query}");
    for (id, query, expected) in [
        (&group, "", vec![answer, id_of(&thread)]),
        (&group, "exclude_replies=true", vec![id_of(&thread)]),
        (
            &group,
            "exclude_replies=True&exclude_reblogs=1",
            vec![id_of(&thread)],
        ),
        (&group, "only_media=true", vec![]),
        (&group, "tagged=Lune", vec![id_of(&thread)]),
        (&group, "pinned=true", vec![]),
        (&col_id, "", vec![answer]),
        (&col_id, "exclude_replies=true", vec![]),
        (&bea_id, "exclude_reblogs=true", vec![id_of(&thread)]),
    ] {
        let page = stranger.get(&profile(id, query)).await;
        assert_eq!(posts(&page), expected, "{query}");
        let wrapped = page.as_array().expect("a page").iter();
        let is_group = *id == group;
        assert!(
            wrapped
                .into_iter()
                .all(|one| one["reblog"].is_object() == is_group)
        );
    }

    // What one likes, in the order of liking.
    for post in [answer, id_of(&thread)] {
        ana.post(&format!("/api/v1/statuses/{post}/favourite"), json!({}))
            .await;
        ana.post(&format!("/api/v1/statuses/{post}/bookmark"), json!({}))
            .await;
    }
    for shelf in ["favourites", "bookmarks"] {
        let pages = walk(&ana, &format!("/api/v1/{shelf}?limit=1"), "next").await;
        assert_eq!(pages.concat(), [id_of(&thread), answer], "{shelf}");
    }
    lab.run(&["moderate", "remove", &thread, "--with-replies"]);
    for gone in [
        profile(&group, ""),
        "/api/v1/timelines/public".to_owned(),
        "/api/v1/timelines/tag/soleil".to_owned(),
        "/api/v1/favourites".to_owned(),
    ] {
        assert_eq!(ana.get(&gone).await, json!([]), "{gone}");
    }
}

async fn names_and_hashtags_become_links_for_apps_and_peers(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ana");
    lab.account("bea");
    let url = lab.post("ana", "tilab", "Un fil", "Bonjour @bea, voir #Soleil <b>");
    let status = lab
        .stranger()
        .get(&format!("/api/v1/statuses/{}", id_of(&url)))
        .await;
    assert_eq!(status["mentions"][0]["acct"], "bea");
    assert_eq!(status["mentions"].as_array().map(Vec::len), Some(1));
    assert_eq!(status["tags"][0]["name"], "soleil");
    let content = status["content"].as_str().expect("a text");
    assert!(
        content.contains("class=\"u-url mention\">@<span>bea</span>"),
        "{content}"
    );
    assert!(
        content.contains("/tags/soleil\" class=\"mention hashtag\""),
        "{content}"
    );
    assert!(content.contains("&lt;b&gt;"), "{content}");
    let document: Value = lab
        .http()
        .get(&url)
        .header("accept", "application/activity+json")
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let tags = document["tag"].as_array().expect("tags");
    let bea = lab.url("/u/bea");
    let names_bea = |tag: &Value| tag["type"] == "Mention" && tag["href"] == bea.as_str();
    assert!(tags.iter().any(names_bea), "{document}");
    assert!(
        tags.iter()
            .any(|tag| tag["type"] == "Hashtag" && tag["name"] == "#soleil"),
        "{document}"
    );
    let cc = document["cc"].as_array().expect("cc");
    assert!(cc.contains(&json!(bea)), "{document}");
}

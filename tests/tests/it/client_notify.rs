//! Notifications: what members are told, one by one, in groups, kept apart, and pushed to
//! devices.

use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Lab, Member, PushService, both, eventually, stays};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

both!(
    members_are_told_what_concerns_them,
    some_wait_apart,
    communities_are_told_what_waits,
    devices_are_pushed_to
);

/// Types of what somebody was told, the newest first.
async fn types(member: &Member, query: &str) -> Vec<String> {
    let told = member.get(&format!("/api/v1/notifications{query}")).await;
    let types = told.as_array().expect("a list").iter();
    types
        .map(|one| one["type"].as_str().expect("a type").to_owned())
        .collect()
}

async fn post(member: &Member, text: &str) -> String {
    let post = member
        .post("/api/v1/statuses", json!({ "status": text }))
        .await;
    post["id"].as_str().expect("an id").to_owned()
}

async fn members_are_told_what_concerns_them(db: Db) {
    let lab = Lab::start(db).await;
    for name in ["ada", "bo", "cleo"] {
        lab.account(name);
    }
    let (ada, bo, cleo) = (lab.member("ada"), lab.member("bo"), lab.member("cleo"));
    let own = post(&ada, "Bonjour").await;
    let mention = post(&bo, "Bonjour @ada").await;
    for member in [&bo, &cleo] {
        member
            .post(&format!("/api/v1/statuses/{own}/favourite"), json!({}))
            .await;
    }
    // What one does with one's own, and the same twice, is nothing new.
    ada.post(&format!("/api/v1/statuses/{own}/favourite"), json!({}))
        .await;
    bo.post(&format!("/api/v1/statuses/{own}/favourite"), json!({}))
        .await;
    bo.post(&format!("/api/v1/statuses/{own}/reblog"), json!({}))
        .await;
    lab.follow("cleo", &lab.url("/u/ada"));

    let told = ada.get("/api/v1/notifications").await;
    let kinds = types(&ada, "").await;
    assert_eq!(
        kinds,
        ["follow", "reblog", "favourite", "favourite", "mention"]
    );
    assert_eq!(told[4]["status"]["id"], mention);
    assert_eq!(told[4]["account"]["acct"], "bo");
    assert_eq!(
        told[4]["group_key"],
        format!("ungrouped-{}", told[4]["id"].as_str().expect("an id"))
    );
    assert_eq!(told[2]["status"]["id"], own);
    assert_eq!(
        types(&ada, "?types[]=mention&types[]=follow").await,
        ["follow", "mention"]
    );
    assert_eq!(
        types(&ada, "?exclude_types[]=favourite&limit=2").await,
        ["follow", "reblog"]
    );
    let cleo_id = told[0]["account"]["id"].as_str().expect("an id");
    assert_eq!(
        types(&ada, &format!("?account_id={cleo_id}")).await,
        ["follow", "favourite"]
    );
    let last = told[4]["id"].as_str().expect("an id");
    assert_eq!(
        types(&ada, &format!("?min_id={last}&limit=1")).await,
        ["favourite"]
    );
    assert_eq!(
        ada.get("/api/v1/notifications/unread_count").await["count"],
        5
    );
    assert_eq!(
        ada.get(&format!("/api/v1/notifications/{last}")).await["type"],
        "mention"
    );
    assert_eq!(
        bo.status(&format!("/api/v1/notifications/{last}")).await,
        404
    );

    grouped(&ada, &own).await;

    // What is taken back, and what is gone, is told no more.
    cleo.post(&format!("/api/v1/statuses/{own}/unfavourite"), json!({}))
        .await;
    bo.delete(&format!("/api/v1/statuses/{mention}")).await;
    assert_eq!(types(&ada, "").await, ["follow", "reblog", "favourite"]);
    // Who boosted hears of an edit, and of whom it names now.
    let edit = json!({ "status": "Bonjour, et @cleo" });
    ada.put(&format!("/api/v1/statuses/{own}"), edit).await;
    assert_eq!(types(&bo, "").await, ["update"]);
    assert_eq!(types(&cleo, "").await, ["mention"]);
    // A thread that is muted says nothing.
    ada.post(&format!("/api/v1/statuses/{own}/mute"), json!({}))
        .await;
    let answer = json!({ "status": "@ada une réponse", "in_reply_to_id": own });
    bo.post("/api/v1/statuses", answer).await;
    assert_eq!(types(&ada, "").await, ["follow", "reblog", "favourite"]);
    let id = ada.get("/api/v1/notifications").await[1]["id"].clone();
    let id = id.as_str().expect("an id");
    ada.post(&format!("/api/v1/notifications/{id}/dismiss"), json!({}))
        .await;
    assert_eq!(types(&ada, "").await, ["follow", "favourite"]);
    ada.post("/api/v1/notifications/clear", json!({})).await;
    assert_eq!(types(&ada, "").await, [""; 0]);

    polls(&lab, &ada, &bo).await;
}

async fn grouped(ada: &Member, own: &str) {
    let groups = ada
        .get("/api/v2/notifications?supported_types[]=mention")
        .await;
    let list = groups["notification_groups"].as_array().expect("groups");
    let kinds: Vec<&Value> = list.iter().map(|group| &group["type"]).collect();
    assert_eq!(kinds, ["follow", "reblog", "favourite", "mention"]);
    let likes = &list[2];
    assert_eq!(likes["notifications_count"], 2);
    assert_eq!(likes["status_id"], own);
    assert!(likes["most_recent_notification_id"].is_i64(), "{likes}");
    assert!(likes["page_min_id"].is_string() && likes["page_max_id"].is_string());
    assert_eq!(
        likes["sample_account_ids"].as_array().map(Vec::len),
        Some(2)
    );
    let key = likes["group_key"].as_str().expect("a key");
    assert!(key.starts_with(&format!("favourite-{own}-")), "{key}");
    let statuses = groups["statuses"].as_array().expect("statuses");
    assert!(statuses.iter().any(|status| status["id"] == own));
    assert_eq!(groups["accounts"].as_array().map(Vec::len), Some(2));
    let partial = ada
        .get("/api/v2/notifications?expand_accounts=partial_avatars")
        .await;
    assert!(partial["partial_accounts"].is_array(), "{partial}");
    let alone = ada
        .get("/api/v2/notifications?grouped_types[]=follow")
        .await;
    assert_eq!(
        alone["notification_groups"].as_array().map(Vec::len),
        Some(5)
    );
    // Pages follow each other without a gap.
    let first = ada.get("/api/v2/notifications?limit=3").await;
    let first = first["notification_groups"].as_array().expect("groups");
    let min = first.last().expect("a group")["page_min_id"].as_str();
    let next = format!(
        "/api/v2/notifications?limit=3&max_id={}",
        min.expect("an id")
    );
    let next = ada.get(&next).await;
    assert_eq!(next["notification_groups"][0]["type"], "mention");
    assert_eq!(
        ada.get("/api/v2/notifications/unread_count").await["count"],
        4
    );
    let one = ada.get(&format!("/api/v2/notifications/{key}")).await;
    assert_eq!(one["notification_groups"][0]["group_key"], key);
    let people = ada
        .get(&format!("/api/v2/notifications/{key}/accounts"))
        .await;
    assert_eq!(people.as_array().map(Vec::len), Some(2));
    let mention = list[3]["group_key"].as_str().expect("a key");
    let one = ada.get(&format!("/api/v2/notifications/{mention}")).await;
    assert_eq!(one["notification_groups"][0]["type"], "mention");
    assert_eq!(
        ada.status("/api/v2/notifications/ungrouped-99999").await,
        404
    );
}

/// Who made a poll and who voted in it hear that it has ended.
async fn polls(lab: &Lab, ada: &Member, bo: &Member) {
    let poll = [
        "--poll-option",
        "Oui",
        "--poll-option",
        "Non",
        "--poll-ends",
        "12s",
    ];
    let mut command = vec!["post", "ada", "--to", "tilab", "--title", "Alors ?"];
    command.extend(poll);
    command.push("Vite.");
    let printed = lab.run(&command);
    let id = printed.trim().rsplit('/').next().expect("an id");
    let vote = json!({ "choices": [0] });
    bo.post(&format!("/api/v1/polls/{id}/votes"), vote).await;
    let ended = |told: Vec<String>| told.contains(&"poll".to_owned()).then_some(());
    for member in [ada, bo] {
        eventually("a poll that ended", PATIENCE, || async {
            ended(types(member, "").await)
        })
        .await;
        let told = member.get("/api/v1/notifications").await;
        assert_eq!(told[0]["status"]["poll"]["expired"], true);
        assert_eq!(told[0]["account"]["acct"], "ada");
    }
}

async fn some_wait_apart(db: Db) {
    let lab = Lab::start(db).await;
    for name in ["ada", "bo"] {
        lab.account(name);
    }
    let (ada, bo) = (lab.member("ada"), lab.member("bo"));
    let path = "/api/v2/notifications/policy";
    let policy = ada.get(path).await;
    assert_eq!(policy["for_private_mentions"], "filter");
    assert_eq!(policy["summary"]["pending_requests_count"], 0);
    let rule = json!({ "for_not_following": "filter" });
    let (status, policy) = ada.ask(Method::PATCH, path, Some(&rule)).await;
    assert_eq!(
        (status, &policy["for_not_following"]),
        (200, &json!("filter"))
    );
    let wrong = json!({ "for_not_following": "perhaps" });
    assert_eq!(ada.ask(Method::PATCH, path, Some(&wrong)).await.0, 422);
    let old = ada.get("/api/v1/notifications/policy").await;
    assert_eq!(old["filter_not_following"], true);

    let first = post(&bo, "@ada un").await;
    let second = post(&bo, "@ada deux").await;
    assert_eq!(types(&ada, "").await, [""; 0]);
    assert_eq!(types(&ada, "?include_filtered=true").await.len(), 2);
    let waiting = ada.get("/api/v1/notifications/requests").await;
    assert_eq!(waiting[0]["notifications_count"], "2");
    assert_eq!(waiting[0]["account"]["acct"], "bo");
    assert_eq!(waiting[0]["last_status"]["id"], second);
    let summary = &ada.get(path).await["summary"];
    assert_eq!(summary["pending_notifications_count"], 2);
    let id = waiting[0]["id"].as_str().expect("an id");
    ada.post(
        &format!("/api/v1/notifications/requests/{id}/dismiss"),
        json!({}),
    )
    .await;
    assert_eq!(types(&ada, "?include_filtered=true").await, [""; 0]);

    let third = post(&bo, "@ada trois").await;
    let waiting = ada.get("/api/v1/notifications/requests").await;
    let id = waiting[0]["id"].as_str().expect("an id");
    assert_eq!(
        ada.get(&format!("/api/v1/notifications/requests/{id}"))
            .await["notifications_count"],
        "1"
    );
    ada.post(
        "/api/v1/notifications/requests/accept",
        json!({ "id": [id] }),
    )
    .await;
    assert_eq!(
        ada.get("/api/v1/notifications/requests/merged").await["merged"],
        true
    );
    assert_eq!(
        ada.get("/api/v1/notifications").await[0]["status"]["id"],
        third
    );
    // From now on they arrive.
    post(&bo, "@ada quatre").await;
    assert_eq!(types(&ada, "").await, ["mention", "mention"]);
    assert_eq!(ada.get("/api/v1/notifications/requests").await, json!([]));
    assert_ne!(first, second);
    // Dropped is dropped.
    let rule = json!({ "for_not_followers": "drop" });
    ada.ask(Method::PATCH, path, Some(&rule)).await;
    let mut third = lab.stranger();
    lab.account("dora");
    third.token.clone_from(&lab.member("dora").token);
    post(&third, "@ada cinq").await;
    assert_eq!(types(&ada, "?include_filtered=true").await.len(), 2);
}

async fn communities_are_told_what_waits(db: Db) {
    let lab = Lab::start(db).await;
    for name in ["ada", "bo", "rosa"] {
        lab.account(name);
    }
    lab.run(&["moderator", "add", "tilab", "ada"]);
    lab.run(&["account", "role", "rosa", "admin"]);
    let tilab = lab.member_with(
        "ada",
        &["--as", "tilab", "--scopes", "read write follow push"],
    );
    let (ada, bo, root) = (lab.member("ada"), lab.member("bo"), lab.member("rosa"));
    lab.follow("bo", &lab.community("tilab"));
    assert_eq!(types(&tilab, "").await, ["follow"]);
    lab.run(&["moderate", "wave", "tilab", "on"]);
    let url = lab.post("bo", "tilab", "Titre", "Ceci attend");
    let id = url.rsplit('/').next().expect("an id").to_owned();
    let told = tilab.get("/api/v1/notifications").await;
    assert_eq!(told[0]["type"], "mention", "{told}");
    assert_eq!(told[0]["status"]["id"], id);
    assert_eq!(told[0]["status"]["archipel"]["held"], true);
    assert_eq!(
        types(&ada, "").await,
        [""; 0],
        "the community is told, not each moderator"
    );
    lab.run(&["held", "approve", "tilab", &url]);
    assert_eq!(types(&tilab, "").await, ["follow"]);
    let report =
        json!({ "account_id": told[0]["account"]["id"], "status_ids": [id], "comment": "pub" });
    let (status, answer) = ada
        .ask(Method::POST, "/api/v1/reports", Some(&report))
        .await;
    if status == 404 {
        return;
    }
    assert_eq!(status, 200, "{answer}");
    for who in [&tilab, &ada, &root] {
        let told = who.get("/api/v1/notifications").await;
        assert_eq!(told[0]["type"], "admin.report", "{told}");
        assert_eq!(told[0]["report"]["comment"], "pub");
        assert_eq!(told[0]["report"]["target_account"]["acct"], "bo");
    }
    assert_eq!(types(&bo, "").await, [""; 0]);
}

async fn devices_are_pushed_to(db: Db) {
    let lab = Lab::start(db).await;
    for name in ["ada", "bo"] {
        lab.account(name);
    }
    let (ada, bo) = (lab.member("ada"), lab.member("bo"));
    let path = "/api/v1/push/subscription";
    let service = PushService::start().await;
    let (status, answer) = ada.ask(Method::GET, path, None).await;
    assert_eq!(
        (status, &answer["error"]),
        (404, &json!("Record not found"))
    );
    let wish = json!({
        "subscription": {
            "endpoint": service.endpoint(),
            "keys": { "p256dh": service.p256dh(), "auth": service.auth() },
        },
        "data": { "alerts": { "mention": true, "favourite": false }, "policy": "all" },
    });
    let kept = ada.post(path, wish.clone()).await;
    assert!(kept["id"].as_i64().is_some_and(|id| id < 1 << 31), "{kept}");
    assert_eq!(kept["alerts"]["mention"], true);
    assert_eq!(kept["alerts"]["favourite"], false);
    assert_eq!(kept["endpoint"], service.endpoint());
    let instance = lab.stranger().get("/api/v2/instance").await;
    assert_eq!(
        instance["configuration"]["vapid"]["public_key"],
        kept["server_key"]
    );
    let mut wrong = wish.clone();
    wrong["subscription"]["keys"]["p256dh"] = json!("AAAA");
    assert_eq!(ada.ask(Method::POST, path, Some(&wrong)).await.0, 422);

    let own = post(&ada, "Bonjour").await;
    bo.post(&format!("/api/v1/statuses/{own}/favourite"), json!({}))
        .await;
    post(&bo, "Salut @ada, un mot").await;
    let received = || async { service.received().into_iter().next() };
    let pushed = eventually("a push", PATIENCE, received).await;
    let told = ada.get("/api/v1/notifications").await;
    assert_eq!(pushed.message["notification_type"], "mention");
    assert_eq!(
        pushed.message["notification_id"].to_string(),
        told[0]["id"].as_str().expect("an id")
    );
    assert_eq!(pushed.message["access_token"], "");
    assert_eq!(pushed.message["body"], "Salut @ada, un mot");
    assert!(
        pushed.message["title"]
            .as_str()
            .is_some_and(|title| title.contains("bo"))
    );
    assert!(
        pushed.message["icon"]
            .as_str()
            .is_some_and(|icon| icon.starts_with("http"))
    );
    assert!(pushed.message["preferred_locale"].is_string());
    assert_eq!(pushed.server_key, kept["server_key"]);
    assert!(pushed.claims["sub"].is_string() && pushed.claims["exp"].is_i64());
    assert!(pushed.ttl > 0);

    // Of likes too from now on; a service that is busy is asked again.
    let change = json!({ "data": { "alerts": { "mention": "1", "favourite": "true" } } });
    assert_eq!(ada.put(path, change).await["alerts"]["favourite"], true);
    let mut other = wish;
    other["subscription"]["endpoint"] = json!(service.endpoint());
    bo.post(path, other).await;
    service.answer(&[410]);
    ada.post("/api/v1/statuses", json!({ "status": "@bo" }))
        .await;
    // The device of bo is gone, so is their subscription.
    let gone = || async { (bo.status(path).await == 404).then_some(()) };
    eventually("the end of a subscription", PATIENCE, gone).await;
    ada.delete(path).await;
    assert_eq!(ada.status(path).await, 404);
    let asked = service.asked();
    post(&bo, "Encore @ada").await;
    stays("nothing is pushed", Duration::from_secs(3), || async {
        service.asked() == asked
    })
    .await;
}

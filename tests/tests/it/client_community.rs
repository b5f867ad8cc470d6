//! Acting as a community through an ordinary app, and looking after the server through
//! the admin API.

use archipel_tests::{Db, Lab, Member, both};
use reqwest::Method;
use serde_json::{Value, json};

both!(
    an_app_moderates,
    rights_are_those_of_the_role_and_end_with_it,
    reports_and_servers_are_looked_after,
);

fn id(thing: &Value) -> String {
    thing["id"].as_str().expect("an id").to_owned()
}

async fn id_of(member: &Member, acct: &str) -> String {
    id(&member
        .get(&format!("/api/v1/accounts/lookup?acct={acct}"))
        .await)
}

/// Tries something; its status and what is said.
async fn tries(member: &Member, path: &str, body: Value) -> (u16, String) {
    let (status, answer) = member.ask(Method::POST, path, Some(&body)).await;
    let error = answer["error"].as_str().unwrap_or_default().to_owned();
    (status, error)
}

/// What a community shows, newest first: ids of the posts in its boosts.
async fn shown(member: &Member, community: &str) -> Vec<String> {
    let page = member
        .get(&format!("/api/v1/accounts/{community}/statuses"))
        .await;
    page.as_array()
        .expect("a list")
        .iter()
        .map(|status| id(&status["reblog"]))
        .collect()
}

/// The log of a community, newest first: what was done, by whom, through which door.
fn log(lab: &Lab, args: &[&str]) -> Vec<(String, String, String)> {
    let mut all = vec!["log"];
    all.extend(args);
    let word = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    lab.list(&all)
        .iter()
        .map(|row| (word(row, "measure"), word(row, "by"), word(row, "through")))
        .collect()
}

/// A community with one who moderates it, as the person and as the community.
fn team(lab: &Lab, role: &str) -> (Member, Member) {
    lab.account("mod");
    lab.account("membre");
    lab.run(&["moderator", "add", "tilab", "mod", "--role", role]);
    (
        lab.member_with(
            "mod",
            &[
                "--as",
                "tilab",
                "--scopes",
                "read write follow push admin:read admin:write",
            ],
        ),
        lab.member("membre"),
    )
}

#[expect(clippy::too_many_lines, reason = "one story of one afternoon")]
async fn an_app_moderates(db: Db) {
    let lab = Lab::start(db).await;
    let (tilab, membre) = team(&lab, "owner");
    let me = tilab.get("/api/v1/accounts/verify_credentials").await;
    assert_eq!(me["acct"], "tilab");
    assert_eq!(me["group"], true);
    let group = id(&me);
    let who = id_of(&tilab, "membre").await;

    // The join queue is the list of follow requests, once the padlock is shut.
    let change = json!({ "locked": true, "note": "Entre nous" });
    let me = tilab
        .ask(
            Method::PATCH,
            "/api/v1/accounts/update_credentials",
            Some(&change),
        )
        .await;
    assert_eq!(me.0, 200, "{}", me.1);
    assert_eq!(me.1["locked"], true);
    assert_eq!(me.1["source"]["note"], "Entre nous");
    let asked = membre
        .post(&format!("/api/v1/accounts/{group}/follow"), json!({}))
        .await;
    assert_eq!(asked["requested"], true);
    let queue = tilab.get("/api/v1/follow_requests").await;
    assert_eq!(queue[0]["acct"], "membre");
    let bond = tilab
        .post(
            &format!("/api/v1/follow_requests/{who}/authorize"),
            json!({}),
        )
        .await;
    assert_eq!(bond["followed_by"], true);
    assert_eq!(tilab.get("/api/v1/follow_requests").await, json!([]));

    // To endorse is to vouch.
    let bond = tilab
        .post(&format!("/api/v1/accounts/{who}/endorse"), json!({}))
        .await;
    assert_eq!(bond["endorsed"], true);
    let bond = tilab
        .post(&format!("/api/v1/accounts/{who}/unendorse"), json!({}))
        .await;
    assert_eq!(bond["endorsed"], false);

    // To unboost is to remove, to boost again is to bring back; the world sees it.
    let post = membre
        .post(
            "/api/v1/statuses",
            json!({ "status": "Bonjour @tilab et à toutes" }),
        )
        .await;
    let post = id(&post);
    assert_eq!(shown(&membre, &group).await, [post.as_str()]);
    let outbox = || async {
        let items = lab.items(&lab.url("/c/tilab/outbox").clone()).await;
        items
            .iter()
            .filter(|item| item.to_string().contains(&format!("/p/{post}")))
            .count()
    };
    assert!(outbox().await > 0, "the outbox shows the thread");
    let gone = tilab
        .post(&format!("/api/v1/statuses/{post}/unreblog"), json!({}))
        .await;
    assert_eq!(gone["reblogged"], false);
    assert!(shown(&membre, &group).await.is_empty());
    assert_eq!(outbox().await, 0, "the outbox shows it no more");
    assert_eq!(
        membre.status(&format!("/api/v1/statuses/{post}")).await,
        404
    );
    let wrapper = tilab
        .post(&format!("/api/v1/statuses/{post}/reblog"), json!({}))
        .await;
    assert_eq!(wrapper["account"]["acct"], "tilab");
    assert_eq!(id(&wrapper["reblog"]), post);
    assert_eq!(shown(&membre, &group).await, [post.as_str()]);
    // Once more changes nothing, and is not logged.
    tilab
        .post(&format!("/api/v1/statuses/{post}/reblog"), json!({}))
        .await;

    // To pin is to put on top; to mark as sensitive is the one edit there is.
    let top = tilab
        .post(&format!("/api/v1/statuses/{post}/pin"), json!({}))
        .await;
    assert_eq!(top["pinned"], true);
    let pinned = membre
        .get(&format!("/api/v1/accounts/{group}/statuses?pinned=true"))
        .await;
    assert_eq!(pinned.as_array().map(Vec::len), Some(1));
    let marked = tilab
        .put(
            &format!("/api/v1/statuses/{post}"),
            json!({ "sensitive": true }),
        )
        .await;
    assert_eq!(marked["sensitive"], true);
    let (status, error) = {
        let body = json!({ "status": "Tout autre chose" });
        let (status, answer) = tilab
            .ask(
                Method::PUT,
                &format!("/api/v1/statuses/{post}"),
                Some(&body),
            )
            .await;
        (status, answer["error"].to_string())
    };
    assert_eq!(status, 422);
    assert!(error.contains("Only its author"), "{error}");

    // To delete the boost is to remove as well.
    let wrapper = id(&wrapper);
    tilab.delete(&format!("/api/v1/statuses/{wrapper}")).await;
    assert!(shown(&membre, &group).await.is_empty());

    // Held posts: boost approves, unboost refuses, and what was refused stays out.
    lab.run(&["community", "set", "tilab", "--hold", "always"]);
    let held = async |text: &str| {
        let sent = membre
            .post("/api/v1/statuses", json!({ "status": text }))
            .await;
        assert_eq!(sent["archipel"]["held"], true, "{sent}");
        id(&sent)
    };
    let (good, bad) = (
        held("@tilab une question").await,
        held("@tilab achetez").await,
    );
    assert!(shown(&membre, &group).await.is_empty());
    let wrapper = tilab
        .post(&format!("/api/v1/statuses/{good}/reblog"), json!({}))
        .await;
    assert_eq!(id(&wrapper["reblog"]), good);
    tilab
        .post(&format!("/api/v1/statuses/{bad}/unreblog"), json!({}))
        .await;
    assert_eq!(shown(&membre, &group).await, [good.as_str()]);
    let (status, error) = tries(&tilab, &format!("/api/v1/statuses/{bad}/reblog"), json!({})).await;
    assert_eq!(status, 422);
    assert!(error.contains("refused"), "{error}");

    // Rules are the rows of the profile.
    let rows = json!({ "fields_attributes": [
        { "name": "Règle 1", "value": "Rester courtois" }, { "name": "Sources", "value": "les citer" },
    ] });
    let path = "/api/v1/accounts/update_credentials";
    let (status, me) = tilab.ask(Method::PATCH, path, Some(&rows)).await;
    assert_eq!(status, 200, "{me}");
    assert_eq!(me["source"]["fields"][1]["value"], "Sources : les citer");
    let seen = membre.get(&format!("/api/v1/accounts/{group}")).await;
    assert_eq!(seen["fields"][0]["value"], "Rester courtois");

    // To block is to ban.
    let bond = tilab
        .post(&format!("/api/v1/accounts/{who}/block"), json!({}))
        .await;
    assert_eq!(bond["blocking"], true);
    assert_eq!(bond["followed_by"], false);
    assert_eq!(tilab.get("/api/v1/blocks").await[0]["acct"], "membre");
    let (status, _) = tries(
        &membre,
        "/api/v1/statuses",
        json!({ "status": "@tilab encore" }),
    )
    .await;
    assert_eq!(status, 422);
    let bond = tilab
        .post(&format!("/api/v1/accounts/{who}/unblock"), json!({}))
        .await;
    assert_eq!(bond["blocking"], false);
    assert_eq!(tilab.get("/api/v1/blocks").await, json!([]));

    // What only persons do is refused with what to do instead.
    for (path, body) in [
        (
            "/api/v1/statuses".to_owned(),
            json!({ "status": "Annonce" }),
        ),
        (format!("/api/v1/statuses/{good}/favourite"), json!({})),
        (format!("/api/v1/accounts/{who}/mute"), json!({})),
        (
            "/api/v1/domain_blocks".to_owned(),
            json!({ "domain": "spam.example" }),
        ),
    ] {
        let (status, error) = tries(&tilab, &path, body).await;
        assert_eq!(status, 422, "{path}: {error}");
        assert!(
            error.to_lowercase().contains("own account"),
            "{path}: {error}"
        );
    }
    // A post that is not the community's is not touched.
    let other = id(&membre
        .post("/api/v1/statuses", json!({ "status": "Hors communauté" }))
        .await);
    for gesture in ["reblog", "unreblog", "pin"] {
        let path = format!("/api/v1/statuses/{other}/{gesture}");
        let (status, error) = tries(&tilab, &path, json!({})).await;
        assert_eq!(status, 422, "{path}: {error}");
    }

    let log = log(&lab, &["tilab"]);
    let deeds: Vec<&str> = log.iter().map(|(deed, _, _)| deed.as_str()).collect();
    for deed in [
        "admitted",
        "vouched",
        "removed",
        "restored",
        "pinned",
        "marked",
        "approved",
        "refused",
        "banned",
        "unbanned",
        "edited",
        "configured",
    ] {
        assert!(deeds.contains(&deed), "{deed} is not in {deeds:?}");
    }
    let restored = deeds.iter().filter(|deed| **deed == "restored").count();
    assert_eq!(restored, 1);
    for (deed, by, door) in &log {
        if door == "app" {
            assert!(by.contains("mod"), "{deed} by {by}");
        }
    }
    assert!(log.iter().any(|(_, _, door)| door == "app"));
}

async fn rights_are_those_of_the_role_and_end_with_it(db: Db) {
    let lab = Lab::start(db).await;
    let (tilab, membre) = team(&lab, "facilitator");
    let group = id_of(&tilab, "tilab").await;
    membre
        .post(&format!("/api/v1/accounts/{group}/follow"), json!({}))
        .await;
    let post = id(&membre
        .post("/api/v1/statuses", json!({ "status": "@tilab bonjour" }))
        .await);
    let who = id_of(&tilab, "membre").await;
    // A facilitator puts threads on top, and neither bans nor removes, nor sees reports.
    tilab
        .post(&format!("/api/v1/statuses/{post}/pin"), json!({}))
        .await;
    for path in [
        format!("/api/v1/accounts/{who}/block"),
        format!("/api/v1/accounts/{who}/remove_from_followers"),
        format!("/api/v1/statuses/{post}/unreblog"),
    ] {
        let (status, error) = tries(&tilab, &path, json!({})).await;
        assert_eq!(status, 403, "{path}: {error}");
        assert!(error.contains("moderators"), "{error}");
    }
    assert_eq!(shown(&membre, &group).await, [post.as_str()]);
    assert_eq!(tilab.status("/api/v1/admin/reports").await, 403);
    let change = json!({ "note": "À moi" });
    let path = "/api/v1/accounts/update_credentials";
    let (status, _) = tilab.ask(Method::PATCH, path, Some(&change)).await;
    assert_eq!(status, 403);

    // Rights change with the role, and end with it, for the same token.
    lab.run(&["moderator", "add", "tilab", "mod", "--role", "moderator"]);
    tilab
        .post(
            &format!("/api/v1/accounts/{who}/remove_from_followers"),
            json!({}),
        )
        .await;
    let bond = membre
        .get(&format!("/api/v1/accounts/relationships?id[]={group}"))
        .await;
    assert_eq!(bond[0]["following"], false);
    lab.run(&["moderator", "remove", "tilab", "mod"]);
    assert_eq!(
        tilab.status("/api/v1/accounts/verify_credentials").await,
        401
    );
    let (status, _) = tries(&tilab, &format!("/api/v1/accounts/{who}/block"), json!({})).await;
    assert_eq!(status, 401);
}

#[expect(
    clippy::too_many_lines,
    reason = "one scene, asked about from all sides"
)]
async fn reports_and_servers_are_looked_after(db: Db) {
    let lab = Lab::start(db).await;
    let (tilab, membre) = team(&lab, "moderator");
    lab.account("chef");
    lab.account("autre");
    lab.run(&["account", "role", "chef", "admin"]);
    let scopes = ["--scopes", "read write admin:read admin:write"];
    let chef = lab.member_with("chef", &scopes);
    // The scope alone is not enough, nor the role alone.
    let mod_alone = lab.member_with("mod", &scopes);
    let plain = lab.member("chef");
    for path in [
        "/api/v1/admin/accounts",
        "/api/v2/admin/accounts",
        "/api/v1/admin/reports",
        "/api/v1/admin/domain_blocks",
        "/api/v1/admin/domain_allows",
    ] {
        assert_eq!(chef.status(path).await, 200, "{path}");
        assert_eq!(mod_alone.status(path).await, 403, "{path}");
        assert_eq!(plain.status(path).await, 403, "{path}");
        assert_eq!(lab.stranger().status(path).await, 401, "{path}");
    }
    assert_eq!(tilab.status("/api/v1/admin/accounts").await, 403);
    assert_eq!(tilab.status("/api/v1/admin/reports").await, 200);

    // A report of a post waits for its community, and is not another's.
    let autre = lab.member("autre");
    let group = id_of(&tilab, "tilab").await;
    autre
        .post(&format!("/api/v1/accounts/{group}/follow"), json!({}))
        .await;
    let post = id(&autre
        .post(
            "/api/v1/statuses",
            json!({ "status": "@tilab n'importe quoi" }),
        )
        .await);
    let culprit = id_of(&tilab, "autre").await;
    membre
        .post(
            "/api/v1/reports",
            json!({ "account_id": culprit, "status_ids": [post], "comment": "Insultes" }),
        )
        .await;
    lab.run(&["moderator", "add", "utilo", "mod", "--role", "moderator"]);
    let utilo = lab.member_with(
        "mod",
        &[
            "--as",
            "utilo",
            "--scopes",
            "read write admin:read admin:write",
        ],
    );
    assert_eq!(utilo.get("/api/v1/admin/reports").await, json!([]));
    let reports = tilab.get("/api/v1/admin/reports").await;
    let report = &reports[0];
    assert_eq!(report["comment"], "Insultes");
    assert_eq!(report["account"]["username"], "membre");
    assert_eq!(report["target_account"]["username"], "autre");
    assert_eq!(id(&report["statuses"][0]), post);
    assert_eq!(report["target_account"]["email"], "");
    let path = format!("/api/v1/admin/reports/{}", id(report));
    assert_eq!(utilo.status(&path).await, 404);
    assert_eq!(chef.get(&path).await["id"], report["id"]);
    let mine = tilab
        .post(&format!("{path}/assign_to_self"), json!({}))
        .await;
    assert_eq!(mine["assigned_account"]["username"], "mod");
    let spam = tilab.put(&path, json!({ "category": "spam" })).await;
    assert_eq!(spam["category"], "spam");
    let none = tilab.post(&format!("{path}/unassign"), json!({})).await;
    assert_eq!(none["assigned_account"], Value::Null);
    let closed = tilab.post(&format!("{path}/resolve"), json!({})).await;
    assert_eq!(closed["action_taken"], true);
    assert_eq!(closed["action_taken_by_account"]["username"], "mod");
    assert_eq!(tilab.get("/api/v1/admin/reports").await, json!([]));
    let closed = tilab.get("/api/v1/admin/reports?resolved=true").await;
    assert_eq!(closed.as_array().map(Vec::len), Some(1));
    let open = tilab.post(&format!("{path}/reopen"), json!({})).await;
    assert_eq!(open["action_taken"], false);
    let deeds = log(&lab, &["tilab"]);
    assert!(
        deeds
            .iter()
            .any(|(deed, by, _)| deed == "reopened" && by.contains("mod"))
    );

    // Accounts: disabled ones are told so, suspended ones are not seen, and only those
    // are deleted.
    let accounts = chef
        .get("/api/v2/admin/accounts?origin=local&username=aut")
        .await;
    assert_eq!(accounts.as_array().map(Vec::len), Some(1), "{accounts}");
    assert_eq!(id(&accounts[0]), culprit);
    let path = format!("/api/v1/admin/accounts/{culprit}");
    let action = format!("{path}/action");
    chef.post(&action, json!({ "type": "disable" })).await;
    assert_eq!(
        autre.status("/api/v1/accounts/verify_credentials").await,
        403
    );
    assert_eq!(chef.get(&path).await["disabled"], true);
    let back = chef.post(&format!("{path}/enable"), json!({})).await;
    assert_eq!(back["disabled"], false);
    assert_eq!(
        autre.status("/api/v1/accounts/verify_credentials").await,
        200
    );
    assert_eq!(
        tries(&chef, &action, json!({ "type": "silence" })).await.0,
        422
    );
    let (status, _) = chef.ask(Method::DELETE, &path, None).await;
    assert_eq!(status, 403, "only suspended accounts are deleted");
    chef.post(
        &action,
        json!({ "type": "suspend", "report_id": report["id"], "text": "Insultes" }),
    )
    .await;
    assert_eq!(chef.get(&path).await["suspended"], true);
    assert_eq!(
        autre.status("/api/v1/accounts/verify_credentials").await,
        403
    );
    let suspended = chef.get("/api/v1/admin/accounts?suspended=true").await;
    assert_eq!(id(&suspended[0]), culprit);
    let dealt = chef
        .get(&format!("/api/v1/admin/reports/{}", id(report)))
        .await;
    assert_eq!(dealt["action_taken"], true);
    let back = chef.post(&format!("{path}/unsuspend"), json!({})).await;
    assert_eq!(back["suspended"], false);
    chef.post(&action, json!({ "type": "suspend" })).await;
    chef.delete(&path).await;
    assert_eq!(chef.status(&path).await, 404);
    // Nobody does it to themselves, or to another administrator.
    let own = id_of(&chef, "chef").await;
    let own = format!("/api/v1/admin/accounts/{own}/action");
    assert_eq!(
        tries(&chef, &own, json!({ "type": "suspend" })).await.0,
        403
    );

    // Servers.
    let blocks = "/api/v1/admin/domain_blocks";
    let block = chef
        .post(
            blocks,
            json!({ "domain": "spam.example", "severity": "suspend", "public_comment": "Spam", "obfuscate": true }),
        )
        .await;
    assert_eq!(block["severity"], "suspend");
    let path = format!("{blocks}/{}", id(&block));
    let limited = chef.put(&path, json!({ "severity": "silence" })).await;
    assert_eq!(limited["id"], block["id"]);
    assert_eq!(limited["severity"], "silence");
    assert_eq!(limited["private_comment"], "Spam");
    let peers = lab.run(&["peer", "list", "--decided", "--json"]);
    assert!(
        peers.contains("spam.example") && peers.contains("limited"),
        "{peers}"
    );
    chef.delete(&path).await;
    assert_eq!(chef.get(blocks).await, json!([]));
    assert_eq!(
        tries(&chef, blocks, json!({ "domain": "x y" })).await.0,
        422
    );
    let allow = chef
        .post(
            "/api/v1/admin/domain_allows",
            json!({ "domain": "ami.example" }),
        )
        .await;
    assert_eq!(allow["domain"], "ami.example");
    chef.delete(&format!("/api/v1/admin/domain_allows/{}", id(&allow)))
        .await;

    let deeds = log(&lab, &["--server"]);
    for deed in [
        "disabled",
        "enabled",
        "suspended",
        "reinstated",
        "deleted",
        "decided",
    ] {
        let (_, by, door) = deeds
            .iter()
            .find(|(found, _, _)| found == deed)
            .unwrap_or_else(|| panic!("{deed} is not in {deeds:?}"));
        assert!(
            by.contains("chef") && door == "app",
            "{deed} by {by} through {door}"
        );
    }
}

//! Bans from the whole server, by who runs it and by a person's own server.

use archipel_tests::peer::mastodon::Toot;
use archipel_tests::peer::{Person, threadiverse};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, PUBLIC, both, eventually};
use serde_json::{Value, json};

use crate::attacks::fate;
use crate::posting::follower;

both!(
    who_runs_the_server_bans_from_all_of_it,
    c54_a_server_bans_its_own_people_and_nobody_else,
    c54_nobody_bans_their_neighbours_or_lets_themselves_in
);

async fn shown(lab: &Lab, community: &str, id: &str, shown: bool) {
    eventually(&format!("{id} shown: {shown}"), PATIENCE, || async {
        let outbox = lab.outbox(community).await;
        let found = outbox
            .iter()
            .any(|item| archipel_tests::surface::subject_of(item) == id);
        (found == shown).then_some(())
    })
    .await;
}

fn site_ban(by: &Person, whom: &str, site: &str) -> Value {
    json!({
        "id": by.activity_id("block"), "type": "Block", "actor": by.id, "to": [PUBLIC], "cc": [],
        "object": whom, "target": site, "removeData": true, "summary": "Spam",
    })
}

/// Each community concerned says the ban as its own, which all understand; of people
/// here their home, this server, says it too.
async fn who_runs_the_server_bans_from_all_of_it(db: Db) {
    let lab = Lab::start(db).await;
    let (tilab, utilo) = (lab.community("tilab"), lab.community("utilo"));
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    lena.says(&lab, &threadiverse::follow(&lena, &utilo)).await;
    let mut ids = Vec::new();
    for group in [&tilab, &utilo] {
        let toot = Toot::by(&alice, "Bonjour").to_group(group).post();
        alice.says_and_is_heard(&lab, &toot.create).await;
        lemmy.hears_announce_of(&toot.id).await;
        ids.push(toot.id);
    }
    lab.run(&["account", "create", "yann"]);
    lab.run(&["moderator", "add", "tilab", "yann", "--role", "owner"]);
    let by_owner = lab.cli(&["moderate", "ban", "--server", &alice.id, "--as", "yann"]);
    assert!(
        !by_owner.status.success(),
        "owners hold a community, not the server"
    );
    lab.run(&["account", "create", "ada"]);
    lab.run(&["account", "role", "ada", "admin"]);
    assert_eq!(lab.json(&["account", "show", "ada"])["role"], "admin");
    let ban = ["moderate", "ban", "--server", &alice.id, "--days", "7"];
    let why = ["--remove-content", "--reason", "Spam", "--as", "ada"];
    lab.run(&[&ban[..], &why].concat());
    for (group, handle, id) in [(&tilab, "tilab", &ids[0]), (&utilo, "utilo", &ids[1])] {
        let heard = lemmy
            .hears("Announce", |said| {
                said["actor"] == **group && said["object"]["type"] == "Block"
            })
            .await;
        let block = &heard["object"];
        assert_eq!(block["object"], alice.id);
        assert_eq!(block["target"], **group);
        // Lemmy and PieFed believe persons only.
        assert_eq!(block["actor"], lab.url("/u/ada"));
        assert_eq!(block["removeData"], true);
        assert!(block["endTime"].is_string() && block["endTime"] == block["expires"]);
        shown(&lab, handle, id, false).await;
        let toot = Toot::by(&alice, "Encore").to_group(group).post();
        alice.says(&lab, &toot.create).await;
        assert_eq!(fate(&lab, &toot.create).await, "refused");
    }
    microblog.hears("Reject", |_| true).await;
    microblog
        .hears("Create", |said| {
            let text = said["object"]["content"].as_str().unwrap_or_default();
            said["actor"] == lab.url("/") && text.contains("Motif : Spam")
        })
        .await;
    let log = lab.list(&["log", "--server"]);
    assert_eq!(
        (&log[0]["measure"], &log[0]["actor"]),
        (&json!("banned"), &json!(alice.id))
    );
    assert!(lab.list(&["log", "utilo"]).is_empty());
    lab.run(&[
        "moderate",
        "unban",
        "--server",
        &alice.id,
        "--restore-content",
    ]);
    let end = lemmy
        .hears("Announce", |said| {
            let undone = &said["object"]["object"];
            said["actor"] == utilo && undone["type"] == "Block"
        })
        .await;
    assert_eq!(end["object"]["type"], "Undo");
    assert_eq!(end["object"]["object"]["target"], utilo);
    shown(&lab, "tilab", &ids[0], true).await;

    // Somebody who lives here.
    lab.run(&["moderate", "ban", "--server", "yann"]);
    let block = lemmy.hears("Block", |_| true).await;
    assert_eq!(block["target"], lab.url("/"));
    assert_eq!(block["object"], lab.url("/u/yann"));
    let post = lab.cli(&["post", "yann", "--to", "utilo", "--title", "T", "x"]);
    assert!(!post.status.success());
}

/// C54: believed of their own people, of nobody else, and only by themselves.
async fn c54_a_server_bans_its_own_people_and_nobody_else(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let (piefed, paul) = follower(&lab, Family::PieFed, "paul").await;
    let admin = lemmy.person("admin");
    let page = threadiverse::page(&lena, &group, Some("Titre"), "Texte");
    lena.says_and_is_heard(&lab, &page.create).await;
    shown(&lab, "tilab", &page.id, true).await;
    lab.run(&["account", "create", "yann"]);
    let site = lemmy.url("/");
    for (by, ban) in [
        // Another server's people, ours, and under a foreign name.
        (&admin, site_ban(&admin, &paul.id, &site)),
        (&admin, site_ban(&admin, &lab.url("/u/yann"), &site)),
        (&admin, site_ban(&admin, &lab.url("/u/yann"), &lab.url("/"))),
        (&paul, site_ban(&paul, &lena.id, &site)),
        (&paul, site_ban(&paul, &lena.id, &piefed.url("/"))),
        (&admin, site_ban(&admin, &lemmy.url("/u/unknown"), &site)),
    ] {
        by.says(&lab, &ban).await;
        assert_eq!(fate(&lab, &ban).await, "refused", "{ban}");
    }
    assert!(lab.list(&["log", "--server"]).is_empty());
    lab.post("yann", "tilab", "Toujours là", "x");

    let ban = site_ban(&admin, &lena.id, &site);
    admin.says(&lab, &ban).await;
    assert_eq!(fate(&lab, &ban).await, "done");
    shown(&lab, "tilab", &page.id, false).await;
    let again = threadiverse::page(&lena, &group, Some("Encore"), "Texte");
    lena.says(&lab, &again.create).await;
    assert_eq!(fate(&lab, &again.create).await, "refused");
    let undo = |by: &Person| {
        json!({
            "id": by.activity_id("undo"), "type": "Undo", "actor": by.id, "to": [PUBLIC],
            "object": ban, "restoreData": true,
        })
    };
    let by_other = undo(&paul);
    paul.says(&lab, &by_other).await;
    assert_eq!(fate(&lab, &by_other).await, "refused");
    let end = undo(&admin);
    admin.says(&lab, &end).await;
    assert_eq!(fate(&lab, &end).await, "done");
    shown(&lab, "tilab", &page.id, true).await;
    let third = threadiverse::page(&lena, &group, Some("Enfin"), "Texte");
    lena.says(&lab, &third.create).await;
    assert_eq!(fate(&lab, &third.create).await, "done");
}

/// C54: of a microblog's people none speaks for it, and nobody banned by their own server
/// takes that back.
async fn c54_nobody_bans_their_neighbours_or_lets_themselves_in(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let mallory = microblog.person("mallory");
    let toot = Toot::by(&alice, "Bonjour").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    microblog.hears_announce_of(&toot.id).await;
    let ban = site_ban(&mallory, &alice.id, &microblog.url("/"));
    mallory.says(&lab, &ban).await;
    assert_eq!(fate(&lab, &ban).await, "refused");
    let removal = json!({
        "id": mallory.activity_id("delete"), "type": "Delete", "actor": mallory.id,
        "to": [PUBLIC], "object": toot.id, "summary": "Hors sujet",
    });
    mallory.says(&lab, &removal).await;
    assert_eq!(fate(&lab, &removal).await, "refused");
    shown(&lab, "tilab", &toot.id, true).await;

    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let admin = lemmy.person("admin");
    let ban = site_ban(&admin, &lena.id, &lemmy.url("/"));
    admin.says(&lab, &ban).await;
    assert_eq!(fate(&lab, &ban).await, "done");
    let undo = json!({
        "id": lena.activity_id("undo"), "type": "Undo", "actor": lena.id, "to": [PUBLIC],
        "object": ban,
    });
    lena.says(&lab, &undo).await;
    assert_eq!(fate(&lab, &undo).await, "refused");
    // What was decided here as well is not for the other server to end.
    lab.run(&["moderate", "ban", "--server", &lena.id]);
    let undo = json!({
        "id": admin.activity_id("undo"), "type": "Undo", "actor": admin.id, "to": [PUBLIC],
        "object": ban,
    });
    admin.says(&lab, &undo).await;
    assert_eq!(fate(&lab, &undo).await, "refused");
    let page = threadiverse::page(&lena, &group, Some("Encore"), "Texte");
    lena.says(&lab, &page.create).await;
    assert_eq!(fate(&lab, &page.create).await, "refused");
}

//! What moderators may change of their community and of what others wrote, and that
//! it is no more than that.

use archipel_tests::peer::mastodon::{self, Toot};
use archipel_tests::peer::{Person, threadiverse};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, PUBLIC, Peer, both, eventually};
use serde_json::{Value, json};

use crate::attacks::fate;
use crate::posting::follower;

both!(
    a_moderator_changes_what_the_community_says_of_itself,
    c44_of_others_posts_only_the_mark_is_changed,
    requests_are_decided_by_those_who_may
);

fn update(by: &Person, object: &Value) -> Value {
    json!({
        "id": by.activity_id("update"), "type": "Update", "actor": by.id, "to": [PUBLIC],
        "cc": [], "object": object,
    })
}

fn measures(lab: &Lab) -> Vec<String> {
    lab.list(&["log", "tilab"])
        .iter()
        .map(|row| row["measure"].as_str().expect("a word").to_owned())
        .collect()
}

/// Name, description, rules: never keys, addresses or who may post.
async fn a_moderator_changes_what_the_community_says_of_itself(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let before = lab.document("/c/tilab").await;
    let mut theirs = before.clone();
    theirs["name"] = json!("Ti Lab <b>nouveau</b>");
    theirs["source"] = json!({"content": "Ce que nous apprenons", "mediaType": "text/markdown"});
    theirs["summary"] = json!("<script>x</script>");
    theirs["inbox"] = json!("https://evil.example/inbox");
    theirs["publicKey"]["publicKeyPem"] = json!("x");
    theirs["postingRestrictedToMods"] = json!(true);
    let by_nobody = update(&lena, &theirs);
    lena.says(&lab, &by_nobody).await;
    assert_eq!(fate(&lab, &by_nobody).await, "refused");
    lab.run(&["moderator", "add", "tilab", &lena.id]);
    let edit = update(&lena, &theirs);
    lena.says(&lab, &edit).await;
    assert_eq!(fate(&lab, &edit).await, "done");
    let after = eventually("the new name", PATIENCE, || async {
        let now = lab.document("/c/tilab").await;
        (now["name"] == "Ti Lab nouveau").then_some(now)
    })
    .await;
    assert_eq!(after["summary"], "<p>Ce que nous apprenons</p>");
    for same in [
        "id",
        "inbox",
        "publicKey",
        "postingRestrictedToMods",
        "preferredUsername",
    ] {
        assert_eq!(after[same], before[same], "{same}");
    }
    let said = lemmy.hears("Update", |said| said["actor"] == group).await;
    assert_eq!(said["object"]["name"], "Ti Lab nouveau");
    lab.run(&["account", "create", "yann"]);
    let denied = lab.cli(&["community", "set", "tilab", "--title", "T", "--as", "yann"]);
    assert!(!denied.status.success());
    lab.run(&["moderator", "add", "tilab", "yann"]);
    lab.run(&["community", "set", "tilab", "--title", "T", "--as", "yann"]);
    let heard = lemmy
        .hears("Announce", |said| said["object"]["type"] == "Update")
        .await;
    assert_eq!(heard["object"]["actor"], lab.url("/u/yann"));
    assert_eq!(heard["object"]["object"]["name"], "T");
    let denied = lab.cli(&[
        "community",
        "set",
        "tilab",
        "--post",
        "members",
        "--as",
        "yann",
    ]);
    assert!(!denied.status.success(), "that takes an owner");
    lab.run(&["community", "set", "tilab", "--post", "members"]);
    assert_eq!(measures(&lab)[..2], ["configured", "edited"]);
}

/// C44, Mbin: the mark and the lock; text stays its author's.
async fn c44_of_others_posts_only_the_mark_is_changed(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (_lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let (_microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    lab.run(&["account", "create", "yann"]);
    let url = lab.post("yann", "tilab", "Titre", "Texte");
    let before = lab.document_at(&url).await;
    let mut theirs = before.clone();
    theirs["sensitive"] = json!(true);
    theirs["content"] = json!("<p>Autre chose</p>");
    theirs["name"] = json!("Autre titre");
    let by_nobody = update(&lena, &theirs);
    lena.says(&lab, &by_nobody).await;
    assert_eq!(fate(&lab, &by_nobody).await, "refused");
    lab.run(&["moderator", "add", "tilab", &lena.id]);
    let mark = update(&lena, &theirs);
    lena.says(&lab, &mark).await;
    assert_eq!(fate(&lab, &mark).await, "done");
    let after = lab.document_at(&url).await;
    assert_eq!(after["sensitive"], true);
    assert_eq!(
        (&after["content"], &after["name"]),
        (&before["content"], &before["name"])
    );
    // Who says nothing of the mark does not take it away.
    let mut silent = theirs.clone();
    silent.as_object_mut().expect("a post").remove("sensitive");
    let silent = update(&lena, &silent);
    lena.says(&lab, &silent).await;
    assert_eq!(fate(&lab, &silent).await, "refused");
    assert_eq!(lab.document_at(&url).await["sensitive"], true);
    lab.run(&["moderate", "unmark", &url]);
    assert_eq!(lab.document_at(&url).await["sensitive"], false);

    let toot = Toot::by(&alice, "Bonjour").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    let mut theirs = toot.create["object"].clone();
    theirs["commentsEnabled"] = json!(false);
    let lock = update(&lena, &theirs);
    lena.says(&lab, &lock).await;
    assert_eq!(fate(&lab, &lock).await, "done");
    let reply = threadiverse::comment(&alice, &group, &toot.id, &alice.id, "Non");
    alice.says(&lab, &reply.create).await;
    assert_eq!(fate(&lab, &reply.create).await, "refused");
    assert_eq!(measures(&lab)[..3], ["locked", "unmarked", "marked"]);
}

/// Letting in and turning away are measures like all others, with a line in the log.
async fn requests_are_decided_by_those_who_may(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    lab.run(&["community", "set", "tilab", "--join", "approval"]);
    lab.run(&["account", "create", "yann"]);
    let peer = Peer::start(Family::Mastodon).await;
    let (alice, eve) = (peer.person("alice"), peer.person("eve"));
    for one in [&alice, &eve] {
        one.says_and_is_heard(&lab, &mastodon::follow(one, &group))
            .await;
    }
    let accept = ["community", "accept", "tilab", &alice.id, "--as", "yann"];
    assert!(!lab.cli(&accept).status.success());
    lab.run(&["moderator", "add", "tilab", "yann", "--role", "facilitator"]);
    lab.run(&accept);
    peer.hears("Accept", |_| true).await;
    lab.run(&[
        "community",
        "reject",
        "tilab",
        &eve.id,
        "--as",
        "yann",
        "--reason",
        "Robot",
    ]);
    peer.hears("Reject", |_| true).await;
    // Putting out who is in takes a moderator.
    let out = lab.cli(&["community", "reject", "tilab", &alice.id, "--as", "yann"]);
    assert!(!out.status.success());
    assert_eq!(measures(&lab)[..2], ["turned_away", "admitted"]);
}

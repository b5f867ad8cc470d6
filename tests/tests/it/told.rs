//! What people of this server are told and shown: letters of communities elsewhere,
//! sentences of the command line, and what the page of a community says of it.

use std::io::Read as _;
use std::process::Stdio;

use archipel_tests::peer::mastodon::{Scope, Toot};
use archipel_tests::peer::threadiverse;
use archipel_tests::{Db, Family, Lab, both};
use serde_json::json;

use crate::attacks::fate;
use crate::posting::follower;
use crate::remote::followed;

both!(
    letters_of_communities_elsewhere_are_read_here,
    what_went_with_a_ban_comes_back_by_itself,
    a_page_is_not_folded_away,
    a_refusal_says_what_to_do,
    a_community_shows_its_rules_and_team
);

/// A community elsewhere writes to somebody here alone: they find it among what they were
/// told, once. What people write to each other is not shown to who runs the server.
async fn letters_of_communities_elsewhere_are_read_here(db: Db) {
    let lab = Lab::start(db).await;
    let ada = lab.account("ada");
    let (home, photo) = followed(&lab, Family::Lemmy, "photo").await;
    let letter = Toot::by(&photo.group, "Votre message attend.")
        .mentioning(&ada)
        .scope(Scope::Direct)
        .post();
    for _ in 0..2 {
        photo.group.says(&lab, &letter.create).await;
        assert_eq!(fate(&lab, &letter.create).await, "done");
    }
    let mia = home.person("mia");
    let private = Toot::by(&mia, "Entre nous")
        .mentioning(&ada)
        .scope(Scope::Direct)
        .post();
    mia.says(&lab, &private.create).await;
    assert_eq!(fate(&lab, &private.create).await, "done");
    let told = lab.list(&["account", "notices", "ada"]);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["cause"], "letter");
    let text = told[0]["text"].as_str().expect("a text");
    assert!(text.contains("Votre message attend."), "{text}");
}

/// A ban elsewhere took posts along; the community names each that comes back, before or
/// after it ends the ban. What was removed by itself before stays removed.
async fn what_went_with_a_ban_comes_back_by_itself(db: Db) {
    let lab = Lab::start(db).await;
    let ada = lab.account("ada");
    let (home, photo) = followed(&lab, Family::Lemmy, "photo").await;
    let mia = home.person("mia");
    let group = photo.group.id.clone();
    let mut posts = Vec::new();
    for title in ["Un", "Deux", "Trois"] {
        posts.push(lab.post("ada", &group, title, "texte"));
    }
    let more = json!({ "summary": "Hors sujet" });
    let removal = |post: &str| photo.decision(&mia, "Delete", post, &more);
    assert_eq!(photo.announces(&lab, &removal(&posts[2])).await.0, "done");
    let more = json!({ "target": group, "removeData": true });
    let ban = photo.decision(&mia, "Block", &ada, &more);
    assert_eq!(photo.announces(&lab, &ban).await.0, "done");
    assert!(lab.threads(&group).is_empty());

    let back = photo.undone(&mia, &removal(&posts[0]));
    assert_eq!(photo.announces(&lab, &back).await.0, "done");
    let end = photo.undone(&mia, &ban);
    assert_eq!(photo.announces(&lab, &end).await.0, "done");
    let back = photo.undone(&mia, &removal(&posts[1]));
    assert_eq!(photo.announces(&lab, &back).await.0, "done");
    let mut shown: Vec<String> = lab
        .threads(&group)
        .iter()
        .map(|thread| thread["uri"].as_str().expect("an address").to_owned())
        .collect();
    shown.sort();
    assert_eq!(shown, posts[..2]);
    // Named twice, it came back once.
    assert_eq!(photo.announces(&lab, &back).await.0, "refused");
}

/// The summary of a page is its beginning, not a warning, unless it is sensitive.
async fn a_page_is_not_folded_away(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (_lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    for (sensitive, folded) in [(false, false), (true, true)] {
        let mut page = threadiverse::page(&lena, &group, Some("Retour"), "Nos notes du jour");
        page.create["object"]["summary"] = json!("Nos notes");
        page.create["object"]["sensitive"] = json!(sensitive);
        lena.says(&lab, &page.create).await;
        assert_eq!(fate(&lab, &page.create).await, "done");
        let list = lab.get("/c/tilab", "text/html").await.text;
        let (_, after) = list.split_once("href=\"/p/").expect("a thread");
        let id = after.split_once('"').expect("an address").0;
        let shown = lab.get(&format!("/p/{id}"), "text/html").await.text;
        assert!(shown.contains("Nos notes du jour"), "{shown}");
        assert_eq!(shown.contains("Avertissement"), folded, "{shown}");
    }
}

async fn a_refusal_says_what_to_do(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    lab.account("bea");
    let post = lab.post("ada", "tilab", "Bonjour", "texte");
    lab.run(&["moderate", "lock", &post]);
    lab.run(&["community", "set", "tilab", "--rules", "Respect"]);
    let cases: [(&[&str], &str); 6] = [
        (
            &["moderate", "remove", &post, "--as", "bea"],
            "not permitted: moderators_only: only moderators",
        ),
        (
            &["reply", "bea", &post, "Non"],
            "locked: the thread is locked and takes replies of moderators only",
        ),
        (
            &["moderate", "warn", "tilab", "ada", "--rule", "2"],
            "there is no rule 2: the community has 1",
        ),
        (
            &["moderate", "ban", "--server", "ada", "--rule", "1"],
            "there is no rule 1",
        ),
        (&["peer", "retry", "nobody.example"], "peer list"),
        (&["account", "notices", "tilab"], "account list"),
    ];
    for (args, words) in cases {
        let output = lab.cli(args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{args:?}");
        assert!(said.contains(words), "{args:?}: {said}");
    }
    lab.run(&["account", "suspend", "bea", "--yes"]);
    assert!(lab.notices("bea").is_empty());

    let quiet = lab.cli(&["account", "list"]);
    assert!(quiet.stderr.is_empty(), "{quiet:?}");

    // A name above still counts when one below it is let go.
    lab.run(&["peer", "block", "bad.example", "--yes"]);
    lab.run(&["peer", "limit", "sub.bad.example"]);
    let lifted = lab.run(&["peer", "lift", "sub.bad.example"]);
    assert!(lifted.contains("is blocked now"), "{lifted}");

    // Whoever reads a list may stop reading: that is no failure.
    let mut child = lab
        .command()
        .args(["moderate", "rights", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    drop(child.stdout.take());
    let mut said = String::new();
    let mut stderr = child.stderr.take().expect("a pipe");
    stderr.read_to_string(&mut said).expect("what it said");
    assert!(child.wait().expect("an end").success(), "{said}");
    assert!(said.is_empty(), "{said}");
}

async fn a_community_shows_its_rules_and_team(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    lab.account("faye");
    lab.run(&["moderator", "add", "tilab", "ada", "--role", "owner"]);
    let facilitator = ["moderator", "add", "tilab", "faye", "--role", "facilitator"];
    lab.run(&facilitator);
    let rules = "Respect & écoute\nPas de publicité";
    lab.run(&["community", "set", "tilab", "--rules", rules]);
    let post = lab.post("ada", "tilab", "Bienvenue", "Lisez ceci.");
    let page = async || lab.get("/c/tilab", "text/html").await.text;
    assert!(!page().await.contains("Discussions en avant"));
    lab.run(&["moderate", "pin", &post]);
    let shown = page().await;
    let (_, rules) = shown.split_once("Règles</h2>").expect("rules");
    let (rules, rest) = rules.split_once("</ol>").expect("a list of them");
    assert!(rules.contains("<li>Respect &#38; écoute</li>\n<li>Pas de publicité</li>"));
    let (_, team) = rest.split_once("Qui modère</h2>").expect("a team");
    let (team, rest) = team.split_once("</ul>").expect("a list of them");
    assert!(team.contains("@ada@") && !team.contains("faye"), "{team}");
    let (_, pinned) = rest.split_once("Discussions en avant</h2>").expect("one");
    let (pinned, _) = pinned.split_once("</section>").expect("an end");
    assert!(pinned.contains("Bienvenue"), "{pinned}");
}

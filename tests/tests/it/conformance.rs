//! Cases of the interoperability and security notes that belong to no other scenario.

use archipel_tests::peer::mastodon::{self, Toot};
use archipel_tests::peer::{Person, flags, threadiverse};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, PUBLIC, Peer, both, clock, eventually};
use serde_json::{Value, json};

use crate::attacks::{fate, shown};
use crate::posting::follower;

both!(
    c39_a_boost_is_of_now,
    c43_who_wants_to_be_asked_is_not_boosted,
    c44_the_newest_edit_wins_and_may_come_first,
    c45_a_deletion_in_every_form,
    c52_moderators_name_others,
    c58_a_moderator_whom_others_ban,
    sec_c1_c2_nothing_of_a_peer_is_markup
);

fn about(by: &Person, kind: &str, object: &Value) -> Value {
    json!({
        "id": by.activity_id(&kind.to_lowercase()), "type": kind, "actor": by.id,
        "to": [PUBLIC], "object": object,
    })
}

/// C39: Mastodon dates a boost by `published` and leaves old ones out of home timelines:
/// it is when the community announced, not when the post was written.
async fn c39_a_boost_is_of_now(db: Db) {
    let lab = Lab::start(db).await;
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    let mut toot = Toot::by(&alice, "Vieux").to_group(&lab.community("tilab"));
    toot = toot.mentioning(&alice.id);
    let mut toot = toot.post();
    let before = clock::rfc3339(clock::now());
    let old = json!("2020-01-01T00:00:00Z");
    (toot.create["published"], toot.create["object"]["published"]) = (old.clone(), old);
    alice.says_and_is_heard(&lab, &toot.create).await;
    for peer in [&microblog, &lemmy] {
        let boost = peer.hears_announce_of(&toot.id).await;
        let published = boost["published"].as_str().expect("a date");
        assert!(published[..16] >= before[..16], "{published} < {before}");
    }
}

/// C43: a community boosts no post whose author wants to be asked before (GoToSocial);
/// those that know communities get it, as it came.
async fn c43_who_wants_to_be_asked_is_not_boosted(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::GoToSocial, "alice").await;
    let (other, _) = follower(&lab, Family::Mastodon, "bob").await;
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    let mut ids = Vec::new();
    for (text, policy) in [
        (
            "demander",
            json!({ "automaticApproval": [], "manualApproval": [PUBLIC] }),
        ),
        ("personne", json!({ "automaticApproval": [alice.id] })),
        ("tous", json!({ "automaticApproval": [PUBLIC] })),
        ("rien", json!(null)),
    ] {
        let mut toot = Toot::by(&alice, text).to_group(&group).post();
        toot.create["object"]["interactionPolicy"] = json!({ "canAnnounce": policy });
        alice.says(&lab, &toot.create).await;
        assert_eq!(fate(&lab, &toot.create).await, "done");
        let heard = lemmy.hears_announce_of(&toot.id).await;
        assert_eq!(heard["object"], toot.create);
        ids.push(toot.id);
    }
    // Brought back, it is boosted no more than before.
    lab.run(&["moderate", "remove", &ids[0]]);
    lab.run(&["moderate", "restore", &ids[0]]);
    let last = |said: &Value| said["object"]["type"] == "Undo";
    lemmy.hears("Announce", last).await;
    for peer in [&microblog, &other] {
        for boosted in &ids[2..] {
            peer.hears_announce_of(boosted).await;
        }
        for kept in &ids[..2] {
            assert!(peer.announces_of(kept).is_empty(), "{kept}");
        }
    }
}

/// C44: by `updated`, in whatever order; an edit whose post never came brings it.
async fn c44_the_newest_edit_wins_and_may_come_first(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (lemmy, alice) = follower(&lab, Family::Lemmy, "alice").await;
    let page = threadiverse::page(&alice, &group, Some("Titre"), "Un");
    let edit = |text: &str, updated: &str| {
        let mut object = page.create["object"].clone();
        object["content"] = json!(format!("<p>{text}</p>"));
        object["updated"] = json!(updated);
        alice.peer().serve(&page.id, object.clone());
        let mut update = about(&alice, "Update", &object);
        update["audience"] = json!(group);
        update
    };
    let newest = edit("Trois", "2026-01-03T00:00:00Z");
    alice.says(&lab, &newest).await;
    assert_eq!(fate(&lab, &newest).await, "done");
    let passed = |said: &Value| said["object"] == newest;
    lemmy.hears("Announce", passed).await;
    let older = edit("Deux", "2026-01-02T00:00:00Z");
    alice.says(&lab, &older).await;
    assert_eq!(fate(&lab, &older).await, "refused");
    alice.says_and_is_heard(&lab, &page.create).await;
    let outbox = lab.outbox("tilab").await;
    assert_eq!(outbox.len(), 1, "once, as it came");
    assert_eq!(outbox[0]["object"], newest);
    let text = page_text(&lab).await;
    assert!(text.contains("Trois") && !text.contains("Deux"), "{text}");

    // Nobody else edits it, whoever shares the server.
    let bob = lemmy.person("bob");
    let mut forged = edit("Quatre", "2026-01-04T00:00:00Z");
    forged["id"] = json!(bob.activity_id("update"));
    forged["actor"] = json!(bob.id);
    bob.says(&lab, &forged).await;
    assert_eq!(fate(&lab, &forged).await, "refused");
    assert!(!page_text(&lab).await.contains("Quatre"));
}

/// The page of the newest thread in tilab.
async fn page_text(lab: &Lab) -> String {
    let list = lab.get("/c/tilab", "text/html").await.text;
    let start = list.find("href=\"/p/").expect("a thread") + "href=\"".len();
    let path: String = list[start..].chars().take_while(|c| *c != '"').collect();
    lab.get(&path, "text/html").await.text
}

/// C45: by id, as a tombstone, with the object inside; the boost is taken back, the post
/// is shown no more, and what was written here answers 410.
async fn c45_a_deletion_in_every_form(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    for form in ["id", "tombstone", "embedded"] {
        let toot = Toot::by(&alice, form).to_group(&group).post();
        alice.says_and_is_heard(&lab, &toot.create).await;
        let boost = microblog.hears_announce_of(&toot.id).await;
        let object = match form {
            "id" => json!(toot.id),
            "tombstone" => json!({ "id": toot.id, "type": "Tombstone", "atomUri": toot.id }),
            _ => toot.create["object"].clone(),
        };
        let delete = about(&alice, "Delete", &object);
        alice.says(&lab, &delete).await;
        assert_eq!(fate(&lab, &delete).await, "done", "{form}");
        let undo = |said: &Value| said["object"]["id"] == boost["id"];
        microblog.hears("Undo", undo).await;
        let passed = |said: &Value| said["object"]["id"] == delete["id"];
        let heard = lemmy.hears("Announce", passed).await;
        assert_eq!(heard["object"], delete, "as it came");
    }
    assert!(shown(&lab).await.is_empty());
    lab.account("yann");
    let post = lab.post("yann", "tilab", "Titre", "Texte");
    lab.run(&["delete-post", "yann", &post, "--yes"]);
    let path = post.replace(lab.base().as_str(), "/");
    let gone = lab.get(&path, archipel_tests::surface::ACTIVITY_JSON).await;
    assert_eq!(gone.status, 410, "{}", gone.text);
    assert_eq!(
        (&gone.json()["type"], &gone.json()["id"]),
        (&json!("Tombstone"), &json!(post))
    );
    assert!(gone.json().get("content").is_none());
}

/// C52: a moderator elsewhere names another; the list says so and all hear it. Nobody
/// else can, but who runs this server, who is on no list.
async fn c52_moderators_name_others(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let (_piefed, paul) = follower(&lab, Family::PieFed, "paul").await;
    let add = |by: &Person, who: &Person| {
        let mut add = about(by, "Add", &json!(who.id));
        add["target"] = json!(format!("{group}/moderators"));
        add["cc"] = json!([group]);
        add
    };
    let by_nobody = add(&paul, &paul);
    paul.says(&lab, &by_nobody).await;
    assert_eq!(fate(&lab, &by_nobody).await, "refused");
    lab.run(&["moderator", "add", "tilab", &lena.id]);
    let by_her = add(&lena, &paul);
    lena.says(&lab, &by_her).await;
    assert_eq!(fate(&lab, &by_her).await, "done");
    let passed = |said: &Value| said["object"]["id"] == by_her["id"];
    assert_eq!(lemmy.hears("Announce", passed).await["object"], by_her);
    let team = lab.item_ids(&format!("{group}/moderators")).await;
    assert_eq!(team, [lena.id.clone(), paul.id.clone()]);
    let document = lab.document("/c/tilab").await;
    assert_eq!(document["attributedTo"], format!("{group}/moderators"));
}

/// C58: what other servers think of a moderator of ours changes nothing; what this
/// community thinks does.
async fn c58_a_moderator_whom_others_ban(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (_lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let (piefed, paul) = follower(&lab, Family::PieFed, "paul").await;
    lab.run(&["moderator", "add", "tilab", &lena.id]);
    let mut ban = about(&paul, "Block", &json!(lena.id));
    ban["target"] = json!(piefed.url("/"));
    ban["removeData"] = json!(true);
    paul.says(&lab, &ban).await;
    assert_eq!(fate(&lab, &ban).await, "refused");
    let page = threadiverse::page(&paul, &group, Some("Titre"), "Texte");
    paul.says_and_is_heard(&lab, &page.create).await;
    let lock = about(&lena, "Lock", &json!(page.id));
    lena.says(&lab, &lock).await;
    assert_eq!(fate(&lab, &lock).await, "done");
    lab.run(&["moderate", "ban", "tilab", &lena.id]);
    let unlock = about(&lena, "Undo", &lock);
    lena.says(&lab, &unlock).await;
    assert_eq!(fate(&lab, &unlock).await, "refused");
    let reply = threadiverse::comment(&paul, &group, &page.id, &paul.id, "Oui");
    paul.says(&lab, &reply.create).await;
    assert_eq!(fate(&lab, &reply.create).await, "refused", "still locked");
}

/// What must reach no page as markup.
const ATTACK: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>\
    <svg><style><img src=x onerror=alert(2)></style></svg><iframe src=//e.example></iframe>\
    <form action=//e.example><a href=\"java\tscript:alert(1)\">x</a><a href='data:text/html,x'>y</a>";

/// C1, C2, C5, C7 of the security notes: whichever member brings it, from whichever
/// peer, pages carry nobody's markup but what is safe, links that vouch for nothing, and
/// a policy by which nothing else would run.
async fn sec_c1_c2_nothing_of_a_peer_is_markup(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let rules = ["community", "set", "tilab", "--rules", ATTACK];
    lab.run(&[&rules[..], &["--description", ATTACK]].concat());
    let peer = Peer::start(Family::Mastodon).await;
    let eve = peer.person("eve");
    eve.shows("Person", |document| {
        for member in ["name", "summary"] {
            document[member] = json!(ATTACK);
        }
        document["url"] = json!("javascript:alert(1)");
        document["attachment"] =
            json!([{ "type": "PropertyValue", "name": ATTACK, "value": ATTACK }]);
    });
    let mut page = threadiverse::page(&eve, &group, Some(ATTACK), "x").create;
    page["object"]["content"] = json!(format!(
        "{ATTACK}<p><a href=\"https://e.example/\">banque.example</a></p>"
    ));
    page["object"]["summary"] = json!(ATTACK);
    page["object"]["attachment"] = json!([
        { "type": "Link", "href": "javascript:alert(1)", "name": ATTACK },
        { "type": "Image", "url": "javascript:alert(1)", "name": ATTACK, "summary": ATTACK },
    ]);
    page["object"]["tag"] = json!([
        { "type": "Hashtag", "name": ATTACK, "href": "javascript:alert(1)" },
        { "type": "Emoji", "name": ATTACK, "icon": { "type": "Image", "url": "javascript:x" } },
    ]);
    eve.says(&lab, &page).await;
    assert_eq!(fate(&lab, &page).await, "done");
    let mut poll = crate::polls::question(&eve, &group, [1, 2]);
    poll["oneOf"][0]["name"] = json!(ATTACK);
    let asked = about(&eve, "Create", &poll);
    eve.says(&lab, &asked).await;
    assert_eq!(fate(&lab, &asked).await, "done");
    let post = page["object"]["id"].as_str().expect("an id");
    let flag = flags::lemmy(&eve, &group, post, ATTACK);
    eve.says(&lab, &mastodon::follow(&eve, &group)).await;
    eve.says(&lab, &flag).await;
    assert_eq!(fate(&lab, &flag).await, "done");
    let kept = lab.list(&["reports", "list", "tilab"]).remove(0);
    let reason = kept["reason"].as_str().expect("a reason");
    assert!(!reason.contains("<script"), "{reason}");

    let list = eventually("both threads in the list", PATIENCE, || async {
        let list = lab.get("/c/tilab", "text/html").await.text;
        (list.matches("href=\"/p/").count() >= 2).then_some(list)
    })
    .await;
    let mut paths = vec!["/".to_owned(), "/c/tilab".to_owned()];
    for part in list.split("href=\"").skip(1) {
        let path: String = part.chars().take_while(|c| *c != '"').collect();
        if path.starts_with("/p/") && !paths.contains(&path) {
            paths.push(path);
        }
    }
    are_harmless(&lab, &paths).await;
}

/// No markup of others, a policy against scripts, and links that vouch for nothing.
async fn are_harmless(lab: &Lab, paths: &[String]) {
    let mut linked = false;
    for path in paths {
        let page = lab.get(path, "text/html").await;
        assert_eq!(page.status, 200, "{path}");
        for part in [
            "<script",
            "<img",
            "<svg",
            "<style",
            "<iframe",
            "<form action=//",
            "<a href=\"java",
            "<a href=\"data:",
        ] {
            let at = page.text.find(part).map(|at| {
                page.text
                    .split_at(at)
                    .1
                    .chars()
                    .take(200)
                    .collect::<String>()
            });
            assert_eq!(at, None, "{path}: {part}");
        }
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        for link in page.text.split("<a ").filter(|it| it.contains("e.example")) {
            let tag = link.split('>').next().unwrap_or_default();
            if tag.contains("https://e.example") {
                linked = true;
                for word in ["nofollow", "noopener", "noreferrer", "ugc"] {
                    assert!(tag.contains(word), "{tag}");
                }
            }
        }
    }
    assert!(linked, "the link is there, and says where it leads");
}

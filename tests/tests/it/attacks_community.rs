//! Attacks on what a community decided: measures upon what is not its own, posts that
//! come back after a removal, locks that are walked around, and JSON-LD in disguise.

use archipel_tests::peer::mastodon::{self, Toot};
use archipel_tests::peer::{Person, threadiverse};
use archipel_tests::{Db, Family, Lab, PUBLIC, Peer, both};
use serde_json::{Value, json};

use crate::attacks::{create, fate, shown};
use crate::posting::follower;

both!(
    a6_an_edit_changes_no_belonging,
    a18_json_ld_in_disguise,
    c6_shapes,
    g7_what_is_put_on_top,
    g9_measures_upon_what_is_elsewhere,
    g16_what_was_removed_or_locked_stays_so
);

fn order(community: &str, by: &Person, kind: &str, object: &str) -> Value {
    json!({
        "id": by.activity_id(&kind.to_lowercase()), "type": kind, "actor": by.id,
        "to": [PUBLIC], "cc": [community], "audience": community, "object": object,
    })
}

async fn becomes(lab: &Lab, by: &Person, activity: &Value, state: &str) {
    by.says(lab, activity).await;
    assert_eq!(fate(lab, activity).await, state, "{activity}");
}

/// A6: an `Update` may rewrite the text, not where a post belongs, what it answers, who
/// wrote it or when.
async fn a6_an_edit_changes_no_belonging(db: Db) {
    let lab = Lab::start(db).await;
    let (tilab, utilo) = (lab.community("tilab"), lab.community("utilo"));
    let peer = Peer::start(Family::Mastodon).await;
    let (alice, bob) = (peer.person("alice"), peer.person("bob"));
    let toot = Toot::by(&alice, "Bonjour").to_group(&tilab).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    let before = lab.outbox("tilab").await;

    let mut object = toot.create["object"].clone();
    object["attributedTo"] = json!(bob.id);
    object["updated"] = json!("2036-01-01T00:00:00Z");
    let update = |object: &Value| {
        let mut update = toot.create.clone();
        update["id"] = json!(alice.activity_id("update"));
        update["type"] = json!("Update");
        update["object"] = object.clone();
        update
    };
    becomes(&lab, &alice, &update(&object), "refused").await;
    object["attributedTo"] = json!(alice.id);
    object["audience"] = json!(utilo);
    object["cc"] = json!([utilo]);
    object["inReplyTo"] = json!(format!("{tilab}/elsewhere"));
    object["published"] = json!("2001-01-01T00:00:00Z");
    alice.says_and_is_heard(&lab, &update(&object)).await;
    assert!(lab.outbox("utilo").await.is_empty());
    let after = lab.outbox("tilab").await;
    assert_eq!(after.len(), 1, "still a thread of tilab");
    assert_eq!(after[0]["published"], before[0]["published"]);
}

/// A18: JSON-LD is read as plain JSON: no renamed terms, graphs or included objects.
async fn a18_json_ld_in_disguise(db: Db) {
    let lab = Lab::start(db).await;
    let (eve_home, victim_home) = (
        Peer::start(Family::Mastodon).await,
        Peer::start(Family::Mastodon).await,
    );
    let (eve, bob) = (eve_home.person("eve"), victim_home.person("bob"));
    let forged = format!("{}/forged", bob.id);
    let note = json!({
        "id": forged, "type": "Note", "attributedTo": bob.id, "content": "<p>Faux</p>",
        "to": [PUBLIC], "cc": [lab.community("tilab")],
    });
    let mut included = create(&lab, &eve, &format!("{}/1", eve.id));
    for key in ["@graph", "@included", "@reverse"] {
        included[key] = json!([note.clone()]);
        included["object"][key] = json!([note.clone()]);
    }
    eve.says_and_is_heard(&lab, &included).await;

    let mut renamed = create(&lab, &eve, &format!("{}/2", eve.id));
    renamed["@context"] = json!([
        "https://www.w3.org/ns/activitystreams",
        { "actor": "as:target", "doer": "as:actor", "writer": "as:attributedTo" },
    ]);
    renamed["doer"] = json!(bob.id);
    renamed["object"]["writer"] = json!(bob.id);
    eve.says_and_is_heard(&lab, &renamed).await;

    let mut aliased = create(&lab, &eve, &forged);
    aliased["object"] = note;
    aliased["signature"] = json!({
        "type": "RsaSignature2017", "creator": bob.key_id(),
        "created": "2026-11-01T00:00:00Z", "signatureValue": "AAAA",
    });
    becomes(&lab, &eve, &aliased, "refused").await;
    let shown = shown(&lab).await;
    assert!(
        shown.iter().all(|id| !id.starts_with(victim_home.base())),
        "{shown:?}"
    );
}

/// C6: whatever shape a member has, the answer is never 500, and the next post is read.
async fn c6_shapes(db: Db) {
    let lab = Lab::start(db).await;
    let peer = Peer::start(Family::Mastodon).await;
    let eve = peer.person("eve");
    let shapes = [
        json!(null),
        json!(7),
        json!(true),
        json!("text"),
        json!([]),
        json!([[[]]]),
        json!({}),
        json!({ "id": 7, "type": [] }),
        json!("+999999-01-01T00:00:00Z"),
    ];
    let keys = [
        "to",
        "cc",
        "content",
        "contentMap",
        "url",
        "attachment",
        "tag",
        "icon",
        "inReplyTo",
        "published",
        "updated",
        "name",
        "summary",
        "sensitive",
        "attributedTo",
        "audience",
        "type",
        "source",
        "replies",
        "context",
    ];
    for (number, key) in keys.iter().enumerate() {
        for (which, shape) in shapes.iter().enumerate() {
            let mut activity = create(&lab, &eve, &format!("{}/{number}-{which}", eve.id));
            activity["object"][*key] = shape.clone();
            let answer = eve.say(&lab, &activity).await;
            assert!(
                !answer.status.is_server_error(),
                "{key}: {shape}: {}",
                answer.status
            );
        }
    }
    for key in [
        "id",
        "type",
        "actor",
        "object",
        "to",
        "published",
        "@context",
    ] {
        for shape in &shapes {
            let mut activity = create(&lab, &eve, &format!("{}/{key}", eve.id));
            activity[key] = shape.clone();
            let answer = eve.say(&lab, &activity).await;
            assert!(
                !answer.status.is_server_error(),
                "{key}: {shape}: {}",
                answer.status
            );
        }
    }
    let last = create(&lab, &eve, &format!("{}/last", eve.id));
    eve.says(&lab, &last).await;
    lab.worked(last["id"].as_str().expect("an id")).await;
    assert!(lab.heard(&["quarantined"]).is_empty());
    assert!(shown(&lab).await.contains(&format!("{}/last", eve.id)));
}

/// G7: only threads of the community that are shown get on top.
async fn g7_what_is_put_on_top(db: Db) {
    let lab = Lab::start(db).await;
    let (tilab, utilo) = (lab.community("tilab"), lab.community("utilo"));
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    lab.run(&["moderator", "add", "tilab", &lena.id]);
    let other = threadiverse::page(&lena, &utilo, Some("Ailleurs"), "Texte");
    lena.says_and_is_heard(&lab, &other.create).await;
    let gone = threadiverse::page(&lena, &tilab, Some("Parti"), "Texte");
    lena.says_and_is_heard(&lab, &gone.create).await;
    lab.run(&["moderate", "remove", &gone.id]);
    lab.run(&["community", "set", "tilab", "--hold", "always"]);
    let eve = lemmy.person("eve");
    let held = threadiverse::page(&eve, &tilab, Some("Attend"), "Texte");
    eve.says_and_is_heard(&lab, &held.create).await;
    for object in [
        other.id.as_str(),
        &gone.id,
        &held.id,
        "https://nowhere.example/1",
    ] {
        let mut add = order(&tilab, &lena, "Add", object);
        add["target"] = json!(format!("{tilab}/featured"));
        becomes(&lab, &lena, &add, "refused").await;
    }
    assert!(lab.item_ids(&format!("{tilab}/featured")).await.is_empty());
    let told = lemmy.of_type("Announce").iter().any(|said| {
        said["object"]["type"] == "Add" && said["object"]["target"] == format!("{tilab}/featured")
    });
    assert!(!told, "nobody hears of what waits");
}

/// G9: who moderates one community does nothing in another, whatever it names.
async fn g9_measures_upon_what_is_elsewhere(db: Db) {
    let lab = Lab::start(db).await;
    let (tilab, utilo) = (lab.community("tilab"), lab.community("utilo"));
    let (_lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    lab.run(&["moderator", "add", "tilab", &lena.id]);
    let peer = Peer::start(Family::Mastodon).await;
    let alice = peer.person("alice");
    alice.says(&lab, &mastodon::follow(&alice, &utilo)).await;
    let toot = Toot::by(&alice, "Bonjour").to_group(&utilo).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    let mut removal = order(&tilab, &lena, "Delete", &toot.id);
    removal["summary"] = json!("Hors sujet");
    becomes(&lab, &lena, &removal, "refused").await;
    let lock = order(&tilab, &lena, "Lock", &toot.id);
    becomes(&lab, &lena, &lock, "refused").await;
    let mut block = order(&tilab, &lena, "Block", &alice.id);
    block["target"] = json!(utilo);
    becomes(&lab, &lena, &block, "refused").await;
    assert_eq!(lab.outbox("utilo").await.len(), 1);
    assert!(lab.list(&["log", "utilo"]).is_empty());
}

/// G16: nobody hears of an edit of what was removed, nothing answers it, and no way
/// around a lock leads through an answer that is gone.
async fn g16_what_was_removed_or_locked_stays_so(db: Db) {
    let lab = Lab::start(db).await;
    let tilab = lab.community("tilab");
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let eve = lemmy.person("eve");
    let page = threadiverse::page(&lena, &tilab, Some("Titre"), "Texte");
    lena.says_and_is_heard(&lab, &page.create).await;
    let first = threadiverse::comment(&eve, &tilab, &page.id, &lena.id, "Un");
    eve.says_and_is_heard(&lab, &first.create).await;
    lab.run(&["moderate", "remove", &first.id]);
    let below = threadiverse::comment(&lena, &tilab, &first.id, &eve.id, "Deux");
    becomes(&lab, &lena, &below.create, "refused").await;
    let mut object = first.create["object"].clone();
    object["updated"] = json!("2036-01-01T00:00:00Z");
    let mut update = first.create.clone();
    update["id"] = json!(eve.activity_id("update"));
    update["type"] = json!("Update");
    update["object"] = object;
    eve.says_and_is_heard(&lab, &update).await;
    lab.worked(update["id"].as_str().expect("an id")).await;

    lab.run(&["moderate", "lock", &page.id]);
    for parent in [&page.id, &first.id] {
        let comment = threadiverse::comment(&eve, &tilab, parent, &lena.id, "Encore");
        becomes(&lab, &eve, &comment.create, "refused").await;
    }
    let marker = threadiverse::page(&lena, &tilab, Some("Suite"), "Texte");
    lena.says_and_is_heard(&lab, &marker.create).await;
    lemmy.hears_announce_of(&marker.id).await;
    let told = lemmy.of_type("Announce");
    assert!(told.iter().all(|said| said["object"]["type"] != "Update"));
    assert!(lemmy.announces_of(&below.id).is_empty());
}

//! What other software was seen to do with what we send, and needs to be said to it
//! in so many words.

use archipel_tests::peer::mastodon::Toot;
use archipel_tests::peer::threadiverse;
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, Peer, both, eventually};
use serde_json::json;

use crate::moderation::shown;
use crate::posting::follower;

both!(
    the_end_of_a_ban_brings_back_post_by_post,
    microblogs_hear_no_measures,
    edits_reach_microblogs_in_their_authors_name,
    lists_that_are_not_where_they_claim_to_be
);

/// G8: Lemmy 0.19 and PieFed end a ban without `restoreData`, so each post comes back
/// by an end of its removal. What was removed and restored before comes back too;
/// what a moderator removed by itself does not.
async fn the_end_of_a_ban_brings_back_post_by_post(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let mut pages = Vec::new();
    for title in ["Un", "Deux", "Trois"] {
        let page = threadiverse::page(&lena, &group, Some(title), "Texte");
        lena.says_and_is_heard(&lab, &page.create).await;
        shown(&lab, &page.id, true).await;
        pages.push(page.id);
    }
    // Her server stays told of the community by somebody else who lives there.
    let marie = lemmy.person("marie");
    marie
        .says(&lab, &threadiverse::follow(&marie, &group))
        .await;
    lab.run(&["account", "create", "yann"]);
    lab.run(&["moderator", "add", "tilab", "yann"]);
    lab.run(&["moderate", "remove", &pages[0], "--as", "yann"]);
    lab.run(&["moderate", "restore", &pages[0], "--as", "yann"]);
    lab.run(&["moderate", "remove", &pages[1], "--as", "yann"]);
    lab.run(&[
        "moderate",
        "ban",
        "tilab",
        &lena.id,
        "--remove-content",
        "--as",
        "yann",
    ]);
    for page in &pages {
        shown(&lab, page, false).await;
    }
    lab.run(&[
        "moderate",
        "unban",
        "tilab",
        &lena.id,
        "--restore-content",
        "--as",
        "yann",
    ]);
    for (page, back) in pages.iter().zip([true, false, true]) {
        shown(&lab, page, back).await;
    }
    let heard = lemmy
        .hears("Announce", |said| {
            said["object"]["type"] == "Undo" && said["object"]["object"]["object"] == pages[2]
        })
        .await;
    let undone = &heard["object"]["object"];
    assert_eq!(undone["type"], "Delete");
    assert_eq!(undone["actor"], heard["object"]["actor"]);
    assert!(
        undone["summary"].is_string(),
        "a removal, not an author's deletion"
    );
}

/// GoToSocial answers 500 to a `Delete` of what its actor did not write, again and
/// again, and holds up all that comes after; Mastodon takes a `Block` for a personal
/// one. They hear of a removal by the end of the boost alone.
async fn microblogs_hear_no_measures(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, gina) = follower(&lab, Family::GoToSocial, "gina").await;
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    let toot = Toot::by(&gina, "Bonjour").to_group(&group).post();
    gina.says_and_is_heard(&lab, &toot.create).await;
    microblog.hears_announce_of(&toot.id).await;
    lab.run(&["account", "create", "yann"]);
    lab.run(&["moderator", "add", "tilab", "yann"]);
    lab.run(&["moderate", "remove", &toot.id, "--as", "yann"]);
    lemmy
        .hears("Announce", |said| said["object"]["type"] == "Delete")
        .await;
    microblog.hears("Undo", |_| true).await;
    lab.run(&["moderate", "ban", "tilab", &gina.id, "--as", "yann"]);
    lemmy
        .hears("Announce", |said| said["object"]["type"] == "Block")
        .await;
    microblog.hears("Reject", |_| true).await;
    for measure in ["Delete", "Block", "Add"] {
        assert!(microblog.of_type(measure).is_empty(), "{measure}");
    }
}

/// GoToSocial, and Mastodon before 4.7, check no proof: what people here did to
/// their posts is believed in their own name alone.
async fn edits_reach_microblogs_in_their_authors_name(db: Db) {
    let lab = Lab::start(db).await;
    let (microblog, _) = follower(&lab, Family::GoToSocial, "gina").await;
    lab.run(&["account", "create", "yann"]);
    let url = lab.run(&["post", "yann", "--to", "tilab", "--title", "Notes", "Avant"]);
    let url = url.trim();
    microblog.hears_announce_of(url).await;
    lab.run(&["edit", "yann", url, "Après"]);
    lab.run(&["delete-post", "yann", url, "--yes"]);
    for kind in ["Update", "Delete"] {
        let request = eventually(kind, PATIENCE, || async {
            let mut received = microblog.received().into_iter();
            received.find(|request| request.json["type"] == kind)
        })
        .await;
        let author = request.json["actor"].as_str().expect("an actor");
        assert_eq!(author, lab.url("/u/yann"));
        assert_eq!(
            request.signed_by.as_deref(),
            Some(format!("{author}#main-key").as_str())
        );
    }
}

/// C65: PieFed's `replies` have no id, its `context` one at which there is nothing.
/// What they name is fetched where it lives; what they embed counts for nothing.
async fn lists_that_are_not_where_they_claim_to_be(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let home = Peer::start(Family::PieFed).await;
    let cafe = home.community("cafe");
    let group = cafe.group.id.clone();
    let pia = home.person("pia");
    let page = threadiverse::page(&pia, &group, Some("Un sujet"), "texte");
    let first = threadiverse::comment(&pia, &group, &page.id, &pia.id, "un");
    let second = threadiverse::comment(&pia, &group, &page.id, &pia.id, "deux");
    let mut forged = first.create["object"].clone();
    forged["id"] = json!(home.url("/comment/404"));
    let (replies, context) = (home.url("/post/1/replies"), home.url("/post/1/context"));
    home.serve(
        &replies,
        json!({
            "@context": "https://www.w3.org/ns/activitystreams", "type": "OrderedCollection",
            "totalItems": 2, "orderedItems": [first.create["object"], forged],
        }),
    );
    home.serve(
        &context,
        json!({
            "@context": "https://www.w3.org/ns/activitystreams", "type": "OrderedCollection",
            "id": format!("{}/context", page.id), "attributedTo": group, "audience": group,
            "totalItems": 2, "orderedItems": [page.id, second.id],
        }),
    );
    let mut served = page.create["object"].clone();
    served["@context"] = json!("https://www.w3.org/ns/activitystreams");
    served["replies"] = json!(replies);
    served["context"] = json!(context);
    home.serve(&page.id, served.clone());
    cafe.lists("outbox", &[json!(page.id)]);
    lab.follow("ada", &group);
    cafe.lets_in(&lab).await;
    lab.shows(&group, &page.id, |thread| thread["replies"] == 2)
        .await;
    assert_eq!(lab.json(&["fetch", &group])["taken"], 0);
}

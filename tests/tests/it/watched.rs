//! What other software was seen to do with what we send, and needs to be said to it
//! in so many words.

use archipel_tests::peer::threadiverse;
use archipel_tests::{Db, Family, Lab, both};

use crate::moderation::shown;
use crate::posting::follower;

both!(the_end_of_a_ban_brings_back_post_by_post);

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

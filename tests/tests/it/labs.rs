//! Two labs: a member of one follows, posts and is answered in the other.

use archipel_tests::surface::subject_of;
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Lab, both, eventually};

both!(two_labs, a_lab_comes_back);

/// The main job between two Archipels.
async fn two_labs(db: Db) {
    let home = Lab::builder(db)
        .named("lab-a.test")
        .resolve("lab-b.test", "127.0.0.1")
        .start()
        .await;
    let away = Lab::builder(db)
        .named("lab-b.test")
        .resolve("lab-a.test", "127.0.0.1")
        .start()
        .await;
    let community = away.community("tilab");
    home.account("ada");
    away.account("bea");
    home.follow("ada", &community);
    eventually("the follow seen on the other side", PATIENCE, || async {
        (away.followers("tilab").await == 1).then_some(())
    })
    .await;
    let post = home.post(
        "ada",
        &community,
        "Bonjour de Rennes",
        "Qui connaît un bon outil ?",
    );
    eventually(
        "the post in the other lab's community",
        PATIENCE,
        || async {
            let outbox = away.outbox("tilab").await;
            outbox
                .iter()
                .any(|item| subject_of(item) == post)
                .then_some(())
        },
    )
    .await;
    let reply = away.reply("bea", &post, "Oui, nous.");
    eventually("the reply back home", PATIENCE, || async {
        home.item_ids(&format!("{post}/replies"))
            .await
            .contains(&reply)
            .then_some(())
    })
    .await;
    let peer = home.peer(&away.authority());
    assert_eq!(peer["software"], "archipel");
}

/// A stopped lab comes back on its own data, with its own keys.
async fn a_lab_comes_back(db: Db) {
    let mut lab = Lab::start(db).await;
    let before = lab.document("/c/tilab").await;
    lab.stop().await;
    lab.restart().await;
    let after = lab.document("/c/tilab").await;
    assert_eq!(before["publicKey"], after["publicKey"]);
    assert_eq!(before["assertionMethod"], after["assertionMethod"]);
    lab.kill9();
    lab.restart().await;
    assert_eq!(
        lab.document("/c/tilab").await["publicKey"],
        before["publicKey"]
    );
}

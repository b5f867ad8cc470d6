//! Unmodified clients drive the server through complete scenarios.

use archipel_tests::{Db, Lab, both, clients};

both!(
    a_member_with_mastodon_py,
    a_moderator_with_mastodon_py,
    a_member_with_toot,
    a_member_with_masto_js
);

/// A lab with members and communities of each kind.
async fn lab(db: Db) -> Lab {
    let lab = Lab::builder(db).recorded().start().await;
    for handle in ["ada", "bea", "mod"] {
        lab.account_with_password(handle);
    }
    lab.run(&["community", "set", "utilo", "--join", "approval"]);
    lab.run(&["community", "set", "labacces", "--hold", "first"]);
    for community in ["utilo", "labacces"] {
        lab.run(&["moderator", "add", community, "mod"]);
    }
    lab
}

async fn a_member_with_mastodon_py(db: Db) {
    let lab = lab(db).await;
    let other = Lab::start(db).await;
    other.account("cleo");
    other.run(&["community", "create", "atelier", "--title", "Atelier"]);
    other.post(
        "cleo",
        "atelier",
        "Premier",
        "Posté avant que quelqu'un ne suive",
    );
    clients::python("member", &lab, Some(&other)).await;
    assert!(answers(&lab) > 100);
}

async fn a_moderator_with_mastodon_py(db: Db) {
    let lab = lab(db).await;
    clients::python("moderator", &lab, None).await;
    assert!(answers(&lab) > 20);
}

async fn a_member_with_toot(db: Db) {
    let lab = lab(db).await;
    clients::python("toot", &lab, None).await;
    assert!(answers(&lab) > 20);
}

async fn a_member_with_masto_js(db: Db) {
    let lab = lab(db).await;
    clients::masto(&lab).await;
    assert!(answers(&lab) > 30);
}

/// Answers that were held to the contract, every one of them.
fn answers(lab: &Lab) -> usize {
    lab.recorder.as_ref().expect("a recorded lab").answers()
}

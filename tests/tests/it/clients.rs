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
    let lab = Lab::start(db).await;
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
    other.run(&["community", "create", "atelier"]);
    other.post(
        "cleo",
        "atelier",
        "Premier",
        "Posté avant que quelqu'un ne suive",
    );
    clients::python("member", &lab, Some(&other)).await;
}

async fn a_moderator_with_mastodon_py(db: Db) {
    clients::python("moderator", &lab(db).await, None).await;
}

async fn a_member_with_toot(db: Db) {
    clients::python("toot", &lab(db).await, None).await;
}

async fn a_member_with_masto_js(db: Db) {
    clients::masto(&lab(db).await).await;
}

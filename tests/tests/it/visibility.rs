//! P1, C26: what is not public is never announced and never shown.

use archipel_tests::peer::mastodon::{self, Scope, Toot};
use archipel_tests::peer::threadiverse;
use archipel_tests::surface::{ACTIVITY_JSON, subject_of};
use archipel_tests::{Db, Family, Lab, Peer, both};

both!(private_posts_stay_private);

/// Followers-only and direct posts that mention a community stay unheard; an
/// unlisted one is announced.
async fn private_posts_stay_private(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let microblog = Peer::start(Family::Mastodon).await;
    let threadiverse_peer = Peer::start(Family::Lemmy).await;
    let (alice, lena) = (microblog.person("alice"), threadiverse_peer.person("lena"));
    lena.says(&lab, &threadiverse::follow(&lena, &group)).await;
    threadiverse_peer.hears("Accept", |_| true).await;
    alice.says(&lab, &mastodon::follow(&alice, &group)).await;
    microblog.hears("Accept", |_| true).await;
    for (scope, secret) in [(Scope::Followers, "SECRET-A"), (Scope::Direct, "SECRET-B")] {
        let toot = Toot::by(&alice, secret)
            .to_group(&group)
            .scope(scope)
            .post();
        alice.says_and_is_heard(&lab, &toot.create).await;
    }
    // `audience` does not make public what `to` and `cc` do not.
    let mut page = threadiverse::page(&lena, &group, Some("SECRET-C"), "SECRET-C").create;
    for part in ["/to", "/object/to"] {
        *page.pointer_mut(part).expect("to") = serde_json::json!([group]);
    }
    let answer = lena.say(&lab, &page).await;
    if answer.status == 202 {
        lab.worked(page["id"].as_str().expect("an id")).await;
    }
    // An unlisted post, sent last: once it has arrived, the others would have too.
    let quiet = Toot::by(&alice, "Discret")
        .to_group(&group)
        .scope(Scope::Unlisted)
        .post();
    alice.says(&lab, &quiet.create).await;
    threadiverse_peer.hears_announce_of(&quiet.id).await;
    microblog.hears_announce_of(&quiet.id).await;
    let outbox = lab.outbox("tilab").await;
    let subjects: Vec<String> = outbox.iter().map(subject_of).collect();
    assert_eq!(subjects, [quiet.id]);
    for peer in [&microblog, &threadiverse_peer] {
        for received in peer.attempts() {
            let text = String::from_utf8_lossy(&received.body).into_owned();
            assert!(
                !text.contains("SECRET"),
                "leaked to {}: {text}",
                peer.base()
            );
        }
    }
    for accept in ["text/html", ACTIVITY_JSON] {
        for path in ["/c/tilab", "/c/tilab/outbox", "/"] {
            let answer = lab.get(path, accept).await;
            assert!(!answer.text.contains("SECRET"), "{path} shows it");
        }
    }
}

//! Following a community, in every dialect.

use archipel_tests::peer::{mastodon, strict, threadiverse};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, Peer, both, eventually};

both!(
    mastodon_follow_without_to,
    undo_with_another_inner_id,
    approval,
    a_blocked_server,
    only_trusted_servers
);

async fn has_followers(lab: &Lab, community: &str, count: u64) {
    eventually(
        &format!("{count} followers of {community}"),
        PATIENCE,
        || async { (lab.followers(community).await == count).then_some(()) },
    )
    .await;
}

/// C19: Mastodon's Follow has no `to`; the Accept embeds it verbatim; a repeated
/// Follow is accepted again and counted once.
async fn mastodon_follow_without_to(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let peer = Peer::start(Family::Mastodon).await;
    let alice = peer.person("alice");
    let first = mastodon::follow(&alice, &group);
    alice.says(&lab, &first).await;
    let accept = peer.hears("Accept", |_| true).await;
    assert_eq!(accept["actor"], group);
    assert_eq!(accept["to"], serde_json::json!([alice.id]));
    assert_eq!(accept["object"], first, "the Follow as it came");
    strict::read(&accept).expect("an Accept that Lemmy reads");
    let again = mastodon::follow(&alice, &group);
    alice.says(&lab, &again).await;
    peer.hears("Accept", |accept| accept["object"]["id"] == again["id"])
        .await;
    assert_eq!(lab.followers("tilab").await, 1);
    let received = peer.received();
    for accept in &received {
        assert!(
            accept
                .signed_by
                .as_deref()
                .is_some_and(|key| key.starts_with(&group))
        );
        assert_eq!(accept.algorithm.as_deref(), Some("rsa-sha256"));
    }
}

/// C21: Lemmy's Undo holds a Follow with a new id: it is matched by who and whom,
/// and only the follower may undo it.
async fn undo_with_another_inner_id(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (home, away) = (
        Peer::start(Family::Lemmy).await,
        Peer::start(Family::Lemmy).await,
    );
    let (lena, eve) = (home.person("lena"), away.person("eve"));
    lena.says(&lab, &threadiverse::follow(&lena, &group)).await;
    home.hears("Accept", |_| true).await;
    let mut forged = threadiverse::undo_follow(&eve, &group);
    forged["object"]["actor"] = lena.id.clone().into();
    let id = forged["id"].as_str().expect("an id").to_owned();
    let answer = eve.say(&lab, &forged).await;
    if answer.status == 202 {
        lab.worked(&id).await;
    }
    assert_eq!(lab.followers("tilab").await, 1, "another's follow stays");
    lena.says(&lab, &threadiverse::undo_follow(&lena, &group))
        .await;
    has_followers(&lab, "tilab", 0).await;
}

/// C22: a community with approval says nothing until somebody decides.
async fn approval(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("utilo");
    lab.run(&["community", "set", "utilo", "--join", "approval"]);
    assert_eq!(
        lab.document("/c/utilo").await["manuallyApprovesFollowers"],
        true
    );
    let peer = Peer::start(Family::Mastodon).await;
    let (alice, bob) = (peer.person("alice"), peer.person("bob"));
    for person in [&alice, &bob] {
        person
            .says_and_is_heard(&lab, &mastodon::follow(person, &group))
            .await;
    }
    let mut waiting = lab.requests("utilo");
    waiting.sort();
    assert_eq!(waiting, [alice.id.clone(), bob.id.clone()]);
    assert_eq!(lab.followers("utilo").await, 0);
    assert!(
        peer.received().is_empty(),
        "nothing is said before a decision"
    );
    lab.run(&["community", "accept", "utilo", &alice.id]);
    let accept = peer.hears("Accept", |_| true).await;
    assert_eq!(accept["object"]["actor"], alice.id);
    lab.run(&["community", "reject", "utilo", &bob.id]);
    let reject = peer.hears("Reject", |_| true).await;
    assert_eq!(reject["object"]["actor"], bob.id);
    assert_eq!(reject["object"]["type"], "Follow");
    has_followers(&lab, "utilo", 1).await;
    assert!(lab.requests("utilo").is_empty());
}

/// C23: a blocked server cannot follow, and learns it at once; its neighbour by
/// name can.
async fn a_blocked_server(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (blocked, welcome) = (
        Peer::start(Family::Mastodon).await,
        Peer::start(Family::Mastodon).await,
    );
    let (eve, alice) = (blocked.person("eve"), welcome.person("alice"));
    lab.run(&["peer", "block", &blocked.host(), "--yes"]);
    // The running server may take a moment to hear of it; an unfollow asks nothing.
    let follow = mastodon::follow(&eve, &group);
    eventually("the block in force", PATIENCE, || async {
        let answer = eve.say(&lab, &mastodon::undo(&eve, &follow)).await;
        (answer.status == 403).then_some(())
    })
    .await;
    assert_eq!(eve.say(&lab, &follow).await.status, 403);
    alice.says(&lab, &mastodon::follow(&alice, &group)).await;
    welcome.hears("Accept", |_| true).await;
    assert!(blocked.of_type("Accept").is_empty());
}

/// C23: with `federation.mode = trusted` only those allowed may come in.
async fn only_trusted_servers(db: Db) {
    let lab = Lab::builder(db)
        .set("federation.mode", "trusted")
        .start()
        .await;
    let group = lab.community("tilab");
    let (partner, stranger) = (
        Peer::start(Family::Lemmy).await,
        Peer::start(Family::Lemmy).await,
    );
    let (lena, eve) = (partner.person("lena"), stranger.person("eve"));
    lab.run(&["peer", "allow", &partner.host()]);
    eventually("the partner let in", PATIENCE, || async {
        let answer = lena.say(&lab, &threadiverse::follow(&lena, &group)).await;
        (answer.status == 202).then_some(())
    })
    .await;
    partner.hears("Accept", |_| true).await;
    let refused = eve.say(&lab, &threadiverse::follow(&eve, &group)).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
}

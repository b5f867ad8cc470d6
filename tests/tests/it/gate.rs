//! What stands before the inbox: signatures of both schemes, and refusals.

use std::time::Duration;

use archipel_tests::peer::mastodon::{self, Toot};
use archipel_tests::peer::{Person, Scheme};
use archipel_tests::{Db, Family, Lab, Peer, both, eventually};
use serde_json::Value;

both!(
    all_signatures_are_understood,
    weak_signatures_are_refused,
    a_key_without_fragment,
    a_foreign_key,
    delete_of_a_stranger,
    replays_change_nothing,
    one_create_many_times_at_once
);

const HOUR: Duration = Duration::from_hours(1);

fn follow_of(person: &Person, lab: &Lab) -> Vec<u8> {
    mastodon::follow(person, &lab.community("tilab"))
        .to_string()
        .into_bytes()
}

/// C11, C14: every signature that a peer of today makes is understood.
async fn all_signatures_are_understood(db: Db) {
    let lab = Lab::start(db).await;
    let peer = Peer::start(Family::Mastodon).await;
    let alice = peer.person("alice");
    for algorithm in [Some("rsa-sha256"), Some("hs2019"), None] {
        let answer = alice
            .deliver(&lab, "/inbox")
            .algorithm(algorithm)
            .send(follow_of(&alice, &lab))
            .await;
        assert_eq!(
            answer.status, 202,
            "algorithm {algorithm:?}: {}",
            answer.text
        );
    }
    for scheme in [Scheme::Rfc9421, Scheme::Rfc9421Ed25519] {
        let answer = alice
            .deliver(&lab, "/c/tilab/inbox")
            .scheme(scheme)
            .send(follow_of(&alice, &lab))
            .await;
        assert_eq!(answer.status, 202, "{scheme:?}: {}", answer.text);
    }
}

/// C13, C14, S1, S3, S6: what proves too little is refused, and leaves nothing.
async fn weak_signatures_are_refused(db: Db) {
    let lab = Lab::start(db).await;
    let peer = Peer::start(Family::Mastodon).await;
    let alice = peer.person("alice");
    let body = follow_of(&alice, &lab);
    let deliver = || alice.deliver(&lab, "/inbox");
    for (what, delivery) in [
        ("two hours old", deliver().older_by(2 * HOUR)),
        ("two hours ahead", deliver().later_by(2 * HOUR)),
        ("no digest signed, cavage", deliver().without_digest()),
        (
            "no digest signed, RFC 9421",
            deliver().scheme(Scheme::Rfc9421).without_digest(),
        ),
        (
            "two hours old, RFC 9421",
            deliver().scheme(Scheme::Rfc9421).older_by(2 * HOUR),
        ),
    ] {
        let answer = delivery.send(body.clone()).await;
        assert_eq!(answer.status, 401, "{what}: {}", answer.text);
    }
    let unsigned = lab
        .http()
        .post(lab.url("/inbox"))
        .header("content-type", "application/activity+json")
        .body(body)
        .send()
        .await
        .expect("an answer");
    assert_eq!(unsigned.status(), 401);
    assert!(lab.inbox().is_empty(), "nothing refused is kept");
    assert_eq!(lab.followers("tilab").await, 0);
}

/// C16: GoToSocial's key lives at its own URL, in a stub of the actor, and its
/// documents are only for signed requests.
async fn a_key_without_fragment(db: Db) {
    let lab = Lab::start(db).await;
    let peer = Peer::start(Family::GoToSocial).await;
    let olga = peer.person("olga");
    olga.says(&lab, &mastodon::follow(&olga, &lab.community("tilab")))
        .await;
    peer.hears("Accept", |_| true).await;
    assert_eq!(lab.followers("tilab").await, 1);
    let reads: Vec<_> = peer
        .seen()
        .into_iter()
        .filter(|seen| seen.path == "/users/olga")
        .collect();
    assert!(!reads.is_empty(), "the owner of the key is read");
    assert!(
        reads
            .iter()
            .any(|seen| seen.signed_by.as_deref() == Some(&lab.url("/#main-key"))),
        "GETs are signed by the instance actor: {reads:?}"
    );
    assert!(reads.iter().all(|seen| !seen.user_agent.is_empty()));
}

/// C16, S14–S16: a key of another actor or another host proves nothing.
async fn a_foreign_key(db: Db) {
    let lab = Lab::start(db).await;
    let (home, away) = (
        Peer::start(Family::Mastodon).await,
        Peer::start(Family::Mastodon).await,
    );
    let (alice, eve) = (home.person("alice"), away.person("eve"));
    let body = follow_of(&alice, &lab);
    let by_eve = eve.deliver(&lab, "/inbox").send(body.clone()).await;
    assert_eq!(by_eve.status, 401, "{}", by_eve.text);
    let as_alice = eve
        .deliver(&lab, "/inbox")
        .key_id(&alice.key_id())
        .send(body)
        .await;
    assert_eq!(as_alice.status, 401, "{}", as_alice.text);
    assert_eq!(lab.followers("tilab").await, 0);
}

/// C48: the Delete of somebody never met is taken and forgotten, without a fetch.
async fn delete_of_a_stranger(db: Db) {
    let lab = Lab::start(db).await;
    let peer = Peer::start(Family::Mastodon).await;
    let ghost = peer.person("ghost");
    let answer = ghost.say(&lab, &mastodon::delete_account(&ghost)).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    assert!(
        peer.seen().is_empty(),
        "nothing is fetched: {:?}",
        peer.seen()
    );
    assert!(lab.inbox().is_empty(), "nothing is kept");
}

/// S11, S13: the same activity again changes nothing; another's id cannot be burnt.
async fn replays_change_nothing(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let peer = Peer::start(Family::Mastodon).await;
    let (alice, bob) = (peer.person("alice"), peer.person("bob"));
    let toot = Toot::by(&alice, "Bonjour").to_group(&group).post();
    // Bob claims Alice's activity id for a Follow of his own.
    let mut claimed = mastodon::follow(&bob, &group);
    claimed["id"] = toot.create["id"].clone();
    bob.say(&lab, &claimed).await;
    for _ in 0..5 {
        alice.says(&lab, &toot.create).await;
    }
    eventually(
        "the post in the outbox",
        archipel_tests::wait::PATIENCE,
        || async { (!lab.outbox("tilab").await.is_empty()).then_some(()) },
    )
    .await;
    alice.says(&lab, &toot.create).await;
    let about: Vec<Value> = lab.outbox("tilab").await;
    assert_eq!(about.len(), 1, "one post: {about:?}");
}

/// G12: one Create delivered to every inbox at once, fifty times.
async fn one_create_many_times_at_once(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, reader) = (
        Peer::start(Family::Mastodon).await,
        Peer::start(Family::Lemmy).await,
    );
    let (alice, lena) = (microblog.person("alice"), reader.person("lena"));
    lab.account("ada");
    lena.says(
        &lab,
        &archipel_tests::peer::threadiverse::follow(&lena, &group),
    )
    .await;
    reader.hears("Accept", |_| true).await;
    let toot = Toot::by(&alice, "Une seule fois").to_group(&group).post();
    let body = toot.create.to_string().into_bytes();
    let inboxes = ["/inbox", "/c/tilab/inbox", "/u/ada/inbox"];
    let sends = (0..50).map(|n| alice.deliver(&lab, inboxes[n % 3]).send(body.clone()));
    let answers = futures::future::join_all(sends).await;
    for answer in answers {
        assert!(
            answer.status.is_success(),
            "{}: {}",
            answer.status,
            answer.text
        );
    }
    reader.hears_announce_of(&toot.id).await;
    lab.worked(&toot.activity).await;
    // A second activity travels the whole way after it: what could be doubled was.
    let after = Toot::by(&alice, "Ensuite").to_group(&group).post();
    alice.says(&lab, &after.create).await;
    reader.hears_announce_of(&after.id).await;
    assert_eq!(lab.outbox("tilab").await.len(), 2);
    assert_eq!(reader.announces_of(&toot.id).len(), 1);
}

//! Telling the others: retries, refusals, order, and who is told how often.

use std::time::Duration;

use archipel_tests::peer::{Answer, Keys, Scheme, mastodon, threadiverse};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, Peer, both, eventually};

use crate::posting::follower;

both!(
    one_post_per_server,
    later_means_later,
    a_failing_server,
    a_refusal_is_final,
    double_knock_is_remembered,
    what_is_signed,
    restart_in_mid_queue
);

/// C72: fifty followers behind one shared inbox are told once.
async fn one_post_per_server(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let peer = Peer::start(Family::Lemmy).await;
    for n in 0..50 {
        let person = peer.person_with(&format!("p{n:02}"), Keys::shared(0));
        person
            .says(&lab, &threadiverse::follow(&person, &group))
            .await;
    }
    eventually("fifty followers", PATIENCE, || async {
        (lab.followers("tilab").await == 50).then_some(())
    })
    .await;
    lab.account("ada");
    let post = lab.post("ada", "tilab", "À tous", "Bonjour");
    let after = lab.post("ada", "tilab", "Ensuite", "Bonjour");
    for id in [&post, &after] {
        peer.hears_announce_of(id).await;
    }
    assert_eq!(peer.announces_of(&post).len(), 1);
    let received = peer.received();
    let announce = received
        .iter()
        .find(|received| received.json["type"] == "Announce")
        .expect("it");
    assert_eq!(announce.path, "/inbox", "the shared inbox");
}

/// C69: `Retry-After` is honoured, and the same bytes are sent again.
async fn later_means_later(db: Db) {
    let lab = Lab::start(db).await;
    let (busy, _) = follower(&lab, Family::Lemmy, "lena").await;
    let (healthy, _) = follower(&lab, Family::Mastodon, "alice").await;
    lab.account("ada");
    busy.next_answer(Answer::later(3));
    let post = lab.post("ada", "tilab", "Patience", "Bonjour");
    healthy.hears_announce_of(&post).await;
    busy.hears_announce_of(&post).await;
    let attempts: Vec<_> = busy
        .attempts()
        .into_iter()
        .filter(|seen| seen.json["type"] == "Announce")
        .collect();
    assert_eq!(attempts.len(), 2);
    assert_eq!(attempts[0].status, 429);
    assert!(
        attempts[1].at - attempts[0].at >= Duration::from_secs(3),
        "not before it said"
    );
    assert_eq!(attempts[0].body, attempts[1].body, "the same bytes");
}

/// C69: a failing server is retried later and delays nobody; the operator sees why,
/// and can try at once.
async fn a_failing_server(db: Db) {
    let lab = Lab::start(db).await;
    let (failing, _) = follower(&lab, Family::Lemmy, "lena").await;
    let (healthy, _) = follower(&lab, Family::Mastodon, "alice").await;
    lab.account("ada");
    failing.always_answer(Answer::says(500, "la base est en panne"));
    let post = lab.post("ada", "tilab", "Un sujet", "Bonjour");
    healthy.hears_announce_of(&post).await;
    eventually("the failure on record", PATIENCE, || async {
        let rows = lab.deliveries_to(&failing.host());
        let row = rows.iter().find(|row| {
            row["kind"]
                .as_str()
                .is_some_and(|kind| kind.starts_with("Announce"))
        })?;
        (row["state"] != "delivered" && row["attempts"].as_u64()? >= 1).then_some(())
    })
    .await;
    let peer = lab.peer(&failing.host());
    assert!(
        peer.to_string().contains("la base est en panne"),
        "its words: {peer}"
    );
    assert_eq!(peer["software"], "lemmy");
    assert_eq!(peer["dialect"], "threadiverse");
    failing.always_answer(Answer::status(202));
    lab.run(&["peer", "retry", &failing.host()]);
    failing.hears_announce_of(&post).await;
    eventually("the success on record", PATIENCE, || async {
        lab.deliveries_to(&failing.host())
            .iter()
            .all(|row| row["state"] == "delivered")
            .then_some(())
    })
    .await;
}

/// C69, C15: a refusal is final, and kept in the peer's words.
async fn a_refusal_is_final(db: Db) {
    for status in [400, 403, 422] {
        let lab = Lab::start(db).await;
        let (peer, _) = follower(&lab, Family::Lemmy, "lena").await;
        lab.account("ada");
        // It took the Accept: a 400 does not mean that the signature was not understood.
        peer.always_answer(Answer::says(status, "community_is_full"));
        let post = lab.post("ada", "tilab", "Un sujet", "Bonjour");
        let row = eventually("the refusal on record", PATIENCE, || async {
            lab.deliveries_to(&peer.host())
                .into_iter()
                .find(|row| row["state"] == "refused")
        })
        .await;
        assert!(
            row["words"].to_string().contains("community_is_full"),
            "{row}"
        );
        assert_eq!(row["status"], status);
        let tries = peer
            .attempts()
            .iter()
            .filter(|seen| archipel_tests::surface::subject_of(&seen.json) == post)
            .count();
        assert_eq!(tries, 1, "{status}");
    }
}

/// C15: a peer that does not know the old scheme is knocked at once more, in the
/// new one, and that is remembered.
async fn double_knock_is_remembered(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let peer = Peer::start(Family::Mastodon).await;
    let alice = peer.person("alice");
    peer.understands_only(Scheme::Rfc9421);
    alice.says(&lab, &mastodon::follow(&alice, &group)).await;
    peer.hears("Accept", |_| true).await;
    let schemes: Vec<_> = peer.attempts().iter().map(|seen| seen.scheme).collect();
    assert_eq!(schemes, [Some(Scheme::Cavage), Some(Scheme::Rfc9421)]);
    lab.account("ada");
    let post = lab.post("ada", "tilab", "Un sujet", "Bonjour");
    peer.hears_announce_of(&post).await;
    let last = peer.attempts();
    assert!(
        last.len() == 3 && last[2].scheme == Some(Scheme::Rfc9421),
        "no third knock"
    );
    let covered = &last[2].covered;
    for part in ["@method", "@target-uri", "content-digest"] {
        assert!(
            covered.iter().any(|name| name == part),
            "{part} is signed: {covered:?}"
        );
    }
}

/// R8: what we sign in the old scheme, and that GETs carry no body's digest.
async fn what_is_signed(db: Db) {
    let lab = Lab::start(db).await;
    let (peer, _) = follower(&lab, Family::PieFed, "pia").await;
    let received = peer.received();
    let accept = received.first().expect("an Accept");
    assert_eq!(accept.scheme, Some(Scheme::Cavage));
    assert_eq!(accept.algorithm.as_deref(), Some("rsa-sha256"));
    for part in ["(request-target)", "host", "date", "digest"] {
        assert!(accept.covered.iter().any(|name| name == part), "{part}");
    }
    assert_eq!(
        accept.signed_by.as_deref(),
        Some(format!("{}#main-key", lab.community("tilab")).as_str())
    );
    assert!(
        accept.headers["content-type"]
            .to_str()
            .is_ok_and(|kind| kind.starts_with("application/activity+json"))
    );
}

/// C70: a server that is stopped with work in hand loses nothing.
async fn restart_in_mid_queue(db: Db) {
    let mut lab = Lab::start(db).await;
    let (peer, _) = follower(&lab, Family::Lemmy, "lena").await;
    lab.account("ada");
    peer.always_answer(Answer::status(503));
    let posts: Vec<String> = (0..5)
        .map(|n| lab.post("ada", "tilab", &format!("Sujet {n}"), "Bonjour"))
        .collect();
    eventually("a first attempt", PATIENCE, || async {
        peer.attempts()
            .iter()
            .any(|seen| seen.status == 503)
            .then_some(())
    })
    .await;
    lab.stop().await;
    assert!(!lab.listens());
    peer.always_answer(Answer::status(202));
    lab.restart().await;
    lab.run(&["peer", "retry", &peer.host()]);
    for post in &posts {
        peer.hears_announce_of(post).await;
    }
    for post in &posts {
        assert_eq!(peer.announces_of(post).len(), 1, "{post}");
    }
}

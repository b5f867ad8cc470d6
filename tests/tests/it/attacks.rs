//! Signatures and authority: what a hostile peer claims, and that nothing comes of
//! it. The oracle is what the lab knows and says afterwards, not its status.

use std::collections::HashMap;

use archipel_tests::peer::mastodon::{self, Toot};
use archipel_tests::peer::{Keys, Person, threadiverse};
use archipel_tests::surface::subject_of;
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Hostile, Lab, PUBLIC, Peer, Reply, both, eventually};
use serde_json::{Value, json};

both!(
    s2_garbage_signatures_cost_little,
    s13_another_body_under_a_known_id,
    s15_s16_keys_of_others,
    s21_a_key_that_cannot_be_had_now,
    s21_a_key_that_is_gone,
    a1_create_attributed_to_another,
    a2_create_of_an_id_elsewhere,
    a4_a5_edits_and_deletes_by_others,
    a8_deletion_of_another_account,
    a11_follows_of_others,
    a17_ids_of_ours
);

/// What a community shows: the ids of its posts.
pub async fn shown(lab: &Lab) -> Vec<String> {
    lab.outbox("tilab").await.iter().map(subject_of).collect()
}

/// What became of an activity, once it was worked on: its state.
pub async fn fate(lab: &Lab, activity: &Value) -> String {
    let id = activity["id"].as_str().expect("an id");
    eventually(&format!("{id} worked off"), PATIENCE, || async {
        let rows = lab.heard(&["done", "refused", "quarantined"]);
        let row = rows.iter().find(|row| row["activity_uri"] == id)?;
        Some(row["state"].as_str().expect("a state").to_owned())
    })
    .await
}

/// A Follow whose id belongs to the follower, wherever that lives.
pub fn follow_by(person: &Person, target: &str) -> Value {
    let mut follow = mastodon::follow(person, target);
    follow["id"] = json!(format!("{}#follow", person.id));
    follow
}

/// A public Note for tilab by `actor`, in a Create.
pub fn create(lab: &Lab, actor: &Person, object_id: &str) -> Value {
    let group = lab.community("tilab");
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": actor.activity_id("create"),
        "type": "Create",
        "actor": actor.id,
        "to": [PUBLIC],
        "cc": [group],
        "object": {
            "id": object_id,
            "type": "Note",
            "attributedTo": actor.id,
            "content": "<p>x</p>",
            "to": [PUBLIC],
            "cc": [group],
        },
    })
}

/// S2, D1: a thousand garbage signatures in the names of different actors: each is
/// asked for once, few at a time, and once more costs nothing more. A host in
/// trouble is not asked again and again either.
async fn s2_garbage_signatures_cost_little(db: Db) {
    let lab = Lab::start(db).await;
    for status in [404, 500] {
        let host = Hostile::start().await;
        host.answers(move |_| Reply::status(status));
        let people: Vec<Person> = (0..1000)
            .map(|n| host.person(&format!("p{n}"), Keys::shared(0)))
            .collect();
        for round in 0..2 {
            for some in people.chunks(20) {
                let sends = some.iter().map(|person| async {
                    let follow = follow_by(person, &lab.community("tilab"));
                    person.say(&lab, &follow).await.status.as_u16()
                });
                let answers = futures::future::join_all(sends).await;
                let wanted: &[u16] = if status == 404 { &[401, 503] } else { &[503] };
                assert!(answers.iter().all(|a| wanted.contains(a)), "{answers:?}");
            }
            let mut asked: HashMap<String, usize> = HashMap::new();
            for target in host.seen() {
                *asked.entry(target).or_default() += 1;
            }
            let most = asked.values().max().copied().unwrap_or(0);
            let bound = if status == 404 { 1 } else { 1 + round };
            assert!(
                most <= bound,
                "{status}: an actor was asked for {most} times"
            );
        }
        assert!(host.most_at_once() <= 8, "{} at once", host.most_at_once());
    }
    // One actor again and again, while its server is in trouble.
    let host = Hostile::start().await;
    host.answers(|_| Reply::status(500));
    let person = host.person("again", Keys::shared(0));
    let follow = follow_by(&person, &lab.community("tilab"));
    for _ in 0..60 {
        assert_eq!(person.say(&lab, &follow).await.status, 503);
    }
    assert!(host.seen().len() <= 4, "{}", host.seen().len());
    assert!(lab.inbox().is_empty());
    assert_eq!(lab.followers("tilab").await, 0);
}

/// S13: another body under an id that is known changes nothing.
async fn s13_another_body_under_a_known_id(db: Db) {
    let lab = Lab::start(db).await;
    let peer = Peer::start(Family::Mastodon).await;
    let alice = peer.person_with("alice", Keys::shared(0));
    let first = create(&lab, &alice, &peer.url("/o/1"));
    alice.says_and_is_heard(&lab, &first).await;
    let mut second = create(&lab, &alice, &peer.url("/o/2"));
    second["id"] = first["id"].clone();
    alice.says(&lab, &second).await;
    let third = create(&lab, &alice, &peer.url("/o/3"));
    alice.says_and_is_heard(&lab, &third).await;
    assert_eq!(shown(&lab).await, [peer.url("/o/3"), peer.url("/o/1")]);
}

/// S14–S16: a key of the attacker is no key of the victim, whoever says so.
async fn s15_s16_keys_of_others(db: Db) {
    let lab = Lab::start(db).await;
    let peer = Peer::start(Family::Mastodon).await;
    let (victim, eve) = (
        peer.person_with("victim", Keys::shared(0)),
        peer.person_with("eve", Keys::shared(1)),
    );
    let host = Hostile::start().await;
    let follow = mastodon::follow(&victim, &lab.community("tilab"));
    let body = || follow.to_string().into_bytes();
    // The victim's key id with the attacker's signature, from the same server.
    let answer = eve
        .deliver(&lab, "/inbox")
        .key_id(&victim.key_id())
        .send(body())
        .await;
    assert_eq!(answer.status, 401, "{}", answer.text);
    // The attacker's own key, of the same server as the victim.
    let answer = eve.deliver(&lab, "/inbox").send(body()).await;
    assert_eq!(answer.status, 401, "{}", answer.text);
    // A document elsewhere that calls its key the victim's.
    let mallory = host.person("mallory", Keys::shared(2));
    let mut document = host.document_of(&mallory, "Person");
    document["publicKey"]["owner"] = json!(victim.id);
    host.answers(move |_| Reply::document(&document));
    for actor in [&victim.id, &mallory.id] {
        let mut claim = follow_by(&mallory, &lab.community("tilab"));
        claim["actor"] = json!(actor);
        claim["id"] = json!(format!("{actor}#follows/1"));
        let answer = mallory.say(&lab, &claim).await;
        assert_eq!(answer.status, 401, "{}", answer.text);
    }
    assert!(lab.inbox().is_empty());
    assert_eq!(lab.followers("tilab").await, 0);
    // And nothing of it stands in the victim's own way.
    victim.says(&lab, &follow).await;
    peer.hears("Accept", |_| true).await;
}

/// S21: while a key cannot be fetched the peer is told to come back, and then it works.
async fn s21_a_key_that_cannot_be_had_now(db: Db) {
    let lab = Lab::start(db).await;
    let host = Hostile::start().await;
    let vera = host.person("vera", Keys::shared(0));
    host.answers(|_| Reply::status(500));
    let follow = follow_by(&vera, &lab.community("tilab"));
    let answer = vera.say(&lab, &follow).await;
    assert_eq!(answer.status, 503, "{}", answer.text);
    let wait: u64 = answer.header("retry-after").parse().expect("Retry-After");
    assert!((1..=300).contains(&wait), "{wait}");
    assert!(lab.inbox().is_empty());
    let document = host.document_of(&vera, "Person");
    host.answers(move |_| Reply::document(&document));
    eventually("the follow, once the key can be had", PATIENCE, || async {
        (vera.say(&lab, &follow).await.status == 202).then_some(())
    })
    .await;
    eventually("the follower", PATIENCE, || async {
        (lab.followers("tilab").await == 1).then_some(())
    })
    .await;
}

/// S21, A8: a key that is gone proves nothing, and its actor is gone here too.
async fn s21_a_key_that_is_gone(db: Db) {
    let lab = Lab::start(db).await;
    let host = Hostile::start().await;
    let vera = host.person("vera", Keys::shared(0));
    let document = host.document_of(&vera, "Person");
    host.answers(move |_| Reply::document(&document));
    let follow = follow_by(&vera, &lab.community("tilab"));
    vera.says_and_is_heard(&lab, &follow).await;
    assert_eq!(lab.followers("tilab").await, 1);
    host.answers(|_| Reply::status(410));
    let mut other = vera.clone();
    other.id = host.url("/users/other");
    let answer = other
        .say(&lab, &follow_by(&other, &lab.community("tilab")))
        .await;
    assert_eq!(answer.status, 401, "{}", answer.text);
    let asked = host.seen().len();
    for _ in 0..10 {
        let answer = other.say(&lab, &mastodon::delete_account(&other)).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
    }
    assert_eq!(host.seen().len(), asked, "no storm of fetches");
}

/// A1: a post attributed to somebody else, in every way to write that.
async fn a1_create_attributed_to_another(db: Db) {
    let lab = Lab::start(db).await;
    let (home, away) = (
        Peer::start(Family::Mastodon).await,
        Peer::start(Family::Mastodon).await,
    );
    let (bob, eve) = (
        home.person_with("bob", Keys::shared(0)),
        away.person_with("eve", Keys::shared(1)),
    );
    let forgeries = [
        json!({ "attributedTo": bob.id }),
        json!({ "attributedTo": [eve.id, bob.id] }),
        json!({ "attributedTo": { "type": "Person", "id": bob.id } }),
        json!({ "attributedTo": { "type": "Group", "id": bob.id } }),
        json!({ "attributedTo": null }),
        json!({ "attributedTo": bob.id, "actor": eve.id }),
        json!({ "attributedTo": [{ "type": "Person", "id": bob.id }], "actor": eve.id }),
    ];
    for (n, forgery) in forgeries.iter().enumerate() {
        let mut forged = create(&lab, &eve, &away.url(&format!("/o/{n}")));
        for (name, value) in forgery.as_object().expect("an object") {
            forged["object"][name] = value.clone();
        }
        eve.says(&lab, &forged).await;
        assert_eq!(fate(&lab, &forged).await, "refused", "{forgery}");
    }
    assert!(shown(&lab).await.is_empty());
}

/// A2, C34: a post whose id is elsewhere is nobody's; the real one comes through later.
async fn a2_create_of_an_id_elsewhere(db: Db) {
    let lab = Lab::start(db).await;
    let (home, away) = (
        Peer::start(Family::Mastodon).await,
        Peer::start(Family::Mastodon).await,
    );
    let (bob, eve) = (
        home.person_with("bob", Keys::shared(0)),
        away.person_with("eve", Keys::shared(1)),
    );
    let toot = Toot::by(&bob, "Le vrai")
        .to_group(&lab.community("tilab"))
        .post();
    let forged = create(&lab, &eve, &toot.id);
    eve.says(&lab, &forged).await;
    assert_eq!(fate(&lab, &forged).await, "refused");
    // By its id alone: the true post is found, and is not the attacker's.
    let mut by_id = create(&lab, &eve, &toot.id);
    by_id["object"] = json!(toot.id);
    eve.says(&lab, &by_id).await;
    assert_eq!(fate(&lab, &by_id).await, "refused");
    assert!(shown(&lab).await.is_empty());
    bob.says_and_is_heard(&lab, &toot.create).await;
    let outbox = lab.outbox("tilab").await;
    assert_eq!(outbox.len(), 1);
    assert_eq!(outbox[0]["object"], toot.create, "as its author wrote it");
}

/// A4, A5: whoever did not write a post cannot edit or delete it.
async fn a4_a5_edits_and_deletes_by_others(db: Db) {
    let lab = Lab::start(db).await;
    let (home, away) = (
        Peer::start(Family::Mastodon).await,
        Peer::start(Family::Mastodon).await,
    );
    let (alice, bob, eve) = (
        home.person_with("alice", Keys::shared(0)),
        home.person_with("bob", Keys::shared(1)),
        away.person_with("eve", Keys::shared(2)),
    );
    let toot = Toot::by(&bob, "De Bob")
        .to_group(&lab.community("tilab"))
        .post();
    bob.says_and_is_heard(&lab, &toot.create).await;
    let before = lab.outbox("tilab").await;
    for actor in [&alice, &eve] {
        let update = json!({
            "id": actor.activity_id("update"), "type": "Update", "actor": actor.id,
            "to": [PUBLIC],
            "object": { "id": toot.id, "type": "Note", "attributedTo": actor.id,
                "content": "forged", "to": [PUBLIC] },
        });
        let tombstone = json!({ "type": "Tombstone", "id": toot.id });
        let mut sent = vec![update];
        for object in [json!(toot.id), tombstone] {
            sent.push(json!({
                "id": actor.activity_id("delete"), "type": "Delete", "actor": actor.id,
                "to": [PUBLIC], "object": object,
            }));
        }
        for activity in sent {
            actor.says(&lab, &activity).await;
            assert_eq!(fate(&lab, &activity).await, "refused", "{activity}");
        }
    }
    assert_eq!(lab.outbox("tilab").await, before);
}

/// A8: only the account itself can say that it is deleted.
async fn a8_deletion_of_another_account(db: Db) {
    let lab = Lab::start(db).await;
    let peer = Peer::start(Family::Mastodon).await;
    let (alice, bob) = (
        peer.person_with("alice", Keys::shared(0)),
        peer.person_with("bob", Keys::shared(1)),
    );
    alice
        .says_and_is_heard(&lab, &mastodon::follow(&alice, &lab.community("tilab")))
        .await;
    let mut delete = mastodon::delete_account(&bob);
    delete["object"] = json!(alice.id);
    bob.says(&lab, &mastodon::follow(&bob, &lab.community("utilo")))
        .await;
    bob.says(&lab, &delete).await;
    assert_eq!(fate(&lab, &delete).await, "refused");
    assert_eq!(lab.followers("tilab").await, 1);
    let delete = mastodon::delete_account(&alice);
    alice.says_and_is_heard(&lab, &delete).await;
    assert_eq!(lab.followers("tilab").await, 0);
}

/// A11: nobody follows in another's name, and nobody follows through us.
async fn a11_follows_of_others(db: Db) {
    let lab = Lab::start(db).await;
    let (home, away) = (
        Peer::start(Family::Mastodon).await,
        Peer::start(Family::Lemmy).await,
    );
    let (victim, eve) = (
        home.person_with("victim", Keys::shared(0)),
        away.person_with("eve", Keys::shared(1)),
    );
    let follow = mastodon::follow(&victim, &lab.community("tilab"));
    let answer = eve
        .deliver(&lab, "/inbox")
        .send(follow.to_string().into_bytes())
        .await;
    assert_eq!(answer.status, 401);
    let elsewhere = threadiverse::follow(&eve, &victim.id);
    eve.says(&lab, &elsewhere).await;
    assert_eq!(fate(&lab, &elsewhere).await, "refused");
    for place in ["/", "/inbox", "/p/1", "/c/nothere", "/u/tilab"] {
        let follow = threadiverse::follow(&eve, &lab.url(place));
        eve.says(&lab, &follow).await;
        assert_eq!(fate(&lab, &follow).await, "refused", "{place}");
    }
    assert_eq!(lab.followers("tilab").await, 0);
    assert!(lab.deliveries_to(&away.host()).is_empty());
    assert!(lab.deliveries_to(&home.host()).is_empty());
}

/// A17: an id under our own address is never believed from outside.
async fn a17_ids_of_ours(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let post = lab.post("ada", "tilab", "Un titre", "Un texte");
    let before = lab.document_at(&post).await;
    let peer = Peer::start(Family::Lemmy).await;
    let eve = peer.person_with("eve", Keys::shared(0));
    for id in [&post, &lab.url("/p/1"), &lab.url("/c/tilab")] {
        let forged = create(&lab, &eve, id);
        eve.says(&lab, &forged).await;
        assert_eq!(fate(&lab, &forged).await, "refused", "{id}");
    }
    // An activity of ours, an actor of ours.
    let mut as_us = create(&lab, &eve, &peer.url("/o/1"));
    as_us["id"] = json!(lab.url("/activities/1"));
    assert_eq!(eve.say(&lab, &as_us).await.status, 400);
    as_us["actor"] = json!(lab.url("/u/ada"));
    assert!(eve.say(&lab, &as_us).await.status.is_client_error());
    assert_eq!(lab.document_at(&post).await, before);
    assert_eq!(shown(&lab).await, [post]);
}

//! Communities of other servers that somebody here follows: what they pass on, what
//! their moderators decide, and answers that get lost.

use archipel_tests::peer::{Community, Keys, Person, threadiverse};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, PUBLIC, Peer, both, eventually};
use serde_json::{Value, json};

both!(
    moderators_there_decide_about_their_posts,
    people_here_learn_what_was_decided_there,
    edits_of_third_servers_come_from_their_origin,
    deletions_of_third_servers_are_looked_up,
    every_form_and_no_doubles,
    a_lost_answer_is_asked_for_again,
    c36_a_refusal_stays_one,
    c61_communities_follow_each_other
);

/// A community elsewhere that ada of this lab follows and was let into.
pub async fn followed(lab: &Lab, family: Family, name: &str) -> (Peer, Community) {
    let peer = Peer::start(family).await;
    let community = peer.community(name);
    lab.follow("ada", &community.group.id);
    community.lets_in(lab).await;
    (peer, community)
}

/// A thread there, announced and taken in.
async fn thread(lab: &Lab, there: &Community, author: &Person, title: &str) -> String {
    let page = threadiverse::page(author, &there.group.id, Some(title), "texte");
    let (state, words) = there.announces(lab, &page.create).await;
    assert_eq!(state, "done", "{words}");
    page.id
}

fn found<'a>(threads: &'a [Value], id: &str) -> Option<&'a Value> {
    threads.iter().find(|thread| thread["uri"] == id)
}

/// Removal, restoration, locks, what is on top: by the community for its own posts, and
/// by nobody else; and nothing of it is said on by this server.
async fn moderators_there_decide_about_their_posts(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let (home, photo) = followed(&lab, Family::Lemmy, "photo").await;
    let (_, evil) = followed(&lab, Family::PieFed, "evil").await;
    let (lena, mia) = (
        home.person_with("lena", Keys::shared(0)),
        home.person_with("mia", Keys::shared(1)),
    );
    let group = photo.group.id.clone();
    let id = thread(&lab, &photo, &lena, "Un sujet").await;
    let kept = thread(&lab, &photo, &lena, "Un autre").await;
    let reason = json!({ "summary": "Hors sujet" });
    let featured = json!({ "target": format!("{group}/featured") });
    let remove = photo.decision(&mia, "Delete", &id, &reason);
    let lock = photo.decision(&mia, "Lock", &id, &reason);
    let pin = photo.decision(&mia, "Add", &id, &featured);
    for foreign in [&remove, &lock, &pin] {
        assert_eq!(evil.announces(&lab, foreign).await.0, "refused");
    }
    assert_eq!(
        found(&lab.threads(&group), &id).expect("it")["locked"],
        false
    );
    for (decision, member) in [(&lock, "locked"), (&pin, "on_top")] {
        assert_eq!(photo.announces(&lab, decision).await.0, "done");
        let threads = lab.threads(&group);
        assert_eq!(found(&threads, &id).expect("it")[member], true, "{member}");
        assert_eq!(found(&threads, &kept).expect("it")[member], false);
    }
    assert!(
        !lab.cli(&["reply", "ada", &id, "Trop tard"])
            .status
            .success()
    );
    assert_eq!(
        photo.announces(&lab, &photo.undone(&mia, &lock)).await.0,
        "done"
    );
    let mut unpin = photo.decision(&mia, "Remove", &id, &featured);
    assert_eq!(photo.announces(&lab, &unpin).await.0, "done");
    unpin["id"] = json!(mia.activity_id("twice"));
    assert_eq!(photo.announces(&lab, &unpin).await.0, "refused");
    let threads = lab.threads(&group);
    let one = found(&threads, &id).expect("it");
    assert_eq!(
        (&one["locked"], &one["on_top"]),
        (&json!(false), &json!(false))
    );
    lab.reply("ada", &id, "À temps");
    assert_eq!(photo.announces(&lab, &remove).await.0, "done");
    assert!(found(&lab.threads(&group), &id).is_none());
    assert!(found(&lab.threads(&group), &kept).is_some());
    let undo = photo.undone(&mia, &remove);
    assert_eq!(evil.announces(&lab, &undo).await.0, "refused");
    assert!(found(&lab.threads(&group), &id).is_none());
    assert_eq!(photo.announces(&lab, &undo).await.0, "done");
    assert!(found(&lab.threads(&group), &id).is_some());
    assert!(home.of_type("Announce").is_empty(), "nothing is passed on");
    assert!(home.of_type("Delete").is_empty());
}

/// A post from here that is removed there, and its author who is banned there.
async fn people_here_learn_what_was_decided_there(db: Db) {
    let lab = Lab::start(db).await;
    let ada = lab.account("ada");
    let (home, photo) = followed(&lab, Family::Lemmy, "photo").await;
    let mia = home.person_with("mia", Keys::shared(0));
    let group = photo.group.id.clone();
    let post = lab.post("ada", &group, "D'ici", "texte");
    let create = home
        .hears("Create", |it| it["object"]["id"] == post.as_str())
        .await;
    photo.announces(&lab, &create).await;
    assert_eq!(
        lab.threads(&group).len(),
        1,
        "what comes back is no second one"
    );
    let remove = photo.decision(&mia, "Delete", &post, &json!({ "summary": "Hors sujet" }));
    assert_eq!(photo.announces(&lab, &remove).await.0, "done");
    assert!(lab.threads(&group).is_empty());
    assert_eq!(lab.notices("ada"), ["elsewhere:removed"]);
    assert_eq!(
        photo.announces(&lab, &photo.undone(&mia, &remove)).await.0,
        "done"
    );
    assert_eq!(lab.threads(&group).len(), 1);
    let ban = photo.decision(
        &mia,
        "Block",
        &ada,
        &json!({ "target": group, "removeData": true, "summary": "Encore" }),
    );
    assert_eq!(photo.announces(&lab, &ban).await.0, "done");
    assert!(lab.threads(&group).is_empty());
    let refused = lab.cli(&["post", "ada", "--to", &group, "Encore moi"]);
    assert!(!refused.status.success());
    let mut undo = photo.undone(&mia, &ban);
    undo["restoreData"] = json!(true);
    assert_eq!(photo.announces(&lab, &undo).await.0, "done");
    lab.shows(&group, &post, |_| true).await;
    lab.run(&["post", "ada", "--to", &group, "Me revoilà"]);
    assert_eq!(
        lab.notices("ada"),
        [
            "elsewhere:unbanned",
            "elsewhere:banned",
            "elsewhere:restored",
            "elsewhere:removed"
        ]
    );
    // Elsewhere, nobody deletes what was written here.
    let mut forged = photo.decision(&mia, "Delete", &post, &json!({}));
    forged["actor"] = json!(ada);
    assert_eq!(photo.announces(&lab, &forged).await.0, "refused");
}

/// A community speaks for its own server; an edit of a third one's post is believed with
/// its author's proof, else read where it lives.
async fn edits_of_third_servers_come_from_their_origin(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let (_, photo) = followed(&lab, Family::Lemmy, "photo").await;
    let away = Peer::start(Family::Lemmy).await;
    let bob = away.person_with("bob", Keys::shared(0));
    let group = photo.group.id.clone();
    let page = threadiverse::page(&bob, &group, Some("Un"), "texte");
    assert_eq!(photo.announces(&lab, &page.create).await.0, "done");
    let update = |title: &str, at: &str| {
        let mut object = page.create["object"].clone();
        object["name"] = json!(title);
        object["updated"] = json!(at);
        json!({
            "@context": page.create["@context"],
            "id": bob.activity_id("update"), "type": "Update", "actor": bob.id,
            "to": [PUBLIC], "cc": [group], "audience": group, "object": object,
        })
    };
    let title = || found(&lab.threads(&group), &page.id).expect("it")["title"].clone();
    let (_, words) = photo
        .announces(&lab, &update("FORGED", "2026-11-01T10:00:00Z"))
        .await;
    assert_eq!(title(), "Un", "{words}");
    let true_one = update("Deux", "2026-11-02T10:00:00Z");
    let mut served = true_one["object"].clone();
    served["@context"] = true_one["@context"].clone();
    away.serve(&page.id, served);
    photo
        .announces(&lab, &update("FORGED", "2026-11-03T10:00:00Z"))
        .await;
    assert_eq!(title(), "Deux", "what its origin says");
    let asked = away.seen().len();
    let proven = archipel_tests::peer::proof::prove(&bob, &update("Trois", "2026-11-24T10:00:00Z"));
    let (state, words) = photo.announces(&lab, &proven).await;
    assert_eq!(
        (state.as_str(), title()),
        ("done", json!("Trois")),
        "{words}"
    );
    let asked_again = away.seen()[asked..]
        .iter()
        .any(|seen| page.id.ends_with(&seen.path));
    assert!(!asked_again, "the proof was enough");
    let mut changed =
        archipel_tests::peer::proof::prove(&bob, &update("Quatre", "2026-11-24T11:00:00Z"));
    changed["object"]["name"] = json!("FORGED");
    photo.announces(&lab, &changed).await;
    assert_eq!(title(), "Trois");
}

/// A deletion of a third server's post: gone when its origin says that it is gone.
async fn deletions_of_third_servers_are_looked_up(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let (home, photo) = followed(&lab, Family::Lemmy, "photo").await;
    let away = Peer::start(Family::Lemmy).await;
    let (bob, lena) = (
        away.person_with("bob", Keys::shared(0)),
        home.person_with("lena", Keys::shared(1)),
    );
    let group = photo.group.id.clone();
    let page = threadiverse::page(&bob, &group, Some("Là-bas"), "texte");
    assert_eq!(photo.announces(&lab, &page.create).await.0, "done");
    let near = thread(&lab, &photo, &lena, "Ici").await;
    let delete = || photo.decision(&bob, "Delete", &page.id, &json!({}));
    let here = || found(&lab.threads(&group), &page.id).is_some();
    assert_eq!(
        photo.announces(&lab, &delete()).await.0,
        "refused",
        "still shown"
    );
    away.serve_with(&page.id, 403, json!({}));
    assert_eq!(
        photo.announces(&lab, &delete()).await.0,
        "refused",
        "not shown to us"
    );
    assert!(here());
    away.serve_with(&page.id, 410, json!({ "id": page.id, "type": "Tombstone" }));
    assert_eq!(photo.announces(&lab, &delete()).await.0, "done");
    assert!(!here());
    // What lives on the community's own server needs no look.
    let own = photo.decision(&lena, "Delete", &near, &json!({}));
    assert_eq!(photo.announces(&lab, &own).await.0, "done");
    assert!(lab.threads(&group).is_empty());
}

/// Lemmy's two announcements, NodeBB's two, batches, nested ones, the bare activity of
/// the author beside them: one post.
async fn every_form_and_no_doubles(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let (home, photo) = followed(&lab, Family::Lemmy, "photo").await;
    let away = Peer::start(Family::Mastodon).await;
    let (lena, bob) = (
        home.person_with("lena", Keys::shared(0)),
        away.person_with("bob", Keys::shared(1)),
    );
    let group = photo.group.id.clone();
    let pages: Vec<_> = (0..3)
        .map(|n| threadiverse::page(&lena, &group, Some(&format!("Sujet {n}")), "texte"))
        .collect();
    let answer = threadiverse::comment(&lena, &group, &pages[0].id, &lena.id, "réponse");
    let mut with_actor = pages[0].create["object"].clone();
    with_actor["actor"] = json!(lena.id);
    let mut embedded_actor = pages[1].create.clone();
    embedded_actor["actor"] = json!({ "id": lena.id, "type": "Person" });
    let collection = |items: &[&Value]| {
        json!({
            "id": home.url(&format!("/batch/{}", home.serial())),
            "type": "OrderedCollection", "totalItems": items.len(), "orderedItems": items,
        })
    };
    let nested = threadiverse::announce(&photo.group, &pages[2].create);
    let like = json!({
        "id": lena.activity_id("like"), "type": "Like", "actor": lena.id, "object": pages[0].id,
    });
    for form in [
        pages[0].create.clone(),
        with_actor,
        json!(pages[0].id),
        collection(&[&embedded_actor, &pages[0].create, &answer.create]),
        nested.clone(),
        nested,
        collection(&[&like, &like]),
    ] {
        let (state, words) = photo.announces(&lab, &form).await;
        assert_eq!(state, "done", "{words}");
    }
    let threads = lab.threads(&group);
    assert_eq!(threads.len(), 3, "{threads:?}");
    assert_eq!(found(&threads, &pages[0].id).expect("it")["replies"], 1);
    // The author's own word first, because somebody here follows them.
    lab.follow("ada", &bob.id);
    let follow = away.hears("Follow", |_| true).await;
    let accept = json!({
        "id": bob.activity_id("accept"), "type": "Accept", "actor": bob.id, "object": follow,
    });
    bob.says_and_is_heard(&lab, &accept).await;
    let bare = threadiverse::page(&bob, &group, Some("Directement"), "texte");
    bob.says_and_is_heard(&lab, &bare.create).await;
    assert_eq!(
        lab.threads(&group).len(),
        3,
        "the community has not shown it"
    );
    let reply = threadiverse::comment(&bob, &group, &bare.id, &bob.id, "suite");
    bob.says_and_is_heard(&lab, &reply.create).await;
    for form in [json!(bare.id), bare.create.clone()] {
        assert_eq!(photo.announces(&lab, &form).await.0, "done");
    }
    let threads = lab.threads(&group);
    assert_eq!(threads.len(), 4);
    assert_eq!(found(&threads, &bare.id).expect("it")["replies"], 1);
}

fn state(lab: &Lab, target: &str) -> Value {
    let account = lab.json(&["account", "show", "ada"]);
    let follows = account["follows"].as_array().expect("a list");
    let follow = follows.iter().find(|follow| follow["actor"] == target);
    follow.map_or(Value::Null, |follow| follow["state"].clone())
}

/// The answer to a follow got lost: the same Follow is sent again when it is typed again,
/// and what the community shows is as good as an answer.
async fn a_lost_answer_is_asked_for_again(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let home = Peer::start(Family::Lemmy).await;
    let photo = home.community("photo");
    let lena = home.person_with("lena", Keys::shared(0));
    let group = photo.group.id.clone();
    lab.follow("ada", &group);
    let first = home.hears("Follow", |_| true).await;
    assert_eq!(state(&lab, &group), "pending");
    lab.follow("ada", &group);
    eventually("the Follow again", PATIENCE, || async {
        (home.of_type("Follow").len() == 2).then_some(())
    })
    .await;
    assert!(home.of_type("Follow").iter().all(|follow| *follow == first));
    let id = thread(&lab, &photo, &lena, "Un sujet").await;
    assert_eq!(state(&lab, &group), "accepted");
    assert!(found(&lab.threads(&group), &id).is_some());
    // A late answer that names only the first id changes nothing, and is understood.
    let late = json!({
        "id": photo.group.activity_id("late"), "type": "Accept", "actor": group,
        "object": first["id"],
    });
    photo.group.says_and_is_heard(&lab, &late).await;
    assert_eq!(state(&lab, &group), "accepted");
}

/// C36: a community that refused is not let in by what it announces.
async fn c36_a_refusal_stays_one(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let home = Peer::start(Family::Lemmy).await;
    let photo = home.community("photo");
    let lena = home.person_with("lena", Keys::shared(0));
    let group = photo.group.id.clone();
    lab.follow("ada", &group);
    let follow = home.hears("Follow", |_| true).await;
    photo.answers(&lab, "Reject", &follow).await;
    let page = threadiverse::page(&lena, &group, Some("Un sujet"), "texte");
    let announce = threadiverse::announce(&photo.group, &page.create);
    let answer = photo.group.say(&lab, &announce).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text.contains("community_has_no_followers"));
    assert_eq!(state(&lab, &group), "rejected");
    assert!(lab.threads(&group).is_empty());
}

/// C61: two communities follow each other. What one shows is in the other's server once,
/// in the community where it was posted, and goes round nowhere.
async fn c61_communities_follow_each_other(db: Db) {
    let (a, b) = two_labs(db).await;
    let (there, here) = (a.community("tilab"), b.community("tilab"));
    a.account("ada");
    b.account("bea");
    a.run(&["community", "follow", "tilab", &here]);
    b.run(&["community", "follow", "tilab", &there]);
    for lab in [&a, &b] {
        eventually("one follower", PATIENCE, || async {
            (lab.followers("tilab").await == 1).then_some(())
        })
        .await;
    }
    let ours = a.post("ada", "tilab", "De A", "texte");
    let theirs = b.post("bea", "tilab", "De B", "texte");
    b.shows(&there, &ours, |_| true).await;
    a.shows(&here, &theirs, |_| true).await;
    let reply = b.reply("bea", &ours, "Vu d'en face");
    eventually("the reply at home", PATIENCE, || async {
        a.item_ids(&format!("{ours}/replies"))
            .await
            .contains(&reply)
            .then_some(())
    })
    .await;
    let last = a.post("ada", "tilab", "Fin", "texte");
    b.shows(&there, &last, |_| true).await;
    for (lab, community, many) in [
        (&a, &there, 2),
        (&b, &here, 1),
        (&a, &here, 1),
        (&b, &there, 2),
    ] {
        assert_eq!(lab.threads(community).len(), many, "{community}");
    }
    assert_eq!(a.outbox("tilab").await.len(), 2);
    assert_eq!(b.outbox("tilab").await.len(), 1);
    let log = a.list(&["log", "tilab"]);
    assert!(
        log.iter().any(|entry| entry["measure"] == "followed"),
        "{log:?}"
    );
    a.run(&["community", "unfollow", "tilab", &here]);
    eventually("no follower", PATIENCE, || async {
        (b.followers("tilab").await == 0).then_some(())
    })
    .await;
}

/// Two labs that find each other.
pub async fn two_labs(db: Db) -> (Lab, Lab) {
    let a = Lab::builder(db)
        .named("lab-a.test")
        .resolve("lab-b.test", "127.0.0.1")
        .start()
        .await;
    let b = Lab::builder(db)
        .named("lab-b.test")
        .resolve("lab-a.test", "127.0.0.1")
        .start()
        .await;
    (a, b)
}

//! Communities under attack: forged answers, announcements, loops, policies,
//! things that come in the wrong order, and hosts that are not wanted.

use archipel_tests::peer::mastodon::{self, Toot};
use archipel_tests::peer::{Keys, threadiverse};
use archipel_tests::surface::subject_of;
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, PUBLIC, Peer, both, eventually};
use serde_json::json;

use crate::attacks::{create, fate, shown};
use crate::posting::follower;

both!(
    a10_answers_to_follows_never_sent,
    g1_g2_announced_forgeries,
    g3_only_members_post,
    g11_no_announce_is_announced,
    g14_a_deletion_before_its_post,
    g14_deleted_stays_deleted,
    a_post_first_met_as_a_parent,
    another_community_takes_nothing_over,
    b1_blocked_domains,
    p1_private_posts_in_disguise
);

/// A10: an Accept or Reject of what was never asked, or by somebody else.
async fn a10_answers_to_follows_never_sent(db: Db) {
    let lab = Lab::start(db).await;
    let ada = lab.account("ada");
    let (home, away) = (
        Peer::start(Family::Lemmy).await,
        Peer::start(Family::Lemmy).await,
    );
    let photo = home.group("photo");
    let eve = away.group("eve");
    let following = || async {
        let document = lab.document("/u/ada/following").await;
        document["totalItems"].as_u64().expect("a number")
    };
    let answer = |kind: &str, actor: &str, id: &str, object: &str| {
        json!({
            "id": format!("{actor}/answers/{}", away.serial() + home.serial() * 1000),
            "type": kind, "actor": actor,
            "object": { "id": id, "type": "Follow", "actor": ada, "object": object },
        })
    };
    // Never asked.
    let forged = answer("Accept", &eve.id, &lab.url("/activities/7"), &eve.id);
    eve.says(&lab, &forged).await;
    assert_eq!(fate(&lab, &forged).await, "refused");
    // Asked of another.
    lab.follow("ada", &photo.id);
    let follow = home.hears("Follow", |_| true).await;
    let follow = follow["id"].as_str().expect("an id").to_owned();
    for kind in ["Accept", "Reject"] {
        for object in [&eve.id, &photo.id] {
            let forged = answer(kind, &eve.id, &follow, object);
            eve.says(&lab, &forged).await;
            assert_eq!(fate(&lab, &forged).await, "refused", "{forged}");
        }
        let mut bare = answer(kind, &eve.id, &follow, &photo.id);
        bare["object"] = json!(follow);
        eve.says(&lab, &bare).await;
        assert_eq!(fate(&lab, &bare).await, "refused", "{bare}");
    }
    assert_eq!(following().await, 0);
    let true_one = answer("Accept", &photo.id, &follow, &photo.id);
    photo.says_and_is_heard(&lab, &true_one).await;
    assert_eq!(following().await, 1);
    // A third party takes it back.
    let undo = json!({
        "id": eve.activity_id("undo"), "type": "Undo", "actor": eve.id,
        "object": { "id": follow, "type": "Follow", "actor": ada, "object": photo.id },
    });
    eve.says(&lab, &undo).await;
    assert_eq!(fate(&lab, &undo).await, "refused");
    assert_eq!(following().await, 1);
}

/// G1, G2, C34: what a person or a foreign community passes on in another's name.
async fn g1_g2_announced_forgeries(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let (home, away) = (
        Peer::start(Family::Lemmy).await,
        Peer::start(Family::Lemmy).await,
    );
    let victim = home.person_with("victim", Keys::shared(0));
    let (eve, evil) = (away.person_with("eve", Keys::shared(1)), away.group("evil"));
    lab.follow("ada", &evil.id);
    let follow = away.hears("Follow", |_| true).await;
    let accept = json!({
        "id": evil.activity_id("accept"), "type": "Accept", "actor": evil.id, "object": follow,
    });
    evil.says_and_is_heard(&lab, &accept).await;
    let group = lab.community("tilab");
    let real = threadiverse::page(&victim, &group, Some("Vrai"), "le vrai texte");
    let mut edited = real.create.clone();
    edited["object"]["content"] = json!("<p>FORGED</p>");
    let mut invented = edited.clone();
    invented["object"]["id"] = json!(home.url("/post/invented"));
    invented["id"] = json!(home.url("/activities/invented"));
    for by in [&eve, &evil] {
        for inner in [&edited, &invented, &invented["object"], &edited["object"]] {
            let announce = threadiverse::announce(by, inner);
            by.says(&lab, &announce).await;
            fate(&lab, &announce).await;
        }
    }
    assert!(shown(&lab).await.is_empty(), "nothing was announced");
    victim.says_and_is_heard(&lab, &real.create).await;
    // The victim's own words, not those of the community that passed them on.
    let reply = lab.reply("ada", &real.id, "Réponse");
    let document = lab.document_at(&reply).await;
    assert_eq!(document["inReplyTo"], real.id);
    let page = lab.get("/c/tilab", "text/html").await;
    assert!(!page.text.contains("FORGED"));
    for path in ["/c/tilab/outbox", "/"] {
        assert!(!lab.get(path, "*/*").await.text.contains("FORGED"));
    }
    assert_eq!(shown(&lab).await, [real.id]);
}

/// G3: where only members post, nobody else is announced.
async fn g3_only_members_post(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    lab.run(&[
        "community",
        "set",
        "tilab",
        "--join",
        "approval",
        "--post",
        "members",
        "--reply",
        "members",
    ]);
    let peer = Peer::start(Family::Mastodon).await;
    let (alice, bob) = (
        peer.person_with("alice", Keys::shared(0)),
        peer.person_with("bob", Keys::shared(1)),
    );
    alice
        .says_and_is_heard(&lab, &mastodon::follow(&alice, &group))
        .await;
    for person in [&alice, &bob] {
        let toot = Toot::by(person, "Non membre").to_group(&group).post();
        person.says(&lab, &toot.create).await;
        assert_eq!(fate(&lab, &toot.create).await, "refused");
    }
    // Pretending to be let in.
    let accept = json!({
        "id": bob.activity_id("accept"), "type": "Accept", "actor": bob.id,
        "object": mastodon::follow(&bob, &group),
    });
    bob.says(&lab, &accept).await;
    assert_eq!(fate(&lab, &accept).await, "refused");
    assert_eq!(lab.followers("tilab").await, 0);
    lab.run(&["community", "accept", "tilab", &alice.id]);
    let toot = Toot::by(&alice, "Membre").to_group(&group).post();
    alice.says(&lab, &toot.create).await;
    assert_eq!(fate(&lab, &toot.create).await, "done");
    let out = Toot::by(&bob, "Dehors").reply_to(&toot.id).post();
    bob.says(&lab, &out.create).await;
    assert_eq!(fate(&lab, &out.create).await, "refused");
    assert_eq!(shown(&lab).await, [toot.id]);
}

/// G11: communities that follow each other pass nothing round and round.
async fn g11_no_announce_is_announced(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let group = lab.community("tilab");
    let (watcher, _) = follower(&lab, Family::Lemmy, "lena").await;
    let away = Peer::start(Family::Lemmy).await;
    let (other, pia) = (
        away.group("other"),
        away.person_with("pia", Keys::shared(1)),
    );
    lab.follow("ada", &other.id);
    let follow = away.hears("Follow", |_| true).await;
    let accept = json!({
        "id": other.activity_id("accept"), "type": "Accept", "actor": other.id, "object": follow,
    });
    other.says_and_is_heard(&lab, &accept).await;
    other
        .says_and_is_heard(&lab, &threadiverse::follow(&other, &group))
        .await;
    let ours = lab.post("ada", "tilab", "D'ici", "texte");
    let announced = watcher.hears_announce_of(&ours).await;
    away.hears_announce_of(&ours).await;
    let theirs = threadiverse::page(&pia, &other.id, Some("De là"), "texte");
    let theirs_announced = threadiverse::announce(&other, &theirs.create);
    let boost = json!({
        "id": other.activity_id("boost"), "type": "Announce", "actor": other.id,
        "to": [PUBLIC, group], "cc": [group], "audience": group, "object": theirs.id,
    });
    for inner in [
        theirs_announced.clone(),
        threadiverse::announce(&other, &announced),
        threadiverse::announce(&other, &theirs_announced),
        threadiverse::announce(&other, &json!(ours)),
        boost,
    ] {
        other.says(&lab, &inner).await;
        fate(&lab, &inner).await;
    }
    let after = lab.post("ada", "tilab", "Ensuite", "texte");
    watcher.hears_announce_of(&after).await;
    assert_eq!(shown(&lab).await, [after.clone(), ours.clone()]);
    assert_eq!(watcher.of_type("Announce").len(), 2);
    assert_eq!(watcher.announces_of(&ours).len(), 1);
}

/// G14: a Delete that overtakes its Create wins.
async fn g14_a_deletion_before_its_post(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let peer = Peer::start(Family::Mastodon).await;
    let (alice, eve) = (
        peer.person_with("alice", Keys::shared(0)),
        Peer::start(Family::Mastodon)
            .await
            .person_with("eve", Keys::shared(1)),
    );
    let (gone, kept) = (
        Toot::by(&alice, "Regretté").to_group(&group).post(),
        Toot::by(&alice, "Gardé").to_group(&group).post(),
    );
    let delete = |actor: &str, id: &str, n: u32| {
        json!({
            "id": format!("{actor}#delete/{n}"), "type": "Delete", "actor": actor,
            "to": [PUBLIC], "object": { "type": "Tombstone", "id": id },
        })
    };
    // Somebody else's Delete of what is not there yet is worth nothing.
    let follow = mastodon::follow(&alice, &lab.community("utilo"));
    alice.says_and_is_heard(&lab, &follow).await;
    let forged = delete(&eve.id, &kept.id, 1);
    eve.says(&lab, &forged).await;
    fate(&lab, &forged).await;
    let early = delete(&alice.id, &gone.id, 2);
    alice.says(&lab, &early).await;
    fate(&lab, &early).await;
    for toot in [&gone, &kept] {
        alice.says(&lab, &toot.create).await;
        fate(&lab, &toot.create).await;
    }
    assert_eq!(shown(&lab).await, [kept.id]);
}

/// G14: what was deleted does not come back, by Create or by Announce.
async fn g14_deleted_stays_deleted(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let peer = Peer::start(Family::Mastodon).await;
    let alice = peer.person_with("alice", Keys::shared(0));
    let toot = Toot::by(&alice, "Regretté").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    assert_eq!(shown(&lab).await, std::slice::from_ref(&toot.id));
    let delete = json!({
        "id": format!("{}#delete", toot.id), "type": "Delete", "actor": alice.id,
        "to": [PUBLIC], "object": { "type": "Tombstone", "id": toot.id },
    });
    alice.says_and_is_heard(&lab, &delete).await;
    let mut again = toot.create.clone();
    again["id"] = json!(format!("{}/again", toot.activity));
    alice.says(&lab, &again).await;
    fate(&lab, &again).await;
    assert!(shown(&lab).await.is_empty());
}

/// A thread that is first met because somebody answers it, and only then comes
/// itself, is shown and announced like any other.
async fn a_post_first_met_as_a_parent(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    let home = Peer::start(Family::Mastodon).await;
    let (alice, bob) = (
        home.person_with("alice", Keys::shared(0)),
        home.person_with("bob", Keys::shared(1)),
    );
    lab.account("ada");
    let local = lab.post("ada", "tilab", "D'ici", "texte");
    for root in [None, Some(local.as_str())] {
        let mut first = Toot::by(&alice, "En retard").to_group(&group);
        if let Some(root) = root {
            first = first.reply_to(root);
        }
        let first = first.post();
        let answer = Toot::by(&bob, "Plus rapide")
            .to_group(&group)
            .reply_to(&first.id)
            .post();
        bob.says_and_is_heard(&lab, &answer.create).await;
        lemmy.hears_announce_of(&answer.id).await;
        alice.says_and_is_heard(&lab, &first.create).await;
        let announce = lemmy.hears_announce_of(&first.id).await;
        assert_eq!(announce["object"], first.create, "as its author wrote it");
        let again = first.create.clone();
        alice.says(&lab, &again).await;
        let last = Toot::by(&bob, "Fin").to_group(&group).post();
        bob.says(&lab, &last.create).await;
        lemmy.hears_announce_of(&last.id).await;
        assert_eq!(lemmy.announces_of(&first.id).len(), 1);
        let thread = shown(&lab).await.contains(&first.id);
        assert_eq!(thread, root.is_none(), "a thread, and only that");
    }
}

/// A community elsewhere cannot make a post of ours its own by announcing it.
async fn another_community_takes_nothing_over(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let group = lab.community("tilab");
    let away = Peer::start(Family::Lemmy).await;
    let evil = away.group("evil");
    lab.follow("ada", &evil.id);
    away.hears("Follow", |_| true).await;
    let (watcher, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let reply_here = lab.post("ada", "tilab", "Un sujet", "texte");
    watcher.hears_announce_of(&reply_here).await;
    let announce = threadiverse::announce(&evil, &json!(reply_here));
    evil.says(&lab, &announce).await;
    fate(&lab, &announce).await;
    let toot = Toot::by(&alice, "Réponse").reply_to(&reply_here).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    let document = lab.document_at(&reply_here).await;
    assert_eq!(document["audience"], group);
    assert!(
        away.of_type("Create").is_empty(),
        "nothing of it goes there"
    );
}

/// B1: a blocked domain with all below it, in every spelling, and no other.
async fn b1_blocked_domains(db: Db) {
    let names = ["probe.bad.test", "bad.test", "sub.bad.test", "notbad.test"];
    let mut builder = Lab::builder(db);
    for name in names {
        builder = builder.resolve(name, "127.0.0.1");
    }
    let lab = builder.start().await;
    lab.run(&["peer", "block", "BAD.test.", "--yes"]);
    // The block was made by another process: it counts after a moment.
    let probe = Peer::named(Family::Mastodon, names[0]).await;
    let first = probe.person_with("first", Keys::shared(0));
    eventually("the block", PATIENCE, || async {
        let follow = mastodon::follow(&first, &lab.community("utilo"));
        (first.say(&lab, &follow).await.status == 403).then_some(())
    })
    .await;
    for name in &names[1..] {
        let peer = Peer::named(Family::Mastodon, name).await;
        let person = peer.person_with("someone", Keys::shared(0));
        let follow = mastodon::follow(&person, &lab.community("tilab"));
        let status = person.say(&lab, &follow).await.status;
        if *name == "notbad.test" {
            assert_eq!(status, 202);
            peer.hears("Accept", |_| true).await;
        } else {
            assert_eq!(status, 403, "{name}");
            assert!(peer.seen().is_empty(), "nothing is fetched from {name}");
            let delete = mastodon::delete_account(&person);
            assert_eq!(person.say(&lab, &delete).await.status, 403);
        }
    }
    assert_eq!(lab.followers("tilab").await, 1);
}

/// P1: addressing that says less than it seems to.
async fn p1_private_posts_in_disguise(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let peer = Peer::start(Family::Mastodon).await;
    let eve = peer.person_with("eve", Keys::shared(0));
    for (n, (to, cc)) in [
        (json!([group]), json!([format!("{group}/followers")])),
        (
            json!(["https://www.w3.org/ns/activitystreams#public"]),
            json!([group]),
        ),
        (
            json!(["https://www.w3.org/ns/activitystreams"]),
            json!([group]),
        ),
        (json!([eve.followers()]), json!([group])),
        (json!([]), json!([group])),
    ]
    .into_iter()
    .enumerate()
    {
        let mut post = create(&lab, &eve, &peer.url(&format!("/o/{n}")));
        post["object"]["to"] = to;
        post["object"]["cc"] = cc;
        eve.says(&lab, &post).await;
        assert_eq!(fate(&lab, &post).await, "refused", "{post}");
    }
    let outbox = lab.outbox("tilab").await;
    assert!(outbox.iter().map(subject_of).next().is_none());
}

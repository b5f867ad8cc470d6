//! Decisions about domains: what a blocked or limited server may do, what is seen of
//! it, and who is let into a trusted network (B1, B3, C23).

use archipel_tests::peer::mastodon::{self, Toot};
use archipel_tests::peer::{Person, threadiverse};
use archipel_tests::surface::{ACTIVITY_JSON, subject_of};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, Peer, both, eventually};
use serde_json::{Value, json};

use crate::attacks::fate;
use crate::posting::follower;

both!(
    the_longest_name_decides,
    a_block_hides_and_a_lift_shows_again,
    nothing_of_a_blocked_server_comes_by_detours,
    who_is_limited_waits_for_a_moderator,
    a_trusted_network_notes_who_knocks,
    a_closed_server_works_for_its_own_people
);

/// Waits until the lab answers what this person says with a status.
async fn answered(lab: &Lab, person: &Person, status: u16) -> Value {
    let group = lab.community("tilab");
    let undo = mastodon::undo(person, &mastodon::follow(person, &group));
    eventually(&format!("{status} for {}", person.id), PATIENCE, || async {
        let answer = person.say(lab, &undo).await;
        (answer.status == status).then(|| serde_json::from_str(&answer.text).unwrap_or_default())
    })
    .await
}

/// B1: by label suffix after IDNA, whatever the port, and the longest name wins.
async fn the_longest_name_decides(db: Db) {
    let names = [
        "bad.example",
        "sub.bad.example",
        "xn--m-bga.example",
        "good.bad.example",
        "notbad.example",
    ];
    let mut builder = Lab::builder(db);
    for name in names {
        builder = builder.resolve(name, "127.0.0.1");
    }
    let lab = builder.start().await;
    lab.run(&[
        "peer",
        "block",
        "BAD.example.:443",
        "--reason",
        "Spam",
        "--yes",
    ]);
    lab.run(&["peer", "block", "mé.example", "--yes"]);
    lab.run(&["peer", "allow", "good.bad.example", "--reason", "Amis"]);
    // A server believes what it read of its decisions for a moment: other
    // people knock until the blocks count, so that the next are strangers.
    for name in ["sub.bad.example", "xn--m-bga.example"] {
        let probe = Peer::named(Family::Mastodon, name).await;
        answered(&lab, &probe.person("avant"), 403).await;
    }
    for name in names {
        let peer = Peer::named(Family::Mastodon, name).await;
        let person = peer.person("essai");
        let blocked = !matches!(name, "good.bad.example" | "notbad.example");
        let answer = answered(&lab, &person, if blocked { 403 } else { 202 }).await;
        if blocked {
            assert_eq!(answer["code"], "domain_blocked", "{name}");
            assert_eq!(answer["page"], lab.url("/"), "{name}");
            assert!(peer.seen().is_empty(), "nothing is asked of {name}");
        }
    }
    let decided = lab.list(&["peer", "list", "--decided"]);
    let of = |host: &str| {
        let row = decided.iter().find(|row| row["host"] == host);
        let row = row.unwrap_or_else(|| panic!("{host} in {decided:?}"));
        (row["policy"].clone(), row["reason"].clone())
    };
    assert_eq!(of("bad.example"), (json!("blocked"), json!("Spam")));
    assert_eq!(of("good.bad.example"), (json!("allowed"), json!("Amis")));
    assert_eq!(of("xn--m-bga.example"), (json!("blocked"), Value::Null));
    lab.run(&["peer", "lift", "bad.example"]);
    let peer = Peer::named(Family::Mastodon, "sub.bad.example").await;
    answered(&lab, &peer.person("essai"), 202).await;
}

/// B3 and the read side: while a server is blocked nothing of it is shown, nothing is
/// said to it, its signature opens nothing; lifted, all is there, and what was said
/// meanwhile arrives.
async fn a_block_hides_and_a_lift_shows_again(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    lab.account("yann");
    let local = lab.post("yann", "tilab", "Un sujet", "Texte d’ici");
    microblog.hears_announce_of(&local).await;
    let toot = Toot::by(&alice, "MOTS-D-ALICE").to_group(&group).post();
    alice.says(&lab, &toot.create).await;
    lemmy.hears_announce_of(&toot.id).await;
    let reply = Toot::by(&alice, "REPONSE-D-ALICE")
        .to_group(&group)
        .reply_to(&local)
        .post();
    alice.says(&lab, &reply.create).await;
    lemmy.hears_announce_of(&reply.id).await;
    lab.run(&["moderate", "pin", &toot.id]);
    lab.run(&["moderator", "add", "tilab", &alice.id]);
    let local_path = local
        .strip_prefix(lab.url("").trim_end_matches('/'))
        .expect("ours")
        .to_owned();
    let seen = || {
        let lab = &lab;
        let (group, local) = (group.clone(), local.clone());
        let pages = ["/c/tilab".to_owned(), local_path.clone()];
        let lab_outbox = lab.url("/c/tilab/outbox");
        let (toot, reply, alice) = (toot.id.clone(), reply.id.clone(), alice.id.clone());
        async move {
            let outbox = lab.items(&lab_outbox).await;
            let mut places = vec![
                outbox.iter().any(|item| subject_of(item) == toot),
                lab.item_ids(&format!("{local}/replies"))
                    .await
                    .contains(&reply),
                lab.item_ids(&format!("{local}/context"))
                    .await
                    .contains(&reply),
                lab.item_ids(&format!("{group}/featured"))
                    .await
                    .contains(&toot),
                lab.item_ids(&format!("{group}/moderators"))
                    .await
                    .contains(&alice),
                lab.followers("tilab").await == 2,
            ];
            for (page, words) in pages.iter().zip(["MOTS-D-ALICE", "REPONSE-D-ALICE"]) {
                places.push(lab.get(page, "text/html").await.text.contains(words));
            }
            places
        }
    };
    assert_eq!(seen().await, [true; 8]);

    lab.run(&["peer", "block", &microblog.host(), "--yes"]);
    assert_eq!(
        seen().await,
        [false; 8],
        "at once: it is the database that says so"
    );
    answered(&lab, &alice, 403).await;
    for path in ["/c/tilab", "/c/tilab/outbox", &local_path] {
        let answer = alice.get(&lab, &lab.url(path)).await;
        assert_eq!(answer.status, 403, "{path}");
        assert_eq!(answer.json()["code"], "domain_blocked");
        assert_eq!(lab.get(path, ACTIVITY_JSON).await.status, 200, "{path}");
    }
    let meanwhile = lab.post("yann", "tilab", "Pendant ce temps", "Texte");
    lemmy.hears_announce_of(&meanwhile).await;
    eventually("what is kept back", PATIENCE, || async {
        let kept = lab.list(&[
            "delivery",
            "list",
            "--peer",
            &microblog.host(),
            "--state",
            "withheld",
        ]);
        let row = kept.iter().find(|row| row["object"] == meanwhile)?;
        assert!(row["words"].as_str().is_some_and(|words| !words.is_empty()));
        Some(())
    })
    .await;
    assert!(microblog.announces_of(&meanwhile).is_empty());

    lab.run(&["peer", "lift", &microblog.host()]);
    assert_eq!(seen().await, [true; 8]);
    microblog.hears_announce_of(&meanwhile).await;
    answered(&lab, &alice, 202).await;
}

/// Through an `Announce`, as a parent, or asked for here: what lives on a blocked
/// server is not fetched and not taken.
async fn nothing_of_a_blocked_server_comes_by_detours(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (bad, fine) = (
        Peer::start(Family::Lemmy).await,
        Peer::start(Family::Lemmy).await,
    );
    let (eve, lena, photo) = (bad.person("eve"), fine.person("lena"), fine.group("photo"));
    lab.account("yann");
    lab.follow("yann", &photo.id);
    let page = threadiverse::page(&eve, &photo.id, Some("Interdit"), "texte");
    lab.run(&["peer", "block", &bad.host(), "--yes"]);
    answered(&lab, &eve, 403).await;
    let before = bad.seen().len();

    let announce = threadiverse::announce(&photo, &page.create);
    photo.says(&lab, &announce).await;
    assert_eq!(fate(&lab, &announce).await, "refused");
    let announce = threadiverse::announce(&photo, &json!(page.id));
    photo.says(&lab, &announce).await;
    assert_eq!(fate(&lab, &announce).await, "refused");

    let answer = threadiverse::comment(&lena, &group, &page.id, &eve.id, "Réponse");
    lena.says_and_is_heard(&lab, &answer.create).await;
    let output = lab.cli(&["reply", "yann", &page.id, "Bonjour"]);
    assert!(!output.status.success(), "nobody here answers it");
    assert_eq!(bad.seen().len(), before, "nothing was asked of it");
    let inbox = lab.inbox();
    assert!(
        inbox
            .iter()
            .all(|row| !row.to_string().contains("published in photo")),
        "{inbox:?}"
    );
}

/// A limited server is heard: its people join and post once a moderator says so.
async fn who_is_limited_waits_for_a_moderator(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    let peer = Peer::start(Family::Mastodon).await;
    let alice = peer.person("alice");
    let early = Toot::by(&alice, "D’avant").to_group(&group).post();
    alice.says(&lab, &early.create).await;
    lemmy.hears_announce_of(&early.id).await;
    lab.run(&["peer", "limit", &peer.host(), "--reason", "Publicités"]);
    assert_eq!(lab.peer(&peer.host())["policy"], "limited");
    assert!(lab.outbox("tilab").await.is_empty(), "not listed any more");

    let follow = mastodon::follow(&alice, &group);
    alice.says_and_is_heard(&lab, &follow).await;
    assert_eq!(lab.requests("tilab"), std::slice::from_ref(&alice.id));
    assert!(peer.of_type("Accept").is_empty());
    lab.run(&["community", "accept", "tilab", &alice.id]);
    peer.hears("Accept", |_| true).await;

    let toot = Toot::by(&alice, "Bonjour").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    let waiting = lab.list(&["held", "list", "tilab"]);
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0]["reason"], "limited_server");
    let note = peer.hears("Create", |_| true).await;
    let text = note["object"]["content"].as_str().expect("a text");
    assert!(
        text.contains("tout ce qui vient de votre serveur"),
        "{text}"
    );
    lab.run(&["held", "approve", "tilab", &toot.id]);
    lemmy.hears_announce_of(&toot.id).await;
    let outbox = lab.outbox("tilab").await;
    let subjects: Vec<String> = outbox.iter().map(subject_of).collect();
    assert_eq!(subjects, [toot.id], "what a moderator read is listed");

    let mut update = early.create.clone();
    update["id"] = json!(format!("{}#update", early.id));
    update["type"] = json!("Update");
    update["object"]["content"] = json!("<p>Autre chose</p>");
    update["object"]["updated"] = json!("2030-01-01T00:00:00Z");
    alice.says_and_is_heard(&lab, &update).await;
    assert_eq!(lab.list(&["held", "list", "tilab"])[0]["kind"], "edit");
}

/// O2, O3, C23: what is for everybody stays readable, documents are for members of
/// the network, and who knocks is let in with what they wanted once that is decided.
async fn a_trusted_network_notes_who_knocks(db: Db) {
    let lab = Lab::builder(db)
        .set("federation.mode", "trusted")
        .start()
        .await;
    let group = lab.community("tilab");
    let (partner, stranger) = (
        Peer::start(Family::Lemmy).await,
        Peer::start(Family::Mastodon).await,
    );
    let (lena, alice) = (partner.person("lena"), stranger.person("alice"));
    lab.run(&["peer", "allow", &partner.host()]);
    answered(&lab, &lena, 202).await;

    let follow = mastodon::follow(&alice, &group);
    let refused = alice.say(&lab, &follow).await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.json()["code"], "not_allowed");
    assert_eq!(refused.json()["page"], lab.url("/"));
    assert!(stranger.seen().is_empty(), "nothing is asked of a stranger");
    let waiting = lab.list(&["peer", "list", "--waiting"]);
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0]["host"], stranger.host());
    assert_eq!(waiting[0]["actor"], alice.id);
    assert_eq!(waiting[0]["follows"], 1);
    // Somebody who says to be somebody else is found out once the keys can be had.
    let mut forged = mastodon::follow(&alice, &group);
    forged["actor"] = json!(stranger.url("/users/bob"));
    assert_eq!(alice.say(&lab, &forged).await.status, 403);
    let bob = stranger.person("bob");

    for (path, accept) in [
        ("/c/tilab", "text/html"),
        ("/", "text/html"),
        ("/healthz", "*/*"),
        ("/nodeinfo/2.1", "application/json"),
        ("/", ACTIVITY_JSON),
    ] {
        assert_eq!(lab.get(path, accept).await.status, 200, "{path} {accept}");
    }
    let resource = format!(
        "/.well-known/webfinger?resource=acct:tilab@{}",
        lab.authority()
    );
    assert_eq!(lab.get(&resource, "*/*").await.status, 200);
    let stub = lab.document("/c/tilab").await;
    assert!(stub["publicKey"]["publicKeyPem"].is_string());
    assert!(stub.get("summary").is_none(), "{stub}");
    let outbox = lab.url("/c/tilab/outbox");
    assert_eq!(lab.get("/c/tilab/outbox", ACTIVITY_JSON).await.status, 401);
    let signed = alice.get(&lab, &outbox).await;
    assert_eq!(signed.status, 403);
    assert_eq!(signed.json()["code"], "not_allowed");
    assert_eq!(lena.get(&lab, &outbox).await.status, 200);

    let said = lab.json(&["peer", "allow", &stranger.host()]);
    assert_eq!(
        (&said["let_in"], &said["not_verified"]),
        (&json!(1), &json!(1))
    );
    let accept = stranger.hears("Accept", |_| true).await;
    assert_eq!(accept["object"], follow, "the Follow as it came");
    assert_eq!(lab.json(&["community", "show", "tilab"])["members"], 1);
    assert!(lab.list(&["peer", "list", "--waiting"]).is_empty());
    assert_eq!(bob.get(&lab, &outbox).await.status, 200);
}

/// `closed`: no word from or to anybody, and the people of the server go on.
async fn a_closed_server_works_for_its_own_people(db: Db) {
    let lab = Lab::builder(db)
        .set("federation.mode", "closed")
        .start()
        .await;
    let group = lab.community("tilab");
    let peer = Peer::start(Family::Mastodon).await;
    let alice = peer.person("alice");
    lab.run(&["peer", "allow", &peer.host()]);
    let refused = alice.say(&lab, &mastodon::follow(&alice, &group)).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert_eq!(refused.json()["code"], "not_allowed");
    lab.account("yann");
    lab.follow("yann", &group);
    let post = lab.post("yann", "tilab", "Entre nous", "Texte");
    let reply = lab.reply("yann", &post, "Une suite");
    assert!(reply.starts_with(&lab.url("/p/")));
    let page = lab.get("/c/tilab", "text/html").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Entre nous"));
    assert_eq!(lab.get("/c/tilab/outbox", ACTIVITY_JSON).await.status, 401);
    assert_eq!(
        alice.get(&lab, &lab.url("/c/tilab/outbox")).await.status,
        403
    );
    assert!(peer.attempts().is_empty() && peer.seen().is_empty());
    let follow = lab.cli(&["follow", "yann", &alice.id]);
    assert!(!follow.status.success(), "nobody elsewhere is asked");
}

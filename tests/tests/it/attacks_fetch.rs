//! What is fetched: how much, from whom, and what of it is believed.

use archipel_tests::peer::mastodon::{self, Toot};
use archipel_tests::peer::{Keys, threadiverse};
use archipel_tests::{Db, Family, Hostile, Lab, PUBLIC, Peer, Reply, both};
use serde_json::json;

use crate::attacks::{create, fate, follow_by, shown};

both!(
    a12_documents_that_claim_to_be_another,
    a14_only_activitypub_is_read,
    a20_webfinger_that_speaks_of_others,
    a21_odd_names_and_changed_types,
    f7_redirects,
    f9_a_chain_of_fresh_ids_ends,
    f9_the_end_of_a_chain_is_not_lost,
    d2_ten_thousand_mentions
);

/// A12: a document found at one address that calls itself another.
async fn a12_documents_that_claim_to_be_another(db: Db) {
    let lab = Lab::start(db).await;
    let victims = Peer::start(Family::Mastodon).await;
    let victim = victims.person_with("victim", Keys::shared(0));
    let host = Hostile::start().await;
    let eve = host.person("eve", Keys::shared(1));
    let (other, mut elsewhere) = (host.person("other", Keys::shared(1)), eve.clone());
    // /users/eve says that it is the victim; /users/other says that it is eve.
    let mut as_victim = host.document_of(&eve, "Person");
    as_victim["id"] = json!(victim.id);
    as_victim["publicKey"]["owner"] = json!(victim.id);
    let as_eve = host.document_of(&eve, "Person");
    host.answers(move |target| match target {
        "/users/eve" => Reply::document(&as_victim),
        _ => Reply::document(&as_eve),
    });
    for person in [&eve, &other] {
        let follow = follow_by(person, &lab.community("tilab"));
        let status = host.say(&lab, person, &follow).await;
        assert_eq!(status, 401, "{}", person.id);
    }
    elsewhere.id = victim.id.clone();
    let follow = mastodon::follow(&victim, &lab.community("tilab"));
    assert_eq!(elsewhere.say(&lab, &follow).await.status, 401);
    assert_eq!(lab.followers("tilab").await, 0);
    victim.says_and_is_heard(&lab, &follow).await;
    assert_eq!(lab.followers("tilab").await, 1);
}

/// A14, C06: the media types that are believed, and those that are not.
async fn a14_only_activitypub_is_read(db: Db) {
    let lab = Lab::start(db).await;
    for (n, (kind, believed)) in [
        ("text/html", false),
        ("application/json", false),
        ("image/png", false),
        ("application/ld+json", false),
        ("", false),
        (
            "application/ld+json; profile=\"https://e.example/ns\"",
            false,
        ),
        ("application/activity+json;charset=utf-8", true),
        ("APPLICATION/ACTIVITY+JSON", true),
        (
            "application/ld+json;profile=\"https://www.w3.org/ns/activitystreams\"",
            true,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let host = Hostile::start().await;
        let person = host.person(&format!("p{n}"), Keys::shared(0));
        let document = host.document_of(&person, "Person");
        host.answers(move |_| Reply::document(&document).labelled(kind));
        let follow = follow_by(&person, &lab.community("tilab"));
        let status = host.say(&lab, &person, &follow).await;
        assert_eq!(status, if believed { 202 } else { 401 }, "{kind:?}");
    }
}

/// A20: a WebFinger answer that speaks of somebody else, or for somebody else.
async fn a20_webfinger_that_speaks_of_others(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let victims = Peer::start(Family::Lemmy).await;
    let victim = victims.group("photo");
    let host = Hostile::start().await;
    let evil = host.person("evil", Keys::shared(0));
    let document = host.document_of(&evil, "Group");
    let us = lab.community("tilab");
    let links =
        |href: &str| json!([{ "rel": "self", "type": "application/activity+json", "href": href }]);
    let at = host.host();
    for (subject, href) in [
        (format!("acct:bob@{}", victims.host()), evil.id.clone()),
        (format!("acct:other@{at}"), evil.id.clone()),
        (format!("acct:evil@{at}"), victim.id.clone()),
        (format!("acct:evil@{at}"), us.clone()),
    ] {
        let (jrd, actor) = (
            json!({ "subject": subject, "links": links(&href) }),
            document.clone(),
        );
        host.answers(move |target| {
            if target.starts_with("/.well-known/webfinger") {
                Reply::document(&jrd).labelled("application/jrd+json")
            } else {
                Reply::document(&actor)
            }
        });
        let output = lab.cli(&["follow", "ada", &format!("!evil@{at}")]);
        assert!(!output.status.success(), "{subject} {href}");
    }
    assert_eq!(lab.document("/u/ada/following").await["totalItems"], 0);
    assert_eq!(host.posted(), 0);
    assert!(victims.attempts().is_empty());
}

/// A21: names that no peer may have, and an actor that becomes a community.
async fn a21_odd_names_and_changed_types(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    for name in [
        "a@b".to_owned(),
        "a/b".to_owned(),
        "a\u{202e}b".to_owned(),
        "x".repeat(2048),
        "a\u{0}b".to_owned(),
        " ".to_owned(),
    ] {
        let host = Hostile::start().await;
        let person = host.person("odd", Keys::shared(0));
        let mut document = host.document_of(&person, "Person");
        document["preferredUsername"] = json!(name);
        host.answers(move |_| Reply::document(&document));
        let follow = follow_by(&person, &group);
        assert_eq!(host.say(&lab, &person, &follow).await, 401, "{name:?}");
    }
    // Everything else in a document may be odd: it is cleaned, and works.
    let host = Hostile::start().await;
    let person = host.person("fine", Keys::shared(0));
    let mut document = host.document_of(&person, "Person");
    document["name"] = json!("a\u{0}\u{202e}b");
    document["summary"] = json!("<b>\u{0}&#0;".repeat(3000));
    document["publicKey"]["publicKeyPem"] =
        json!(format!("\u{0}{}\u{0}", person.keys.public_pem()));
    let as_group = {
        let mut changed = document.clone();
        changed["type"] = json!("Group");
        changed
    };
    host.answers(move |_| Reply::document(&document));
    person
        .says_and_is_heard(&lab, &follow_by(&person, &group))
        .await;
    assert_eq!(lab.followers("tilab").await, 1);
    // A person that turns into a community is still a person here.
    lab.account("ada");
    lab.follow("ada", &person.id);
    host.answers(move |_| Reply::document(&as_group));
    let update = json!({
        "id": format!("{}#update", person.id), "type": "Update", "actor": person.id,
        "object": { "id": person.id, "type": "Group" },
    });
    person.says_and_is_heard(&lab, &update).await;
    let announce = threadiverse::announce(&person, &create(&lab, &person, &host.url("/o/1")));
    let mut announce = announce;
    announce["id"] = json!(format!("{}#announce", person.id));
    person.says(&lab, &announce).await;
    assert_eq!(fate(&lab, &announce).await, "refused");
}

/// F7: redirects are followed for GETs within bounds, never for POSTs, and lead
/// nowhere that the peer does not own.
async fn f7_redirects(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let victims = Peer::start(Family::Mastodon).await;
    let victim = victims.person_with("victim", Keys::shared(0));
    let us = lab.url("/c/tilab");
    for to in [
        victim.id.clone(),
        us,
        "/users/moved".to_owned(),
        "file:///etc/passwd".to_owned(),
        "gopher://localhost/".to_owned(),
        "http://user:pass@localhost/".to_owned(),
    ] {
        let host = Hostile::start().await;
        let eve = host.person("eve", Keys::shared(1));
        let there = to.clone();
        host.answers(move |_| Reply::redirect(&there));
        let status = host.say(&lab, &eve, &follow_by(&eve, &group)).await;
        assert_eq!(status, 401, "{to}");
        assert!(host.seen().len() <= 8, "{to}: {}", host.seen().len());
    }
    // An inbox that sends us on.
    let host = Hostile::start().await;
    let eve = host.person("eve", Keys::shared(1));
    let document = host.document_of(&eve, "Person");
    host.answers(move |_| Reply::document(&document));
    host.takes_posts_with(307);
    eve.says_and_is_heard(&lab, &follow_by(&eve, &group)).await;
    archipel_tests::eventually("the refusal", archipel_tests::wait::PATIENCE, || async {
        let rows = lab.deliveries_to(&host.host());
        rows.iter()
            .any(|row| row["state"] == "refused")
            .then_some(())
    })
    .await;
    assert!(victims.attempts().is_empty());
    assert_eq!(host.posted(), 1);
}

/// F9: a chain of fresh ids, a cycle and a post that answers itself cost little.
async fn f9_a_chain_of_fresh_ids_ends(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    for shape in ["chain", "cycle", "self", "aliases"] {
        let host = Hostile::start().await;
        let eve = host.person("eve", Keys::shared(0));
        let (document, base, author) = (
            host.document_of(&eve, "Person"),
            host.base().to_owned(),
            eve.id.clone(),
        );
        host.answers(move |target| {
            let Some(n) = target
                .strip_prefix("/o/")
                .and_then(|n| n.parse::<u64>().ok())
            else {
                return Reply::document(&document);
            };
            let above = match shape {
                "cycle" => (n + 1) % 3,
                "self" => n,
                _ => n + 1,
            };
            let by = if shape == "aliases" {
                format!("{author}?{n}")
            } else {
                author.clone()
            };
            Reply::document(&json!({
                "id": format!("{base}/o/{n}"), "type": "Note", "attributedTo": by,
                "content": "x", "to": [PUBLIC], "inReplyTo": format!("{base}/o/{above}"),
            }))
        });
        let mut post = create(&lab, &eve, &host.url("/start"));
        post["id"] = json!(host.url("/a/1"));
        post["object"]["inReplyTo"] = json!(host.url("/o/1"));
        post["object"]["cc"] = json!([group]);
        eve.says(&lab, &post).await;
        fate(&lab, &post).await;
        let asked = host.seen().len();
        assert!(asked <= 22, "{shape}: {asked} fetches for one activity");
    }
}

/// F9: where a long chain is cut off, what lies there is not held for missing.
async fn f9_the_end_of_a_chain_is_not_lost(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let home = Peer::start(Family::Mastodon).await;
    let (alice, bob) = (
        home.person_with("alice", Keys::shared(0)),
        home.person_with("bob", Keys::shared(1)),
    );
    // The victims' post at every depth at which the budget may end.
    let root = Toot::by(&alice, "Un sujet").to_group(&group).post();
    for depth in 16..=20 {
        let host = Hostile::start().await;
        let eve = host.person("eve", Keys::shared(2));
        let (document, base, author, above) = (
            host.document_of(&eve, "Person"),
            host.base().to_owned(),
            eve.id.clone(),
            root.id.clone(),
        );
        host.answers(move |target| {
            let Some(n) = target
                .strip_prefix("/o/")
                .and_then(|n| n.parse::<u64>().ok())
            else {
                return Reply::document(&document);
            };
            let next = format!("{base}/o/{}", n + 1);
            Reply::document(&json!({
                "id": format!("{base}/o/{n}"), "type": "Note", "attributedTo": author,
                "content": "x", "to": [PUBLIC],
                "inReplyTo": if n == depth { above.clone() } else { next },
            }))
        });
        let mut post = create(&lab, &eve, &host.url("/start"));
        post["id"] = json!(host.url("/a/1"));
        post["object"]["inReplyTo"] = json!(host.url("/o/1"));
        eve.says(&lab, &post).await;
        fate(&lab, &post).await;
    }
    let answer = Toot::by(&bob, "Sans mention").reply_to(&root.id).post();
    let mut by_id = root.create.clone();
    by_id["object"] = json!(root.id);
    alice.says(&lab, &by_id).await;
    assert_eq!(fate(&lab, &by_id).await, "done", "the post is to be had");
    assert_eq!(
        shown(&lab)
            .await
            .iter()
            .filter(|id| **id == root.id)
            .count(),
        1
    );
    bob.says(&lab, &answer.create).await;
    assert_eq!(fate(&lab, &answer.create).await, "done");
}

/// D2: thousands of mentions cost nothing and nobody is asked about.
async fn d2_ten_thousand_mentions(db: Db) {
    let lab = Lab::start(db).await;
    let peer = Peer::start(Family::Mastodon).await;
    let eve = peer.person_with("eve", Keys::shared(0));
    let third = Hostile::start().await;
    let mut post = create(&lab, &eve, &peer.url("/o/1"));
    let tags: Vec<_> = (0..9_000)
        .map(|n| json!({ "type": "Mention", "href": third.url(&format!("/u/{n}")), "name": "@u" }))
        .collect();
    post["object"]["tag"] = json!(tags);
    eve.says(&lab, &post).await;
    fate(&lab, &post).await;
    assert!(third.seen().is_empty());
    assert_eq!(third.posted(), 0);
}

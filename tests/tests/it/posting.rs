//! What people elsewhere write to a community, and what the community says then.

use archipel_tests::peer::mastodon::{self, Toot};
use archipel_tests::peer::reader::MastodonReader;
use archipel_tests::peer::{Person, strict, threadiverse};
use archipel_tests::surface::{id_of, subject_of};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, PUBLIC, Peer, both, eventually};
use serde_json::{Value, json};

both!(
    mention_reaches_every_dialect,
    two_communities_one_thread,
    pages_of_the_threadiverse,
    shapes_that_occur,
    announced_verbatim,
    announces_of_unfollowed_groups,
    no_comment_is_ever_boosted
);

/// A peer with one follower of tilab.
pub async fn follower(lab: &Lab, family: Family, name: &str) -> (Peer, Person) {
    let peer = Peer::start(family).await;
    let person = peer.person(name);
    let group = lab.community("tilab");
    let follow = match family {
        Family::Mastodon | Family::GoToSocial => mastodon::follow(&person, &group),
        _ => threadiverse::follow(&person, &group),
    };
    person.says(lab, &follow).await;
    peer.hears("Accept", |_| true).await;
    (peer, person)
}

async fn in_outbox(lab: &Lab, community: &str, id: &str) {
    eventually(&format!("{id} in {community}"), PATIENCE, || async {
        let outbox = lab.outbox(community).await;
        outbox
            .iter()
            .any(|item| subject_of(item) == id)
            .then_some(())
    })
    .await;
}

/// C25: one mention; each dialect hears it once, in its own form.
async fn mention_reaches_every_dialect(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    let (piefed, _) = follower(&lab, Family::PieFed, "pia").await;
    let (gotosocial, _) = follower(&lab, Family::GoToSocial, "gus").await;
    let (unknown, _) = follower(&lab, Family::Unknown, "una").await;
    let toot = Toot::by(&alice, "Bonjour").to_group(&group).post();
    alice.says(&lab, &toot.create).await;
    for peer in [&lemmy, &piefed] {
        let announce = peer.hears_announce_of(&toot.id).await;
        assert_eq!(announce["object"], toot.create, "the Create as it came");
        assert_eq!(announce["actor"], group);
        strict::read(&announce).expect("an Announce that Lemmy reads");
    }
    for peer in [&microblog, &gotosocial] {
        let announce = peer.hears_announce_of(&toot.id).await;
        assert_eq!(announce["object"], toot.id, "the id alone: a boost");
        assert!(announce["published"].is_string());
        assert!(announce["to"].to_string().contains(PUBLIC));
        assert!(
            announce["cc"]
                .to_string()
                .contains(&format!("{group}/followers"))
        );
    }
    eventually("both forms for software nobody knows", PATIENCE, || async {
        (unknown.announces_of(&toot.id).len() == 2).then_some(())
    })
    .await;
    let second = Toot::by(&alice, "Encore").to_group(&group).post();
    alice.says(&lab, &second.create).await;
    for (peer, forms) in [
        (&lemmy, 1),
        (&piefed, 1),
        (&microblog, 1),
        (&gotosocial, 1),
        (&unknown, 2),
    ] {
        peer.hears_announce_of(&second.id).await;
        assert_eq!(
            peer.announces_of(&toot.id).len(),
            forms,
            "{:?}",
            peer.family()
        );
    }
    let outbox = lab.outbox("tilab").await;
    let newest: Vec<String> = outbox.iter().map(subject_of).collect();
    assert_eq!(newest, [second.id, toot.id], "newest first");
    for item in &outbox {
        strict::read(item).expect("an outbox item that Lemmy reads");
    }
}

/// C27: two communities mentioned: one thread, in the first.
async fn two_communities_one_thread(db: Db) {
    let lab = Lab::start(db).await;
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    let microblog = Peer::start(Family::Mastodon).await;
    let alice = microblog.person("alice");
    let toot = Toot::by(&alice, "Aux deux")
        .to_group(&lab.community("tilab"))
        .to_group(&lab.community("utilo"))
        .post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    lemmy.hears_announce_of(&toot.id).await;
    in_outbox(&lab, "tilab", &toot.id).await;
    assert!(lab.outbox("utilo").await.is_empty(), "no second thread");
}

/// C30: a Page whose `audience` is not the community it is sent to is refused; one
/// without a title is taken, and no title is invented.
async fn pages_of_the_threadiverse(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let mut wrong = threadiverse::page(&lena, &group, Some("Ailleurs"), "texte").create;
    for part in ["/audience", "/object/audience"] {
        *wrong.pointer_mut(part).expect("an audience") = json!("http://elsewhere.example/c/other");
    }
    let answer = lena.say(&lab, &wrong).await;
    if answer.status == 202 {
        lab.worked(&id_of(&wrong)).await;
    } else {
        assert_eq!(answer.status, 400, "{}", answer.text);
    }
    let untitled = threadiverse::page(&lena, &group, None, "Sans titre");
    let titled = threadiverse::page(&lena, &group, Some("Un titre"), "texte");
    for page in [&untitled, &titled] {
        lena.says(&lab, &page.create).await;
        in_outbox(&lab, "tilab", &page.id).await;
    }
    let announce = lemmy.hears_announce_of(&untitled.id).await;
    assert!(announce["object"]["object"].get("name").is_none());
    let outbox = lab.outbox("tilab").await;
    assert_eq!(outbox.len(), 2, "the refused one is nowhere: {outbox:?}");
}

/// C31: a way in which somebody out there writes the same thing.
fn shape(what: &str, create: &mut Value) {
    let author = create["actor"].clone();
    let group = create["audience"].clone();
    match what {
        "to is text" => {
            create["to"] = json!(PUBLIC);
            create["object"]["to"] = json!(PUBLIC);
            create["cc"] = group.clone();
            create["object"]["cc"] = group;
        }
        "as:Public" => {
            create["to"] = json!([group, "as:Public"]);
            create["object"]["to"] = json!([group, "as:Public"]);
        }
        "no cc" => {
            create.as_object_mut().expect("an object").remove("cc");
            create["object"]
                .as_object_mut()
                .expect("an object")
                .remove("cc");
        }
        "attributedTo is a list" => {
            create["object"]["attributedTo"] =
                json!([{ "type": "Person", "id": author }, { "type": "Group", "id": group }]);
        }
        "actor is an object" => create["actor"] = json!({ "type": "Person", "id": author }),
        "type is a list" => create["object"]["type"] = json!(["Page"]),
        "context is a text" => create["@context"] = json!("https://www.w3.org/ns/activitystreams"),
        "odd extras" => {
            create["object"]["attachment"] = json!({ "type": "Thing", "weird": [null, 7] });
            create["object"]["tag"] = json!([null, "text", { "type": 3 }]);
            create["object"]["language"] = json!("fr");
        }
        other => panic!("no such shape: {other}"),
    }
}

/// C31: scalars, lists, objects and absences all occur, and are read.
async fn shapes_that_occur(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let lemmy = Peer::start(Family::Lemmy).await;
    let lena = lemmy.person("lena");
    for what in [
        "to is text",
        "as:Public",
        "no cc",
        "attributedTo is a list",
        "actor is an object",
        "type is a list",
        "context is a text",
        "odd extras",
    ] {
        let mut page = threadiverse::page(&lena, &group, Some(what), what);
        shape(what, &mut page.create);
        let answer = lena.say(&lab, &page.create).await;
        assert_eq!(answer.status, 202, "{what}: {}", answer.text);
        eventually(&format!("a post where {what}"), PATIENCE, || async {
            let outbox = lab.outbox("tilab").await;
            outbox
                .iter()
                .any(|item| subject_of(item) == page.id)
                .then_some(())
        })
        .await;
    }
}

/// C33: what a community passes on is passed on byte for byte.
async fn announced_verbatim(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let page = threadiverse::page(&lena, &group, Some("Tel quel"), "texte");
    let ordinary = page.create.to_string();
    // Another order, spaces, escapes, numbers and fields that nobody knows.
    let body = format!(
        "{{ \"zzz\" : {{\"b\":1.50e2,\"a\":\"\\u00e9\\/\"}},\n  \"unknown\":[ ], {}",
        ordinary.trim_start_matches('{')
    );
    let answer = lena
        .deliver(&lab, "/c/tilab/inbox")
        .send(body.clone().into_bytes())
        .await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    lemmy.hears_announce_of(&page.id).await;
    let received = lemmy.received();
    let announce = received
        .iter()
        .find(|received| received.json["type"] == "Announce")
        .expect("it");
    let text = std::str::from_utf8(&announce.body).expect("UTF-8");
    assert!(
        text.contains(&body),
        "not verbatim:\n{text}\nshould hold\n{body}"
    );
}

/// C36: an Announce by a group that nobody here follows is told so, and not kept.
async fn announces_of_unfollowed_groups(db: Db) {
    let lab = Lab::start(db).await;
    let peer = Peer::start(Family::Lemmy).await;
    let (photo, lena) = (peer.group("photo"), peer.person("lena"));
    let page = threadiverse::page(&lena, &photo.id, Some("Ailleurs"), "texte");
    let announce = threadiverse::announce(&photo, &page.create);
    let answer = photo.say(&lab, &announce).await;
    assert!(
        answer.status.is_client_error(),
        "{}: {}",
        answer.status,
        answer.text
    );
    assert!(
        answer
            .header("content-type")
            .starts_with("application/problem+json")
    );
    assert!(
        answer.text.contains("community_has_no_followers"),
        "{}",
        answer.text
    );
    assert!(lab.inbox().is_empty());
}

/// C38: a Mastodon reader of the community sees every thread once and no comment.
async fn no_comment_is_ever_boosted(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    lab.account("ada");
    let local = lab.post("ada", "tilab", "Un atelier", "Qui vient ?");
    let remote = Toot::by(&alice, "Une question").to_group(&group).post();
    alice.says(&lab, &remote.create).await;
    let page = threadiverse::page(&lena, &group, Some("Un lien"), "texte");
    lena.says(&lab, &page.create).await;
    for post in [&local, &remote.id, &page.id] {
        lemmy.hears_announce_of(post).await;
        microblog.hears_announce_of(post).await;
    }
    let by_us = lab.reply("ada", &remote.id, "Une réponse d'ici");
    let by_lemmy = threadiverse::comment(&lena, &group, &local, &lab.url("/u/ada"), "De Lemmy");
    lena.says(&lab, &by_lemmy.create).await;
    let wrapped = [
        lemmy.hears_announce_of(&by_us).await,
        lemmy.hears_announce_of(&by_lemmy.id).await,
    ];
    for announce in &wrapped {
        strict::read(announce).expect("a comment that Lemmy reads");
    }
    // Ours cannot be fetched by its Create's id: that is what keeps it from being
    // boosted wherever the wrapped form leaks to.
    let inner = id_of(&wrapped[0]["object"]);
    let create = microblog_get(&lab, &inner).await;
    assert_eq!(create, 404, "{inner}");
    let mut reader = MastodonReader::default();
    for announce in microblog.of_type("Announce") {
        reader.read(&microblog, &announce).await;
    }
    let mut boosted = reader.boosted_by(&group);
    boosted.sort();
    let mut posts = vec![local.clone(), remote.id.clone(), page.id.clone()];
    posts.sort();
    assert_eq!(boosted, posts);
    for post in &posts {
        assert_eq!(reader.times(&group, post), 1, "{post}");
    }
    let mut outbox = MastodonReader::default();
    for item in lab.outbox("tilab").await {
        outbox.read(&microblog, &item).await;
    }
    for comment in [&by_us, &by_lemmy.id] {
        assert!(
            !outbox.boosted_by(&group).contains(comment),
            "{comment} through the outbox"
        );
    }
    let own = lab.outbox("tilab").await;
    let own = own
        .iter()
        .find(|item| subject_of(item) == local)
        .expect("our own post");
    assert_eq!(
        microblog_get(&lab, &id_of(&own["object"])).await,
        404,
        "its Create"
    );
}

async fn microblog_get(lab: &Lab, url: &str) -> u16 {
    let path = url.strip_prefix(&lab.url("")).expect("an id here");
    lab.get(path, archipel_tests::surface::ACTIVITY_JSON)
        .await
        .status
        .as_u16()
}

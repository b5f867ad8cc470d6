//! What was said before anybody here listened: fetched once when somebody is let in,
//! and when it is asked for.

use archipel_tests::peer::mastodon::Toot;
use archipel_tests::peer::{Keys, Person, threadiverse};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, Peer, both, eventually};
use serde_json::{Value, json};

use crate::remote::{followed, two_labs};

both!(
    c65_the_past_of_a_community,
    f9_collections_without_end,
    f7_collections_that_lead_elsewhere,
    c66_answers_that_did_not_mention_the_community,
    c67_the_past_of_another_archipel
);

/// A page with answers in a collection of two pages.
fn with_replies(peer: &Peer, page: &Value, replies: &[&[Value]]) -> Value {
    let mut page = page.clone();
    let id = page["id"].as_str().expect("an id").to_owned();
    let list = format!("{id}/replies");
    page["replies"] = json!(list);
    let mut served = page.clone();
    served["@context"] = json!("https://www.w3.org/ns/activitystreams");
    peer.serve(&id, served);
    peer.serve(
        &list,
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": list, "type": "Collection", "first": format!("{list}/0"),
        }),
    );
    for (number, items) in replies.iter().enumerate() {
        let at = format!("{list}/{number}");
        // The last page leads back to the first.
        let next = format!("{list}/{}", (number + 1) % replies.len());
        peer.serve(
            &at,
            json!({
                "@context": "https://www.w3.org/ns/activitystreams",
                "id": at, "type": "CollectionPage", "partOf": list, "next": next, "items": items,
            }),
        );
    }
    page
}

fn announced(group: &Person, author: &Person, object: &Value) -> Value {
    let create = json!({
        "id": author.activity_id("create"), "type": "Create", "actor": author.id,
        "to": object["to"], "cc": object["cc"], "audience": group.id, "object": object,
    });
    threadiverse::announce(group, &create)
}

/// C65: outbox, what is on top, and answers, each from where it lives; what does not
/// belong to the community stays out.
async fn c65_the_past_of_a_community(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let (home, away) = (
        Peer::start(Family::Lemmy).await,
        Peer::start(Family::Lemmy).await,
    );
    let photo = home.community("photo");
    let group = photo.group.id.clone();
    let (lena, bob) = (
        home.person_with("lena", Keys::shared(0)),
        away.person_with("bob", Keys::shared(1)),
    );
    let first = threadiverse::page(&lena, &group, Some("Le premier"), "texte");
    let far = threadiverse::page(&bob, &group, Some("Vrai"), "texte");
    let foreign = threadiverse::page(&bob, &away.url("/c/other"), Some("Ailleurs"), "texte");
    let near = threadiverse::comment(&lena, &group, &first.id, &lena.id, "proche");
    let distant = threadiverse::comment(&bob, &group, &first.id, &lena.id, "lointain");
    let deeper = threadiverse::comment(&bob, &group, &distant.id, &bob.id, "plus bas");
    let other = threadiverse::comment(&bob, &group, &foreign.id, &bob.id, "hors sujet");
    let root = with_replies(
        &home,
        &first.create["object"],
        &[
            &[near.create["object"].clone(), json!(deeper.id)],
            &[json!(distant.id), json!(other.id), json!(lab.url("/p/1"))],
        ],
    );
    let mut forged = far.create["object"].clone();
    forged["name"] = json!("FORGED");
    photo.lists(
        "outbox",
        &[
            announced(&photo.group, &bob, &forged),
            threadiverse::announce(&photo.group, &foreign.create),
            announced(&photo.group, &lena, &root),
            json!(7),
            json!({ "type": "Announce" }),
        ],
    );
    photo.lists("featured", &[json!(first.id)]);
    lab.follow("ada", &group);
    photo.lets_in(&lab).await;
    lab.shows(&group, &first.id, |thread| {
        thread["replies"] == 3 && thread["on_top"] == true
    })
    .await;
    lab.shows(&group, &far.id, |thread| thread["title"] == "Vrai")
        .await;
    assert_eq!(lab.threads(&group).len(), 2);
    assert!(home.of_type("Announce").is_empty());
    // Once more brings nothing more; what is new comes in when it is asked for.
    let again = lab.json(&["fetch", &group]);
    assert_eq!(again["taken"], 0, "{again}");
    let late = threadiverse::page(&lena, &group, Some("Plus tard"), "texte");
    photo.lists("outbox", &[json!(late.id), json!(late.create["object"])]);
    let again = lab.json(&["fetch", &group]);
    assert_eq!(again["taken"], 1, "{again}");
    let dates: Vec<Value> = lab
        .threads(&group)
        .iter()
        .map(|thread| thread["published_at"].clone())
        .collect();
    assert_eq!(dates.len(), 3);
    assert!(
        dates[0].as_str() >= dates[2].as_str(),
        "by when they were written: {dates:?}"
    );
}

/// F9: collections that lead back to themselves, to other servers, or have no end.
async fn f9_collections_without_end(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let (home, photo) = followed(&lab, Family::PieFed, "photo").await;
    let away = Peer::start(Family::Lemmy).await;
    let group = photo.group.id.clone();
    let lena = home.person_with("lena", Keys::shared(0));
    let page = threadiverse::page(&lena, &group, Some("Un sujet"), "texte");
    let outbox = format!("{group}/outbox");
    let long = "x".repeat(20);
    for number in 0..100 {
        let (at, next) = (
            format!("{outbox}/{number}"),
            format!("{outbox}/{}", number + 1),
        );
        home.serve(
            &at,
            json!({
                "@context": "https://www.w3.org/ns/activitystreams", "id": at, "next": next,
                "type": "OrderedCollectionPage", "orderedItems": [page.create, long],
            }),
        );
    }
    home.serve(
        &outbox,
        json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": outbox,
            "type": "OrderedCollection", "first": format!("{outbox}/0"),
        }),
    );
    let featured = format!("{group}/featured");
    home.serve(
        &featured,
        json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": featured,
            "type": "OrderedCollection", "first": away.url("/elsewhere"), "next": featured,
            "orderedItems": [page.id],
        }),
    );
    // The server may be at it already, since somebody was let in.
    lab.json(&["fetch", &group]);
    lab.shows(&group, &page.id, |thread| thread["on_top"] == true)
        .await;
    let asked = home
        .seen()
        .iter()
        .filter(|seen| seen.path.contains("/outbox/"))
        .count();
    // Ten at most each time, by the server and by the command.
    assert!(asked <= 20, "{asked} pages");
    assert!(away.seen().iter().all(|seen| seen.path != "/elsewhere"));
    assert!(
        lab.cli(&["fetch", &lena.id]).status.code() == Some(1),
        "a person"
    );
    assert!(!lab.cli(&["fetch", "tilab"]).status.success(), "lives here");
}

/// F7: where a redirect leads, another server speaks, and not for this one.
async fn f7_collections_that_lead_elsewhere(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let (home, away) = (
        Peer::start(Family::Lemmy).await,
        Peer::start(Family::Lemmy).await,
    );
    let photo = home.community("photo");
    let group = photo.group.id.clone();
    let lena = home.person_with("lena", Keys::shared(0));
    let forged = threadiverse::page(&lena, &group, Some("FORGED"), "texte");
    home.serve_with(&forged.id, 404, json!({}));
    let list = away.url("/list");
    away.serve(
        &list,
        json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": list,
            "type": "OrderedCollection", "orderedItems": [forged.create["object"]],
        }),
    );
    home.serve_with(&format!("{group}/outbox"), 302, json!(list));
    let honest = threadiverse::page(&lena, &group, Some("Vrai"), "texte");
    home.serve(&honest.id, honest.create["object"].clone());
    photo.lists("featured", &[json!(honest.id)]);
    lab.follow("ada", &group);
    photo.lets_in(&lab).await;
    lab.json(&["fetch", &group]);
    lab.shows(&group, &honest.id, |thread| thread["title"] == "Vrai")
        .await;
    let threads = lab.threads(&group);
    assert_eq!(threads.len(), 1, "{threads:?}");
}

/// C66: in a thread of ours, somebody answers a member without a word to the community.
async fn c66_answers_that_did_not_mention_the_community(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let group = lab.community("tilab");
    let root = lab.post("ada", "tilab", "Un sujet", "Vos avis ?");
    let (home, away) = (
        Peer::start(Family::Mastodon).await,
        Peer::start(Family::Mastodon).await,
    );
    let (alice, bob) = (
        home.person_with("alice", Keys::shared(0)),
        away.person_with("bob", Keys::shared(1)),
    );
    let heard = Toot::by(&alice, "Le mien")
        .to_group(&group)
        .reply_to(&root)
        .post();
    alice.says_and_is_heard(&lab, &heard.create).await;
    let unheard = Toot::by(&bob, "Sans mention").reply_to(&heard.id).post();
    let private = Toot::by(&bob, "Pour moi")
        .scope(archipel_tests::peer::mastodon::Scope::Followers)
        .reply_to(&heard.id)
        .post();
    let unrelated = Toot::by(&bob, "Autre chose").post();
    let list = format!("{}/replies", heard.id);
    home.serve(
        &list,
        json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": list,
            "type": "Collection",
            "first": {
                "type": "CollectionPage", "partOf": list,
                "items": [unheard.id, private.id, unrelated.id],
            },
        }),
    );
    let answer = lab.json(&["fetch", &root]);
    assert_eq!(answer["taken"], 1, "{answer}");
    let replies = lab
        .item_ids(&format!(
            "{}/replies",
            lab.document_at(&root).await["id"].as_str().expect("an id")
        ))
        .await;
    assert!(replies.contains(&heard.id));
    let context = lab.document_at(&root).await["context"].clone();
    let thread = lab.item_ids(context.as_str().expect("a context")).await;
    assert!(thread.contains(&unheard.id), "{thread:?}");
    assert!(!thread.contains(&unrelated.id) && !thread.contains(&private.id));
    assert!(home.of_type("Announce").is_empty() && away.of_type("Create").is_empty());
    assert_eq!(lab.json(&["fetch", &root])["taken"], 0);
}

/// C67: whoever joins late reads what another Archipel said before.
async fn c67_the_past_of_another_archipel(db: Db) {
    let (a, b) = two_labs(db).await;
    a.account("ada");
    b.account("bea");
    let mut posts = Vec::new();
    for number in 0..3 {
        let post = b.post("bea", "tilab", &format!("Sujet {number}"), "texte");
        b.reply("bea", &post, "Une réponse");
        posts.push(post);
    }
    b.run(&["moderate", "pin", &posts[1]]);
    let community = b.community("tilab");
    eventually("the outbox", PATIENCE, || async {
        (b.outbox("tilab").await.len() == 3).then_some(())
    })
    .await;
    a.follow("ada", &community);
    for (number, post) in posts.iter().enumerate() {
        a.shows(&community, post, |thread| {
            thread["replies"] == 1 && thread["on_top"] == (number == 1)
        })
        .await;
    }
    assert_eq!(a.outbox("tilab").await.len(), 0);
}

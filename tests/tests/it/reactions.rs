//! Votes and boosts: counted once, taken back, passed on to those who show them.

use archipel_tests::peer::mastodon::{self, Toot};
use archipel_tests::peer::{Person, Received, threadiverse};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, PUBLIC, Peer, both, eventually};
use serde_json::{Value, json};

use crate::attacks::fate;
use crate::posting::follower;

both!(
    a_vote_counts_once,
    votes_can_be_switched_off,
    who_is_banned_or_a_program_does_not_vote,
    boosts_by_people_are_counted_and_not_echoed,
    people_here_vote_and_boost
);

/// A vote as Mastodon and Lemmy write it: without `to` and `cc`.
pub fn vote(by: &Person, kind: &str, post: &str) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": by.activity_id(&kind.to_lowercase()),
        "type": kind, "actor": by.id, "object": post,
    })
}

/// The end of a vote, as Lemmy writes it: what is undone has a new id.
fn undo(by: &Person, kind: &str, post: &str) -> Value {
    let mut undo = vote(by, "Undo", post);
    undo["object"] = vote(by, kind, post);
    undo
}

/// What a post says of its votes and boosts.
async fn totals(lab: &Lab, post: &str) -> (u64, u64) {
    let document = lab.document_at(post).await;
    let total = |name: &str| document[name]["totalItems"].as_u64().expect("a total");
    (total("likes"), total("shares"))
}

/// The announced activities of a type about a post that a peer heard.
fn relayed(peer: &Peer, kind: &str, post: &str) -> Vec<Value> {
    let mut heard: Vec<Value> = peer
        .of_type("Announce")
        .into_iter()
        .map(|announce| announce["object"].clone())
        .filter(|inner| inner["type"] == kind)
        .collect();
    heard.retain(|inner| {
        let object = &inner["object"];
        object == post || object["object"] == post
    });
    heard
}

async fn hears_relayed(peer: &Peer, kind: &str, activity: &Value) {
    let announce = peer
        .hears("Announce", |said| said["object"]["id"] == activity["id"])
        .await;
    assert_eq!(announce["object"]["type"], kind);
    assert_eq!(&announce["object"], activity, "as it came");
    assert_eq!(announce["to"], json!([PUBLIC]));
}

/// C50, C51: one vote each; the other way round switches it; an end takes it back
/// whatever its inner id; all of it goes to the threadiverse as it came, and none of
/// it to microblogs or strangers.
async fn a_vote_counts_once(db: Db) {
    let lab = Lab::start(db).await;
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let (piefed, pia) = follower(&lab, Family::PieFed, "pia").await;
    let (stranger, _) = follower(&lab, Family::Unknown, "otto").await;
    lab.account("ada");
    let post = lab.post("ada", "tilab", "Un sujet", "Vos avis ?");
    lemmy.hears_announce_of(&post).await;
    assert_eq!(totals(&lab, &post).await, (0, 0));

    let like = vote(&alice, "Like", &post);
    alice.says(&lab, &like).await;
    assert_eq!(fate(&lab, &like).await, "done");
    hears_relayed(&lemmy, "Like", &like).await;
    hears_relayed(&piefed, "Like", &like).await;
    let again = vote(&alice, "Like", &post);
    alice.says_and_is_heard(&lab, &again).await;
    assert_eq!(totals(&lab, &post).await, (1, 0));

    let mut emoji = vote(&pia, "EmojiReact", &post);
    emoji["content"] = json!("👍");
    pia.says_and_is_heard(&lab, &emoji).await;
    assert_eq!(totals(&lab, &post).await, (2, 0));

    let up = vote(&lena, "Like", &post);
    let down = vote(&lena, "Dislike", &post);
    lena.says_and_is_heard(&lab, &up).await;
    assert_eq!(totals(&lab, &post).await, (3, 0));
    lena.says_and_is_heard(&lab, &down).await;
    assert_eq!(totals(&lab, &post).await, (2, 0));
    hears_relayed(&piefed, "Dislike", &down).await;
    let page = lab
        .get(
            post.strip_prefix(lab.url("").as_str()).expect("a path"),
            "text/html",
        )
        .await;
    assert!(
        page.text.contains("2 votes pour") && page.text.contains("1 vote contre"),
        "{}",
        page.text
    );

    let by_other = {
        let mut undo = undo(&alice, "Like", &post);
        undo["object"]["actor"] = json!(pia.id);
        undo
    };
    alice.says(&lab, &by_other).await;
    assert_eq!(fate(&lab, &by_other).await, "refused");
    let end = undo(&lena, "Dislike", &post);
    lena.says(&lab, &end).await;
    assert_eq!(fate(&lab, &end).await, "done");
    hears_relayed(&piefed, "Undo", &end).await;
    let mut bare = vote(&alice, "Undo", &post);
    bare["object"] = again["id"].clone();
    alice.says(&lab, &bare).await;
    assert_eq!(fate(&lab, &bare).await, "done");
    assert_eq!(totals(&lab, &post).await, (1, 0));
    hears_relayed(&piefed, "Undo", &bare).await;
    hears_relayed(&piefed, "EmojiReact", &emoji).await;
    hears_relayed(&lemmy, "Undo", &end).await;
    let unreadable = [&emoji["id"], &bare["id"]];
    for one in lemmy.attempts() {
        assert!(
            !unreadable.contains(&&one.json["object"]["id"]),
            "{}",
            one.json
        );
    }

    assert_eq!(
        relayed(&piefed, "Like", &post).len(),
        2,
        "alice's and lena's first"
    );
    for peer in [&microblog, &stranger] {
        for kind in ["Like", "Dislike", "EmojiReact", "Undo"] {
            assert!(relayed(peer, kind, &post).is_empty(), "{kind}");
            assert!(peer.of_type(kind).is_empty(), "{kind}");
        }
    }
}

/// C51: what a community does not count is not passed on either; a vote against ends
/// the vote for all the same.
async fn votes_can_be_switched_off(db: Db) {
    let lab = Lab::start(db).await;
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let (_, alice) = follower(&lab, Family::Mastodon, "alice").await;
    lab.account("ada");
    let post = lab.post("ada", "tilab", "Un sujet", "Vos avis ?");
    lemmy.hears_announce_of(&post).await;
    lab.run(&["community", "set", "tilab", "--reactions", "likes"]);
    assert_eq!(
        lab.json(&["community", "show", "tilab"])["reactions"],
        "likes"
    );
    for kind in ["Like", "Dislike"] {
        let vote = vote(&lena, kind, &post);
        lena.says(&lab, &vote).await;
        let expected = if kind == "Like" { "done" } else { "refused" };
        assert_eq!(fate(&lab, &vote).await, expected, "{kind}");
    }
    assert_eq!(
        totals(&lab, &post).await,
        (0, 0),
        "she is not for it any more"
    );
    assert!(!lab.cli(&["dislike", "ada", &post]).status.success());

    lab.run(&["community", "set", "tilab", "--reactions", "none"]);
    let unheard = vote(&alice, "Like", &post);
    alice.says(&lab, &unheard).await;
    assert_eq!(fate(&lab, &unheard).await, "refused");
    assert!(lab.document_at(&post).await.get("likes").is_none());

    lab.run(&["community", "set", "tilab", "--reactions", "all"]);
    let heard = vote(&lena, "Dislike", &post);
    lena.says_and_is_heard(&lab, &heard).await;
    hears_relayed(&lemmy, "Dislike", &heard).await;
    assert_eq!(relayed(&lemmy, "Dislike", &post).len(), 1);
    assert_eq!(relayed(&lemmy, "Like", &post).len(), 1, "only lena's");
}

/// C50: bots do not vote unless they may; who is banned never does; what is not shown
/// is not voted on.
async fn who_is_banned_or_a_program_does_not_vote(db: Db) {
    let lab = Lab::start(db).await;
    let home = Peer::start(Family::Mastodon).await;
    let (bot, bob) = (home.person("bot"), home.person("bob"));
    let mut document: Value = lab
        .http()
        .get(&bot.id)
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    document["type"] = json!("Service");
    home.serve(&bot.id, document);
    lab.account("ada");
    let post = lab.post("ada", "tilab", "Un sujet", "Vos avis ?");
    let like = vote(&bot, "Like", &post);
    bot.says(&lab, &like).await;
    assert_eq!(fate(&lab, &like).await, "refused");
    lab.run(&["community", "set", "tilab", "--bot-votes", "true"]);
    let like = vote(&bot, "Like", &post);
    bot.says(&lab, &like).await;
    assert_eq!(fate(&lab, &like).await, "done");

    lab.run(&["moderate", "ban", "tilab", &bob.id]);
    let like = vote(&bob, "Like", &post);
    bob.says(&lab, &like).await;
    assert_eq!(fate(&lab, &like).await, "refused");
    lab.run(&["moderate", "unban", "tilab", &bob.id]);
    let like = vote(&bob, "Like", &post);
    bob.says(&lab, &like).await;
    assert_eq!(fate(&lab, &like).await, "done");
    assert_eq!(totals(&lab, &post).await, (2, 0));

    lab.run(&["moderate", "remove", &post]);
    for object in [post.as_str(), &lab.url("/p/1")] {
        let end = vote(&bob, "Dislike", object);
        bob.says(&lab, &end).await;
        assert_eq!(fate(&lab, &end).await, "refused", "{object}");
    }
}

/// 1.5.5: the boost of a thread by a person is a number, once each, and goes to nobody.
async fn boosts_by_people_are_counted_and_not_echoed(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    lab.account("ada");
    let post = lab.post("ada", "tilab", "Un sujet", "Vos avis ?");
    lemmy.hears_announce_of(&post).await;
    microblog.hears_announce_of(&post).await;
    let boost = || {
        let mut boost = vote(&alice, "Announce", &post);
        boost["to"] = json!([PUBLIC]);
        boost["cc"] = json!([alice.followers(), group]);
        boost
    };
    let (first, second) = (boost(), boost());
    for boost in [&first, &second] {
        alice.says(&lab, boost).await;
        assert_eq!(fate(&lab, boost).await, "done");
        assert_eq!(totals(&lab, &post).await, (0, 1));
    }
    let undo = mastodon::undo(&alice, &first);
    alice.says(&lab, &undo).await;
    assert_eq!(fate(&lab, &undo).await, "done");
    assert_eq!(totals(&lab, &post).await, (0, 0));
    let after = lab.post("ada", "tilab", "Après", "Dernier");
    lemmy.hears_announce_of(&after).await;
    microblog.hears_announce_of(&after).await;
    assert_eq!(lemmy.announces_of(&post).len(), 1);
    assert_eq!(microblog.announces_of(&post).len(), 1);
    assert!(microblog.of_type("Undo").is_empty() && lemmy.of_type("Undo").is_empty());
}

/// What people here think of a post reaches its author, their community and their
/// followers, each as they can read it.
async fn people_here_vote_and_boost(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let ada = lab.account("ada");
    let follow = mastodon::follow(&alice, &ada);
    alice.says_and_is_heard(&lab, &follow).await;
    let page = threadiverse::page(&lena, &group, Some("Titre"), "Texte");
    lena.says_and_is_heard(&lab, &page.create).await;
    microblog.hears_announce_of(&page.id).await;

    lab.run(&["like", "ada", &page.id]);
    let like = lemmy
        .hears("Announce", |said| said["object"]["type"] == "Like")
        .await["object"]
        .clone();
    assert_eq!(
        (&like["actor"], &like["object"]),
        (&json!(ada), &json!(page.id))
    );
    assert_eq!(like["audience"], json!(group));
    let own = lemmy.hears("Like", |_| true).await;
    assert_eq!(own, like, "the same bytes to the author");
    lab.run(&["like", "ada", &page.id]);
    lab.run(&["dislike", "ada", &page.id]);
    let dislike = lemmy
        .hears("Announce", |said| said["object"]["type"] == "Dislike")
        .await;
    let undone = lemmy
        .hears("Announce", |said| said["object"]["type"] == "Undo")
        .await;
    assert_eq!(undone["object"]["object"]["id"], like["id"]);
    lab.run(&["unlike", "ada", &page.id]);
    lemmy
        .hears("Announce", |said| {
            said["object"]["object"]["id"] == dislike["object"]["id"]
        })
        .await;
    assert!(!lab.cli(&["unlike", "ada", &page.id]).status.success());
    assert_eq!(relayed(&lemmy, "Like", &page.id).len(), 1);

    lab.run(&["boost", "ada", &page.id]);
    let boost = microblog
        .hears("Announce", |said| said["actor"] == json!(ada))
        .await;
    assert_eq!(boost["object"], json!(page.id));
    assert_eq!(boost["to"], json!([PUBLIC]));
    lab.run(&["unboost", "ada", &page.id]);
    let undo = microblog.hears("Undo", |_| true).await;
    assert_eq!(undo["object"]["id"], boost["id"]);

    // A favourite of a post of theirs is what people on Mastodon hear of.
    let toot = Toot::by(&alice, "Bonjour").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    lab.run(&["like", "ada", &toot.id]);
    microblog
        .hears("Like", |said| said["object"] == json!(toot.id))
        .await;
    lab.run(&["dislike", "ada", &toot.id]);
    microblog
        .hears("Undo", |said| said["object"]["type"] == "Like")
        .await;
    eventually("what Lemmy was spared", PATIENCE, || async {
        let spared = lab.spared(&lemmy.host());
        let boost = spared.iter().find(|row| row["kind"] == "Boost")?;
        (boost["words"] == "not sent: Lemmy cannot read boosts by people").then_some(())
    })
    .await;
    assert!(microblog.of_type("Dislike").is_empty());
    assert!(lemmy.attempts().iter().all(Received::accepted));
}

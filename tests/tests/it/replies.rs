//! Answers: how they find their thread, and who hears of them.

use archipel_tests::peer::mastodon::Toot;
use archipel_tests::peer::{strict, threadiverse};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, Peer, both, eventually};

use crate::posting::follower;

both!(
    answers_find_their_thread,
    a_missing_parent_is_fetched,
    an_endless_chain_ends
);

/// The ids in the whole thread of a local post.
pub async fn thread(lab: &Lab, post: &str) -> Vec<String> {
    let document = lab.document_at(post).await;
    let context = document["context"].as_str().expect("a context").to_owned();
    lab.item_ids(&context).await
}

/// C28: an answer finds its thread by `inReplyTo`, with or without a mention; the
/// threadiverse hears it wrapped, Mastodon not at all.
async fn answers_find_their_thread(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    lab.account("ada");
    let root = lab.post("ada", "tilab", "Un sujet", "Vos avis ?");
    lemmy.hears_announce_of(&root).await;
    microblog.hears_announce_of(&root).await;
    let with = Toot::by(&alice, "Avec mention")
        .to_group(&group)
        .reply_to(&root)
        .post();
    let without = Toot::by(&alice, "Sans mention").reply_to(&root).post();
    let comment = threadiverse::comment(&lena, &group, &without.id, &alice.id, "Plus bas");
    alice.says(&lab, &with.create).await;
    alice.says_and_is_heard(&lab, &without.create).await;
    lena.says(&lab, &comment.create).await;
    for id in [&with.id, &without.id, &comment.id] {
        let announce = lemmy.hears_announce_of(id).await;
        assert_eq!(announce["object"]["type"], "Create");
    }
    let below = lab.reply("ada", &with.id, "Merci");
    let ours = lemmy.hears_announce_of(&below).await;
    strict::read(&ours).expect("a comment that Lemmy reads");
    let mut all = thread(&lab, &root).await;
    all.retain(|id| *id != root);
    all.sort();
    let mut wanted = vec![
        with.id.clone(),
        without.id.clone(),
        comment.id.clone(),
        below.clone(),
    ];
    wanted.sort();
    assert_eq!(all, wanted, "the context lists the whole thread once");
    let direct = lab.item_ids(&format!("{root}/replies")).await;
    assert!(direct.contains(&with.id) && direct.contains(&without.id));
    for id in &wanted {
        assert!(microblog.announces_of(id).is_empty(), "no boost of {id}");
    }
}

/// C28: the answer to a post we never saw: the post is fetched where it lives.
async fn a_missing_parent_is_fetched(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    let home = Peer::start(Family::Mastodon).await;
    let (alice, bob) = (home.person("alice"), home.person("bob"));
    let root = Toot::by(&alice, "Jamais reçu").to_group(&group).post();
    let answer = Toot::by(&bob, "Une réponse")
        .to_group(&group)
        .reply_to(&root.id)
        .post();
    bob.says_and_is_heard(&lab, &answer.create).await;
    lemmy.hears_announce_of(&answer.id).await;
    let path = root.id.strip_prefix(home.base()).expect("a path");
    assert!(
        home.seen()
            .iter()
            .any(|seen| seen.path == path && seen.signed_by.is_some())
    );
    let outbox = lab.outbox("tilab").await;
    assert!(
        outbox
            .iter()
            .all(|item| archipel_tests::surface::subject_of(item) != answer.id),
        "an answer is no thread"
    );
}

/// F9: a chain of answers without end costs a bounded number of fetches.
async fn an_endless_chain_ends(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let home = Peer::start(Family::Mastodon).await;
    let alice = home.person("alice");
    let mut parent = home.url("/users/alice/statuses/nowhere");
    for _ in 0..60 {
        parent = Toot::by(&alice, "chaîne")
            .to_group(&group)
            .reply_to(&parent)
            .post()
            .id;
    }
    let last = Toot::by(&alice, "fin")
        .to_group(&group)
        .reply_to(&parent)
        .post();
    alice.says(&lab, &last.create).await;
    eventually("the first attempt at it", PATIENCE, || async {
        let rows = lab.inbox();
        let row = rows
            .iter()
            .find(|row| row["activity_uri"] == last.activity)?;
        (row["state"] == "done" || row["attempts"].as_u64()? > 0).then_some(())
    })
    .await;
    let fetched = home
        .seen()
        .iter()
        .filter(|seen| seen.path.contains("/statuses/"))
        .count();
    assert!(fetched <= 20, "{fetched} fetches for one activity");
}

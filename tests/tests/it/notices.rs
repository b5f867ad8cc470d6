//! Never silence: what authors hear of their posts, how they ask for more or less, and
//! what a flood of posts must not do (M6).

use archipel_tests::peer::Person;
use archipel_tests::peer::mastodon::{Posted, Scope, Toot};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, Peer, both, eventually};
use serde_json::{Value, json};

use crate::attacks::fate;
use crate::posting::follower;

both!(
    a_member_asks_to_hear_of_published_posts,
    letters_are_few,
    what_is_too_long_or_too_late_is_told,
    people_here_hear_too
);

/// The direct messages about a post.
fn letters(peer: &Peer, about: &str) -> Vec<String> {
    let mut said: Vec<Value> = peer.of_type("Create");
    said.retain(|said| said["object"]["inReplyTo"] == about);
    said.iter()
        .map(|said| {
            said["object"]["content"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

async fn letter(peer: &Peer, about: &str) -> String {
    eventually(&format!("a letter about {about}"), PATIENCE, || async {
        letters(peer, about).into_iter().next()
    })
    .await
}

/// Says something to tilab alone.
async fn whispers(lab: &Lab, person: &Person, text: &str) -> Posted {
    let group = lab.community("tilab");
    let toot = Toot::by(person, text)
        .to_group(&group)
        .scope(Scope::Direct)
        .post();
    person.says(lab, &toot.create).await;
    fate(lab, &toot.create).await;
    toot
}

/// Opt-in and out by a direct message; each published post is told once, also one that
/// had waited. Anything else that is not public stays unpublished, and that is told.
async fn a_member_asks_to_hear_of_published_posts(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (other, _) = follower(&lab, Family::Lemmy, "lena").await;
    let silent = Toot::by(&alice, "Un").to_group(&group).post();
    alice.says(&lab, &silent.create).await;
    other.hears_announce_of(&silent.id).await;

    let wish = whispers(&lab, &alice, "@tilab prévenez-moi").await;
    assert!(
        letter(&microblog, &wish.id)
            .await
            .contains("vous préviendra")
    );
    let mut posts = Vec::new();
    for text in ["Deux", "Trois"] {
        let toot = Toot::by(&alice, text).to_group(&group).post();
        alice.says(&lab, &toot.create).await;
        let said = letter(&microblog, &toot.id).await;
        assert!(
            said.contains("est publié") && said.contains(&group),
            "{said}"
        );
        posts.push(toot.id);
    }
    lab.run(&["community", "set", "tilab", "--hold", "always"]);
    let held = Toot::by(&alice, "Quatre").to_group(&group).post();
    alice.says(&lab, &held.create).await;
    assert!(letter(&microblog, &held.id).await.contains("attend"));
    lab.run(&["held", "approve", "tilab", &held.id]);
    eventually("the decision", PATIENCE, || async {
        (letters(&microblog, &held.id).len() == 2).then_some(())
    })
    .await;
    lab.run(&["community", "set", "tilab", "--hold", "never"]);

    let stop = whispers(&lab, &alice, "@tilab Stop notifying me.").await;
    assert!(
        letter(&microblog, &stop.id)
            .await
            .contains("will not tell you")
    );
    let last = Toot::by(&alice, "Cinq").to_group(&group).post();
    alice.says(&lab, &last.create).await;
    other.hears_announce_of(&last.id).await;
    let chat = whispers(&lab, &alice, "@tilab bonjour !").await;
    assert!(
        letter(&microblog, &chat.id)
            .await
            .contains("pas été publié")
    );
    for (id, count) in [
        (&silent.id, 0),
        (&posts[0], 1),
        (&posts[1], 1),
        (&last.id, 0),
    ] {
        assert_eq!(letters(&microblog, id).len(), count, "{id}");
    }
    for toot in [&wish, &stop, &chat] {
        assert!(other.announces_of(&toot.id).is_empty());
        assert!(
            !lab.get("/c/tilab", "text/html")
                .await
                .text
                .contains("notifying")
        );
    }
    // Nor is a letter answered by a letter.
    let said = microblog.of_type("Create");
    let last_letter = said.last().expect("a letter")["object"]["id"].clone();
    let auto = Toot::by(&alice, "Je suis absente")
        .to_group(&group)
        .scope(Scope::Direct)
        .reply_to(last_letter.as_str().expect("an id"))
        .post();
    alice.says(&lab, &auto.create).await;
    assert_eq!(fate(&lab, &auto.create).await, "refused");
    assert!(letters(&microblog, &auto.id).is_empty());

    let stranger = Peer::start(Family::Mastodon).await;
    let eve = stranger.person("eve");
    let wish = whispers(&lab, &eve, "@tilab notify me").await;
    assert!(
        letter(&stranger, &wish.id)
            .await
            .contains("only tell its members")
    );
}

/// However many posts come, an author gets few letters.
async fn letters_are_few(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    whispers(&lab, &alice, "@tilab prévenez-moi").await;
    let mut last = String::new();
    for n in 0..20 {
        let toot = Toot::by(&alice, &format!("Message {n}"))
            .to_group(&group)
            .post();
        alice.says(&lab, &toot.create).await;
        last = toot.id;
    }
    microblog.hears_announce_of(&last).await;
    let letters = microblog.of_type("Create").len();
    assert!((2..=12).contains(&letters), "{letters} letters");
}

/// Too long to be passed on; for members only; to a community that is gone: each time
/// the author learns why, and what to do, in the language of the post.
async fn what_is_too_long_or_too_late_is_told(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let long = "mot ".repeat(251_000 / 2);
    let toot = Toot::by(&alice, &long).to_group(&group).post();
    let size = toot.create.to_string().len();
    assert!((1_000_000..1_048_576).contains(&size), "{size} bytes");
    alice.says(&lab, &toot.create).await;
    assert_eq!(fate(&lab, &toot.create).await, "refused");
    let said = letter(&microblog, &toot.id).await;
    assert!(
        said.contains("trop long") && said.contains("Raccourcissez-le"),
        "{said}"
    );

    lab.run(&["community", "set", "utilo", "--post", "members"]);
    let utilo = lab.community("utilo");
    let mut english = Toot::by(&alice, "Hello").to_group(&utilo).post();
    let content = english.create["object"]["content"].clone();
    english.create["object"]["contentMap"] = json!({ "en": content });
    alice.says(&lab, &english.create).await;
    assert_eq!(fate(&lab, &english.create).await, "refused");
    let said = letter(&microblog, &english.id).await;
    assert!(
        said.contains("Follow the community") && said.contains(&utilo),
        "{said}"
    );

    lab.run(&["community", "delete", "utilo", "--yes"]);
    let late = Toot::by(&alice, "Trop tard").to_group(&utilo).post();
    alice.says(&lab, &late.create).await;
    assert_eq!(fate(&lab, &late.create).await, "refused");
    let said = letter(&microblog, &late.id).await;
    assert!(said.contains("n’existe plus"), "{said}");
    let from = microblog
        .of_type("Create")
        .into_iter()
        .find(|said| said["object"]["inReplyTo"] == late.id)
        .expect("the letter");
    assert_eq!(
        from["actor"],
        lab.url("/"),
        "the server speaks for what is gone"
    );
}

/// `--tell-published`: the account reads it in its own list.
async fn people_here_hear_too(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("yann");
    lab.run(&["follow", "yann", "tilab", "--tell-published"]);
    let post = lab.post("yann", "tilab", "Sujet", "Texte");
    let told = lab.json(&["account", "show", "yann"])["told"].clone();
    assert_eq!(told[0]["about"], post);
    assert_eq!(told[0]["cause"], "published");
    assert_eq!(told.as_array().map(Vec::len), Some(1));
}

//! Polls: shown, answered, counted, closed, and kept from those who cannot read them.

use std::time::Duration;

use archipel_tests::peer::{Person, threadiverse};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, PUBLIC, Peer, both, clock, eventually};
use serde_json::{Value, json};

use crate::attacks::fate;
use crate::posting::follower;

both!(
    a_poll_from_mastodon_is_shown_and_counted_anew,
    a_poll_of_ours_is_answered_and_closed,
    lemmy_is_spared_polls_and_their_threads,
    people_here_answer_polls_of_elsewhere
);

/// A poll as Mastodon writes it (`note_serializer.rb`).
pub fn question(by: &Person, group: &str, counts: [u64; 2]) -> Value {
    let id = format!("{}/statuses/{}", by.id, by.peer().serial());
    let choice = |name: &str, votes: u64| {
        json!({
            "type": "Note", "name": name,
            "replies": { "type": "Collection", "totalItems": votes },
        })
    };
    let end = clock::now() + Duration::from_hours(1);
    json!({
        "id": id, "type": "Question", "summary": null, "inReplyTo": null,
        "published": clock::rfc3339(clock::now()), "attributedTo": by.id,
        "to": [PUBLIC], "cc": [by.followers(), group], "sensitive": false,
        "content": "<p>Jeudi ou vendredi ?</p>", "contentMap": { "fr": "<p>Jeudi ou vendredi ?</p>" },
        "attachment": [], "tag": [{ "type": "Mention", "href": group, "name": "@tilab" }],
        "endTime": clock::rfc3339(end), "votersCount": counts[0] + counts[1],
        "oneOf": [choice("jeudi", counts[0]), choice("vendredi", counts[1])],
    })
}

fn says(by: &Person, kind: &str, object: &Value) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": by.activity_id(&kind.to_lowercase()),
        "type": kind, "actor": by.id, "to": object["to"], "cc": object["cc"],
        "object": object,
    })
}

/// A vote as Mastodon writes it (`vote_serializer.rb`).
fn choice(by: &Person, poll: &str, author: &str, name: &str) -> Value {
    let note = json!({
        "id": format!("{}#votes/{}", by.id, by.peer().serial()), "type": "Note", "name": name,
        "attributedTo": by.id, "to": author, "inReplyTo": poll,
    });
    let mut create = says(by, "Create", &note);
    create["to"] = json!(author);
    create
}

async fn page(lab: &Lab, post: &str) -> String {
    let path = post
        .strip_prefix(lab.base().as_str().trim_end_matches('/'))
        .expect("a post of this lab");
    lab.get(path, "text/html").await.text
}

/// The page here of a thread that was written elsewhere.
async fn page_of(lab: &Lab, heading: &str) -> String {
    let list = lab.get("/c/tilab", "text/html").await.text;
    let end = list.find(heading).expect("the heading in the list");
    let start = list[..end].rfind("href=\"").expect("a link") + "href=\"".len();
    let path: String = list[start..].chars().take_while(|c| *c != '"').collect();
    lab.get(&path, "text/html").await.text
}

fn option_votes(document: &Value, kind: &str) -> Vec<u64> {
    document[kind]
        .as_array()
        .unwrap_or_else(|| panic!("no {kind} in {document}"))
        .iter()
        .map(|one| one["replies"]["totalItems"].as_u64().expect("a count"))
        .collect()
}

/// C41: a poll from Mastodon becomes a thread; the counts that its author's server
/// tells, without any new date of editing, are shown and passed on.
async fn a_poll_from_mastodon_is_shown_and_counted_anew(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (piefed, pia) = follower(&lab, Family::PieFed, "pia").await;
    let mut poll = question(&alice, &group, [1, 0]);
    let create = says(&alice, "Create", &poll);
    alice.says(&lab, &create).await;
    assert_eq!(fate(&lab, &create).await, "done");
    let id = poll["id"].as_str().expect("an id").to_owned();
    let announce = piefed.hears_announce_of(&id).await;
    assert_eq!(announce["object"], create);
    microblog.hears_announce_of(&id).await;
    let shown = page_of(&lab, "Jeudi ou vendredi").await;
    for words in [
        "jeudi",
        "vendredi",
        "1 voix (100 %)",
        "0 voix (0 %)",
        "ouvert",
    ] {
        assert!(shown.contains(words), "{words} in {shown}");
    }

    poll["oneOf"][1]["replies"]["totalItems"] = json!(3);
    poll["votersCount"] = json!(4);
    let update = says(&alice, "Update", &poll);
    alice.says(&lab, &update).await;
    assert_eq!(fate(&lab, &update).await, "done");
    let relayed = piefed
        .hears("Announce", |said| said["object"]["type"] == "Update")
        .await;
    assert_eq!(relayed["object"], update);
    let shown = page_of(&lab, "Jeudi ou vendredi").await;
    assert!(
        shown.contains("3 voix (75 %)") && shown.contains("4 personnes"),
        "{shown}"
    );
    assert!(!shown.contains("modifié le"), "it was only counted");

    // Neither somebody else nor we count it.
    poll["votersCount"] = json!(99);
    let forged = says(&pia, "Update", &poll);
    pia.says(&lab, &forged).await;
    assert_eq!(fate(&lab, &forged).await, "refused");
    let vote = choice(&pia, &id, &alice.id, "jeudi");
    pia.says(&lab, &vote).await;
    assert_eq!(fate(&lab, &vote).await, "refused");

    poll["votersCount"] = json!(4);
    poll["closed"] = json!(clock::rfc3339(clock::now()));
    let closed = says(&alice, "Update", &poll);
    alice.says_and_is_heard(&lab, &closed).await;
    let shown = page_of(&lab, "Jeudi ou vendredi").await;
    assert!(shown.contains("clos"), "{shown}");
}

/// C41: votes in a poll of ours count once each, only for choices that it has and
/// only until it ends; how it stands is told at once, then now and then, and at the end.
async fn a_poll_of_ours_is_answered_and_closed(db: Db) {
    let mut lab = Lab::start(db).await;
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (piefed, pia) = follower(&lab, Family::PieFed, "pia").await;
    let ada = lab.account("ada");
    lab.account("yann");
    let printed = lab.run(&[
        "post",
        "ada",
        "--to",
        "tilab",
        "--title",
        "Quel jour ?",
        "--poll-option",
        "Mardi",
        "--poll-option",
        "Jeudi & vendredi",
        "--poll-ends",
        "40s",
        "Pour la visite.",
    ]);
    let poll = printed.trim().to_owned();
    let create = piefed.hears_announce_of(&poll).await["object"].clone();
    let document = lab.document_at(&poll).await;
    assert_eq!(create["object"]["type"], "Question");
    assert_eq!(document["type"], "Question");
    assert_eq!(document["votersCount"], 0);
    assert_eq!(option_votes(&document, "oneOf"), [0, 0]);
    assert_eq!(document["oneOf"][1]["name"], "Jeudi & vendredi");
    assert_eq!(
        document["content"],
        "<p><strong>Quel jour ?</strong></p><p>Pour la visite.</p>"
    );
    assert!(
        document.get("summary").is_none(),
        "it would become a warning"
    );
    microblog.hears_announce_of(&poll).await;

    let counted = |person: &Person, name: &str| choice(person, &poll, &ada, name);
    for (by, name, expected) in [
        (&alice, "Mardi", "done"),
        (&alice, "Jeudi & vendredi", "refused"),
        (&pia, "Dimanche", "refused"),
    ] {
        let vote = counted(by, name);
        by.says(&lab, &vote).await;
        assert_eq!(fate(&lab, &vote).await, expected, "{name}");
    }
    // PieFed has an activity of its own for it.
    let own = json!({
        "id": pia.activity_id("poll_vote"), "type": "PollVote", "actor": pia.id,
        "object": poll, "choice_text": "Jeudi & vendredi",
    });
    pia.says(&lab, &own).await;
    assert_eq!(fate(&lab, &own).await, "done");
    lab.run(&["vote", "yann", &poll, "2"]);
    assert!(
        !lab.cli(&["vote", "yann", &poll, "1"]).status.success(),
        "once"
    );
    assert!(
        !lab.cli(&["vote", "ada", &poll, "1"]).status.success(),
        "her own"
    );
    let document = lab.document_at(&poll).await;
    assert_eq!(option_votes(&document, "oneOf"), [1, 2]);
    assert_eq!(document["votersCount"], 3);
    let shown = page(&lab, &poll).await;
    assert!(
        shown.contains("Jeudi &#38; vendredi") && shown.contains("2 voix (66 %)"),
        "{shown}"
    );
    assert_eq!(
        lab.items(&format!("{poll}/replies")).await.len(),
        0,
        "votes are no replies"
    );

    it_ends(&mut lab, &poll, &ada, &microblog, &piefed).await;
}

/// The end comes though the server was away: all who got the poll hear how it ended,
/// and nothing counts any more.
async fn it_ends(lab: &mut Lab, poll: &str, ada: &str, microblog: &Peer, piefed: &Peer) {
    lab.stop().await;
    lab.restart().await;
    let end = Duration::from_secs(90);
    let last = eventually("the end of the poll", end, || async {
        let mut heard = piefed.of_type("Announce").into_iter();
        let last = heard.find(|said| {
            said["object"]["type"] == "Update" && said["object"]["object"]["closed"].is_string()
        })?;
        Some(last["object"].clone())
    })
    .await;
    assert_eq!(last["object"]["id"], json!(poll));
    assert_eq!(option_votes(&last["object"], "oneOf"), [1, 2]);
    let proven = microblog
        .hears("Update", |said| said["object"]["closed"].is_string())
        .await;
    assert_eq!(proven["actor"], json!(ada));
    assert!(
        proven["object"].get("updated").is_none(),
        "it was not edited"
    );
    let told = piefed
        .of_type("Announce")
        .iter()
        .filter(|said| said["object"]["type"] == "Update")
        .count();
    assert_eq!(told, 2, "once when a vote came, once at the end");
    let bob = microblog.person("bob");
    let late = choice(&bob, poll, ada, "Mardi");
    bob.says(lab, &late).await;
    assert_eq!(fate(lab, &late).await, "refused");
    assert!(page(lab, poll).await.contains("clos"));
}

/// C41: no server of Lemmy gets a poll, an answer to one or a vote on one; all else
/// goes on, and the operator sees why.
async fn lemmy_is_spared_polls_and_their_threads(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    let (piefed, pia) = follower(&lab, Family::PieFed, "pia").await;
    let (_, alice) = follower(&lab, Family::Mastodon, "alice").await;
    lab.account("ada");
    let poll = question(&alice, &group, [0, 0]);
    let id = poll["id"].as_str().expect("an id").to_owned();
    let create = says(&alice, "Create", &poll);
    alice.says_and_is_heard(&lab, &create).await;
    piefed.hears_announce_of(&id).await;
    let answer = threadiverse::comment(&pia, &group, &id, &alice.id, "Jeudi, alors");
    pia.says_and_is_heard(&lab, &answer.create).await;
    piefed.hears_announce_of(&answer.id).await;
    let like = crate::reactions::vote(&pia, "Like", &id);
    pia.says_and_is_heard(&lab, &like).await;
    piefed
        .hears("Announce", |said| said["object"]["id"] == like["id"])
        .await;
    let below = lab.reply("ada", &answer.id, "Entendu");
    piefed.hears_announce_of(&below).await;
    let ours = lab
        .run(&[
            "post",
            "ada",
            "--to",
            "tilab",
            "--poll-option",
            "A",
            "--poll-option",
            "B",
            "Quoi ?",
        ])
        .trim()
        .to_owned();
    piefed.hears_announce_of(&ours).await;
    // A poll that answers a text is one, and all that answers it.
    let text = lab.post("ada", "tilab", "Un texte", "Une question, donc");
    lemmy.hears_announce_of(&text).await;
    let mut inner = question(&alice, &group, [0, 0]);
    inner["inReplyTo"] = json!(text);
    let inner_id = inner["id"].as_str().expect("an id").to_owned();
    let create = says(&alice, "Create", &inner);
    alice.says_and_is_heard(&lab, &create).await;
    piefed.hears_announce_of(&inner_id).await;
    let deep = lab.reply("ada", &inner_id, "Plus bas");
    piefed.hears_announce_of(&deep).await;
    let beside = lab.reply("ada", &text, "À côté");
    lemmy.hears_announce_of(&beside).await;
    let after = lab.post("ada", "tilab", "Après", "Un message");
    lemmy.hears_announce_of(&after).await;

    let about = [id, answer.id, below, ours, inner_id, deep];
    for received in lemmy.attempts() {
        let text = received.json.to_string();
        assert!(!about.iter().any(|id| text.contains(id.as_str())), "{text}");
    }
    eventually("why Lemmy got nothing", PATIENCE, || async {
        let spared = lab.spared(&lemmy.host());
        let told = |kind: &str| {
            spared.iter().any(|row| {
                row["kind"] == kind && row["words"] == "not sent: Lemmy cannot read polls"
            })
        };
        let kinds = ["AnnounceThread", "AnnounceReply", "RelayVote"];
        kinds.into_iter().all(told).then_some(())
    })
    .await;
}

/// What people here choose in a poll of elsewhere goes to its author alone, as the note
/// that all peers with polls read.
async fn people_here_answer_polls_of_elsewhere(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let home = Peer::start(Family::Mastodon).await;
    let alice = home.person("alice");
    let (piefed, _) = follower(&lab, Family::PieFed, "pia").await;
    let ada = lab.account("ada");
    let mut poll = question(&alice, &group, [0, 0]);
    poll["anyOf"] = poll["oneOf"].take();
    poll.as_object_mut().expect("an object").remove("oneOf");
    let id = poll["id"].as_str().expect("an id").to_owned();
    let create = says(&alice, "Create", &poll);
    alice.says_and_is_heard(&lab, &create).await;
    piefed.hears_announce_of(&id).await;
    let wrong = lab.cli(&["vote", "ada", &id, "samedi"]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("jeudi, vendredi"));
    lab.run(&["vote", "ada", &id, "jeudi", "vendredi"]);
    for name in ["jeudi", "vendredi"] {
        let vote = home
            .hears("Create", |said| said["object"]["name"] == json!(name))
            .await;
        let note = &vote["object"];
        assert_eq!(vote["actor"], json!(ada));
        assert_eq!(vote["to"], json!([alice.id]));
        assert_eq!(
            (&note["type"], &note["inReplyTo"]),
            (&json!("Note"), &json!(id))
        );
        assert_eq!(
            (&note["to"], &note["attributedTo"]),
            (&json!([alice.id]), &json!(ada))
        );
        assert!(note.get("content").is_none(), "else it is an answer");
    }
    assert!(
        !lab.cli(&["vote", "ada", &id, "jeudi"]).status.success(),
        "once"
    );
    let after = lab.post("ada", "tilab", "Après", "Un message");
    piefed.hears_announce_of(&after).await;
    assert!(piefed.of_type("Create").is_empty(), "nobody else sees it");
}

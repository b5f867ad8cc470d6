//! Polls, choices, events and emoji.

use serde_json::json;

use super::{activity, fixture, post};
use crate::parse::{Deed, object};

#[test]
fn c41_polls_are_read_as_mastodon_and_piefed_write_them() {
    let poll = post("mastodon/question").poll.unwrap();
    assert!(!poll.multiple && !poll.closed);
    assert_eq!(poll.ends_at.unwrap().rfc3339(), "2026-11-30T10:00:00Z");
    let update = fixture("mastodon/update_question")["object"].take();
    let again = object(&update).unwrap().poll.unwrap();
    assert!(again.multiple && again.closed);
    assert_eq!(again.voters, Some(3));
    let votes: Vec<_> = again.choices.iter().map(|choice| choice.votes).collect();
    assert_eq!(votes, [2, 3]);
    let piefed = post("piefed/create_question");
    assert_eq!(piefed.name, None, "its title is in the text");
    let poll = piefed.poll.unwrap();
    let choices: Vec<_> = poll
        .choices
        .iter()
        .map(|choice| (choice.name.as_str(), choice.votes))
        .collect();
    assert_eq!(
        choices,
        [("Galibier", 1), ("Izoard", 0)],
        "the rest is nonsense"
    );
    assert_eq!(poll.voters, None);
}

#[test]
fn c41_a_question_without_choices_is_a_mere_text() {
    let mut question = fixture("mastodon/question")["object"].clone();
    for nothing in [json!([]), json!("jeudi"), json!(null)] {
        question["oneOf"] = nothing;
        assert_eq!(object(&question).unwrap().poll, None);
    }
}

#[test]
fn c41_a_choice_comes_as_a_note_or_as_an_activity() {
    let vote = post("mastodon/vote");
    assert_eq!(vote.name.as_deref(), Some("jeudi"));
    assert!(vote.content_html.is_none() && vote.in_reply_to.is_some());
    let Deed::Choose { object, choice } = activity("piefed/poll_vote").deed else {
        panic!("a choice");
    };
    assert_eq!(
        (object.as_str(), choice.as_str()),
        ("https://lab.example/p/1", "Galibier")
    );
}

#[test]
fn c42_events_are_read_with_zone_place_and_address() {
    let event = post("mobilizon/create_event").event.unwrap();
    assert_eq!(
        event.when_and_where("fr"),
        "mardi 1er décembre 2026, 18:00–20:00 (Europe/Paris) · La halle"
    );
    let event = post("piefed/create_event").event.unwrap();
    assert_eq!(event.ends_at, None, "it would end before it begins");
    assert_eq!(
        event.when_and_where("en"),
        "Tuesday 1 December 2026, 09:00 (Europe/Paris) · 1 rue du Col, Briançon · https://visio.example/salle"
    );
    let event = object(&fixture("wordpress/event")).unwrap().event.unwrap();
    assert_eq!(
        event.when_and_where("fr"),
        "mardi 1er décembre 2026, 16:00 (+01:00) · La halle · https://visio.example/atelier"
    );
    let mut undated = fixture("wordpress/event");
    undated["startTime"] = json!("un jour");
    assert_eq!(object(&undated).unwrap().event, None);
}

#[test]
fn c50_an_emoji_is_a_vote_for() {
    let emoji = |content: &str, key: &str| {
        let mut like = fixture("mastodon/like");
        like[key] = json!(content);
        match crate::parse::activity(&like).unwrap().deed {
            Deed::Like { emoji, .. } => emoji,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(emoji("👍", "content").as_deref(), Some("👍"));
    assert_eq!(
        emoji(":coeur:", "_misskey_reaction").as_deref(),
        Some(":coeur:")
    );
    assert_eq!(emoji("<img src=x>", "content"), None);
    assert_eq!(emoji(&"é".repeat(200), "content"), None);
}

//! Votes, polls and events.

use archipel_model::ReactionKind;
use archipel_model::event::Event;

use super::{keep, tree};
use crate::parse::{self, AnnounceOf, Deed, ObjectKind, UndoOf};
use crate::render::lemmy_strict::{self as strict, read};
use crate::render::object::{self, PostView};
use crate::render::reaction::{self, ChoiceView, ReactionView};
use crate::render::samples::{self, GROUP, PERSON, REMOTE, at, url};
use crate::render::special::{PollView, SpecialView};
use crate::render::{Json, activity};

const PAGE: &str = "https://mastodon.example/users/membre/statuses/1";

fn id() -> url::Url {
    url("https://lab.example/activities/1")
}

fn view(kind: ReactionKind) -> ReactionView {
    ReactionView {
        id: id(),
        actor: url(PERSON),
        kind,
        post: url(PAGE),
        author: url(REMOTE),
        community: Some(url(GROUP)),
        at: at("2026-11-23T12:00:00Z"),
    }
}

fn incoming(json: &Json) -> parse::Incoming {
    parse::activity(&tree(json)).unwrap()
}

#[test]
fn c50_votes_are_read_by_lemmy_and_taken_back() {
    for (name, kind) in [
        ("like", ReactionKind::Like),
        ("dislike", ReactionKind::Dislike),
    ] {
        let vote = reaction::reaction(&view(kind)).unwrap();
        read::<strict::Vote>(&vote);
        keep(name, &vote);
        let undo = reaction::undo_reaction(&url("https://lab.example/activities/2"), &view(kind));
        let undo = undo.unwrap();
        read::<strict::UndoVote>(&undo);
        keep(&format!("undo_{name}"), &undo);
        assert!(matches!(
            incoming(&undo).deed,
            Deed::Undo(UndoOf::Like { .. } | UndoOf::Dislike { .. })
        ));
    }
    let boost = reaction::reaction(&view(ReactionKind::Boost)).unwrap();
    keep("person_boost", &boost);
    assert_eq!(
        incoming(&boost).deed,
        Deed::Announce(AnnounceOf::Id(url(PAGE)))
    );
}

fn poll(multiple: bool) -> PostView {
    PostView {
        special: SpecialView::Poll(PollView {
            multiple,
            choices: vec![("Mardi".to_owned(), 2), ("Jeudi <soir>".to_owned(), 1)],
            ends: Some(at("2026-11-26T12:00:00Z")),
            closed: (!multiple).then(|| at("2026-11-26T12:00:00Z")),
            voters: 3,
        }),
        title: Some("Quel <jour> ?".to_owned()),
        link: None,
        media: Vec::new(),
        image: None,
        ..samples::thread()
    }
}

#[test]
fn c41_a_poll_is_a_question_with_its_title_in_the_text() {
    for (name, multiple) in [("poll_single", false), ("poll_multiple", true)] {
        let json = object::object(&poll(multiple)).unwrap();
        keep(name, &json);
        let read = parse::object(&tree(&json)).unwrap();
        assert_eq!(read.kind, ObjectKind::Question);
        let poll = read.poll.unwrap();
        assert_eq!((poll.multiple, poll.closed), (multiple, !multiple));
        assert_eq!(poll.choices[1].name, "Jeudi <soir>");
        assert_eq!((poll.choices[0].votes, poll.voters), (2, Some(3)));
        let content = read.content_html.unwrap();
        assert!(content.starts_with("<p><strong>Quel &lt;jour&gt; ?</strong></p>"));
    }
}

#[test]
fn c41_a_choice_is_a_note_with_a_name_and_no_text() {
    let json = reaction::choice(&ChoiceView {
        id: id(),
        actor: url(PERSON),
        poll: url(PAGE),
        author: url(REMOTE),
        choice: "Mardi".to_owned(),
        at: at("2026-11-23T12:00:00Z"),
    })
    .unwrap();
    keep("poll_choice", &json);
}

#[test]
fn c42_an_event_is_a_page_for_lemmy_and_says_when_in_its_summary() {
    let event = Event::new(
        "2026-12-01T14:00",
        Some("2026-12-01T16:00"),
        "Europe/Paris",
        Some("La halle"),
        Some("https://visio.example/salle".to_owned()),
    )
    .unwrap();
    let view = PostView {
        special: SpecialView::Event(event.clone()),
        link: None,
        ..samples::thread()
    };
    let create = activity::create(&id(), &view).unwrap();
    read::<strict::CreatePage>(&create);
    keep("create_event", &create);
    let read = parse::object(&tree(&object::object(&view).unwrap())).unwrap();
    assert_eq!(read.kind, ObjectKind::Event);
    assert_eq!(read.event, Some(event));
    let summary = read.summary.unwrap();
    assert!(summary.starts_with("mardi 1er décembre 2026, 14:00–16:00 (Europe/Paris) · La halle"));
}

//! Activities, and the bytes they carry.

use serde_json::value::RawValue;

use super::{keep, tree};
use crate::parse::{self, AnnounceOf, Deed, UndoOf, raw};
use crate::render::activity::{self, DeleteView};
use crate::render::lemmy_strict::{self as strict, read};
use crate::render::object::Addressing;
use crate::render::samples::{self, GROUP, PERSON, REMOTE, at, url};
use crate::render::{Json, actor};

const PAGE: &str = "https://mastodon.example/users/membre/statuses/1";

fn id() -> url::Url {
    url("https://lab.example/activities/1")
}

fn incoming(json: &Json) -> parse::Incoming {
    parse::activity(&tree(json)).unwrap()
}

#[test]
fn posts_are_created_and_updated() {
    let create = activity::create(&id(), &samples::thread()).unwrap();
    read::<strict::CreatePage>(&create);
    keep("create_page", &create);
    let reply = activity::create(&id(), &samples::reply()).unwrap();
    read::<strict::CreateNote>(&reply);
    keep("create_note", &reply);
    let update = activity::update(&id(), &samples::thread()).unwrap();
    read::<strict::CreatePage>(&update);
    keep("update_page", &update);
    for json in [create, reply, update] {
        let object = raw::object_bytes(json.get()).unwrap();
        assert!(!object.get().contains("@context"), "one context is enough");
        assert!(matches!(
            incoming(&json).deed,
            Deed::Create(_) | Deed::Update(_)
        ));
    }
}

#[test]
fn a_community_tells_that_it_changed() {
    let group = actor::group_part(&samples::group()).unwrap();
    let update =
        activity::update_actor(&id(), &url(GROUP), at("2026-11-24T12:00:00Z"), &group).unwrap();
    read::<strict::UpdateGroup>(&update);
    keep("update_group", &update);
    let person = actor::person_part(&samples::person()).unwrap();
    let update =
        activity::update_actor(&id(), &url(PERSON), at("2026-11-24T12:00:00Z"), &person).unwrap();
    keep("update_person", &update);
}

#[test]
fn c19_answers_carry_the_follow_as_it_came() {
    let follow = samples::remote_follow();
    for (name, json) in [
        (
            "accept",
            activity::accept(&id(), &url(GROUP), &url(REMOTE), &follow),
        ),
        (
            "reject",
            activity::reject(&id(), &url(GROUP), &url(REMOTE), &follow),
        ),
    ] {
        let json = json.unwrap();
        assert_eq!(raw::object_bytes(json.get()).unwrap().get(), follow.get());
        read::<strict::Accept>(&json);
        keep(name, &json);
    }
}

#[test]
fn follows_are_sent_and_taken_back() {
    let follow = activity::follow(&id(), &url(PERSON), &url(GROUP)).unwrap();
    read::<strict::Follow>(&follow);
    keep("follow", &follow);
    let whom = Addressing {
        to: vec![GROUP.to_owned()],
        cc: Vec::new(),
    };
    let undo = activity::undo(
        &url("https://lab.example/activities/2"),
        &url(PERSON),
        whom,
        None,
        &follow,
    )
    .unwrap();
    read::<strict::UndoFollow>(&undo);
    keep("undo_follow", &undo);
    assert!(matches!(
        incoming(&undo).deed,
        Deed::Undo(UndoOf::Follow { .. })
    ));
}

#[test]
fn a_reason_makes_a_deletion_a_removal() {
    let own = activity::delete(&samples::delete(None)).unwrap();
    read::<strict::Delete>(&own);
    keep("delete", &own);
    let removal = activity::delete(&samples::delete(Some(""))).unwrap();
    keep("remove", &removal);
    let reason = |json: &Json| match incoming(json).deed {
        Deed::Delete {
            summary,
            tombstone: true,
            ..
        } => summary,
        other => panic!("{other:?}"),
    };
    assert_eq!(reason(&own), None);
    assert_eq!(reason(&removal), Some(String::new()));
    let view: DeleteView = samples::delete(Some("erreur"));
    let undo = activity::undo(
        &id(),
        &view.actor,
        view.whom.clone(),
        view.audience.as_ref(),
        &activity::delete(&view).unwrap(),
    )
    .unwrap();
    read::<strict::UndoDelete>(&undo);
    keep("undo_remove", &undo);
}

#[test]
fn c33_what_is_announced_keeps_its_bytes() {
    let inner = "{\"type\" :\"Create\",\"id\":\"https://m.example/1#c\", \"actor\":\"https://m.example/u\",\n \"object\":{\"id\":\"https://m.example/1\",\"type\":\"Note\",\"x\":\"\\u00e9\\/\",\"n\":1.0e2},\"signature\":{\"z\":1}}";
    let inner = RawValue::from_string(inner.to_owned()).unwrap();
    let announce = activity::announce_wrapped(&samples::announce(), &inner).unwrap();
    assert_eq!(
        raw::object_bytes(announce.get()).unwrap().get(),
        inner.get()
    );
    read::<strict::Announce>(&announce);
    keep("announce_wrapped", &announce);
    assert!(matches!(
        incoming(&announce).deed,
        Deed::Announce(AnnounceOf::Activity(_))
    ));
}

#[test]
fn a_microblog_gets_a_boost_and_its_undoing() {
    let boost = activity::announce_id(&samples::announce(), &url(PAGE), &url(REMOTE)).unwrap();
    keep("announce_id", &boost);
    assert!(matches!(
        incoming(&boost).deed,
        Deed::Announce(AnnounceOf::Id(_))
    ));
    let undo =
        activity::undo_announce(&id(), &samples::announce(), &url(PAGE), &url(REMOTE)).unwrap();
    keep("undo_announce", &undo);
    let Deed::Undo(UndoOf::Announce { id: undone, .. }) = incoming(&undo).deed else {
        panic!("undo")
    };
    assert_eq!(undone, Some(samples::announce().id));
}

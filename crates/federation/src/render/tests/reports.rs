//! Reports, their resolution, warnings and bans from the server: as strict as Lemmy
//! reads them, and what microblogs look for.

use super::tree;
use crate::render::lemmy_strict::{self as strict, read};
use crate::render::moderation::{DeedView, MeasureView, measure};
use crate::render::report::{FlagView, announce_in_confidence, flag};
use crate::render::samples::{GROUP, PERSON, at, url};
use crate::render::{Json, PUBLIC};

const POST: &str = "https://lemmy.example/post/1";
const AUTHOR: &str = "https://lemmy.example/u/membre";

fn view(actor: &str, to: &str, objects: &[&str]) -> FlagView {
    FlagView {
        id: url("https://lab.example/activities/1"),
        actor: url(actor),
        to: url(to),
        audience: Some(url(GROUP)),
        objects: objects.iter().map(|object| url(object)).collect(),
        reason: "Publicité".to_owned(),
        at: at("2026-11-24T12:00:00Z"),
    }
}

fn said(deed: DeedView, place: &str) -> Json {
    measure(&MeasureView {
        id: url("https://lab.example/activities/2"),
        actor: url(PERSON),
        community: url(place),
        at: at("2026-11-24T12:00:00Z"),
        reason: Some("Insultes".to_owned()),
        deed,
    })
    .unwrap()
}

#[test]
fn a_report_to_a_community_is_what_lemmy_reads_and_is_not_public() {
    let json = flag(&view(PERSON, GROUP, &[POST])).unwrap();
    read::<strict::Flag>(&json);
    assert!(!json.get().contains(PUBLIC));
    let resolved = said(DeedView::Resolve(json.clone()), GROUP);
    read::<strict::Resolve>(&resolved);
    assert!(!resolved.get().contains(PUBLIC));
    let passed = announce_in_confidence(
        &url("https://lab.example/activities/3"),
        &url(GROUP),
        at("2026-11-24T12:00:00Z"),
        vec![AUTHOR.to_owned()],
        &json,
    )
    .unwrap();
    read::<strict::Announce>(&passed);
    assert!(!passed.get().contains(PUBLIC) && !passed.get().contains("followers"));
}

#[test]
fn a_report_to_a_microblog_has_the_post_first_and_the_account() {
    let json = tree(&flag(&view("https://lab.example/", AUTHOR, &[POST, AUTHOR])).unwrap());
    assert_eq!(json["object"], serde_json::json!([POST, AUTHOR]));
    assert_eq!(
        (&json["content"], &json["summary"]),
        (&"Publicité".into(), &"Publicité".into())
    );
}

#[test]
fn warnings_go_to_one_and_bans_from_here_say_from_where() {
    let warning = said(
        DeedView::Warn {
            object: url(POST),
            person: url(AUTHOR),
        },
        GROUP,
    );
    read::<strict::Warn>(&warning);
    assert!(!warning.get().contains(PUBLIC));
    let ban = said(
        DeedView::BanHere {
            person: url(PERSON),
            ends: Some(at("2026-12-01T12:00:00Z")),
            remove_data: false,
        },
        "https://lab.example/",
    );
    read::<strict::Block>(&ban);
    assert_eq!(tree(&ban)["target"], "https://lab.example/");
    assert!(tree(&ban).get("audience").is_none());
}

//! Events: read with their time zone, shown, and written so that everybody can read
//! when and where.

use archipel_tests::peer::{Person, strict};
use archipel_tests::{Db, Family, Lab, PUBLIC, both};
use serde_json::{Value, json};

use crate::attacks::fate;
use crate::posting::follower;

both!(
    events_from_elsewhere_are_shown_with_their_hours,
    an_event_of_ours_can_be_read_by_all
);

fn create(by: &Person, event: &Value) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": by.activity_id("create"), "type": "Create", "actor": by.id,
        "to": event["to"], "cc": event["cc"], "object": event,
    })
}

async fn shown(lab: &Lab, heading: &str) -> String {
    let list = lab.get("/c/tilab", "text/html").await.text;
    let end = list.find(heading).expect("the heading in the list");
    let start = list[..end].rfind("href=\"").expect("a link") + "href=\"".len();
    let path: String = list[start..].chars().take_while(|c| *c != '"').collect();
    lab.get(&path, "text/html").await.text
}

/// C42: events as Mobilizon and PieFed write them; an edit by the author moves them.
async fn events_from_elsewhere_are_shown_with_their_hours(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    let (mobilizon, membre) = follower(&lab, Family::Unknown, "membre").await;
    let (piefed, pia) = follower(&lab, Family::PieFed, "pia").await;
    let mut first = json!({
        "id": mobilizon.url("/events/e1"), "type": "Event", "actor": membre.id,
        "attributedTo": mobilizon.url("/c/atelier"), "to": [PUBLIC], "cc": [group],
        "name": "Portes ouvertes", "content": "<p>Venez</p>", "mediaType": "text/html",
        "startTime": "2026-12-01T18:00:00+01:00", "endTime": "2026-12-01T20:00:00+01:00",
        "timezone": "Europe/Paris", "joinMode": "free", "published": "2026-11-23T10:00:00Z",
        "location": { "type": "Place", "name": "La halle" }, "attachment": [],
    });
    let said = create(&membre, &first);
    membre.says(&lab, &said).await;
    assert_eq!(fate(&lab, &said).await, "done");
    lemmy
        .hears_announce_of(first["id"].as_str().expect("an id"))
        .await;
    let page = shown(&lab, "Portes ouvertes").await;
    for words in [
        "mardi 1er décembre 2026, 18:00–20:00 (Europe/Paris)",
        "datetime=\"2026-12-01T18:00:00+01:00\"",
        "La halle",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    first["startTime"] = json!("2026-12-02T09:30:00Z");
    first["endTime"] = Value::Null;
    first["updated"] = json!("2026-11-23T11:00:00Z");
    let mut update = create(&membre, &first);
    update["type"] = json!("Update");
    membre.says(&lab, &update).await;
    assert_eq!(fate(&lab, &update).await, "done");
    let page = shown(&lab, "Portes ouvertes").await;
    assert!(
        page.contains("mercredi 2 décembre 2026, 10:30 (Europe/Paris)"),
        "{page}"
    );

    let second = json!({
        "id": piefed.url("/post/9"), "type": "Event", "attributedTo": pia.id,
        "to": [group, PUBLIC], "cc": [], "audience": group, "name": "Appel en ligne",
        "content": "<p>Par visio</p>", "startTime": "2026-12-03T19:00:00", "published":
        "2026-11-23T10:00:00Z", "timezone": "Nulle/Part",
    });
    let mut dated = second.clone();
    dated["startTime"] = json!("2026-12-03T19:00:00-05:00");
    dated["onlineLink"] = json!("https://visio.example/salle");
    dated["id"] = json!(piefed.url("/post/10"));
    for event in [second, dated] {
        let said = create(&pia, &event);
        pia.says(&lab, &said).await;
        assert_eq!(fate(&lab, &said).await, "done");
    }
    let page = shown(&lab, "Appel en ligne").await;
    assert!(
        page.contains("jeudi 3 décembre 2026, 19:00 (-05:00)"),
        "{page}"
    );
    assert!(
        page.contains("href=\"https://visio.example/salle\""),
        "{page}"
    );
}

/// C42: an event of ours says when and where in each reader's way: in its own members,
/// in the summary that Mastodon shows, and as a page that Lemmy reads.
async fn an_event_of_ours_can_be_read_by_all(db: Db) {
    let lab = Lab::start(db).await;
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    let (microblog, _) = follower(&lab, Family::Mastodon, "alice").await;
    lab.account("ada");
    let post = |end: &str, zone: &str| {
        lab.cli(&[
            "post",
            "ada",
            "--to",
            "tilab",
            "--title",
            "Portes ouvertes",
            "--event-start",
            "2026-12-01T14:00",
            "--event-end",
            end,
            "--time-zone",
            zone,
            "--place",
            "La halle",
            "--online-url",
            "https://visio.example/salle",
            "Venez nombreux.",
        ])
    };
    for (end, zone, words) in [
        ("2026-12-01T16:00", "Europe/Ville", "there is no time zone"),
        (
            "2026-12-01T13:00",
            "Europe/Paris",
            "cannot end before it begins",
        ),
        ("demain", "Europe/Paris", "is not a date"),
    ] {
        let output = post(end, zone);
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(words), "{said}");
    }
    let output = post("2026-12-01T16:00", "Europe/Paris");
    assert!(output.status.success());
    let id = String::from_utf8(output.stdout)
        .expect("UTF-8")
        .trim()
        .to_owned();
    let announce = lemmy.hears_announce_of(&id).await;
    strict::read(&announce).expect("an event that Lemmy reads as a page");
    microblog.hears_announce_of(&id).await;
    let event = lab.document_at(&id).await;
    assert_eq!(event["type"], "Event");
    assert_eq!(event["name"], "Portes ouvertes");
    assert_eq!(event["startTime"], "2026-12-01T13:00:00Z");
    assert_eq!(event["endTime"], "2026-12-01T15:00:00Z");
    assert_eq!(event["timezone"], "Europe/Paris");
    assert_eq!(
        event["location"],
        json!({ "type": "Place", "name": "La halle" })
    );
    assert_eq!(event["content"], "<p>Venez nombreux.</p>");
    let summary = event["summary"].as_str().expect("a summary");
    let begins = "mardi 1er décembre 2026, 14:00–16:00 (Europe/Paris) · La halle · https://visio.example/salle";
    assert!(summary.starts_with(begins), "{summary}");
    assert!(summary.ends_with("Venez nombreux."), "{summary}");
    let page = shown(&lab, "Portes ouvertes").await;
    assert!(page.contains("14:00–16:00 (Europe/Paris)") && page.contains("La halle"));
}

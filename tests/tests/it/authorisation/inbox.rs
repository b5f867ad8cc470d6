//! Every measure that an activity orders, by everybody.

use std::collections::{BTreeMap, BTreeSet};

use archipel_tests::peer::mastodon::{self, Toot};
use archipel_tests::peer::{Person, flags, threadiverse};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, PUBLIC, Peer, eventually};
use serde_json::{Value, json};

use crate::attacks::fate;

use super::{NO_ACTIVITY, TEAM, TRYING, Table};

/// Says what is denied or done to whom, and what is expected of it.
struct Attempt {
    id: String,
    expected: Option<String>,
    what: String,
}

/// What became of all that was heard, by the id of the activity.
async fn outcomes(lab: &Lab, ids: &[String]) -> BTreeMap<String, (String, String)> {
    eventually("all is worked off", PATIENCE * 2, || async {
        let rows = lab.heard(&["done", "refused", "quarantined"]);
        let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let all: BTreeMap<_, _> = rows
            .iter()
            .map(|row| {
                (
                    text(row, "activity_uri"),
                    (text(row, "state"), text(row, "outcome")),
                )
            })
            .collect();
        ids.iter().all(|id| all.contains_key(id)).then_some(all)
    })
    .await
}

async fn became_as_expected(lab: &Lab, attempts: &[Attempt]) {
    let ids: Vec<String> = attempts.iter().map(|one| one.id.clone()).collect();
    let became = outcomes(lab, &ids).await;
    for attempt in attempts {
        let (state, words) = &became[&attempt.id];
        match &attempt.expected {
            None => assert_eq!(state, "done", "{}: {words}", attempt.what),
            Some(why) => assert_eq!(
                (state.as_str(), words.as_str()),
                ("refused", why.as_str()),
                "{}",
                attempt.what
            ),
        }
    }
}

fn order(lab: &Lab, by: &Person, kind: &str, object: &Value) -> Value {
    let group = lab.community("tilab");
    json!({
        "id": by.activity_id(&kind.to_lowercase()), "type": kind, "actor": by.id,
        "to": [PUBLIC], "cc": [group], "audience": group, "object": object,
    })
}

/// The activity that orders a measure upon somebody, their post, a report or the
/// community.
fn ordering(lab: &Lab, by: &Person, measure: &str, object: &Value) -> Value {
    let group = lab.community("tilab");
    let with = |kind: &str, key: &str, value: Value| {
        let mut activity = order(lab, by, kind, object);
        activity[key] = value;
        activity
    };
    let undoing = |measure| order(lab, by, "Undo", &ordering(lab, by, measure, object));
    match measure {
        "post" => threadiverse::page(by, &group, Some("Titre"), "Texte").create,
        "reply" => {
            let parent = object.as_str().expect("a post");
            threadiverse::comment(by, &group, parent, &by.id, "Oui").create
        }
        "react" => order(lab, by, "Like", object),
        "mark" => {
            let mut marked = object.clone();
            marked["sensitive"] = json!(true);
            order(lab, by, "Update", &marked)
        }
        "remove" => with("Delete", "summary", json!("Hors sujet")),
        "restore" => undoing("remove"),
        "lock" => order(lab, by, "Lock", object),
        "pin" => with("Add", "target", json!(format!("{group}/featured"))),
        "move" => with("Move", "target", json!(lab.community("utilo"))),
        "ban" => with("Block", "target", json!(group)),
        "unban" => undoing("ban"),
        // Of their own server, by anybody there.
        "ban_everywhere" => with("Block", "target", json!(by.peer().url("/"))),
        "warn" => order(lab, by, "Warn", object),
        "resolve" => flags::resolve(by, &group, object),
        "appoint" => with("Add", "target", json!(format!("{group}/moderators"))),
        "dismiss" => with("Remove", "target", json!(format!("{group}/moderators"))),
        "edit" => {
            let named = json!({
                "id": group, "type": "Group", "preferredUsername": "tilab", "name": by.id,
            });
            order(lab, by, "Update", &named)
        }
        other => panic!("no activity orders {other}"),
    }
}

/// What is tried upon one post or person each.
const UPON_POSTS: [&str; 9] = [
    "reply", "react", "mark", "remove", "restore", "lock", "pin", "move", "resolve",
];
const UPON_PEOPLE: [&str; 5] = ["ban", "unban", "warn", "appoint", "dismiss"];

/// A measure, by whom, upon whom by the table, and upon what.
type Try = (&'static str, &'static str, &'static str, Value);

/// Tries the measures; each becomes what the table says.
async fn all_tried(
    lab: &Lab,
    table: &Table,
    people: &BTreeMap<&str, Person>,
    from: &str,
    tries: &[Try],
) {
    let mut attempts = Vec::new();
    for (measure, who, upon, object) in tries {
        let by = &people[who];
        let activity = ordering(lab, by, measure, object);
        by.says(lab, &activity).await;
        attempts.push(Attempt {
            id: activity["id"].as_str().expect("an id").to_owned(),
            expected: table.denied(measure, who, upon, from),
            what: format!("{who} {measure} upon {upon} from {from}"),
        });
    }
    became_as_expected(lab, &attempts).await;
}

/// A post in the community, as its author's server shows it.
async fn posted(lab: &Lab, author: &Person) -> Value {
    let toot = Toot::by(author, "Bonjour").to_group(&lab.community("tilab"));
    let toot = toot.post();
    author.says_and_is_heard(lab, &toot.create).await;
    toot.create["object"].clone()
}

/// One post, person or report for each attempt; some removed, banned, appointed or
/// reported first by the owner, who may.
async fn prepared(lab: &Lab, target: &Peer, owner: &Person) -> Vec<Try> {
    let group = lab.community("tilab");
    let author = target.person("auteur");
    let (mut before, mut tries): (Vec<Value>, Vec<Try>) = (Vec::new(), Vec::new());
    let trying = || TRYING.iter().filter(|who| **who != "operator");
    for (measure, who) in UPON_POSTS
        .iter()
        .flat_map(|measure| trying().map(move |who| (*measure, *who)))
    {
        let post = posted(lab, &author).await;
        let object = match measure {
            "mark" => post.clone(),
            "resolve" => {
                let id = post["id"].as_str().expect("an id");
                let flag = flags::lemmy(owner, &group, id, "Bof");
                before.push(flag.clone());
                flag
            }
            _ => post["id"].clone(),
        };
        if measure == "restore" {
            before.push(ordering(lab, owner, "remove", &object));
        }
        let upon = match measure {
            "reply" | "react" => "community",
            _ => "outsider",
        };
        tries.push((measure, who, upon, object));
    }
    for (measure, who) in UPON_PEOPLE
        .iter()
        .flat_map(|measure| trying().map(move |who| (*measure, *who)))
    {
        let person = target.person(&format!("{measure}_{who}"));
        person.says(lab, &mastodon::follow(&person, &group)).await;
        let object = json!(person.id);
        let (first, upon) = match measure {
            "unban" => (Some("ban"), "outsider"),
            "dismiss" => (Some("appoint"), "younger"),
            _ => (None, "outsider"),
        };
        before.extend(first.map(|first| ordering(lab, owner, first, &object)));
        tries.push((measure, who, upon, object));
    }
    for measure in ["post", "edit"] {
        tries.extend(trying().map(|who| (measure, *who, "community", json!(null))));
    }
    let mut ids = Vec::new();
    for activity in &before {
        owner.says(lab, activity).await;
        ids.push(activity["id"].as_str().expect("an id").to_owned());
    }
    let became = outcomes(lab, &ids).await;
    for id in &ids {
        assert_eq!(became[id].0, "done", "prepared: {}", became[id].1);
    }
    tries
}

pub(super) async fn the_inbox_does_what_the_table_says(db: Db) {
    let lab = Lab::start(db).await;
    let table = Table::of(&lab);
    let group = lab.community("tilab");
    let acting = Peer::start(Family::Lemmy).await;
    let mut people = BTreeMap::new();
    for (name, role) in TEAM {
        let person = acting.person(name);
        lab.run(&["moderator", "add", "tilab", &person.id, "--role", role]);
        people.insert(name, person);
    }
    for name in ["outsider", "member"] {
        people.insert(name, acting.person(name));
    }
    let member = &people["member"];
    member
        .says(&lab, &threadiverse::follow(member, &group))
        .await;

    let target = Peer::start(Family::Mastodon).await;
    let mut tries = prepared(&lab, &target, &people["owner"]).await;
    for measure in ["ban", "warn", "appoint", "dismiss"] {
        for upon in ["facilitator", "elder", "owner"] {
            for who in ["outsider", "member", "facilitator", "moderator", "owner"] {
                let denied = table.denied(measure, who, upon, "elsewhere").is_some();
                if who != upon && denied {
                    tries.push((measure, who, upon, json!(people[upon].id)));
                }
            }
        }
    }
    all_tried(&lab, &table, &people, "elsewhere", &tries).await;
    let mut done: BTreeSet<String> = tries.iter().map(|one| one.0.to_owned()).collect();
    done.extend(spoken_for(&lab, &table, &people, &target).await);
    table.is_covered(&done, &NO_ACTIVITY);
}

/// What a server says of those, and of what, lives on it; and what nobody says of
/// others.
async fn spoken_for(
    lab: &Lab,
    table: &Table,
    people: &BTreeMap<&str, Person>,
    target: &Peer,
) -> [String; 2] {
    let outsider = &people["outsider"];
    let neighbour = people["member"].peer().person("neighbour");
    let group = lab.community("tilab");
    let follow = threadiverse::follow(&neighbour, &group);
    neighbour.says_and_is_heard(lab, &follow).await;
    let page = ordering(lab, &neighbour, "post", &json!(null));
    neighbour.says_and_is_heard(lab, &page).await;
    for measure in ["remove", "restore"] {
        let object = page["object"]["id"].clone();
        let tries = [(measure, "outsider", "outsider", object)];
        all_tried(lab, table, people, "home", &tries).await;
    }
    let tries = [("ban_everywhere", "member", "outsider", json!(neighbour.id))];
    all_tried(lab, table, people, "home", &tries).await;

    // A server's word on those of others, and on communities here, counts nowhere.
    let stranger = target.person("stranger");
    stranger
        .says(lab, &mastodon::follow(&stranger, &group))
        .await;
    let owner = &people["owner"];
    let mut of_ours = ordering(lab, owner, "ban_everywhere", &json!(stranger.id));
    of_ours["target"] = json!(lab.url("/"));
    for (by, activity) in [
        (
            outsider,
            ordering(lab, outsider, "ban_everywhere", &json!(stranger.id)),
        ),
        (owner, of_ours),
        (owner, order(lab, owner, "Delete", &json!(group))),
    ] {
        by.says(lab, &activity).await;
        assert_eq!(fate(lab, &activity).await, "refused", "{activity}");
    }
    assert_eq!(lab.list(&["log", "--server"]).len(), 1);
    assert!(lab.outbox("tilab").await.len() > 1, "it is there still");
    ["ban_everywhere".to_owned(), "close".to_owned()]
}

//! The table of rights that the program prints, tried at its doors: whatever the
//! table says of a measure, the command line and the inbox do.

use std::collections::{BTreeMap, BTreeSet};

use archipel_tests::peer::mastodon::{self, Toot};
use archipel_tests::peer::{Person, threadiverse};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, PUBLIC, Peer, both, eventually};
use serde_json::{Value, json};

both!(
    the_command_line_does_what_the_table_says,
    the_inbox_does_what_the_table_says
);

/// Measures that no command takes in somebody's name, and why.
const NO_COMMAND: [(&str, &str); 7] = [
    ("mark", "posts are not marked yet"),
    ("move", "threads are not moved yet"),
    ("warn", "nobody is warned yet"),
    ("resolve", "there are no reports yet"),
    ("edit", "`community set` is the operator's"),
    ("configure", "`community set` is the operator's"),
    ("close", "`community delete` is the operator's"),
];

/// Measures that no activity orders, and why.
const NO_ACTIVITY: [(&str, &str); 15] = [
    ("post", "tried with every policy in `moderation`"),
    ("reply", "tried with every policy in `moderation`"),
    (
        "admit",
        "no activity lets somebody into a community of ours",
    ),
    ("invite", "no activity invites"),
    ("vouch", "no activity vouches"),
    ("mark", "posts are not marked yet"),
    ("decide", "no activity decides on held posts"),
    ("move", "threads are not moved yet"),
    ("expel", "no activity ends a membership without a ban"),
    ("warn", "nobody is warned yet"),
    ("resolve", "there are no reports yet"),
    ("hold", "no activity holds what comes in"),
    ("edit", "nobody edits a community from elsewhere yet"),
    ("configure", "only here"),
    ("close", "only here"),
];

/// What the program itself says.
struct Table(Vec<Value>);

impl Table {
    fn of(lab: &Lab) -> Self {
        Self(lab.list(&["moderate", "rights"]))
    }

    fn measures(&self) -> BTreeSet<String> {
        let words = self.0.iter().map(|row| row["measure"].as_str());
        words.map(|word| word.expect("a word").to_owned()).collect()
    }

    /// Why not, if not.
    fn denied(&self, measure: &str, who: &str, upon: &str, from: &str) -> Option<String> {
        let row = self.0.iter().find(|row| {
            row["measure"] == measure
                && row["who"] == who
                && row["upon"] == upon
                && row["from"] == from
        });
        let row = row.unwrap_or_else(|| panic!("no row {measure} {who} {upon} {from}"));
        assert_eq!(row["permitted"], row["denied"].is_null(), "{row}");
        row["denied"].as_str().map(str::to_owned)
    }

    /// Fails when a measure is neither tried nor excused.
    fn is_covered(&self, tried: &BTreeSet<String>, excused: &[(&str, &str)]) {
        let mut covered = tried.clone();
        for (measure, why) in excused {
            assert!(covered.insert((*measure).to_owned()), "{measure}: {why}");
        }
        assert_eq!(
            covered,
            self.measures(),
            "every measure has a door or a reason"
        );
    }
}

/// Who tries; `younger` is somebody upon whom it is tried.
const TEAM: [(&str, &str); 5] = [
    ("owner", "owner"),
    ("elder", "moderator"),
    ("moderator", "moderator"),
    ("younger", "moderator"),
    ("facilitator", "facilitator"),
];
const TRYING: [&str; 6] = [
    "outsider",
    "member",
    "facilitator",
    "moderator",
    "owner",
    "operator",
];
/// Upon whom rank matters; upon `owner` only where it is denied.
const RANKED: [&str; 4] = ["expel", "ban", "appoint", "dismiss"];

/// Tries one command as somebody; compares with the table.
fn tried(lab: &Lab, table: &Table, who: &str, (measure, upon): (&str, &str), args: &[&str]) {
    let mut args = args.to_vec();
    if who != "operator" {
        args.extend(["--as", who]);
    }
    let output = lab.cli(&args);
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    match table.denied(measure, who, upon, "here") {
        None => assert!(output.status.success(), "{args:?}: {words}"),
        Some(why) => {
            assert!(!output.status.success(), "{args:?} must be denied: {why}");
            let why = format!("not permitted: {why}");
            assert!(words.contains(&why), "{args:?}: {words}, not {why}");
        }
    }
}

async fn the_command_line_does_what_the_table_says(db: Db) {
    let lab = Lab::start(db).await;
    let table = Table::of(&lab);
    for name in ["outsider", "member", "other"] {
        lab.account(name);
    }
    lab.follow("member", &lab.community("tilab"));
    lab.follow("other", &lab.community("tilab"));
    for (name, role) in TEAM {
        lab.account(name);
        lab.run(&["moderator", "add", "tilab", name, "--role", role]);
    }
    let post = lab.post("other", "tilab", "Un titre", "Un texte");
    let mut done = BTreeSet::new();
    for who in TRYING {
        if who != "operator" {
            let community = ["post", who, "--to", "tilab", "Bonjour"];
            done.insert("post".to_owned());
            done.insert("reply".to_owned());
            for (measure, args) in [
                ("post", &community[..]),
                ("reply", &["reply", who, &post, "Oui"]),
            ] {
                let expected = table.denied(measure, who, "community", "here").is_none();
                assert_eq!(lab.cli(args).status.success(), expected, "{args:?}");
            }
        }
        let mut attempt = |measure: &'static str, upon: &str, args: &[&str]| {
            done.insert(measure.to_owned());
            tried(&lab, &table, who, (measure, upon), args);
        };
        for (measure, word) in [
            ("pin", "pin"),
            ("pin", "unpin"),
            ("lock", "lock"),
            ("lock", "unlock"),
            ("remove", "remove"),
            ("restore", "restore"),
        ] {
            attempt(measure, "outsider", &["moderate", word, &post]);
        }
        for (measure, word) in [
            ("invite", "invite"),
            ("vouch", "vouch"),
            ("vouch", "unvouch"),
            ("expel", "expel"),
            ("ban", "ban"),
            ("unban", "unban"),
        ] {
            attempt(measure, "outsider", &["moderate", word, "tilab", "other"]);
        }
        attempt(
            "appoint",
            "outsider",
            &["moderator", "add", "tilab", "other"],
        );
        let upon = match table.denied("appoint", who, "outsider", "here") {
            None => "younger",
            Some(_) => "outsider",
        };
        attempt("dismiss", upon, &["moderator", "remove", "tilab", "other"]);
        lab.follow("other", &lab.community("tilab"));
        attempt("hold", "community", &["moderate", "wave", "tilab", "on"]);
        attempt("hold", "community", &["moderate", "wave", "tilab", "off"]);
        // Upon whom ranks as high or higher.
        for measure in RANKED {
            for upon in ["facilitator", "elder", "owner"] {
                if who == upon || table.denied(measure, who, upon, "here").is_none() {
                    continue;
                }
                match measure {
                    "appoint" => attempt(measure, upon, &["moderator", "add", "tilab", upon]),
                    "dismiss" => attempt(measure, upon, &["moderator", "remove", "tilab", upon]),
                    word => attempt(word, upon, &["moderate", word, "tilab", upon]),
                }
            }
        }
    }
    done.insert("admit".to_owned());
    done.insert("decide".to_owned());
    admitting_and_deciding(&lab, &table);
    table.is_covered(&done, &NO_COMMAND);
}

/// What needs something that waits.
fn admitting_and_deciding(lab: &Lab, table: &Table) {
    let policy = ["--join", "approval", "--hold", "always"];
    lab.run(&[&["community", "set", "tilab"][..], &policy].concat());
    lab.account("asking");
    lab.follow("asking", &lab.community("tilab"));
    for who in TRYING {
        let on = |word| ["community", word, "tilab", "asking"];
        tried(lab, table, who, ("admit", "outsider"), &on("accept"));
        tried(lab, table, who, ("admit", "outsider"), &on("reject"));
        for word in ["approve", "refuse"] {
            let text = format!("{who} {word}");
            lab.cli(&["post", "outsider", "--to", "tilab", &text]);
            let waiting = lab.list(&["held", "list", "tilab"]);
            let post = waiting[0]["post"].as_str().expect("what waits");
            let args = ["held", word, "tilab", post];
            tried(lab, table, who, ("decide", "outsider"), &args);
        }
    }
}

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

/// The activity that orders a measure upon somebody or their post.
fn ordering(lab: &Lab, by: &Person, measure: &str, object: &str) -> Value {
    let group = lab.community("tilab");
    let with = |kind: &str, key: &str, value: Value| {
        let mut activity = order(lab, by, kind, &json!(object));
        activity[key] = value;
        activity
    };
    match measure {
        "remove" => with("Delete", "summary", json!("Hors sujet")),
        "restore" => order(lab, by, "Undo", &ordering(lab, by, "remove", object)),
        "lock" => order(lab, by, "Lock", &json!(object)),
        "pin" => with("Add", "target", json!(format!("{group}/featured"))),
        "ban" => with("Block", "target", json!(group)),
        "unban" => order(lab, by, "Undo", &ordering(lab, by, "ban", object)),
        "appoint" => with("Add", "target", json!(format!("{group}/moderators"))),
        "dismiss" => with("Remove", "target", json!(format!("{group}/moderators"))),
        other => panic!("no activity orders {other}"),
    }
}

async fn the_inbox_does_what_the_table_says(db: Db) {
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

    // One post and one person for each attempt; some removed, banned or appointed first.
    let target = Peer::start(Family::Mastodon).await;
    let author = target.person("auteur");
    let measures = [
        "remove", "restore", "lock", "pin", "ban", "unban", "appoint", "dismiss",
    ];
    let owner = &people["owner"];
    let mut prepared = Vec::new();
    let mut tries = Vec::new();
    for measure in measures {
        for who in TRYING.iter().filter(|who| **who != "operator") {
            let upon_post = matches!(measure, "remove" | "restore" | "lock" | "pin");
            let object = if upon_post {
                let toot = Toot::by(&author, who).to_group(&group).post();
                author.says(&lab, &toot.create).await;
                lab.worked(toot.create["id"].as_str().expect("an id")).await;
                toot.id
            } else {
                let person = target.person(&format!("{measure}_{who}"));
                person.says(&lab, &mastodon::follow(&person, &group)).await;
                person.id.clone()
            };
            let before = match measure {
                "restore" => Some("remove"),
                "unban" => Some("ban"),
                "dismiss" => Some("appoint"),
                _ => None,
            };
            if let Some(before) = before {
                prepared.push(ordering(&lab, owner, before, &object));
            }
            let upon = if measure == "dismiss" {
                "younger"
            } else {
                "outsider"
            };
            tries.push((measure, *who, upon, object));
        }
    }
    for measure in ["ban", "appoint", "dismiss"] {
        for upon in ["facilitator", "elder", "owner"] {
            for who in ["outsider", "member", "facilitator", "moderator", "owner"] {
                let denied = table.denied(measure, who, upon, "elsewhere").is_some();
                if who != upon && denied {
                    tries.push((measure, who, upon, people[upon].id.clone()));
                }
            }
        }
    }
    let mut ids = Vec::new();
    for activity in &prepared {
        owner.says(&lab, activity).await;
        ids.push(activity["id"].as_str().expect("an id").to_owned());
    }
    let became = outcomes(&lab, &ids).await;
    for id in &ids {
        assert_eq!(became[id].0, "done", "prepared: {}", became[id].1);
    }

    let mut attempts = Vec::new();
    for (measure, who, upon, object) in &tries {
        let by = &people[*who];
        let activity = ordering(&lab, by, measure, object);
        by.says(&lab, &activity).await;
        attempts.push(Attempt {
            id: activity["id"].as_str().expect("an id").to_owned(),
            expected: table.denied(measure, who, upon, "elsewhere"),
            what: format!("{who} {measure} upon {upon}"),
        });
    }
    became_as_expected(&lab, &attempts).await;
    let done = measures.iter().map(|word| (*word).to_owned()).collect();
    table.is_covered(&done, &NO_ACTIVITY);
}

//! The table of rights that the program prints, tried at its doors: whatever the
//! table says of a measure, the command line and the inbox do.

mod command;
mod inbox;

use std::collections::BTreeSet;

use archipel_tests::{Lab, both};
use serde_json::Value;

use command::the_command_line_does_what_the_table_says;
use inbox::the_inbox_does_what_the_table_says;

both!(
    the_command_line_does_what_the_table_says,
    the_inbox_does_what_the_table_says
);

/// Measures that no activity orders, and why.
const NO_ACTIVITY: [(&str, &str); 8] = [
    (
        "admit",
        "no activity lets somebody into a community of ours",
    ),
    ("invite", "no activity invites"),
    ("vouch", "no activity vouches"),
    ("decide", "no activity decides on held posts"),
    ("expel", "no activity ends a membership without a ban"),
    ("hold", "no activity holds what comes in"),
    (
        "configure",
        "only here; `moderators_edit` sends what would say it",
    ),
    (
        "resolve_everywhere",
        "only here: nobody elsewhere is told of these reports",
    ),
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
const RANKED: [&str; 5] = ["expel", "ban", "warn", "appoint", "dismiss"];

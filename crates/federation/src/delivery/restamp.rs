//! Boosts that arrive late.
//!
//! Mastodon takes the date of a boost from `published`, and leaves boosts older
//! than six hours out of home timelines. What a server missed while it was down
//! would thus be seen by nobody there. So a boost that is sent long after it was
//! said carries the moment of sending; its id stays, and so a server that has it
//! already takes it for what it is.

use std::time::Duration;

use archipel_model::Timestamp;
use serde_json::{Map, Value};

use super::Body;

/// When a boost is late: well before Mastodon thinks so.
const LATE: Duration = Duration::from_hours(5);

/// A boost as it is sent now, if it was said too long ago to be sent as it was.
pub(super) fn restamped(boost: &Body, said_at: Timestamp, now: Timestamp) -> Option<Body> {
    if now.since(said_at) < LATE {
        return None;
    }
    let mut members: Map<String, Value> = serde_json::from_slice(&boost.bytes).ok()?;
    members.insert("published".to_owned(), Value::String(now.rfc3339()));
    Some(Body::new(Value::Object(members).to_string()))
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "tests fail by panicking"
    )]
    use super::*;

    #[test]
    fn only_what_is_late_gets_a_new_date_and_nothing_else_new() {
        let said = Timestamp::parse_rfc3339("2026-11-24T10:00:00Z").unwrap();
        let boost = Body::new(
            r#"{"@context":"https://www.w3.org/ns/activitystreams","id":"https://lab.example/activities/1/boost","published":"2026-11-24T10:00:00Z","type":"Announce"}"#
                .to_owned(),
        );
        let soon = said.plus(Duration::from_hours(4));
        assert!(restamped(&boost, said, soon).is_none());
        let late = said.plus(Duration::from_hours(8));
        let again = restamped(&boost, said, late).unwrap();
        let was: Value = serde_json::from_slice(&boost.bytes).unwrap();
        let mut is: Value = serde_json::from_slice(&again.bytes).unwrap();
        assert_eq!(is["published"], "2026-11-24T18:00:00Z");
        is["published"] = was["published"].clone();
        assert_eq!(is, was);
    }
}

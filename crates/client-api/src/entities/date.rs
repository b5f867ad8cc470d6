//! Moments as apps parse them.

use std::borrow::Cow;

use archipel_model::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

/// A moment: `YYYY-MM-DDTHH:MM:SS.mmmZ`, always with three decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date(pub(crate) Timestamp);

/// A day: `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day(pub(crate) Timestamp);

/// The parts before the decimals: `YYYY-MM-DDTHH:MM:SS`.
fn seconds(moment: Timestamp) -> String {
    let whole = Timestamp::from_unix_seconds(moment.seconds()).rfc3339();
    whole.trim_end_matches('Z').to_owned()
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let millis = self.0.millis().rem_euclid(1000);
        serializer.collect_str(&format_args!("{}.{millis:03}Z", seconds(self.0)))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(seconds(self.0).split('T').next().unwrap_or_default())
    }
}

impl JsonSchema for Date {
    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"
        })
    }
    fn inline_schema() -> bool {
        true
    }
}

impl JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$" })
    }
    fn inline_schema() -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_three_decimals() {
        let moment = Timestamp::from_micros(1_700_000_000_007_000);
        assert_eq!(
            serde_json::to_value(Date(moment)).ok(),
            Some("2023-11-14T22:13:20.007Z".into())
        );
        let whole = Timestamp::from_unix_seconds(1_700_000_000);
        assert_eq!(
            serde_json::to_value(Date(whole)).ok(),
            Some("2023-11-14T22:13:20.000Z".into())
        );
        assert_eq!(
            serde_json::to_value(Day(whole)).ok(),
            Some("2023-11-14".into())
        );
    }
}

//! Moments as people and as machines read them.

use archipel_model::Timestamp;
use askama::Template;
use askama::filters::HtmlSafe;
use time::OffsetDateTime;

use crate::texts::Texts;

/// A moment for `<time datetime>`.
#[derive(Debug, Template)]
#[template(
    source = "<time datetime=\"{{ machine }}\">{{ human }}</time>",
    ext = "html"
)]
pub(crate) struct Date {
    /// RFC 3339.
    pub(crate) machine: String,
    /// In words, in UTC: the server does not know where its readers are.
    pub(crate) human: String,
}

/// Written by its own template, which escapes.
impl HtmlSafe for Date {}

impl Date {
    pub(crate) fn new(moment: Timestamp, t: &Texts) -> Self {
        let machine = moment.rfc3339();
        Self {
            human: in_words(moment, t).unwrap_or_else(|| machine.clone()),
            machine,
        }
    }
}

fn in_words(moment: Timestamp, t: &Texts) -> Option<String> {
    let moment = OffsetDateTime::from_unix_timestamp(moment.seconds()).ok()?;
    let month = t.months.get(usize::from(u8::from(moment.month())) - 1)?;
    let day = match moment.day() {
        1 => t.first_day.to_owned(),
        day => day.to_string(),
    };
    Some(format!(
        "{day} {month} {} {} {:02}:{:02} UTC",
        moment.year(),
        t.at,
        moment.hour(),
        moment.minute()
    ))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::texts::{ENGLISH, FRENCH};

    #[test]
    fn dates_are_words_in_both_languages() {
        let moment = Timestamp::parse_rfc3339("2026-12-01T09:05:00+01:00").unwrap();
        let date = Date::new(moment, &FRENCH);
        assert_eq!(date.human, "1er décembre 2026 à 08:05 UTC");
        assert_eq!(date.machine, "2026-12-01T08:05:00Z");
        assert_eq!(
            Date::new(moment, &ENGLISH).human,
            "1 December 2026 at 08:05 UTC"
        );
    }
}

//! Something that takes place: when, in which time zone, where. The rules of time
//! zones are compiled in; nothing is asked of the machine.

use std::fmt;
use std::sync::LazyLock;

use jiff::ZonedDateTime as Zoned;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

use crate::Timestamp;

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Longest name of a place, in characters.
pub const PLACE_LENGTH: usize = 300;

/// A time zone: one of the IANA names, or a fixed distance from UTC such as `+01:00`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// Universal time.
    pub fn utc() -> Self {
        Self {
            name: "UTC".to_owned(),
            zone: TimeZone::UTC,
        }
    }

    /// The zone of this name or distance.
    pub fn named(name: &str) -> Result<Self, EventError> {
        let name = name.trim();
        if let Some(zone) = fixed(name) {
            let name = name.to_owned();
            return Ok(Self { name, zone });
        }
        let unknown = || EventError::Zone(name.chars().take(60).collect());
        let zone = ZONES.get(name).map_err(|_| unknown())?;
        let name = zone.iana_name().ok_or_else(unknown)?.to_owned();
        Ok(Self { name, zone })
    }

    /// The distance from UTC that an RFC 3339 date was written with; UTC for `Z`.
    pub fn of_date(date: &str) -> Self {
        let date = date.trim();
        let tail = date.len().checked_sub(6).and_then(|at| date.get(at..));
        tail.filter(|tail| *tail != "+00:00" && *tail != "-00:00")
            .and_then(|tail| Self::named(tail).ok())
            .unwrap_or_else(Self::utc)
    }

    /// Its name, as other servers and databases have it.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn at(&self, moment: Timestamp) -> Option<Zoned> {
        let moment = jiff::Timestamp::from_microsecond(moment.micros()).ok()?;
        Some(moment.to_zoned_datetime(self.zone.clone()))
    }

    /// A moment as RFC 3339 with the distance from UTC that holds there and then.
    pub fn rfc3339(&self, moment: Timestamp) -> String {
        match self.at(moment) {
            Some(zoned) if self.name != "UTC" => zoned
                .timestamp()
                .display_with_offset(zoned.offset())
                .to_string(),
            _ => moment.rfc3339(),
        }
    }

    /// A date typed by somebody: with a distance from UTC, or as clocks there show it.
    fn moment(&self, text: &str) -> Result<Timestamp, EventError> {
        if let Ok(moment) = Timestamp::parse_rfc3339(text) {
            return Ok(moment);
        }
        let date = || EventError::Date(text.chars().take(60).collect());
        let shown: DateTime = text.trim().parse().map_err(|_| date())?;
        let moment = self.zone.to_timestamp(shown).map_err(|_| date())?;
        Ok(Timestamp::from_micros(moment.as_microsecond()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// `+01:00`, `-03:30`.
fn fixed(text: &str) -> Option<TimeZone> {
    let sign = match text.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    if !(0..=23).contains(&hours) || !(0..=59).contains(&minutes) {
        return None;
    }
    let offset = Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()?;
    Some(TimeZone::fixed(offset))
}

/// When and where something takes place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Option<Timestamp>,
    /// The time zone in which its hours are meant.
    pub zone: Zone,
    /// Where, in words.
    pub place: Option<String>,
    /// Where on the web, http or https.
    pub online_url: Option<String>,
}

/// Why an event cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// No such time zone.
    #[error("there is no time zone {0:?}: write it as Europe/Paris or +01:00")]
    Zone(String),
    /// Not a date.
    #[error("{0:?} is not a date with an hour: write it as 2026-12-01T14:00")]
    Date(String),
    /// It would end before it begins.
    #[error("an event cannot end before it begins")]
    EndsFirst,
    /// The place is too long.
    #[error("the place has more than {PLACE_LENGTH} characters")]
    Place,
}

impl Event {
    /// An event with dates as clocks show them in the time zone of this name.
    pub fn new(
        start: &str,
        end: Option<&str>,
        zone: &str,
        place: Option<&str>,
        online_url: Option<String>,
    ) -> Result<Self, EventError> {
        let zone = Zone::named(zone)?;
        let starts_at = zone.moment(start)?;
        let ends_at = end.map(|end| zone.moment(end)).transpose()?;
        if ends_at.is_some_and(|end| end < starts_at) {
            return Err(EventError::EndsFirst);
        }
        let place = place
            .map(|place| place.split_whitespace().collect::<Vec<_>>().join(" "))
            .filter(|place| !place.is_empty());
        if place
            .as_ref()
            .is_some_and(|it| it.chars().count() > PLACE_LENGTH)
        {
            return Err(EventError::Place);
        }
        Ok(Self {
            starts_at,
            ends_at,
            zone,
            place,
            online_url,
        })
    }

    /// When, in words, in the language of this tag: French, else English.
    pub fn when(&self, language: &str) -> String {
        let words = Words::of(language);
        let Some(start) = self.zone.at(self.starts_at) else {
            return self.starts_at.rfc3339();
        };
        let end = self.ends_at.and_then(|end| self.zone.at(end));
        let zone = &self.zone;
        let (day, hour) = (words.day(&start), hour(&start));
        match end {
            None => format!("{day}, {hour} ({zone})"),
            Some(end) if end.date() == start.date() => {
                format!("{day}, {hour}–{} ({zone})", self::hour(&end))
            }
            Some(end) => format!(
                "{day}, {hour} {} {}, {} ({zone})",
                words.until,
                words.day(&end),
                self::hour(&end)
            ),
        }
    }

    /// When and where, in words, on one line.
    pub fn when_and_where(&self, language: &str) -> String {
        let mut words = self.when(language);
        for part in self.place.iter().chain(&self.online_url) {
            words.push_str(" · ");
            words.push_str(part);
        }
        words
    }
}

fn hour(moment: &Zoned) -> String {
    format!("{:02}:{:02}", moment.hour(), moment.minute())
}

/// The words of dates in one language.
struct Words {
    days: [&'static str; 7],
    months: [&'static str; 12],
    first: &'static str,
    until: &'static str,
}

static FRENCH: Words = Words {
    days: [
        "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    ],
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    first: "1er",
    until: "–",
};

static ENGLISH: Words = Words {
    days: [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ],
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    first: "1",
    until: "–",
};

impl Words {
    fn of(language: &str) -> &'static Self {
        let main = language.split('-').next().unwrap_or_default();
        if main.is_empty() || main.eq_ignore_ascii_case("fr") {
            &FRENCH
        } else {
            &ENGLISH
        }
    }

    fn day(&self, moment: &Zoned) -> String {
        let index = |number: i8| usize::try_from(number).unwrap_or_default();
        let weekday = index(moment.weekday().to_monday_zero_offset());
        let month = index(moment.month() - 1);
        let (day, month) = (self.days.get(weekday), self.months.get(month));
        let number = match moment.day() {
            1 => self.first.to_owned(),
            number => number.to_string(),
        };
        format!(
            "{} {number} {} {}",
            day.copied().unwrap_or_default(),
            month.copied().unwrap_or_default(),
            moment.year()
        )
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn event(start: &str, end: Option<&str>, zone: &str) -> Result<Event, EventError> {
        Event::new(start, end, zone, Some(" La  halle "), None)
    }

    #[test]
    fn hours_are_those_of_the_place() {
        let summer = event("2026-07-01T14:00", None, "europe/paris").unwrap();
        assert_eq!(summer.starts_at.rfc3339(), "2026-07-01T12:00:00Z");
        assert_eq!(
            summer.zone.rfc3339(summer.starts_at),
            "2026-07-01T14:00:00+02:00"
        );
        let winter = event("2026-12-01T14:00", Some("2026-12-01T16:30"), "Europe/Paris").unwrap();
        assert_eq!(
            winter.when_and_where("fr"),
            "mardi 1er décembre 2026, 14:00–16:30 (Europe/Paris) · La halle"
        );
        assert_eq!(
            winter.when("en-GB"),
            "Tuesday 1 December 2026, 14:00–16:30 (Europe/Paris)"
        );
        let night = event("2026-12-31T22:00", Some("2027-01-01T02:00"), "+01:00").unwrap();
        assert_eq!(
            night.when("fr"),
            "jeudi 31 décembre 2026, 22:00 – vendredi 1er janvier 2027, 02:00 (+01:00)"
        );
    }

    #[test]
    fn what_cannot_be_is_said() {
        let wrong = event("2026-12-01T14:00", None, "Europe/Ville");
        assert_eq!(wrong, Err(EventError::Zone("Europe/Ville".to_owned())));
        let wrong = event("demain", None, "Europe/Paris");
        assert_eq!(wrong, Err(EventError::Date("demain".to_owned())));
        let wrong = event("2026-12-01T14:00", Some("2026-12-01T13:00"), "Europe/Paris");
        assert_eq!(wrong, Err(EventError::EndsFirst));
    }

    #[test]
    fn a_date_brings_its_distance_along() {
        assert_eq!(Zone::of_date("2026-12-01T14:00:00+01:00").name(), "+01:00");
        for utc in ["2026-12-01T14:00:00Z", "2026-12-01T14:00:00+00:00", "é", ""] {
            assert_eq!(Zone::of_date(utc).name(), "UTC", "{utc}");
        }
    }
}

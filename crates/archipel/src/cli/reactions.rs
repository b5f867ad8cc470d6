//! `like`, `dislike`, `unlike`, `boost`, `unboost`, `vote`: what people of this server
//! think of posts.

use std::time::Duration;

use archipel_model::Handle;
use clap::Args;
use url::Url;

use super::people::web_url;

/// `archipel like ACCOUNT URL` and its kin
#[derive(Args, Debug, PartialEq, Eq)]
pub struct ReactArgs {
    /// The local account
    pub account: Handle,
    /// The address of the post
    #[arg(value_parser = web_url)]
    pub url: Url,
}

/// `archipel vote ACCOUNT URL CHOICE…`
#[derive(Args, Debug, PartialEq, Eq)]
pub struct VoteArgs {
    /// The local account
    pub account: Handle,
    /// The address of the poll
    #[arg(value_parser = web_url)]
    pub url: Url,
    /// The choice, in its own words or by its number from 1; several where the poll
    /// takes several
    #[arg(required = true)]
    pub choices: Vec<String>,
}

/// The poll of `archipel post`
#[derive(Args, Debug, Default, PartialEq, Eq)]
pub struct PollArgs {
    /// Make it a poll with this choice; give it once for each
    #[arg(long = "poll-option", value_name = "CHOICE")]
    pub options: Vec<String>,
    /// One may choose several
    #[arg(long, requires = "options")]
    pub multiple: bool,
    /// How long the poll is open: 30m, 12h or 3d
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "3d")]
    pub poll_ends: Duration,
}

/// The event of `archipel post`
#[derive(Args, Debug, Default, PartialEq, Eq)]
pub struct EventArgs {
    /// Make it an event that begins then, as clocks there show it: 2026-12-01T14:00
    #[arg(long, value_name = "DATE", requires_all = ["time_zone", "title"], conflicts_with = "options")]
    pub event_start: Option<String>,
    /// When it ends
    #[arg(long, value_name = "DATE", requires = "event_start")]
    pub event_end: Option<String>,
    /// The time zone of its dates, such as Europe/Paris
    #[arg(long, value_name = "ZONE", requires = "event_start")]
    pub time_zone: Option<String>,
    /// Where it takes place
    #[arg(long, value_name = "PLACE", requires = "event_start")]
    pub place: Option<String>,
    /// Where it takes place on the web
    #[arg(long, value_name = "URL", requires = "event_start", value_parser = web_url)]
    pub online_url: Option<Url>,
}

/// A time such as `30m`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write it as a number and s, m, h or d, such as 3d".to_owned();
    let text = text.trim();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number: u64 = text
        .strip_suffix(unit)
        .and_then(|number| number.parse().ok())
        .ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    number
        .checked_mul(seconds)
        .map(Duration::from_secs)
        .ok_or_else(wrong)
}

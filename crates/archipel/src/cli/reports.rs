//! `report` and `reports`: saying that something breaks the rules, and dealing with
//! what others say so of.

use archipel_model::Handle;
use clap::{Args, Subcommand};
use url::Url;

use super::people::web_url;
use super::{Limit, Why};

/// `archipel report ACCOUNT URL --reason TEXT`
#[derive(Args, Debug, PartialEq, Eq)]
pub struct ReportArgs {
    /// The local account that reports
    pub account: Handle,
    /// The address of the post or of the person
    #[arg(value_parser = web_url)]
    pub url: Url,
    /// Why, for the moderators
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

/// Whose reports, or whose log.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[group(id = "place", args = ["community", "server"], required = true, multiple = false)]
pub struct PlaceArgs {
    /// The community
    pub community: Option<Handle>,
    /// What concerns the whole server
    #[arg(long)]
    pub server: bool,
}

/// `archipel reports …`
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum ReportsCommand {
    /// List what was reported in a community, newest first
    #[command(
        after_help = "Examples:\n  archipel reports list tilab\n  archipel reports list --server"
    )]
    List {
        /// Where
        #[command(flatten)]
        place: PlaceArgs,
        /// Those that were dealt with, not those that wait
        #[arg(long)]
        resolved: bool,
        /// How many
        #[command(flatten)]
        limit: Limit,
    },
    /// Show one report with all that was complained of, and by whom
    #[command(after_help = "Example:\n  archipel reports show 12")]
    Show {
        /// Its number, as `reports list` shows it
        id: i64,
    },
    /// Close a report: whoever complained is told
    #[command(
        after_help = "Example:\n  archipel reports resolve 12 --as essai --reason \"Message retiré\""
    )]
    Resolve {
        /// Its number, as `reports list` shows it
        id: i64,
        /// Why, and who
        #[command(flatten)]
        why: Why,
    },
}

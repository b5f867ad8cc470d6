//! `moderator`, `moderate`, `held`, `log`: holding a community together.

use archipel_model::{Handle, Role};
use clap::{Args, Subcommand};
use url::Url;

use super::people::web_url;
use super::{Confirm, Limit, PlaceArgs};

/// Who takes a measure.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// The local account that takes it; the server's operator when absent. Lemmy
    /// accepts measures of persons only
    #[arg(long = "as", value_name = "ACCOUNT")]
    pub account: Option<Handle>,
}

/// Who takes a measure, and why.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// Why, for the log and for those concerned
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// The number of the community's rule that it rests on
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=100))]
    pub rule: Option<i64>,
    /// Who takes it
    #[command(flatten)]
    pub by: By,
}

/// `archipel moderator …`
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum ModeratorCommand {
    /// Give somebody a role, wherever they live
    #[command(
        after_help = "Example:\n  archipel moderator add tilab https://lab.example/u/essai --role owner"
    )]
    Add {
        /// The community
        community: Handle,
        /// HANDLE here, HANDLE@HOST or the actor's URL
        actor: String,
        /// facilitator, moderator or owner
        #[arg(long, value_name = "ROLE", default_value = "moderator")]
        role: Role,
        /// Who does it
        #[command(flatten)]
        by: By,
    },
    /// Take somebody's role away
    #[command(after_help = "Example:\n  archipel moderator remove tilab essai@lab.example")]
    Remove {
        /// The community
        community: Handle,
        /// HANDLE here, HANDLE@HOST or the actor's URL
        actor: String,
        /// Who does it
        #[command(flatten)]
        by: By,
    },
    /// List who has a role in a community
    #[command(after_help = "Example:\n  archipel moderator list tilab --json")]
    List {
        /// The community
        community: Handle,
    },
}

/// A measure upon a post.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct OnPost {
    /// The post's address
    #[arg(value_parser = web_url)]
    pub post: Url,
    /// Why, and who
    #[command(flatten)]
    pub why: Why,
}

/// A measure upon somebody in a community.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct OnPerson {
    /// The community
    pub community: Handle,
    /// HANDLE here, HANDLE@HOST or the actor's URL
    pub actor: String,
    /// Why, and who
    #[command(flatten)]
    pub why: Why,
}

/// A ban, from a community or from the whole server.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct OnBanned {
    /// The community, then who: HANDLE here, HANDLE@HOST or the actor's URL. With
    /// --server only who
    #[arg(required = true, num_args = 1..=2, value_names = ["COMMUNITY", "WHO"])]
    pub whom: Vec<String>,
    /// From every community of this server
    #[arg(long)]
    pub server: bool,
    /// Why, and who
    #[command(flatten)]
    pub why: Why,
}

/// `archipel moderate …`
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum ModerateCommand {
    /// Take a post out of its community
    #[command(
        long_about = "Takes a post out of its community. Servers of the threadiverse are told, \
            with the reason; on microblogs the boost is taken back. The post stays its author's.",
        after_help = "Example:\n  archipel moderate remove https://lab.example/p/1 --reason Publicité --rule 2"
    )]
    Remove {
        /// Which, why, who
        #[command(flatten)]
        on: OnPost,
        /// All that answers it goes too
        #[arg(long)]
        with_replies: bool,
    },
    /// Bring a removed post back
    #[command(after_help = "Example:\n  archipel moderate restore https://lab.example/p/1")]
    Restore(OnPost),
    /// Close a thread to replies of all but moderators
    #[command(after_help = "Example:\n  archipel moderate lock https://lab.example/p/1")]
    Lock(OnPost),
    /// Open a thread again
    #[command(after_help = "Example:\n  archipel moderate unlock https://lab.example/p/1")]
    Unlock(OnPost),
    /// Put a thread on top of its community
    #[command(after_help = "Example:\n  archipel moderate pin https://lab.example/p/1")]
    Pin(OnPost),
    /// Take a thread down from there
    #[command(after_help = "Example:\n  archipel moderate unpin https://lab.example/p/1")]
    Unpin(OnPost),
    /// Keep somebody out of a community, or of the whole server
    #[command(
        long_about = "Keeps somebody out of a community, or with --server out of all of this \
            server, for a number of days or for good: they post there no more and are no member \
            any more.",
        after_help = "Examples:\n  archipel moderate ban tilab essai@social.example --days 7 --reason Insultes\n  \
            archipel moderate ban --server essai@social.example --remove-content"
    )]
    Ban {
        /// Who, why, by whom
        #[command(flatten)]
        on: OnBanned,
        /// For so many days; for good when absent
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=36_500))]
        days: Option<u32>,
        /// What they posted there goes too
        #[arg(long)]
        remove_content: bool,
    },
    /// Let somebody in again
    #[command(
        after_help = "Examples:\n  archipel moderate unban tilab essai@social.example\n  \
            archipel moderate unban --server essai@social.example"
    )]
    Unban {
        /// Who, why, by whom
        #[command(flatten)]
        on: OnBanned,
        /// What went with the ban comes back
        #[arg(long)]
        restore_content: bool,
    },
    /// Warn somebody: they alone are told
    #[command(
        long_about = "Tells somebody, by a direct message of the community, that they broke a \
            rule. Nothing is taken away.",
        after_help = "Example:\n  archipel moderate warn tilab essai@social.example --rule 1 --reason \"Ton blessant\""
    )]
    Warn {
        /// Who, why, by whom
        #[command(flatten)]
        on: OnPerson,
        /// The post of theirs that it is about
        #[arg(long, value_name = "URL", value_parser = web_url)]
        post: Option<Url>,
    },
    /// Mark a post as sensitive: pictures are hidden at first
    #[command(after_help = "Example:\n  archipel moderate mark https://lab.example/p/1")]
    Mark(OnPost),
    /// Take that mark away
    #[command(after_help = "Example:\n  archipel moderate unmark https://lab.example/p/1")]
    Unmark(OnPost),
    /// Move a thread to another community of this server
    #[command(
        long_about = "Moves a thread, with all that answers it, to another community of this \
            server. Whoever does it moderates the first and may post in the second.",
        after_help = "Example:\n  archipel moderate move https://lab.example/p/1 --to utilo --as essai"
    )]
    Move {
        /// Which, why, who
        #[command(flatten)]
        on: OnPost,
        /// The community it goes to
        #[arg(long, value_name = "COMMUNITY")]
        to: Handle,
    },
    /// Invite somebody: when they ask to join, they are let in
    #[command(after_help = "Example:\n  archipel moderate invite tilab essai@social.example")]
    Invite(OnPerson),
    /// Vouch for a member: nothing of theirs is held any more
    #[command(after_help = "Example:\n  archipel moderate vouch tilab essai@social.example")]
    Vouch(OnPerson),
    /// Vouch for a member no more
    #[command(after_help = "Example:\n  archipel moderate unvouch tilab essai@social.example")]
    Unvouch(OnPerson),
    /// End somebody's membership
    #[command(after_help = "Example:\n  archipel moderate expel tilab essai@social.example")]
    Expel(OnPerson),
    /// Print who may do what
    #[command(
        long_about = "Prints who may do what in a community that is open to all: no, yes, or \
            below, which is to say upon those who rank lower. With --json every case by itself, \
            with the reason why not.",
        after_help = "Example:\n  archipel moderate rights --json"
    )]
    Rights,
    /// Hold everything that comes in, while a wave of spam lasts, or end that
    #[command(after_help = "Example:\n  archipel moderate wave tilab on")]
    Wave {
        /// The community
        community: Handle,
        /// on or off
        #[arg(value_parser = on_or_off, action = clap::ArgAction::Set)]
        on: bool,
        /// Why, and who
        #[command(flatten)]
        why: Why,
    },
}

fn on_or_off(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("write on or off".to_owned()),
    }
}

/// `archipel held …`
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum HeldCommand {
    /// List what waits in a community, oldest first
    #[command(after_help = "Example:\n  archipel held list tilab")]
    List {
        /// The community
        community: Handle,
        /// How many
        #[command(flatten)]
        limit: Limit,
    },
    /// Publish a post that waits, or all of a community
    #[command(
        after_help = "Examples:\n  archipel held approve tilab https://social.example/1\n  archipel held approve tilab --all"
    )]
    Approve(Decide),
    /// Refuse a post that waits, or all of a community
    #[command(after_help = "Example:\n  archipel held refuse tilab --all --reason Spam --yes")]
    Refuse {
        /// Which, why, who
        #[command(flatten)]
        which: Decide,
        /// Whether to ask, for all
        #[command(flatten)]
        confirm: Confirm,
    },
}

/// Which held posts are decided on.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[group(id = "which_held", args = ["post", "all"], required = true, multiple = false)]
pub struct Decide {
    /// The community
    pub community: Handle,
    /// The post's address
    #[arg(value_parser = web_url)]
    pub post: Option<Url>,
    /// All that waits there
    #[arg(long)]
    pub all: bool,
    /// Why, and who
    #[command(flatten)]
    pub why: Why,
}

/// `archipel log COMMUNITY`
#[derive(Args, Debug, PartialEq, Eq)]
pub struct LogArgs {
    /// Where
    #[command(flatten)]
    pub place: PlaceArgs,
    /// How many
    #[command(flatten)]
    pub limit: Limit,
}

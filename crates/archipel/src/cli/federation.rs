//! `peer`, `inbox`, `delivery`: other servers, what they sent, what they get.

use std::str::FromStr;

use archipel_model::{Dialect, Host};
use clap::{Args, Subcommand, ValueEnum};

use super::{Confirm, Limit};

/// `archipel peer …`
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum PeerCommand {
    /// List the servers we have met
    #[command(
        long_about = "Lists the servers we have met. With --waiting, those that wrote without \
            being allowed to, which only happens in trusted and closed mode: allow, limit or \
            block them, or leave them waiting. What they say of themselves is not verified \
            before they are let in.",
        after_help = "Examples:\n  archipel peer list\n  archipel peer list --waiting"
    )]
    List {
        /// Those that knocked and were not let in
        #[arg(long, conflicts_with = "decided")]
        waiting: bool,
        /// Those about which something was decided
        #[arg(long)]
        decided: bool,
    },
    /// Show one server: software, dialect, queue, last error, next try
    #[command(after_help = "Example:\n  archipel peer show lab.example")]
    Show {
        /// The server's name
        host: Host,
    },
    /// Speak with a server, also in trusted mode
    #[command(
        long_about = "Lifts a block or limit, also one of a domain above, and in trusted mode \
            lets this server in. Whoever had asked to follow meanwhile is let in.",
        after_help = "Example:\n  archipel peer allow lab.example"
    )]
    Allow {
        /// The server's name; names below it are allowed too
        host: Host,
        /// Why, for those who look later
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Hear a server, but let a moderator decide on all of it
    #[command(
        long_about = "The people of a server, and of the names below it, join communities and \
            post there only after a moderator decided. What they wrote before is not listed.",
        after_help = "Example:\n  archipel peer limit loud.example --reason \"Spam\""
    )]
    Limit {
        /// The server's name; names below it are limited too
        host: Host,
        /// Why, for those who look later
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Take back what was decided about a server
    #[command(
        long_about = "Takes back an allow, limit or block: the server counts like any other \
            again, or as what was decided about a domain above it.",
        after_help = "Example:\n  archipel peer lift loud.example"
    )]
    Lift {
        /// The server's name
        host: Host,
    },
    /// Have nothing to do with a server
    #[command(
        long_about = "Refuses all that a server and the names below it send, sends it nothing, \
            fetches nothing from it and shows nothing of it. What is said to it meanwhile is kept \
            back and sent when the block is lifted, as far as the log goes back.",
        after_help = "Example:\n  archipel peer block bad.example --reason \"Spam\" --yes"
    )]
    Block {
        /// The server's name; names below it are blocked too
        host: Host,
        /// Why, for those who look later
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// Whether to ask first
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Choose the form in which a server gets posts
    #[command(
        long_about = "Sets a server's dialect instead of what its NodeInfo tells. threadiverse \
            (Lemmy and others) gets whole activities, microblog (Mastodon and others) gets \
            boosts of threads, unknown gets both. auto returns to NodeInfo.",
        after_help = "Example:\n  archipel peer dialect lab.example threadiverse"
    )]
    Dialect {
        /// The server's name
        host: Host,
        /// threadiverse, microblog, unknown or auto
        dialect: DialectChoice,
    },
    /// Try a server again now
    #[command(
        long_about = "Ends the waiting after failures: what is queued for the server is sent now.",
        after_help = "Example:\n  archipel peer retry lab.example"
    )]
    Retry {
        /// The server's name
        host: Host,
    },
    /// Forget what we remember of a server
    #[command(
        long_about = "Forgets a server's software, dialect, keys and errors, and drops what is \
            queued for it. All is learnt anew at the next contact; what was queued is lost.",
        after_help = "Example:\n  archipel peer forget lab.example --yes"
    )]
    Forget {
        /// The server's name
        host: Host,
        /// Whether to ask first
        #[command(flatten)]
        confirm: Confirm,
    },
}

/// A dialect set by hand, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialectChoice {
    /// What `NodeInfo` tells.
    Auto,
    /// This one.
    Set(Dialect),
}

impl FromStr for DialectChoice {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        text.parse()
            .map(Self::Set)
            .map_err(|error| format!("{error}, auto"))
    }
}

impl DialectChoice {
    /// The dialect to keep; `None` for what `NodeInfo` tells.
    pub const fn dialect(self) -> Option<Dialect> {
        match self {
            Self::Auto => None,
            Self::Set(dialect) => Some(dialect),
        }
    }
}

/// Where a received activity stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum InboxState {
    /// Kept, not worked off yet.
    Waiting,
    /// Failed for now; tried again.
    Retrying,
    /// Applied.
    Done,
    /// Understood, and not allowed or of no concern.
    Refused,
    /// Set aside after repeated failures.
    Quarantined,
}

/// `archipel inbox …`
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum InboxCommand {
    /// List received activities, newest first
    #[command(
        long_about = "Lists received activities, newest first; those that need attention \
            (retrying, quarantined) unless a state is given.",
        after_help = "Example:\n  archipel inbox list --state quarantined"
    )]
    List {
        /// Only in this state
        #[arg(long, value_enum)]
        state: Option<InboxState>,
        /// Only from this server
        #[arg(long, value_name = "HOST")]
        peer: Option<Host>,
        /// How many
        #[command(flatten)]
        limit: Limit,
    },
    /// Show one with its exact bytes and what became of it
    #[command(after_help = "Example:\n  archipel inbox show 1234")]
    Show {
        /// The number that `list` shows
        id: i64,
    },
    /// Work one off again
    #[command(
        long_about = "Puts an activity back to be worked off, or all that are quarantined. \
            What was applied already is not applied twice.",
        after_help = "Examples:\n  archipel inbox retry 1234\n  archipel inbox retry --all",
        group(clap::ArgGroup::new("which").args(["id", "all"]).required(true))
    )]
    Retry {
        /// The number that `list` shows
        id: Option<i64>,
        /// All that are quarantined
        #[arg(long)]
        all: bool,
    },
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DeliveryState {
    /// Not sent yet.
    Queued,
    /// Failed for now; tried again.
    Retrying,
    /// Taken by the server.
    Delivered,
    /// Refused by the server, in its words.
    Refused,
    /// Not sent, because the server could not read it.
    Skipped,
    /// Kept back: the server is not spoken with.
    Withheld,
}

/// `archipel delivery …`
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum DeliveryCommand {
    /// List deliveries, newest first
    #[command(
        long_about = "Lists what is sent to other servers, newest first: who received a post, \
            who refused it and why, what waits and until when.",
        after_help = "Examples:\n  archipel delivery list --post https://lab.example/p/1234\n  \
            archipel delivery list --peer social.example --state refused"
    )]
    List {
        /// What to list
        #[command(flatten)]
        filter: DeliveryFilter,
        /// Only in this state
        #[arg(long, value_enum)]
        state: Option<DeliveryState>,
        /// How many
        #[command(flatten)]
        limit: Limit,
    },
    /// Send again now
    #[command(
        long_about = "Sends at once what waits for its next try; with --refused also what \
            was refused. Give a post, a server, or both.",
        after_help = "Example:\n  archipel delivery retry --peer social.example --refused"
    )]
    Retry {
        /// What to send again
        #[command(flatten)]
        filter: RetryFilter,
        /// Also what the server refused
        #[arg(long)]
        refused: bool,
    },
}

/// Which deliveries are listed.
#[derive(Args, Debug, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Only of this post: its number or its URL
    #[arg(long, value_name = "ID|URL")]
    pub post: Option<String>,
    /// Only to this server
    #[arg(long, value_name = "HOST")]
    pub peer: Option<Host>,
}

/// Which deliveries are sent again; at least one is given.
#[derive(Args, Debug, PartialEq, Eq)]
#[group(required = true, multiple = true)]
pub struct RetryFilter {
    /// Only of this post: its number or its URL
    #[arg(long, value_name = "ID|URL")]
    pub post: Option<String>,
    /// Only to this server
    #[arg(long, value_name = "HOST")]
    pub peer: Option<Host>,
}

//! `rotate-keys`, `alias`, `move`: what a person or a community is over time.

use archipel_model::Handle;
use clap::{Args, Subcommand};

use super::Confirm;

/// `archipel account rotate-keys`, `archipel community rotate-keys`
#[derive(Args, Debug, PartialEq, Eq)]
#[command(
    long_about = "Makes new keys. They are shown beside the old ones for a week, then they sign, \
        every server concerned is told under the old key, and the old ones are shown for another \
        week. Nothing is interrupted.\n\nWith --now, for keys that fell into wrong hands, the \
        new ones sign within seconds and the old ones are shown no more.",
    after_help = "Examples:\n  archipel account rotate-keys essai\n  archipel community rotate-keys tilab --now"
)]
pub struct RotateKeys {
    /// Whose keys
    pub handle: Handle,
    /// When
    #[command(flatten)]
    pub when: When,
}

/// When new keys sign.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// At once: the old keys fell into wrong hands
    #[arg(long)]
    pub now: bool,
}

/// `archipel instance …`
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum InstanceCommand {
    /// Replace the keys that the server itself signs with
    #[command(
        long_about = "Makes new keys for the server's own actor, which signs what is fetched. \
            They are shown for a week before they sign; with --now they sign within seconds.",
        after_help = "Example:\n  archipel instance rotate-keys"
    )]
    RotateKeys {
        /// When
        #[command(flatten)]
        when: When,
    },
}

/// `archipel account alias …`, `archipel community alias …`
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum AliasCommand {
    /// Name another address of the same one, to move here from there
    #[command(
        after_help = "Examples:\n  archipel account alias add essai https://social.example/users/essai\n  archipel community alias add tilab tilab@old.example"
    )]
    Add {
        /// Who lives here
        handle: Handle,
        /// The other address: HANDLE@HOST or a URL
        other: String,
    },
    /// Name an address no more
    #[command(
        after_help = "Examples:\n  archipel account alias remove essai https://social.example/users/essai\n  archipel community alias remove tilab https://old.example/c/tilab"
    )]
    Remove {
        /// Who lives here
        handle: Handle,
        /// The other address, as `list` shows it
        other: String,
    },
    /// List the other addresses
    #[command(
        after_help = "Examples:\n  archipel account alias list essai --json\n  archipel community alias list tilab"
    )]
    List {
        /// Who lives here
        handle: Handle,
    },
}

/// `archipel account move`, `archipel community move`
#[derive(Args, Debug, PartialEq, Eq)]
#[command(
    long_about = "Tells all followers to follow somewhere else. The new account or community must \
        exist and name this one as an alias. Mastodon and its like follow by themselves; members \
        on Lemmy, PieFed and Mbin read where to go and subscribe anew. A community that moved \
        takes no more posts. What was posted stays here. The next move is possible after a \
        week; --back ends the redirection.",
    after_help = "Examples:\n  archipel account move essai essai@lab.example\n  \
        archipel community move tilab https://lab.example/c/tilab --as essai --yes"
)]
pub struct MoveArgs {
    /// Who lives here
    pub handle: Handle,
    /// Where to: HANDLE@HOST or a URL
    #[arg(required_unless_present = "back", conflicts_with = "back")]
    pub target: Option<String>,
    /// Act here again
    #[arg(long)]
    pub back: bool,
    /// Whether to ask
    #[command(flatten)]
    pub confirm: Confirm,
}

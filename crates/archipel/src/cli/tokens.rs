//! The words of `archipel token`.

use archipel_model::{Handle, Scopes};
use clap::Subcommand;

/// `archipel token …`
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum TokenCommand {
    /// Make a token for an app or a program
    #[command(
        long_about = "Makes a token with which an app or a program acts as an account, or as a \
            community in which the account holds a role, and prints it alone. It is shown once \
            and works until it is revoked.",
        after_help = "Examples:\n  archipel token create essai --scopes \"read write follow push\"\n  \
            archipel token create essai --as tilab"
    )]
    Create {
        /// The account
        handle: Handle,
        /// What it may do, in Mastodon's words
        #[arg(long, value_name = "SCOPES", default_value = "read write follow push")]
        scopes: Scopes,
        /// The community that it acts as
        #[arg(long = "as", value_name = "COMMUNITY")]
        community: Option<Handle>,
    },
}

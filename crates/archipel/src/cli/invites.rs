//! The words of `archipel invite` and `archipel mail`.

use std::time::Duration;

use archipel_model::{Handle, InviteLinkId, Role};
use clap::{Args, Subcommand};

use super::reactions::duration;
use super::{By, Limit};

/// `archipel invite …`
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum InviteCommand {
    /// Make an invitation link
    #[command(
        long_about = "Makes a link and prints it alone. Who opens it can make an account, and \
            becomes a member of the community, with the role if one is given; who has an account \
            here just joins. The link is shown once. It can do no more than who made it: when \
            they lose their role, it works no more.",
        after_help = "Examples:\n  archipel invite create\n  \
            archipel invite create --community tilab --uses 30 --expires 14d --as essai\n  \
            archipel invite create --community tilab --role moderator"
    )]
    Create(InviteArgs),
    /// List the invitation links
    #[command(after_help = "Example:\n  archipel invite list --community tilab --json")]
    List {
        /// Only those of this community
        #[arg(long, value_name = "COMMUNITY")]
        community: Option<Handle>,
        /// How many
        #[command(flatten)]
        limit: Limit,
    },
    /// End an invitation link
    #[command(after_help = "Example:\n  archipel invite revoke 115000000000000000")]
    Revoke {
        /// Its number in the list
        id: InviteLinkId,
        /// Who ends it
        #[command(flatten)]
        by: By,
    },
}

/// `archipel invite create`
#[derive(Args, Debug, PartialEq, Eq)]
pub struct InviteArgs {
    /// The community that it lets into; without one, it is for an account alone
    #[arg(long, value_name = "COMMUNITY")]
    pub community: Option<Handle>,
    /// facilitator, moderator or owner; a member like others when absent
    #[arg(long, value_name = "ROLE", requires = "community")]
    pub role: Option<Role>,
    /// How many people can use it
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub uses: u32,
    /// How long it works, such as 14d
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = duration)]
    pub expires: Duration,
    /// Who invites
    #[command(flatten)]
    pub by: By,
}

/// `archipel mail …`
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum MailCommand {
    /// Send a mail to see whether it arrives
    #[command(
        long_about = "Sends a mail through the mail server of the configuration, without the \
            queue, and says at once what the mail server answered.",
        after_help = "Example:\n  archipel mail test operator@lab.example"
    )]
    Test {
        /// To whom
        address: String,
    },
}

//! `community`: the groups of this server and who waits to join them.

use archipel_model::{Handle, HoldPolicy, JoinPolicy, PostPolicy, Reach, ReactionPolicy};
use clap::{Args, Subcommand};

use super::identity::{AliasCommand, MoveArgs, RotateKeys};
use super::people::new_handle;
use super::{By, Confirm, Limit, Why};

/// `archipel community …`
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum CommunityCommand {
    /// Make a community
    #[command(
        long_about = "Makes a community with its keys. Its handle is part of its address and \
            cannot change; everything else can, with `community set`.",
        after_help = "Example:\n  archipel community create atelier --title \"Atelier\" \\\n    \
            --description \"Ce que nous apprenons.\" --join approval"
    )]
    Create(CommunityCreate),
    /// List the communities
    #[command(after_help = "Example:\n  archipel community list --json")]
    List,
    /// Show one community: policies, members, servers
    #[command(after_help = "Example:\n  archipel community show tilab")]
    Show {
        /// The community
        handle: Handle,
    },
    /// Delete a community for good
    #[command(
        long_about = "Deletes a community: its address answers that it is gone and the servers \
            of its members are told, as are all that ever got something of it. What its members \
            wrote stays theirs. Its handle can never be taken again. Lemmy takes the end of a \
            community from people of its team: use --as where members are there.",
        after_help = "Example:\n  archipel community delete atelier --as essai --yes"
    )]
    Delete {
        /// The community
        handle: Handle,
        /// Who does it
        #[command(flatten)]
        by: By,
        /// Whether to ask
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Change a community
    #[command(
        long_about = "Changes what is given and nothing else, and tells the servers that follow.",
        after_help = "Example:\n  archipel community set tilab --post members"
    )]
    Set(CommunitySet),
    /// Replace the keys of a community
    RotateKeys(RotateKeys),
    /// Other addresses of the same community
    #[command(subcommand)]
    Alias(AliasCommand),
    /// Move a community to another server
    Move {
        /// Where from and to
        #[command(flatten)]
        to: MoveArgs,
        /// Who does it
        #[command(flatten)]
        by: By,
    },
    /// List who waits to join
    #[command(after_help = "Example:\n  archipel community requests atelier")]
    Requests {
        /// The community
        handle: Handle,
    },
    /// Let somebody in who waits
    #[command(
        after_help = "Example:\n  archipel community accept atelier https://social.example/users/essai"
    )]
    Accept {
        /// The community
        handle: Handle,
        /// HANDLE here, HANDLE@HOST or the actor's URL, as `requests` shows it
        actor: String,
        /// Why, and who
        #[command(flatten)]
        why: Why,
    },
    /// Turn somebody away who waits
    #[command(after_help = "Example:\n  archipel community reject atelier essai@social.example")]
    Reject {
        /// The community
        handle: Handle,
        /// HANDLE here, HANDLE@HOST or the actor's URL, as `requests` shows it
        actor: String,
        /// Why, and who
        #[command(flatten)]
        why: Why,
    },
    /// Follow a community elsewhere in the name of one here
    #[command(
        long_about = "Follows a community of another server in the name of one that lives here. \
            What it shows comes in as for a person who follows; it stays in its own community \
            and is not passed on. Lemmy 0.19, PieFed and Mbin let persons follow, not \
            communities: there, have an account follow too.",
        after_help = "Example:\n  archipel community follow tilab atelier@lab.example"
    )]
    Follow(CommunityFollow),
    /// Stop following a community elsewhere
    #[command(after_help = "Example:\n  archipel community unfollow tilab atelier@lab.example")]
    Unfollow(CommunityFollow),
    /// List the newest threads that are here of a community, here or elsewhere
    #[command(after_help = "Examples:\n  archipel community threads tilab\n  \
            archipel community threads atelier@lab.example --json")]
    Threads {
        /// HANDLE here, HANDLE@HOST, !HANDLE@HOST or the community's URL
        community: String,
        /// How many
        #[command(flatten)]
        limit: Limit,
    },
}

/// `archipel community follow`, `unfollow`
#[derive(Args, Debug, PartialEq, Eq)]
pub struct CommunityFollow {
    /// The community here
    pub handle: Handle,
    /// The one elsewhere: HANDLE@HOST, !HANDLE@HOST or its URL
    pub target: String,
    /// Who does it
    #[command(flatten)]
    pub by: By,
}

/// `archipel community create`
#[derive(Args, Debug, PartialEq, Eq)]
pub struct CommunityCreate {
    /// The name in addresses: 2 to 25 of a-z, 0-9 and _
    #[arg(value_parser = new_handle)]
    pub handle: Handle,
    /// The name people read
    #[arg(long, value_name = "TITLE")]
    pub title: String,
    /// What it is about: plain text, an empty line between paragraphs
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub description: String,
    /// The language spoken there
    #[arg(long, value_name = "CODE", default_value = "fr")]
    pub language: String,
    /// Who may join and post; what is absent is open
    #[command(flatten)]
    pub policy: CommunityPolicyArgs,
}

/// `archipel community set`
#[derive(Args, Debug, PartialEq, Eq)]
#[command(group(
    clap::ArgGroup::new("change")
        .args([
            "title", "description", "language", "rules", "join", "post", "reply", "hold",
            "hold_unknown", "reactions", "bot_votes", "reach",
        ])
        .required(true)
        .multiple(true)
))]
pub struct CommunitySet {
    /// The community
    pub handle: Handle,
    /// The name people read
    #[arg(long, value_name = "TITLE")]
    pub title: Option<String>,
    /// What it is about: plain text, an empty line between paragraphs
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// The language spoken there
    #[arg(long, value_name = "CODE")]
    pub language: Option<String>,
    /// Its rules, one a line
    #[arg(long, value_name = "TEXT")]
    pub rules: Option<String>,
    /// Whether votes of programs count: true or false
    #[arg(long, value_name = "BOOL")]
    pub bot_votes: Option<bool>,
    /// Who may join and post
    #[command(flatten)]
    pub policy: CommunityPolicyArgs,
    /// Why, and who
    #[command(flatten)]
    pub why: Why,
}

/// The policies, each only if given.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommunityPolicyArgs {
    /// How one joins: open, approval or invitation
    #[arg(long, value_name = "HOW")]
    pub join: Option<JoinPolicy>,
    /// Who may post: everyone, members, approved or moderators
    #[arg(long, value_name = "WHO")]
    pub post: Option<PostPolicy>,
    /// Who may reply: everyone, members, approved or moderators
    #[arg(long, value_name = "WHO")]
    pub reply: Option<PostPolicy>,
    /// Which posts wait for a moderator: never, first (of each author) or always
    #[arg(long, value_name = "WHICH")]
    pub hold: Option<HoldPolicy>,
    /// Whether posts, and requests to join, from servers unknown here wait: true or false
    #[arg(long, value_name = "BOOL")]
    pub hold_unknown: Option<bool>,
    /// Which reactions are counted and passed on: all, likes or none
    #[arg(long, value_name = "WHICH")]
    pub reactions: Option<ReactionPolicy>,
    /// Who gets to see it: public, unlisted (who knows the address) or local (the people
    /// of this server, who use it with this program)
    #[arg(long, value_name = "WHO")]
    pub reach: Option<Reach>,
}

//! `account`, `follow`, `unfollow`, `post`, `reply`: people of this server.

use archipel_model::Handle;
use clap::{Args, Subcommand};
use url::Url;

use super::identity::{AliasCommand, MoveArgs, RotateKeys};
use super::reactions::{EventArgs, PollArgs};
use super::{By, Confirm, Limit};

/// A handle for somebody or something new: reserved names are refused here.
pub(super) fn new_handle(text: &str) -> Result<Handle, String> {
    Handle::new_name(text).map_err(|error| error.to_string())
}

/// A web address of a post or an actor.
pub(super) fn web_url(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        _ => Err("give a whole address, such as https://lab.example/p/1234".to_owned()),
    }
}

/// `archipel account …`
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum AccountCommand {
    /// Make an account
    #[command(
        long_about = "Makes an account: a person who can follow and post from this server. \
            The handle is 2 to 25 of a-z, 0-9 and _, shared with the communities, and can never \
            be given to anybody else.",
        after_help = "Example:\n  archipel account create essai --name \"Essai\""
    )]
    Create {
        /// The name in addresses: @HANDLE@this-server
        #[arg(value_parser = new_handle)]
        handle: Handle,
        /// The name people read; the handle when absent
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },
    /// List the accounts
    #[command(after_help = "Example:\n  archipel account list --json")]
    List,
    /// Show one account and what it follows
    #[command(after_help = "Example:\n  archipel account show essai")]
    Show {
        /// The account
        handle: Handle,
    },
    /// List what somebody was told about their posts
    #[command(
        long_about = "Lists, the newest first, what communities told somebody about their \
            posts: those of this server, and what communities elsewhere decided.",
        after_help = "Example:\n  archipel account notices essai"
    )]
    Notices {
        /// The account
        handle: Handle,
        /// How many
        #[command(flatten)]
        limit: Limit,
    },
    /// Change what people see of an account
    #[command(
        long_about = "Changes what is given and nothing else, and tells the servers that know \
            the account.",
        after_help = "Example:\n  archipel account set essai --summary \"J'apprends le braille.\""
    )]
    Set {
        /// The account
        handle: Handle,
        /// What changes
        #[command(flatten)]
        change: ProfileArgs,
    },
    /// Make somebody an administrator of the server, or a member like others
    #[command(
        long_about = "An administrator acts in every community, above everybody there, and bans \
            from the whole server, in their own name: Lemmy and PieFed believe such measures \
            from persons only.",
        after_help = "Examples:\n  archipel account role essai admin\n  \
            archipel account role essai member"
    )]
    Role {
        /// The account
        handle: Handle,
        /// admin or member
        #[arg(value_name = "ROLE", value_parser = admin_or_member, action = clap::ArgAction::Set)]
        admin: bool,
    },
    /// Stop an account, so that it acts no more
    #[command(
        long_about = "Stops an account: it posts, follows and moderates no more, nothing about it \
            is shown, and the servers that know it are told. What it posted stays. \
            `unsuspend` ends that.",
        after_help = "Example:\n  archipel account suspend essai --yes"
    )]
    Suspend {
        /// The account
        handle: Handle,
        /// Whether to ask
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Let a stopped account act again
    #[command(after_help = "Example:\n  archipel account unsuspend essai")]
    Unsuspend {
        /// The account
        handle: Handle,
    },
    /// Give an account a new password
    #[command(
        long_about = "Gives an account a new password, which is read from standard input: 12 \
            to 256 characters. Browsers that are logged in are logged out; apps keep their \
            access.",
        after_help = "Example:\n  archipel account password essai < password.txt"
    )]
    Password {
        /// The account
        handle: Handle,
    },
    /// List who asks for an account
    #[command(
        long_about = "Lists who asked for an account and waits for somebody to agree, with what \
            they wrote, the longest waiting first.",
        after_help = "Example:\n  archipel account waiting --json"
    )]
    Waiting,
    /// Let somebody in who asked for an account
    #[command(
        long_about = "Lets somebody in who asked for an account, also one who has not confirmed \
            their e-mail address. They are told by e-mail.",
        after_help = "Example:\n  archipel account approve essai"
    )]
    Approve {
        /// Who asks
        handle: Handle,
        /// Who agrees
        #[command(flatten)]
        by: By,
    },
    /// Refuse somebody who asked for an account
    #[command(
        long_about = "Refuses somebody who asked for an account. They are told by e-mail, with \
            the reason; nothing of them is kept, and their name is free again.",
        after_help = "Example:\n  archipel account reject essai --reason \"Réservé aux labos\""
    )]
    Reject {
        /// Who asks
        handle: Handle,
        /// Why, for them
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// Who refuses
        #[command(flatten)]
        by: By,
    },
    /// Let an account log in without a code again
    #[command(
        name = "drop-code",
        long_about = "Asks for no second factor any more when this account logs in: for somebody \
            who lost their authenticator and their recovery codes. Make sure that it is them.",
        after_help = "Example:\n  archipel account drop-code essai --yes"
    )]
    DropCode {
        /// The account
        handle: Handle,
        /// Whether to ask
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Replace the keys of an account
    RotateKeys(RotateKeys),
    /// Other addresses of the same person
    #[command(subcommand)]
    Alias(AliasCommand),
    /// Move an account to another server
    Move(MoveArgs),
    /// Delete an account for good
    #[command(
        long_about = "Deletes an account: its posts become tombstones, its address answers that \
            it is gone, and the servers of those who follow it, or whom it follows, are told. \
            Its handle can never be taken again.",
        after_help = "Example:\n  archipel account delete essai --yes"
    )]
    Delete {
        /// The account
        handle: Handle,
        /// Whether to ask
        #[command(flatten)]
        confirm: Confirm,
    },
}

fn admin_or_member(text: &str) -> Result<bool, String> {
    match text {
        "admin" => Ok(true),
        "member" => Ok(false),
        _ => Err("write admin or member".to_owned()),
    }
}

/// What changes of an account.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[group(required = true, multiple = true)]
pub struct ProfileArgs {
    /// The name people read
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// About the person: plain text, an empty line between paragraphs
    #[arg(long, value_name = "TEXT")]
    pub summary: Option<String>,
}

/// `archipel follow ACCOUNT TARGET`
#[derive(Args, Debug, PartialEq, Eq)]
pub struct FollowArgs {
    /// The local account that follows
    pub account: Handle,
    /// HANDLE here, HANDLE@HOST, !HANDLE@HOST or the actor's URL
    pub target: String,
    /// Tell the account each time a post of theirs is published in this community
    #[arg(long)]
    pub tell_published: bool,
}

/// `archipel unfollow ACCOUNT TARGET`
#[derive(Args, Debug, PartialEq, Eq)]
pub struct UnfollowArgs {
    /// The local account that follows
    pub account: Handle,
    /// HANDLE here, HANDLE@HOST, !HANDLE@HOST or the actor's URL
    pub target: String,
}

/// `archipel fetch TARGET`
#[derive(Args, Debug, PartialEq, Eq)]
pub struct FetchArgs {
    /// A community elsewhere (HANDLE@HOST, !HANDLE@HOST or its URL), or a post's URL
    pub target: String,
}

/// `archipel post ACCOUNT --to COMMUNITY [--title T] [TEXT]`
#[derive(Args, Debug, PartialEq, Eq)]
pub struct PostArgs {
    /// The local account that posts
    pub account: Handle,
    /// The community: HANDLE here, HANDLE@HOST, !HANDLE@HOST or its URL
    #[arg(long, value_name = "COMMUNITY")]
    pub to: String,
    /// A title; without one the post reads as a short message
    #[arg(long, value_name = "TITLE")]
    pub title: Option<String>,
    /// The poll that it is
    #[command(flatten)]
    pub poll: PollArgs,
    /// The event that it is
    #[command(flatten)]
    pub event: EventArgs,
    /// The text; standard input when absent
    pub text: Option<String>,
}

/// `archipel reply ACCOUNT URL [TEXT]`
#[derive(Args, Debug, PartialEq, Eq)]
pub struct ReplyArgs {
    /// The local account that replies
    pub account: Handle,
    /// The address of the post that is replied to
    #[arg(value_parser = web_url)]
    pub url: Url,
    /// The text; standard input when absent
    pub text: Option<String>,
}

/// `archipel edit ACCOUNT URL [--title T] [TEXT]`
#[derive(Args, Debug, PartialEq, Eq)]
pub struct EditArgs {
    /// The local account that wrote it
    pub account: Handle,
    /// The address of the post
    #[arg(value_parser = web_url)]
    pub url: Url,
    /// Its new title; the old one when absent
    #[arg(long, value_name = "TITLE")]
    pub title: Option<String>,
    /// Its new text; standard input when absent
    pub text: Option<String>,
}

/// `archipel delete-post ACCOUNT URL`
#[derive(Args, Debug, PartialEq, Eq)]
pub struct DeletePostArgs {
    /// The local account that wrote it
    pub account: Handle,
    /// The address of the post
    #[arg(value_parser = web_url)]
    pub url: Url,
    /// Whether to ask
    #[command(flatten)]
    pub confirm: Confirm,
}

//! The command line: what can be typed. A contract, since scripts and the
//! end-to-end tests drive it. Only shapes and help texts live here; what a
//! command does is in [`crate::commands`].

mod communities;
pub mod confirm;
mod federation;
mod files;
mod identity;
mod invites;
mod moderation;
mod people;
mod reactions;
mod reports;
#[cfg(test)]
mod test;
mod tokens;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use communities::{
    CommunityCommand, CommunityCreate, CommunityFollow, CommunityPolicyArgs, CommunitySet,
};
pub use federation::{
    DeliveryCommand, DeliveryFilter, DeliveryState, DialectChoice, InboxCommand, InboxState,
    PeerCommand, RetryFilter,
};
pub use files::{EmojiCommand, MediaCommand};
pub use identity::{AliasCommand, InstanceCommand, MoveArgs, RotateKeys, When};
pub use invites::{InviteArgs, InviteCommand, MailCommand};
pub use moderation::{
    By, Decide, HeldCommand, LogArgs, ModerateCommand, ModeratorCommand, OnBanned, OnPerson,
    OnPost, Why,
};
pub use people::{
    AccountCommand, DeletePostArgs, EditArgs, FetchArgs, FollowArgs, PostArgs, ProfileArgs,
    ReplyArgs, UnfollowArgs,
};
pub use reactions::{EventArgs, PollArgs, ReactArgs, VoteArgs};
pub use reports::{PlaceArgs, ReportArgs, ReportsCommand};
pub use tokens::TokenCommand;

/// Communities of practice on the fediverse.
#[derive(Debug, Parser)]
#[command(
    name = "archipel",
    version,
    about = "Communities of practice on the fediverse",
    long_about = "Archipel hosts communities that live on the fediverse as ActivityPub groups: \
        people follow, post and reply from Mastodon, Lemmy or another Archipel.\n\n\
        Without a command it serves. Every command works beside a running server.",
    after_help = "Examples:\n  archipel\n  archipel account create essai --name Essai\n  \
        archipel community create atelier --title Atelier\n  \
        archipel post essai --to atelier \"Bonjour\"\n\n\
        Configuration: --config, else $ARCHIPEL_CONFIG, else config/archipel.toml, else \
        /etc/archipel/archipel.toml, else defaults; every key also as ARCHIPEL__SECTION__KEY."
)]
pub struct Cli {
    /// Read this configuration file
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Print data as JSON
    #[arg(long, global = true)]
    pub json: bool,

    /// What to do; serve when absent
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Cli {
    /// The command; without one, the server is meant.
    pub fn command_or_serve(&self) -> &Command {
        self.command.as_ref().unwrap_or(&Command::Serve)
    }
}

/// The first word of the command line.
#[derive(Debug, PartialEq, Subcommand)]
pub enum Command {
    /// Run the server (the default)
    #[command(
        long_about = "Runs the server until SIGTERM or Ctrl-C. The first start makes the \
            database, its tables and the communities of config/communities.toml. When ready it \
            prints one line with its URL.",
        after_help = "Example:\n  ARCHIPEL__SERVER__PUBLIC_URL=https://lab.example archipel serve"
    )]
    Serve,

    /// Show two labs talking, on this machine
    #[command(
        long_about = "Starts two complete labs on two loopback ports with databases of their \
            own. A member of one follows a community of the other, posts, gets a reply and votes \
            in a poll; a post is corrected, reported, removed and brought back, its author banned. \
            Each step is printed when it is seen on the other side. Then both stay up to look \
            around. Fails when a step does not arrive.",
        after_help = "Examples:\n  archipel demo\n  archipel demo --once"
    )]
    Demo(DemoArgs),

    /// Bring the database up to date
    #[command(
        long_about = "Runs the migrations that the database lacks, and nothing else. The server \
            does this at its start; run it beforehand where several nodes share a database.",
        after_help = "Example:\n  archipel --config /etc/archipel/archipel.toml migrate"
    )]
    Migrate,

    /// People who post from here
    #[command(subcommand)]
    Account(AccountCommand),

    /// Access for apps and programs
    #[command(subcommand)]
    Token(TokenCommand),

    /// Links that invite to an account and to communities
    #[command(subcommand)]
    Invite(InviteCommand),

    /// E-mail of this server
    #[command(subcommand)]
    Mail(MailCommand),

    /// Communities hosted here
    #[command(subcommand)]
    Community(CommunityCommand),

    /// Pictures that members write as :NAME:
    #[command(subcommand)]
    Emoji(EmojiCommand),

    /// The store of files
    #[command(subcommand)]
    Media(MediaCommand),

    /// The server itself
    #[command(subcommand)]
    Instance(InstanceCommand),

    /// Other servers
    #[command(subcommand)]
    Peer(PeerCommand),

    /// What other servers sent
    #[command(subcommand)]
    Inbox(InboxCommand),

    /// What is sent to other servers
    #[command(subcommand)]
    Delivery(DeliveryCommand),

    /// Follow a community or a person
    #[command(
        long_about = "Follows a community or a person, here or elsewhere, as a local account. \
            A follow of a remote target is sent; whether it was accepted shows in `account show`. \
            One that nobody answered is asked again for a week, or at once when typed again.",
        after_help = "Examples:\n  archipel follow essai tilab\n  \
            archipel follow essai atelier@lab.example\n  \
            archipel follow essai https://lab.example/c/atelier"
    )]
    Follow(FollowArgs),

    /// Stop following
    #[command(
        long_about = "Ends a follow that `follow` began, or withdraws one that is still waiting.",
        after_help = "Example:\n  archipel unfollow essai atelier@lab.example"
    )]
    Unfollow(UnfollowArgs),

    /// Fetch what was said elsewhere
    #[command(
        long_about = "Fetches what this server was not told: of a community elsewhere its newest \
            threads, what it shows on top and the answers; of a post, the answers in its thread, \
            also of people who did not mention the community. Nobody is notified and nothing is \
            passed on. A community is fetched by itself when somebody here is first let in.",
        after_help = "Examples:\n  archipel fetch atelier@lab.example\n  \
            archipel fetch https://lab.example/p/1234"
    )]
    Fetch(FetchArgs),

    /// Post to a community
    #[command(
        long_about = "Posts to a community, here or elsewhere, as a local account. The text is \
            read from standard input when it is not given. With --poll-option it is a poll, with \
            --event-start an event. Prints the post's URL.",
        after_help = "Examples:\n  \
            archipel post essai --to tilab --title \"Retour d'atelier\" \"Voici nos notes.\"\n  \
            archipel post essai --to atelier@lab.example < notes.txt\n  \
            archipel post essai --to tilab --title \"Quand ?\" --poll-option Mardi \\\n    \
            --poll-option Jeudi --poll-ends 3d \"Pour la visite.\"\n  \
            archipel post essai --to tilab --title \"Portes ouvertes\" \\\n    \
            --event-start 2026-12-01T14:00 --time-zone Europe/Paris --place \"La halle\" \"Venez.\""
    )]
    Post(PostArgs),

    /// Reply to a post
    #[command(
        long_about = "Replies to a post, here or elsewhere, as a local account. The text is read \
            from standard input when it is not given. Prints the reply's URL.",
        after_help = "Example:\n  archipel reply essai https://lab.example/p/1234 \"Merci !\""
    )]
    Reply(ReplyArgs),

    /// Edit a post
    #[command(
        long_about = "Puts a new text in the place of the old one, as the local account that \
            wrote it. All who got the post are told. The text is read from standard input when \
            it is not given.",
        after_help = "Example:\n  archipel edit essai https://lab.example/p/1234 \"Corrigé.\""
    )]
    Edit(EditArgs),

    /// Delete a post for good
    #[command(
        name = "delete-post",
        long_about = "Deletes a post as the local account that wrote it. All who got it are told.",
        after_help = "Example:\n  archipel delete-post essai https://lab.example/p/1234 --yes"
    )]
    DeletePost(DeletePostArgs),

    /// Vote for a post
    #[command(
        long_about = "Votes for a post, here or elsewhere, in the place of a vote against it. \
            The author hears of it, and the servers of the community's members that show votes.",
        after_help = "Example:\n  archipel like essai https://lab.example/p/1234"
    )]
    Like(ReactArgs),

    /// Vote against a post
    #[command(
        long_about = "Votes against a post, in the place of a vote for it, where its community \
            counts such votes.",
        after_help = "Example:\n  archipel dislike essai https://lab.example/p/1234"
    )]
    Dislike(ReactArgs),

    /// Take a vote back
    #[command(after_help = "Example:\n  archipel unlike essai https://lab.example/p/1234")]
    Unlike(ReactArgs),

    /// Show a post to one's own followers
    #[command(after_help = "Example:\n  archipel boost essai https://lab.example/p/1234")]
    Boost(ReactArgs),

    /// Take a boost back
    #[command(after_help = "Example:\n  archipel unboost essai https://lab.example/p/1234")]
    Unboost(ReactArgs),

    /// Choose in a poll
    #[command(
        long_about = "Chooses in a poll, here or elsewhere, as a local account. A choice cannot \
            be taken back.",
        after_help = "Examples:\n  archipel vote essai https://lab.example/p/1234 Mardi\n  \
            archipel vote essai https://lab.example/p/1234 1 3"
    )]
    Vote(VoteArgs),

    /// Who moderates a community
    #[command(subcommand)]
    Moderator(ModeratorCommand),

    /// Take measures in a community
    #[command(subcommand)]
    Moderate(ModerateCommand),

    /// Posts that wait for a moderator
    #[command(subcommand)]
    Held(HeldCommand),

    /// What was done in a community, by whom and why
    #[command(after_help = "Examples:\n  archipel log tilab --json\n  archipel log --server")]
    Log(LogArgs),

    /// Report a post or a person to the moderators
    #[command(
        long_about = "Reports a post, here or elsewhere, to the moderators of its community, or a \
            person of this server to who runs it. Nobody else learns who reported.",
        after_help = "Example:\n  archipel report essai https://lab.example/p/1234 --reason Publicité"
    )]
    Report(ReportArgs),

    /// What was reported
    #[command(subcommand)]
    Reports(ReportsCommand),
}

/// `archipel demo`
#[derive(Args, Debug, PartialEq, Eq)]
pub struct DemoArgs {
    /// End after the last step instead of staying up
    #[arg(long)]
    pub once: bool,
}

/// For commands that destroy something.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirm {
    /// Do not ask
    #[arg(long, short = 'y')]
    pub yes: bool,
}

/// How many rows a list shows.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Show at most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub limit: u32,
}

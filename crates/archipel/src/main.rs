//! The program: reads the command line and the configuration, sets up logging,
//! and hands over to one command.

use std::process::ExitCode;

use archipel::cli::{Cli, Command};
use archipel::commands::{self, Context};
use archipel::{config, logging};
use archipel_model::{ReactionClass, ReactionKind};
use clap::Parser;

/// Work here is many small pieces of JSON and SQL: the allocator shows.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match start(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("archipel: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(cli: &Cli) -> anyhow::Result<()> {
    let loaded = config::load(cli.config.as_deref())?;
    logging::init(&loaded.config.log)?;
    tracing::debug!(source = %loaded.source, "configuration read");
    let context = Context {
        config: loaded.config,
        json: cli.json,
    };
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(dispatch(&context, cli.command_or_serve()))
}

/// Each command to its function.
async fn dispatch(context: &Context, command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Serve => commands::serve::run(context).await,
        Command::Demo(args) => commands::demo::run(context, args).await,
        Command::Migrate => commands::migrate::run(context).await,
        Command::Emoji(args) => commands::files::emoji(context, args).await,
        Command::Media(args) => commands::files::media(context, args).await,
        Command::Token(args) => commands::token::run(context, args).await,
        Command::Account(args) => commands::account::run(context, args).await,
        Command::Invite(args) => commands::invites::run(context, args).await,
        Command::Mail(args) => commands::mail::run(context, args).await,
        Command::Community(args) => commands::community::run(context, args).await,
        Command::Instance(args) => commands::identity::instance(context, args).await,
        Command::Peer(args) => commands::peer::run(context, args).await,
        Command::Inbox(args) => commands::inbox::run(context, args).await,
        Command::Delivery(args) => commands::delivery::run(context, args).await,
        Command::Follow(args) => commands::follow::run(context, args).await,
        Command::Unfollow(args) => commands::follow::run_unfollow(context, args).await,
        Command::Fetch(args) => commands::fetch::run(context, args).await,
        Command::Post(args) => commands::post::run(context, args).await,
        Command::Reply(args) => commands::reply::run(context, args).await,
        Command::Edit(args) => commands::edit::run(context, args).await,
        Command::DeletePost(args) => commands::edit::delete(context, args).await,
        Command::Like(args) => commands::react::react(context, args, ReactionKind::Like).await,
        Command::Dislike(args) => {
            commands::react::react(context, args, ReactionKind::Dislike).await
        }
        Command::Boost(args) => commands::react::react(context, args, ReactionKind::Boost).await,
        Command::Unlike(args) => {
            commands::react::take_back(context, args, ReactionClass::Vote).await
        }
        Command::Unboost(args) => {
            commands::react::take_back(context, args, ReactionClass::Boost).await
        }
        Command::Vote(args) => commands::react::vote(context, args).await,
        Command::Moderator(args) => commands::moderation::moderator(context, args).await,
        Command::Moderate(args) => commands::moderation::moderate(context, args).await,
        Command::Held(args) => commands::held::run(context, args).await,
        Command::Log(args) => commands::moderation::log(context, args).await,
        Command::Report(args) => commands::reports::report(context, args).await,
        Command::Reports(args) => commands::reports::reports(context, args).await,
    }
}

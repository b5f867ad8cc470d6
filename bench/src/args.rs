//! The command line of the driver.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Measures `archipel serve` on this machine and prints one JSON document.
///
/// Everything happens on loopback: the driver plays the peers, the server under
/// test is started anew for each scenario with a database of its own.
#[derive(Clone, Debug, Parser)]
pub struct Args {
    /// The server, a release build.
    #[arg(long, default_value = "target/release/archipel")]
    pub server: PathBuf,
    /// A PostgreSQL cluster where databases may be made; without it, SQLite only.
    #[arg(long, value_name = "URL")]
    pub postgres: Option<String>,
    /// Measures PostgreSQL only.
    #[arg(long, requires = "postgres")]
    pub no_sqlite: bool,
    /// Only these scenarios.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub only: Vec<Scenario>,
    /// Repetitions; figures are their medians.
    #[arg(long, default_value_t = 3)]
    pub rounds: usize,
    /// Activities posted to the inbox in one round.
    #[arg(long, default_value_t = 20_000)]
    pub activities: usize,
    /// Actors who post them.
    #[arg(long, default_value_t = 20)]
    pub actors: usize,
    /// Requests in flight.
    #[arg(long, default_value_t = 64)]
    pub in_flight: usize,
    /// Destinations of a fan-out.
    #[arg(long, default_value_t = 500)]
    pub destinations: usize,
    /// Posts said one right after the other, for the lasting rate of deliveries.
    #[arg(long, default_value_t = 10)]
    pub burst: usize,
    /// Reads of the actor document in one round.
    #[arg(long, default_value_t = 60_000)]
    pub reads: usize,
    /// Streams that are open at once.
    #[arg(long, default_value_t = 5_000)]
    pub streams: usize,
    /// A folder on the disk to be measured, for databases (default: the
    /// system's temporary folder).
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
    /// A key of the server's configuration, such as federation.deliveries=512.
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Prints the server's log when it ends.
    #[arg(long)]
    pub log: bool,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// Signed Creates of known actors whom nobody here tells anything.
    Inbox,
    /// The same while the actors' server follows, so that each post is announced to it.
    InboxFollowed,
    /// Signed Creates that answer a few threads.
    Replies,
    /// Signed votes on many posts, and on one, that nobody here is told of.
    Votes,
    /// The same while a server of the threadiverse follows, so that each vote is
    /// passed on to it.
    VotesFollowed,
    /// One post to many destinations that take draft-cavage with RSA.
    FanoutRsa,
    /// One post to many destinations that verify Ed25519.
    FanoutEd25519,
    /// Start times and memory at rest.
    Idle,
    /// Reads of an actor document.
    Actor,
    /// Reads of the outbox of a community with posts.
    Outbox,
    /// Posts by an app to a community with followers on many servers.
    Posting,
    /// Streams that wait for something to happen.
    Streams,
}

impl Args {
    /// Whether a scenario was asked for.
    pub fn wants(&self, scenario: Scenario) -> bool {
        self.only.is_empty() || self.only.contains(&scenario)
    }
}

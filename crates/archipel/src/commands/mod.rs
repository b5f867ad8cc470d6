//! What each command does: one file a command, `run` its entry. They print
//! what was asked for to standard output and everything else to standard error.
#![expect(
    clippy::unused_async,
    reason = "the commands will wait for the database and the network"
)]

pub mod account;
pub mod community;
pub mod delivery;
pub mod demo;
pub mod follow;
pub mod inbox;
pub mod migrate;
pub mod peer;
pub mod post;
pub mod reply;
pub mod serve;

use crate::config::Config;

/// What every command gets.
#[derive(Clone, Debug)]
pub struct Context {
    /// The configuration.
    pub config: Config,
    /// Whether data is printed as JSON (`--json`).
    pub json: bool,
}

/// The answer of a command that is not built yet.
fn not_built(name: &str) -> anyhow::Result<()> {
    anyhow::bail!("`archipel {name}` is not built yet")
}

//! `archipel peer`: other servers.

use super::Context;
use crate::cli::PeerCommand;

/// Runs the command.
pub async fn run(_context: &Context, _args: &PeerCommand) -> anyhow::Result<()> {
    super::not_built("peer")
}

//! `archipel community`: communities hosted here.

use super::Context;
use crate::cli::CommunityCommand;

/// Runs the command.
pub async fn run(_context: &Context, _args: &CommunityCommand) -> anyhow::Result<()> {
    super::not_built("community")
}

//! `archipel inbox`: what other servers sent.

use super::Context;
use crate::cli::InboxCommand;

/// Runs the command.
pub async fn run(_context: &Context, _args: &InboxCommand) -> anyhow::Result<()> {
    super::not_built("inbox")
}

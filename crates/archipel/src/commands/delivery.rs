//! `archipel delivery`: what is sent to other servers.

use super::Context;
use crate::cli::DeliveryCommand;

/// Runs the command.
pub async fn run(_context: &Context, _args: &DeliveryCommand) -> anyhow::Result<()> {
    super::not_built("delivery")
}

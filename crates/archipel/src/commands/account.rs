//! `archipel account`: people who post from here.

use super::Context;
use crate::cli::AccountCommand;

/// Runs the command.
pub async fn run(_context: &Context, _args: &AccountCommand) -> anyhow::Result<()> {
    super::not_built("account")
}

//! `archipel post`: posting to a community.

use super::Context;
use crate::cli::PostArgs;

/// Runs the command.
pub async fn run(_context: &Context, _args: &PostArgs) -> anyhow::Result<()> {
    super::not_built("post")
}

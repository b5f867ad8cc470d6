//! `archipel reply`: replying to a post.

use super::Context;
use crate::cli::ReplyArgs;

/// Runs the command.
pub async fn run(_context: &Context, _args: &ReplyArgs) -> anyhow::Result<()> {
    super::not_built("reply")
}

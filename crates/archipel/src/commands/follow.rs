//! `archipel follow`, `archipel unfollow`.

use super::Context;
use crate::cli::FollowArgs;

/// Runs `follow`.
pub async fn run(_context: &Context, _args: &FollowArgs) -> anyhow::Result<()> {
    super::not_built("follow")
}

/// Runs `unfollow`.
pub async fn run_unfollow(_context: &Context, _args: &FollowArgs) -> anyhow::Result<()> {
    super::not_built("unfollow")
}

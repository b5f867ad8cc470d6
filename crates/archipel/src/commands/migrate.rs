//! `archipel migrate`: brings the database up to date.

use super::Context;

/// Runs the command.
pub async fn run(_context: &Context) -> anyhow::Result<()> {
    super::not_built("migrate")
}

//! `archipel demo`: two labs talking.

use super::Context;
use crate::cli::DemoArgs;

/// Runs the command.
pub async fn run(_context: &Context, _args: &DemoArgs) -> anyhow::Result<()> {
    super::not_built("demo")
}

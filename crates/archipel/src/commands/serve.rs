//! `archipel serve`: serves until the signal to stop.

use super::Context;

/// Runs the command.
pub async fn run(context: &Context) -> anyhow::Result<()> {
    println!("{:#?}", context.config);
    Ok(())
}

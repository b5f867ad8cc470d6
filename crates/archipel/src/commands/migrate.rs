//! `archipel migrate`: brings the database up to date and does nothing else.

use archipel_storage::{OpenOptions, Store};

use super::{Context, output};

/// Runs the command.
pub async fn run(context: &Context) -> anyhow::Result<()> {
    let store = Store::open(&OpenOptions {
        url: context.config.database.url.expose().to_owned(),
        readers: 1,
    })
    .await?;
    store.close().await;
    output::sentence(context, "The database is up to date.");
    Ok(())
}

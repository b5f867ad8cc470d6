//! `archipel token`: access for apps and programs, without a browser.

use anyhow::bail;
use archipel_actions as actions;

use super::Context;
use crate::cli::TokenCommand;

/// Runs the command.
pub async fn run(context: &Context, args: &TokenCommand) -> anyhow::Result<()> {
    let TokenCommand::Create {
        handle,
        scopes,
        community,
    } = args;
    let app = context.open().await?;
    let person = app.person(handle).await?;
    let community = match community {
        Some(name) => Some(app.community(name).await?),
        None => None,
    };
    let mut tx = app.store.write().await?;
    if let Some(community) = &community
        && !tx
            .moderators(community.id)
            .await?
            .iter()
            .any(|row| row.actor_id == person.id)
    {
        bail!("{handle} holds no role in {}", community.acct());
    }
    let community = community.map(|community| community.id);
    let token = actions::give_token_here(&app.actions, &mut tx, &person, community, scopes).await?;
    tx.commit().await?;
    println!("{token}");
    Ok(())
}

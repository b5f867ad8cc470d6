//! What each command does: one file a command, `run` its entry. They print
//! what was asked for to standard output and everything else to standard error.

pub mod account;
mod bans;
pub mod community;
pub mod delivery;
pub mod demo;
pub mod edit;
pub mod fetch;
pub mod files;
pub mod follow;
pub mod held;
pub mod identity;
pub mod inbox;
pub mod invites;
pub mod mail;
pub mod migrate;
pub mod moderation;
mod neighbours;
mod output;
pub mod peer;
pub mod post;
pub mod react;
pub mod reply;
pub mod reports;
pub mod serve;
mod sign_ups;
pub mod token;

use anyhow::bail;
use archipel_federation::client::Budget;
use archipel_model::{ActorKind, ActorState, Handle};
use archipel_storage::Actor;

use crate::app::App;
use crate::cli::{Confirm, confirm};
use crate::config::Config;

/// What every command gets.
#[derive(Clone, Debug)]
pub struct Context {
    /// The configuration.
    pub config: Config,
    /// Whether data is printed as JSON (`--json`).
    pub json: bool,
}

impl Context {
    async fn open(&self) -> anyhow::Result<App> {
        App::open(&self.config).await
    }
}

/// What is asked before somebody is deleted.
fn deletion(actor: &Actor) -> String {
    format!(
        "Supprimer pour toujours / delete for good {}?",
        actor.acct()
    )
}

/// Deletes somebody of this server for good, after asking.
async fn delete(
    context: &Context,
    app: &App,
    actor: &Actor,
    confirm: Confirm,
) -> anyhow::Result<()> {
    if !confirm::ask(&deletion(actor), confirm)? {
        bail!("nothing was changed");
    }
    let mut tx = app.store.write().await?;
    archipel_actions::delete_local_actor(&app.actions, &mut tx, actor).await?;
    tx.commit().await?;
    output::sentence(context, &format!("{} is deleted.", actor.acct()));
    Ok(())
}

impl App {
    /// The living local person of this handle.
    async fn person(&self, handle: &Handle) -> anyhow::Result<Actor> {
        let actor = self
            .store
            .read()
            .await?
            .local_actor(handle.as_str())
            .await?;
        match actor {
            Some(actor) if actor.kind == ActorKind::Person && actor.state == ActorState::Active => {
                Ok(actor)
            }
            Some(_) => bail!("{handle} is not a person who can act here"),
            None => bail!(
                "there is no account {handle} here: make one with `archipel account create {handle}`"
            ),
        }
    }

    /// The living local community of this handle.
    async fn community(&self, handle: &Handle) -> anyhow::Result<Actor> {
        let actor = self
            .store
            .read()
            .await?
            .local_actor(handle.as_str())
            .await?;
        match actor {
            Some(actor) if actor.kind == ActorKind::Group && actor.state == ActorState::Active => {
                Ok(actor)
            }
            Some(_) => bail!("{handle} is not a community of this server"),
            None => {
                bail!("there is no community {handle} here: `archipel community list` shows all")
            }
        }
    }

    /// Somebody here or elsewhere, by handle, `name@host` or address.
    async fn anybody(&self, text: &str) -> anyhow::Result<Actor> {
        let mut budget = Budget::default();
        match self.federation.find(text, &mut budget).await {
            Ok(actor) => Ok(actor),
            Err(error) => bail!("{text}: {error}"),
        }
    }
}

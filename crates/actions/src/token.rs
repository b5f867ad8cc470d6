//! Giving tokens to apps.

use archipel_model::{AccountId, ActorId, AppId, Scopes};
use archipel_storage::{Actor, NewOauthApp, NewToken, Tx};

use crate::secret::{hash_of, new_secret};
use crate::{Context, Error, Result};

/// The app that tokens of the command line belong to.
const COMMAND_LINE: &str = "archipel-command-line";

/// Gives a token that an operator asked for, in the name of somebody here, or as a
/// community in which they hold a role. Returns the token: it is never seen again.
pub async fn give_token_here(
    ctx: &Context,
    tx: &mut Tx,
    person: &Actor,
    community: Option<ActorId>,
    scopes: &Scopes,
) -> Result<String> {
    let account_id = tx.account_of(person.id).await?;
    let account_id = account_id.ok_or_else(|| Error::NotAPerson(person.acct()))?;
    let app_id = if let Some(id) = tx.app_id(COMMAND_LINE).await? {
        id
    } else {
        let id: AppId = ctx.id();
        let app = NewOauthApp {
            id,
            client_id: COMMAND_LINE,
            // Nobody has it: this app asks for nothing itself.
            secret_hash: &hash_of(&new_secret()),
            name: "archipel",
            website: None,
            redirect_uris: &[],
            scopes,
        };
        tx.insert_app(&app, ctx.now()).await?;
        id
    };
    let grant = Grant {
        app: app_id,
        account: Some(account_id),
        community,
        scopes,
        code_hash: None,
    };
    give_token(ctx, tx, &grant).await
}

/// What a token is given for.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    /// To which app.
    pub app: AppId,
    /// In whose name; none for the app itself.
    pub account: Option<AccountId>,
    /// As which community.
    pub community: Option<ActorId>,
    /// For what.
    pub scopes: &'a Scopes,
    /// The code that it is given for.
    pub code_hash: Option<&'a str>,
}

/// Gives a token. Returns it: it is never seen again.
pub async fn give_token(ctx: &Context, tx: &mut Tx, grant: &Grant<'_>) -> Result<String> {
    let token = new_secret();
    let new = NewToken {
        id: ctx.id(),
        hash: &hash_of(&token),
        app_id: grant.app,
        account_id: grant.account,
        community_id: grant.community,
        scopes: grant.scopes,
        code_hash: grant.code_hash,
    };
    tx.insert_token(&new, ctx.now()).await?;
    Ok(token)
}

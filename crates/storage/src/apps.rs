//! Apps, and the tokens that they hold.

use archipel_model::{AccountId, ActorId, AppId, Scopes, Timestamp, TokenId};

use crate::conn::sql;
use crate::{Conn, Result};

/// An app to be registered.
#[derive(Clone, Debug)]
pub struct NewOauthApp<'a> {
    /// Its id.
    pub id: AppId,
    /// The name it gives itself by.
    pub client_id: &'a str,
    /// What is kept of its secret.
    pub secret_hash: &'a str,
    /// Its name, for people.
    pub name: &'a str,
    /// Its page.
    pub website: Option<&'a str>,
    /// Where codes may be sent to, letter by letter.
    pub redirect_uris: &'a [String],
    /// What it may ask for.
    pub scopes: &'a Scopes,
}

/// A token to be given.
#[derive(Clone, Debug)]
pub struct NewToken<'a> {
    /// Its id.
    pub id: TokenId,
    /// What is kept of it.
    pub hash: &'a str,
    /// To which app.
    pub app_id: AppId,
    /// In whose name; none for the app itself.
    pub account_id: Option<AccountId>,
    /// As which community.
    pub community_id: Option<ActorId>,
    /// For what.
    pub scopes: &'a Scopes,
    /// The code that it was given for.
    pub code_hash: Option<&'a str>,
}

impl Conn {
    /// Registers an app.
    pub async fn insert_app(&mut self, app: &NewOauthApp<'_>, now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO oauth_app (id, client_id, secret_hash, name, website, redirect_uris,
                scopes, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            app.id.0,
            app.client_id,
            app.secret_hash,
            app.name,
            app.website,
            crate::json_list(app.redirect_uris),
            app.scopes.to_string(),
            now.micros()
        )
        .map(drop)
    }

    /// Gives a token, and writes down that its app is used.
    pub async fn insert_token(&mut self, token: &NewToken<'_>, now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO oauth_token (id, hash, app_id, account_id, community_id, scopes,
                code_hash, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            token.id.0,
            token.hash,
            token.app_id.0,
            token.account_id.map(|id| id.0),
            token.community_id.map(|id| id.0),
            token.scopes.to_string(),
            token.code_hash,
            now.micros()
        )?;
        sql!(
            self,
            execute,
            "UPDATE oauth_app SET used_at = $2 WHERE id = $1",
            token.app_id.0,
            now.micros()
        )
        .map(drop)
    }

    /// The app with this name.
    pub async fn app_id(&mut self, client_id: &str) -> Result<Option<AppId>> {
        let id = sql!(
            self,
            fetch_scalar as i64,
            "SELECT id FROM oauth_app WHERE client_id = $1",
            client_id
        )?;
        Ok(id.map(AppId))
    }

    /// The account of a person here.
    pub async fn account_of(&mut self, person: ActorId) -> Result<Option<AccountId>> {
        let id = sql!(
            self,
            fetch_scalar as i64,
            "SELECT id FROM account WHERE actor_id = $1",
            person.0
        )?;
        Ok(id.map(AccountId))
    }
}

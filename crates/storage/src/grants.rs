//! What people grant to apps: codes, tokens, and who holds which role to grant.

use archipel_model::{AccountId, ActorId, AppId, Role, Scopes, Timestamp, TokenId};

use crate::conn::sql;
use crate::maybe::{Maybe, Micros};
use crate::{Actor, Conn, Result};

/// How long a code is remembered after its end: who uses it again is noticed.
const CODE_KEPT: std::time::Duration = std::time::Duration::from_hours(24);
/// How long an app may wait for its first token. Servers that serve many people keep
/// what they registered for a week.
const APP_KEPT: std::time::Duration = std::time::Duration::from_hours(14 * 24);
/// Most rows of each kind removed in one go.
const AT_ONCE: i64 = 5_000;

/// An app as it was registered.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OauthApp {
    /// Its id.
    #[sqlx(try_from = "i64")]
    pub id: AppId,
    /// The name it gives itself by.
    pub client_id: String,
    /// What is kept of its secret.
    pub secret_hash: String,
    /// Its name, for people.
    pub name: String,
    /// Its page.
    pub website: Option<String>,
    /// Where codes may be sent to, letter by letter.
    #[sqlx(try_from = "String")]
    pub redirect_uris: Addresses,
    /// What it may ask for.
    #[sqlx(try_from = "String")]
    pub scopes: Scopes,
}

/// A list of addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses(pub Vec<String>);

impl TryFrom<String> for Addresses {
    type Error = serde_json::Error;

    fn try_from(json: String) -> std::result::Result<Self, serde_json::Error> {
        serde_json::from_str(&json).map(Self)
    }
}

/// A code that an app may exchange for a token.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OauthCode {
    /// What is kept of it.
    pub hash: String,
    /// Whose it is.
    #[sqlx(try_from = "i64")]
    pub app_id: AppId,
    /// Who granted it.
    #[sqlx(try_from = "i64")]
    pub account_id: AccountId,
    /// As which community the app will act.
    #[sqlx(try_from = "Maybe")]
    pub community_id: Option<ActorId>,
    /// Where it was sent to.
    pub redirect_uri: String,
    /// For what.
    #[sqlx(try_from = "String")]
    pub scopes: Scopes,
    /// What the app has to prove that it knows the origin of.
    pub challenge: Option<String>,
    /// When it ends.
    #[sqlx(try_from = "Micros")]
    pub expires_at: Timestamp,
}

/// Access of an app, as who granted it sees it in a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct GrantRow {
    /// The token.
    #[sqlx(try_from = "i64")]
    pub id: TokenId,
    /// The name of the app.
    pub name: String,
    /// Its page.
    pub website: Option<String>,
    /// What it may do.
    #[sqlx(try_from = "String")]
    pub scopes: Scopes,
    /// The community that it acts as.
    pub community: Option<String>,
    /// Since when.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
    /// When it last did something, to the hour.
    #[sqlx(try_from = "Maybe")]
    pub used_at: Option<Timestamp>,
}

impl Conn {
    /// The app of this name.
    pub async fn app(&mut self, client_id: &str) -> Result<Option<OauthApp>> {
        sql!(
            self,
            fetch_optional as OauthApp,
            "SELECT id, client_id, secret_hash, name, website, redirect_uris, scopes
             FROM oauth_app WHERE client_id = $1",
            client_id
        )
    }

    /// The app of this id.
    pub async fn app_of(&mut self, id: AppId) -> Result<Option<OauthApp>> {
        sql!(
            self,
            fetch_optional as OauthApp,
            "SELECT id, client_id, secret_hash, name, website, redirect_uris, scopes
             FROM oauth_app WHERE id = $1",
            id.0
        )
    }

    /// Gives a code.
    pub async fn insert_code(&mut self, code: &OauthCode, now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO oauth_code (hash, app_id, account_id, community_id, redirect_uri,
                scopes, challenge, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &code.hash,
            code.app_id.0,
            code.account_id.0,
            code.community_id.map(|id| id.0),
            &code.redirect_uri,
            code.scopes.to_string(),
            code.challenge.as_deref(),
            now.micros(),
            code.expires_at.micros()
        )
        .map(drop)
    }

    /// The code with this hash, used or not.
    pub async fn code(&mut self, hash: &str) -> Result<Option<OauthCode>> {
        sql!(
            self,
            fetch_optional as OauthCode,
            "SELECT hash, app_id, account_id, community_id, redirect_uri, scopes, challenge,
                expires_at
             FROM oauth_code WHERE hash = $1",
            hash
        )
    }

    /// Uses a code. Says whether it was still to be used: of two at once only one is told.
    pub async fn use_code(&mut self, hash: &str, now: Timestamp) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE oauth_code SET used_at = $2 WHERE hash = $1 AND used_at IS NULL",
            hash,
            now.micros()
        )
        .map(|rows| rows > 0)
    }

    /// Takes back the tokens that were given for a code.
    pub async fn end_tokens_of_code(&mut self, hash: &str) -> Result<u64> {
        sql!(
            self,
            execute,
            "DELETE FROM oauth_token WHERE code_hash = $1",
            hash
        )
    }

    /// Takes back the token with this hash.
    pub async fn end_token(&mut self, hash: &str) -> Result<bool> {
        sql!(
            self,
            execute,
            "DELETE FROM oauth_token WHERE hash = $1",
            hash
        )
        .map(|rows| rows > 0)
    }

    /// What an account granted, the newest first.
    pub async fn grants_of(&mut self, account: AccountId) -> Result<Vec<GrantRow>> {
        sql!(
            self,
            fetch_all as GrantRow,
            "SELECT t.id, p.name, p.website, t.scopes, t.created_at, t.used_at,
                (SELECT a.handle FROM actor a WHERE a.id = t.community_id) AS community
             FROM oauth_token t JOIN oauth_app p ON p.id = t.app_id
             WHERE t.account_id = $1 ORDER BY t.id DESC",
            account.0
        )
    }

    /// Takes back one token that an account granted. Says whether there was one.
    pub async fn end_grant(&mut self, account: AccountId, token: TokenId) -> Result<bool> {
        sql!(
            self,
            execute,
            "DELETE FROM oauth_token WHERE id = $1 AND account_id = $2",
            token.0,
            account.0
        )
        .map(|rows| rows > 0)
    }

    /// Takes back every token that an account granted. Says how many.
    pub async fn end_grants(&mut self, account: AccountId) -> Result<u64> {
        sql!(
            self,
            execute,
            "DELETE FROM oauth_token WHERE account_id = $1",
            account.0
        )
    }

    /// The communities of this server in which a person holds a role, by handle.
    pub async fn roles_of(&mut self, person: ActorId) -> Result<Vec<(Actor, Role)>> {
        #[derive(sqlx::FromRow)]
        struct Row {
            #[sqlx(flatten)]
            actor: Actor,
            #[sqlx(try_from = "String")]
            role: Role,
        }
        let rows = sql!(
            self,
            fetch_all as Row,
            "SELECT a.*, m.role FROM moderator m JOIN actor a ON a.id = m.community_id
             WHERE m.actor_id = $1 AND a.is_local AND a.state = 'active' ORDER BY a.handle",
            person.0
        )?;
        Ok(rows.into_iter().map(|row| (row.actor, row.role)).collect())
    }

    /// Removes codes that ended, and apps that never got a token.
    pub(crate) async fn tidy_grants(&mut self, now: Timestamp) -> Result<u64> {
        let codes = sql!(
            self,
            execute,
            "DELETE FROM oauth_code WHERE hash IN (SELECT hash FROM oauth_code
                WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
            now.minus(CODE_KEPT).micros(),
            AT_ONCE
        )?;
        let apps = sql!(
            self,
            execute,
            "DELETE FROM oauth_app WHERE id IN (SELECT p.id FROM oauth_app p
                WHERE p.used_at IS NULL AND p.created_at < $1
                    AND NOT EXISTS (SELECT 1 FROM oauth_code c WHERE c.app_id = p.id)
                    AND NOT EXISTS (SELECT 1 FROM oauth_token t WHERE t.app_id = p.id)
                ORDER BY p.created_at LIMIT $2)",
            now.minus(APP_KEPT).micros(),
            AT_ONCE
        )?;
        Ok(codes + apps)
    }
}

//! Tokens of apps: who speaks, and what they were allowed.

use archipel_model::{AccountId, ActorId, AppId, Scopes, Timestamp, TokenId};

use crate::conn::sql;
use crate::maybe::Maybe;
use crate::{Conn, Result};

/// A token as its bearer is known by it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Bearer {
    /// The token.
    #[sqlx(try_from = "i64")]
    pub token_id: TokenId,
    /// The app that holds it.
    #[sqlx(try_from = "i64")]
    pub app_id: AppId,
    /// Whose it is; none for an app that speaks for itself.
    #[sqlx(try_from = "Maybe")]
    pub account_id: Option<AccountId>,
    /// The person of the account.
    #[sqlx(try_from = "Maybe")]
    pub person_id: Option<ActorId>,
    /// The community that they act as, and hold a role in at this moment.
    #[sqlx(try_from = "Maybe")]
    pub community_id: Option<ActorId>,
    /// Whether the token was given for acting as a community.
    pub for_community: bool,
    /// What is allowed.
    #[sqlx(try_from = "String")]
    pub scopes: Scopes,
    /// Whether the account may act: active, and its person neither suspended nor gone.
    pub active: bool,
    /// How the account stands: unconfirmed, waiting, active or disabled.
    pub account_state: Option<String>,
    /// When it was last used, as far as was written down.
    #[sqlx(try_from = "Maybe")]
    pub used_at: Option<Timestamp>,
}

impl Conn {
    /// Who bears the token with this hash. A role in the community that it acts as is
    /// looked up each time: rights end with the role.
    pub async fn bearer(&mut self, hash: &str) -> Result<Option<Bearer>> {
        sql!(
            self,
            fetch_optional as Bearer,
            "SELECT t.id AS token_id, t.app_id, t.account_id, a.id AS person_id,
                (SELECT m.community_id FROM moderator m
                    WHERE m.community_id = t.community_id AND m.actor_id = a.id) AS community_id,
                t.community_id IS NOT NULL AS for_community, t.scopes,
                (t.account_id IS NULL OR (c.state = 'active' AND a.state = 'active')) AS active,
                c.state AS account_state, t.used_at
             FROM oauth_token t
             LEFT JOIN account c ON c.id = t.account_id
             LEFT JOIN actor a ON a.id = c.actor_id
             WHERE t.hash = $1",
            hash
        )
    }

    /// Writes down that a token was used, to the hour, and its account with it.
    pub async fn token_used(&mut self, token: TokenId, now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE oauth_token SET used_at = $2 WHERE id = $1",
            token.0,
            now.micros()
        )?;
        sql!(
            self,
            execute,
            "UPDATE account SET last_active_at = $2
             WHERE id = (SELECT account_id FROM oauth_token WHERE id = $1)",
            token.0,
            now.micros()
        )
        .map(drop)
    }
}

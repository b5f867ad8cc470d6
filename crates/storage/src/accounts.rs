//! Accounts: people who live here.

use archipel_model::{AccountId, ActorId, Timestamp, Visibility};

use crate::conn::sql;
use crate::{Actor, Conn, Result};

/// A local account, beside its actor.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Account {
    /// Its id.
    #[sqlx(try_from = "i64")]
    pub id: AccountId,
    /// The person it speaks as.
    #[sqlx(try_from = "i64")]
    pub actor_id: ActorId,
}

/// What the composer of a member begins with.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Composing {
    /// Who may see what they write.
    #[sqlx(try_from = "String")]
    pub visibility: Visibility,
    /// Whether their pictures are hidden at first.
    pub sensitive: bool,
    /// The language that they write.
    pub language: Option<String>,
    /// The language that they are spoken to.
    pub locale: String,
}

impl Conn {
    /// What the composer of a member begins with.
    pub async fn composing(&mut self, account: AccountId) -> Result<Option<Composing>> {
        sql!(
            self,
            fetch_optional as Composing,
            "SELECT default_visibility AS visibility, default_sensitive AS sensitive,
                default_language AS language, locale
             FROM account WHERE id = $1",
            account.0
        )
    }

    /// Makes an account for a local person.
    pub async fn insert_account(&mut self, account: &Account, now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO account (id, actor_id, created_at) VALUES ($1, $2, $3)",
            account.id.0,
            account.actor_id.0,
            now.micros()
        )
        .map(drop)
    }

    /// Makes somebody here an administrator of the server, or no more. Says whether
    /// something changed.
    pub async fn set_admin(&mut self, person: ActorId, admin: bool) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE account SET is_admin = $2 WHERE actor_id = $1 AND is_admin <> $2",
            person.0,
            admin
        )
        .map(|rows| rows > 0)
    }

    /// Whether somebody here administers the server.
    pub async fn is_admin(&mut self, person: ActorId) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT is_admin FROM account WHERE actor_id = $1",
            person.0
        )
        .map(Option::unwrap_or_default)
    }

    /// All people with an account, by handle.
    pub async fn account_actors(&mut self) -> Result<Vec<Actor>> {
        sql!(
            self,
            fetch_all as Actor,
            "SELECT a.* FROM actor a JOIN account c ON c.actor_id = a.id ORDER BY a.handle"
        )
    }
}

//! Accounts: people who live here.

use archipel_model::{AccountId, ActorId, Timestamp};

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

impl Conn {
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

    /// All people with an account, by handle.
    pub async fn account_actors(&mut self) -> Result<Vec<Actor>> {
        sql!(
            self,
            fetch_all as Actor,
            "SELECT a.* FROM actor a JOIN account c ON c.actor_id = a.id ORDER BY a.handle"
        )
    }
}

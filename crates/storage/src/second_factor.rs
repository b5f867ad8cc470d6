//! The second factor of an account: its secret, and recovery codes.

use archipel_model::{AccountId, Timestamp};

use crate::conn::sql;
use crate::{Conn, Result};

/// A recovery code, on its way in.
#[derive(serde::Serialize)]
struct Row<'a> {
    hash: &'a str,
}

impl Conn {
    /// Keeps a secret that is yet to be tried, in the place of an earlier one; nothing
    /// while the second factor is asked for. Says whether it was kept.
    pub async fn put_totp_secret(&mut self, account: AccountId, secret: &str) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE account SET totp_secret = $2 WHERE id = $1 AND totp_since IS NULL",
            account.0,
            secret
        )
        .map(|rows| rows > 0)
    }

    /// Asks for the second factor from now on; `step` is the one of the code that proved
    /// that it works. Says whether it was not asked for before.
    pub async fn begin_totp(
        &mut self,
        account: AccountId,
        step: i64,
        now: Timestamp,
    ) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE account SET totp_since = $3, totp_step = $2
             WHERE id = $1 AND totp_since IS NULL AND totp_secret IS NOT NULL",
            account.0,
            step,
            now.micros()
        )
        .map(|rows| rows > 0)
    }

    /// Asks for no second factor any more, and forgets everything about it.
    pub async fn end_totp(&mut self, account: AccountId) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE account SET totp_secret = NULL, totp_since = NULL WHERE id = $1",
            account.0
        )?;
        self.put_recovery_codes(account, &[]).await
    }

    /// Keeps recovery codes, as hashes, in the place of all earlier ones.
    pub async fn put_recovery_codes(
        &mut self,
        account: AccountId,
        hashes: &[String],
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM recovery_code WHERE account_id = $1",
            account.0
        )?;
        let rows: Vec<Row<'_>> = hashes.iter().map(|hash| Row { hash }).collect();
        sql!(
            self,
            execute,
            "INSERT INTO recovery_code (account_id, hash)
             SELECT $1, v.value ->> 'hash' FROM json_each($2) AS v",
            account.0,
            crate::json_list(&rows)
        )
        .map(drop)
    }

    /// How many recovery codes are left.
    pub async fn recovery_codes_left(&mut self, account: AccountId) -> Result<i64> {
        sql!(
            self,
            fetch_scalar as i64,
            "SELECT count(*) FROM recovery_code WHERE account_id = $1 AND used_at IS NULL",
            account.0
        )
        .map(Option::unwrap_or_default)
    }

    /// Ends every token and every code of apps for an account.
    pub async fn end_app_access(&mut self, account: AccountId) -> Result<()> {
        self.end_grants(account).await?;
        sql!(
            self,
            execute,
            "DELETE FROM oauth_code WHERE account_id = $1",
            account.0
        )
        .map(drop)
    }
}

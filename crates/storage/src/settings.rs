//! What the whole server knows of itself, by name: keys that it made once.

use crate::conn::sql;
use crate::{Conn, Result};

impl Conn {
    /// What is known under this name.
    pub async fn setting(&mut self, name: &str) -> Result<Option<String>> {
        sql!(
            self,
            fetch_scalar as String,
            "SELECT value FROM setting WHERE name = $1",
            name
        )
    }

    /// Keeps something under a name, unless there is something already: of two nodes
    /// the first counts.
    pub async fn put_setting_once(&mut self, name: &str, value: &str) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
            name,
            value
        )
        .map(drop)
    }
}

//! Peers: other servers, what they run, how they are spoken to, what we allow them.

use archipel_model::{Dialect, Timestamp};

use crate::conn::sql;
use crate::maybe::{Maybe, Micros};
use crate::{Conn, Result};

pub use archipel_model::PeerPolicy;

/// Another server.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Peer {
    /// Its host.
    pub host: String,
    /// What it runs, as its `NodeInfo` says.
    pub software: Option<String>,
    /// Which version.
    pub version: Option<String>,
    /// The dialect that follows from it.
    #[sqlx(try_from = "String")]
    pub dialect: Dialect,
    /// The dialect that an administrator set.
    pub dialect_override: Option<String>,
    /// The signature scheme that it accepted last.
    pub knock: Option<String>,
    /// When its `NodeInfo` was last read, or tried.
    #[sqlx(try_from = "Maybe")]
    pub checked_at: Option<Timestamp>,
    /// What it may do here.
    #[sqlx(try_from = "String")]
    pub policy: PeerPolicy,
    /// Why.
    pub reason: Option<String>,
    /// When it was first met.
    #[sqlx(try_from = "Micros")]
    pub first_seen_at: Timestamp,
    /// When it last said something.
    #[sqlx(try_from = "Maybe")]
    pub last_seen_at: Option<Timestamp>,
}

impl Peer {
    /// The dialect to speak with it.
    pub fn spoken_dialect(&self) -> Dialect {
        self.dialect_override
            .as_deref()
            .and_then(|word| word.parse().ok())
            .unwrap_or(self.dialect)
    }
}

impl Conn {
    /// Remembers that a peer exists.
    pub async fn meet_peer(&mut self, host: &str, now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO peer (host, first_seen_at) VALUES ($1, $2) ON CONFLICT (host) DO NOTHING",
            host,
            now.micros()
        )
        .map(drop)
    }

    /// The peer of this host.
    pub async fn peer(&mut self, host: &str) -> Result<Option<Peer>> {
        sql!(
            self,
            fetch_optional as Peer,
            "SELECT * FROM peer WHERE host = $1",
            host
        )
    }

    /// All peers by host.
    pub async fn peers(&mut self) -> Result<Vec<Peer>> {
        sql!(self, fetch_all as Peer, "SELECT * FROM peer ORDER BY host")
    }

    /// Hosts about which something was decided.
    pub async fn peer_policies(&mut self) -> Result<Vec<Peer>> {
        sql!(
            self,
            fetch_all as Peer,
            "SELECT * FROM peer WHERE policy <> 'open' ORDER BY host"
        )
    }

    /// Writes down what a peer's `NodeInfo` says; `None` when it could not be read,
    /// which keeps what is known.
    pub async fn set_peer_software(
        &mut self,
        host: &str,
        software: Option<(&str, &str, Dialect)>,
        now: Timestamp,
    ) -> Result<()> {
        self.meet_peer(host, now).await?;
        let (name, version, dialect) = match software {
            Some((name, version, dialect)) => (Some(name), Some(version), Some(dialect.as_str())),
            None => (None, None, None),
        };
        sql!(
            self,
            execute,
            "UPDATE peer SET software = coalesce($2, software), version = coalesce($3, version),
                dialect = coalesce($4, dialect), checked_at = $5 WHERE host = $1",
            host,
            name,
            version,
            dialect,
            now.micros()
        )
        .map(drop)
    }

    /// Sets, or with `None` removes, the dialect that an administrator wants.
    pub async fn set_peer_dialect(
        &mut self,
        host: &str,
        dialect: Option<Dialect>,
        now: Timestamp,
    ) -> Result<()> {
        self.meet_peer(host, now).await?;
        sql!(
            self,
            execute,
            "UPDATE peer SET dialect_override = $2 WHERE host = $1",
            host,
            dialect.map(Dialect::as_str)
        )
        .map(drop)
    }

    /// Remembers the signature scheme that a peer accepted.
    pub async fn set_peer_knock(&mut self, host: &str, knock: &str, now: Timestamp) -> Result<()> {
        self.meet_peer(host, now).await?;
        sql!(
            self,
            execute,
            "UPDATE peer SET knock = $2 WHERE host = $1",
            host,
            knock
        )
        .map(drop)
    }

    /// Sets what a peer may do here.
    pub async fn set_peer_policy(
        &mut self,
        host: &str,
        policy: PeerPolicy,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        self.meet_peer(host, now).await?;
        let decided = policy != PeerPolicy::Open;
        sql!(
            self,
            execute,
            "UPDATE peer SET policy = $2, reason = $3,
                decided_at = CASE WHEN $5 THEN coalesce(decided_at, $4) END,
                decision_id = CASE WHEN $5 THEN coalesce(decision_id,
                    (SELECT max(p.decision_id) + 1 FROM peer p WHERE p.decision_id >= $6), $6) END
             WHERE host = $1",
            host,
            policy.as_str(),
            reason,
            now.micros(),
            decided,
            now.millis() << 16
        )
        .map(drop)
    }

    /// Remembers that these peers said something.
    pub async fn touch_peers(&mut self, hosts: &[String], now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO peer (host, first_seen_at, last_seen_at)
             SELECT t.host, $2, $2 FROM (
                SELECT DISTINCT v.value ->> 'h' AS host FROM json_each($1) AS v) AS t
             WHERE true ORDER BY t.host
             ON CONFLICT (host) DO UPDATE SET last_seen_at = excluded.last_seen_at",
            crate::json_list(
                &hosts
                    .iter()
                    .map(|host| serde_json::json!({ "h": host }))
                    .collect::<Vec<_>>()
            ),
            now.micros()
        )
        .map(drop)
    }

    /// Forgets a peer that nobody here deals with; its queue goes too.
    pub async fn forget_peer(&mut self, host: &str) -> Result<bool> {
        self.lock_queue().await?;
        sql!(
            self,
            execute,
            "DELETE FROM delivery WHERE destination_id IN
                (SELECT id FROM destination WHERE host = $1)",
            host
        )?;
        sql!(
            self,
            execute,
            "DELETE FROM destination WHERE host = $1",
            host
        )?;
        sql!(self, execute, "DELETE FROM peer WHERE host = $1", host).map(|rows| rows > 0)
    }
}

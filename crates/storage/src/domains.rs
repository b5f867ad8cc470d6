//! Decisions about domains, and what hangs on them: which actors are not shown, what
//! is kept back while a server is not spoken with, who knocked without being let in.

use archipel_model::{Domains, Host, PeerPolicy, Timestamp};
use serde_json::json;

use crate::conn::sql;
use crate::maybe::Micros;
use crate::{Conn, Result};

/// Most servers whose knocking is remembered: anybody can knock under any name.
const KNOCKS: i64 = 500;

/// Most requests to follow that are kept of one server.
const PARKED_A_HOST: i64 = 20;

/// A server that wrote without being allowed to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KnockRow {
    /// Its host, as it says.
    pub host: String,
    /// Who wrote last, as they say.
    pub actor_uri: String,
    /// The type of that activity.
    pub kind: String,
    /// How often something came.
    pub times: i64,
    /// When the first one came.
    #[sqlx(try_from = "Micros")]
    pub first_at: Timestamp,
    /// When the last one came.
    #[sqlx(try_from = "Micros")]
    pub last_at: Timestamp,
}

/// A request to follow that came from a server not let in, with what its signature
/// is checked with later. Nothing of it is verified.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Parked {
    /// The host.
    pub host: String,
    /// Who asks, as they say.
    pub actor_uri: String,
    /// Whom they want to follow.
    pub about: String,
    /// The head of the request, JSON.
    pub head: String,
    /// Its body.
    pub body: String,
    /// When it came.
    #[sqlx(try_from = "Micros")]
    pub received_at: Timestamp,
}

impl Conn {
    /// All decisions about domains.
    pub async fn domains(&mut self) -> Result<Domains> {
        let decided = self.peer_policies().await?;
        Ok(decided
            .iter()
            .filter_map(|peer| Some((peer.host.parse::<Host>().ok()?, peer.policy)))
            .collect())
    }

    /// Writes the decision about a host beside its actors.
    pub async fn mark_host(&mut self, host: &str, policy: PeerPolicy) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE actor SET host_blocked = $2, host_limited = $3
             WHERE host = $1 AND NOT is_local AND (host_blocked <> $2 OR host_limited <> $3)",
            host,
            policy == PeerPolicy::Blocked,
            policy == PeerPolicy::Limited
        )
        .map(drop)
    }

    /// Writes the decisions beside all actors of other servers, after one changed.
    pub async fn mark_hosts(&mut self, domains: &Domains) -> Result<()> {
        let hosts = sql!(
            self,
            fetch_scalars as String,
            "SELECT DISTINCT host FROM actor WHERE NOT is_local"
        )?;
        let decided: Vec<_> = hosts
            .iter()
            .filter_map(|host| {
                let policy = domains.of(&host.parse().ok()?);
                let (blocked, limited) = (PeerPolicy::Blocked, PeerPolicy::Limited);
                (policy == blocked || policy == limited)
                    .then(|| json!({ "h": host, "p": policy.as_str() }))
            })
            .collect();
        sql!(
            self,
            execute,
            "UPDATE actor SET
                host_blocked = host IN (SELECT v.value ->> 'h' FROM json_each($1) AS v
                    WHERE v.value ->> 'p' = 'blocked'),
                host_limited = host IN (SELECT v.value ->> 'h' FROM json_each($1) AS v
                    WHERE v.value ->> 'p' = 'limited')
             WHERE NOT is_local AND (host_blocked OR host_limited
                OR host IN (SELECT v.value ->> 'h' FROM json_each($1) AS v))",
            crate::json_list(&decided)
        )
        .map(drop)
    }

    /// Hosts for which something is kept back.
    pub async fn withheld_hosts(&mut self) -> Result<Vec<String>> {
        sql!(
            self,
            fetch_scalars as String,
            "SELECT DISTINCT d.host FROM destination d WHERE EXISTS (SELECT 1 FROM delivery q
                WHERE q.destination_id = d.id AND q.state = 'withheld')"
        )
    }

    /// Queues what was kept back for a host, as far as the log goes back.
    pub async fn release_withheld(&mut self, host: &str, now: Timestamp) -> Result<u64> {
        self.lock_queue().await?;
        let released = sql!(
            self,
            execute,
            "UPDATE delivery SET state = 'queued', next_try_at = $2, done_at = NULL
             WHERE state = 'withheld'
                AND destination_id IN (SELECT id FROM destination WHERE host = $1)",
            host,
            now.micros()
        )?;
        sql!(
            self,
            execute,
            "UPDATE destination SET backoff_until = 0, due_at = $2 WHERE host = $1
                AND EXISTS (SELECT 1 FROM delivery q
                    WHERE q.destination_id = destination.id AND q.state = 'queued')",
            host,
            now.micros()
        )?;
        Ok(released)
    }

    /// Remembers that a server which is not let in wrote; of too many servers, those
    /// that were heard longest ago are forgotten.
    pub async fn note_knock(
        &mut self,
        host: &str,
        actor_uri: &str,
        kind: &str,
        now: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO knock (host, actor_uri, kind, times, first_at, last_at)
             VALUES ($1, $2, $3, 1, $4, $4)
             ON CONFLICT (host) DO UPDATE SET actor_uri = excluded.actor_uri,
                kind = excluded.kind, times = knock.times + 1, last_at = excluded.last_at",
            host,
            actor_uri,
            kind,
            now.micros()
        )?;
        sql!(
            self,
            execute,
            "DELETE FROM knock WHERE host IN
                (SELECT host FROM knock ORDER BY last_at DESC, host LIMIT 1000 OFFSET $1)",
            KNOCKS
        )?;
        sql!(
            self,
            execute,
            "DELETE FROM parked WHERE NOT EXISTS
                (SELECT 1 FROM knock k WHERE k.host = parked.host)"
        )
        .map(drop)
    }

    /// Keeps a request to follow of a server that is not let in, if there is room.
    pub async fn park(&mut self, parked: &Parked) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO parked (host, actor_uri, about, head, body, received_at)
             SELECT $1, $2, $3, $4, $5, $6
             WHERE (SELECT count(*) FROM parked WHERE host = $1) < $7
             ON CONFLICT (host, actor_uri, about) DO UPDATE SET head = excluded.head,
                body = excluded.body, received_at = excluded.received_at",
            &parked.host,
            &parked.actor_uri,
            &parked.about,
            &parked.head,
            &parked.body,
            parked.received_at.micros(),
            PARKED_A_HOST
        )
        .map(drop)
    }

    /// Servers that knocked, the last one first.
    pub async fn knocks(&mut self) -> Result<Vec<KnockRow>> {
        sql!(
            self,
            fetch_all as KnockRow,
            "SELECT * FROM knock ORDER BY last_at DESC, host"
        )
    }

    /// What is kept of a server that knocked, oldest first.
    pub async fn parked(&mut self, host: &str) -> Result<Vec<Parked>> {
        sql!(
            self,
            fetch_all as Parked,
            "SELECT * FROM parked WHERE host = $1 ORDER BY received_at, actor_uri",
            host
        )
    }

    /// Forgets that a server knocked, and what it wanted.
    pub async fn forget_knock(&mut self, host: &str) -> Result<()> {
        sql!(self, execute, "DELETE FROM parked WHERE host = $1", host)?;
        sql!(self, execute, "DELETE FROM knock WHERE host = $1", host).map(drop)
    }
}

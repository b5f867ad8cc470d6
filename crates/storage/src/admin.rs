//! What administrators look at through apps: accounts with what only they see, reports
//! as they are dealt with, decisions about servers.

use archipel_model::{ActorId, ActorState, PeerPolicy, ReportId, Timestamp};

use crate::conn::sql;
use crate::maybe::{Maybe, Micros};
use crate::{Conn, Report, Result, Window};

/// Somebody as administrators see them.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct SupervisedAccount {
    /// Who.
    #[sqlx(try_from = "i64")]
    pub actor_id: ActorId,
    /// Their name.
    pub handle: String,
    /// Their host.
    pub host: String,
    /// Whether they live here.
    pub is_local: bool,
    /// Whether they act.
    #[sqlx(try_from = "String")]
    pub state: ActorState,
    /// Whether their server is kept at a distance.
    pub limited: bool,
    /// Whether they are banned from the whole server.
    pub banned: bool,
    /// When they came.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
    /// Their address, of people who live here.
    pub email: Option<String>,
    /// How their account stands, of people who live here.
    pub account_state: Option<String>,
    /// When they proved to read their mail.
    #[sqlx(try_from = "Maybe")]
    pub confirmed_at: Option<Timestamp>,
    /// Their language.
    pub locale: Option<String>,
    /// Why they asked for an account.
    pub request: Option<String>,
    /// Whether they administer the server.
    pub is_admin: bool,
}

/// Which accounts are wanted; what is empty or `false` does not matter.
#[derive(Clone, Debug, Default)]
pub struct AccountQuery {
    /// `local` or `remote`.
    pub origin: String,
    /// `active`, `pending`, `disabled`, `silenced`, `suspended`.
    pub status: String,
    /// The beginning of their name.
    pub username: String,
    /// A part of the name that people read.
    pub display_name: String,
    /// Their host.
    pub host: String,
    /// Their address.
    pub email: String,
    /// Administrators alone.
    pub staff: bool,
}

/// The columns of a [`SupervisedAccount`].
macro_rules! supervised {
    ($rest:literal) => {
        concat!(
            "SELECT a.id AS actor_id, a.handle, a.host, a.is_local, a.state,
                a.host_limited AS limited,
                EXISTS (SELECT 1 FROM ban b WHERE b.community_id = 0 AND b.actor_id = a.id)
                    AS banned,
                coalesce(c.created_at, a.created_at) AS created_at, c.email,
                c.state AS account_state, c.confirmed_at, c.locale, c.request,
                coalesce(c.is_admin, FALSE) AS is_admin
             FROM actor a LEFT JOIN account c ON c.actor_id = a.id ",
            $rest
        )
    };
}

/// A report with who takes care of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CaredReport {
    /// The report.
    #[sqlx(flatten)]
    pub report: Report,
    /// Who takes care of it.
    #[sqlx(try_from = "Maybe")]
    pub assigned_to: Option<ActorId>,
    /// spam, legal, violation, other.
    pub category: String,
}

/// Which reports are wanted.
#[derive(Clone, Copy, Debug)]
pub struct ReportQuery {
    /// Of this community; none: of the server and all its communities.
    pub community: Option<ActorId>,
    /// Those that were dealt with, or those that wait.
    pub resolved: bool,
    /// Brought by them; 0: by anybody.
    pub reporter: i64,
    /// About them; 0: about anybody.
    pub target: i64,
}

/// What was decided about a server.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Decision {
    /// Its id.
    pub id: i64,
    /// The server.
    pub host: String,
    /// What it may do here.
    #[sqlx(try_from = "String")]
    pub policy: PeerPolicy,
    /// Why.
    pub reason: Option<String>,
    /// Since when.
    #[sqlx(try_from = "Micros")]
    pub decided_at: Timestamp,
}

impl Conn {
    /// Somebody as administrators see them; not who is gone.
    pub async fn supervised(&mut self, actor: ActorId) -> Result<Option<SupervisedAccount>> {
        sql!(
            self,
            fetch_optional as SupervisedAccount,
            supervised!("WHERE a.id = $1 AND a.kind <> 'Application' AND a.state <> 'gone'"),
            actor.0
        )
    }

    /// These, as administrators see them, in no order; who is gone too.
    pub async fn supervised_all(&mut self, actors: &[ActorId]) -> Result<Vec<SupervisedAccount>> {
        let ids: Vec<i64> = actors.iter().map(|id| id.0).collect();
        sql!(
            self,
            fetch_all as SupervisedAccount,
            supervised!("WHERE a.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))"),
            crate::json_list(&ids)
        )
    }

    /// People as administrators look for them, newest first unless the window rises.
    pub async fn supervise(
        &mut self,
        query: &AccountQuery,
        window: Window,
    ) -> Result<Vec<SupervisedAccount>> {
        sql!(
            self,
            fetch_all as SupervisedAccount,
            supervised!(
                "WHERE a.kind NOT IN ('Application', 'Group') AND a.state <> 'gone'
                    AND a.id < $1 AND a.id > $2
                    AND ($5 = '' OR a.is_local = ($5 = 'local'))
                    AND ($6 = '' OR $6 = CASE
                        WHEN a.state = 'suspended' OR EXISTS (SELECT 1 FROM ban b
                            WHERE b.community_id = 0 AND b.actor_id = a.id) THEN 'suspended'
                        WHEN a.host_limited THEN 'silenced'
                        WHEN c.state = 'disabled' THEN 'disabled'
                        WHEN c.state <> 'active' THEN 'pending'
                        ELSE 'active' END)
                    AND ($7 = '' OR lower(a.handle) LIKE lower($7) || '%')
                    AND ($8 = '' OR lower(a.name) LIKE '%' || lower($8) || '%')
                    AND ($9 = '' OR a.host = $9)
                    AND ($10 = '' OR lower(c.email) LIKE '%' || lower($10) || '%')
                    AND (NOT $11 OR c.is_admin)
                 ORDER BY CASE WHEN $3 THEN a.id ELSE -a.id END LIMIT $4"
            ),
            window.max,
            window.min,
            window.rises,
            window.limit,
            query.origin.as_str(),
            query.status.as_str(),
            query.username.as_str(),
            query.display_name.as_str(),
            query.host.as_str(),
            query.email.as_str(),
            query.staff
        )
    }

    /// Closes an account to logins, or opens it. Says whether something changed: an
    /// account that is not confirmed or approved yet is neither.
    pub async fn set_account_disabled(&mut self, person: ActorId, on: bool) -> Result<bool> {
        let (from, to) = if on {
            ("active", "disabled")
        } else {
            ("disabled", "active")
        };
        sql!(
            self,
            execute,
            "UPDATE account SET state = $3 WHERE actor_id = $1 AND state = $2",
            person.0,
            from,
            to
        )
        .map(|rows| rows > 0)
    }

    /// Reports as those see them who deal with them, newest first unless the window rises.
    pub async fn cared_reports(
        &mut self,
        query: ReportQuery,
        window: Window,
    ) -> Result<Vec<CaredReport>> {
        sql!(
            self,
            fetch_all as CaredReport,
            "SELECT r.* FROM report r LEFT JOIN actor p ON p.id = r.community_id
             WHERE r.id < $1 AND r.id > $2
                AND (r.community_id = $5
                    OR ($5 = 0 AND (r.community_id IS NULL OR p.is_local)))
                AND r.state = $6
                AND ($7 = 0 OR EXISTS (SELECT 1 FROM complaint c
                    WHERE c.report_id = r.id AND c.reporter_id = $7))
                AND ($8 = 0 OR r.target_id = $8)
             ORDER BY CASE WHEN $3 THEN r.id ELSE -r.id END LIMIT $4",
            window.max,
            window.min,
            window.rises,
            window.limit,
            query.community.map_or(0, |id| id.0),
            if query.resolved { "resolved" } else { "open" },
            query.reporter,
            query.target
        )
    }

    /// One report as those see it who deal with it.
    pub async fn cared_report(&mut self, id: ReportId) -> Result<Option<CaredReport>> {
        sql!(
            self,
            fetch_optional as CaredReport,
            "SELECT * FROM report WHERE id = $1",
            id.0
        )
    }

    /// Opens a report again; false when it is open, or another one about the same is.
    pub async fn reopen_report(&mut self, id: ReportId) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE report SET state = 'open', resolved_by = NULL, resolved_at = NULL
             WHERE id = $1 AND state = 'resolved' AND NOT EXISTS (SELECT 1 FROM report o
                WHERE o.state = 'open' AND o.object_uri = report.object_uri
                    AND coalesce(o.community_id, 0) = coalesce(report.community_id, 0))",
            id.0
        )
        .map(|rows| rows > 0)
    }

    /// Says who takes care of a report.
    pub async fn assign_report(&mut self, id: ReportId, to: Option<ActorId>) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE report SET assigned_to = $2 WHERE id = $1",
            id.0,
            to.map(|id| id.0)
        )
        .map(drop)
    }

    /// Says what a report is about.
    pub async fn set_report_category(&mut self, id: ReportId, category: &str) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE report SET category = $2 WHERE id = $1",
            id.0,
            category
        )
        .map(drop)
    }

    /// Decisions about servers: those that keep them out or at a distance, or those
    /// that allow them.
    pub async fn decisions(&mut self, allowing: bool, window: Window) -> Result<Vec<Decision>> {
        sql!(
            self,
            fetch_all as Decision,
            "SELECT decision_id AS id, host, policy, reason, decided_at FROM peer
             WHERE decision_id < $1 AND decision_id > $2 AND policy <> 'open'
                AND (policy = 'allowed') = $5
             ORDER BY CASE WHEN $3 THEN decision_id ELSE -decision_id END LIMIT $4",
            window.max,
            window.min,
            window.rises,
            window.limit,
            allowing
        )
    }

    /// One decision about a server.
    pub async fn decision(&mut self, id: i64) -> Result<Option<Decision>> {
        sql!(
            self,
            fetch_optional as Decision,
            "SELECT decision_id AS id, host, policy, reason, decided_at FROM peer
             WHERE decision_id = $1 AND policy <> 'open'",
            id
        )
    }

    /// What was decided about a server itself.
    pub async fn decision_about(&mut self, host: &str) -> Result<Option<Decision>> {
        sql!(
            self,
            fetch_optional as Decision,
            "SELECT decision_id AS id, host, policy, reason, decided_at FROM peer
             WHERE host = $1 AND policy <> 'open' AND decision_id IS NOT NULL",
            host
        )
    }
}

//! Reports: what was complained about, by whom and why. One open report a community
//! and object, with one complaint of each who reported it.

use archipel_model::{ActorId, PostId, ReportId, Timestamp};

use crate::conn::sql;
use crate::maybe::{Maybe, Micros};
use crate::{Conn, Result};

/// Whether a report waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportState {
    /// It waits for a moderator.
    Open,
    /// Somebody dealt with it.
    Resolved,
}
archipel_model::words! { ReportState { Open => "open", Resolved => "resolved" } }

/// Something that was reported.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Report {
    /// Its id, also the order.
    #[sqlx(try_from = "i64")]
    pub id: ReportId,
    /// The community whose moderators it waits for, here or elsewhere; none where it
    /// waits for who runs this server.
    #[sqlx(try_from = "Maybe")]
    pub community_id: Option<ActorId>,
    /// The ActivityPub id of what was reported.
    pub object_uri: String,
    /// The post, if it is one.
    #[sqlx(try_from = "Maybe")]
    pub post_id: Option<PostId>,
    /// Its author, or the person or community that was reported.
    #[sqlx(try_from = "Maybe")]
    pub target_id: Option<ActorId>,
    /// Whether it waits.
    #[sqlx(try_from = "String")]
    pub state: ReportState,
    /// Who dealt with it.
    #[sqlx(try_from = "Maybe")]
    pub resolved_by: Option<ActorId>,
    /// When.
    #[sqlx(try_from = "Maybe")]
    pub resolved_at: Option<Timestamp>,
    /// When it was first reported.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
}

/// What somebody complained of. Who, is for moderators only.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Complaint {
    /// The report that it belongs to.
    #[sqlx(try_from = "i64")]
    pub report_id: ReportId,
    /// Who complained; of microblogs their server.
    #[sqlx(try_from = "i64")]
    pub reporter_id: ActorId,
    /// Why, plain text.
    pub reason: String,
    /// The ActivityPub id of the activity that told of it.
    pub activity_uri: String,
    /// Its exact bytes, of those that came.
    pub raw: Option<String>,
    /// When.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
}

impl Conn {
    /// The open report about this object in its place, made from `report` if there
    /// is none; and whether it was made.
    pub async fn open_report(&mut self, report: &Report) -> Result<(Report, bool)> {
        let made = sql!(
            self,
            execute,
            "INSERT INTO report (id, community_id, object_uri, post_id, target_id, state, created_at)
             VALUES ($1, $2, $3, $4, $5, 'open', $6) ON CONFLICT DO NOTHING",
            report.id.0,
            report.community_id.map(|id| id.0),
            &report.object_uri,
            report.post_id.map(|id| id.0),
            report.target_id.map(|id| id.0),
            report.created_at.micros()
        )? > 0;
        let open = sql!(
            self,
            fetch_one as Report,
            "SELECT * FROM report WHERE coalesce(community_id, 0) = $1 AND object_uri = $2
                AND state = 'open'",
            report.community_id.map_or(0, |id| id.0),
            &report.object_uri
        )?;
        Ok((open, made))
    }

    /// Adds a complaint to a report; false when they complained before, or `most`
    /// did already.
    pub async fn insert_complaint(&mut self, complaint: &Complaint, most: i64) -> Result<bool> {
        sql!(
            self,
            execute,
            "INSERT INTO complaint (report_id, reporter_id, reason, activity_uri, raw, created_at)
             SELECT $1, $2, $3, $4, $5, $6
             WHERE (SELECT count(*) FROM complaint WHERE report_id = $1) < $7
             ON CONFLICT DO NOTHING",
            complaint.report_id.0,
            complaint.reporter_id.0,
            &complaint.reason,
            &complaint.activity_uri,
            complaint.raw.as_deref(),
            complaint.created_at.micros(),
            most
        )
        .map(|rows| rows > 0)
    }

    /// How many open reports somebody complains in.
    pub async fn open_complaints_of(&mut self, reporter: ActorId) -> Result<i64> {
        sql!(
            self,
            fetch_scalar as i64,
            "SELECT count(*) FROM report r JOIN complaint c ON c.report_id = r.id
             WHERE r.state = 'open' AND c.reporter_id = $1",
            reporter.0
        )
        .map(Option::unwrap_or_default)
    }

    /// The last report about this object in its place.
    pub async fn last_report(
        &mut self,
        community: Option<ActorId>,
        object: &str,
    ) -> Result<Option<Report>> {
        sql!(
            self,
            fetch_optional as Report,
            "SELECT * FROM report WHERE coalesce(community_id, 0) = $1 AND object_uri = $2
             ORDER BY id DESC LIMIT 1",
            community.map_or(0, |id| id.0),
            object
        )
    }

    /// The report of this id.
    pub async fn report(&mut self, id: ReportId) -> Result<Option<Report>> {
        sql!(
            self,
            fetch_optional as Report,
            "SELECT * FROM report WHERE id = $1",
            id.0
        )
    }

    /// The reports that wait for the moderators of a community (`None`: for who runs
    /// the server), or that waited, newest first, at most `limit`.
    pub async fn reports(
        &mut self,
        community: Option<ActorId>,
        state: ReportState,
        limit: i64,
    ) -> Result<Vec<Report>> {
        sql!(
            self,
            fetch_all as Report,
            "SELECT * FROM report WHERE coalesce(community_id, 0) = $1 AND state = $2
             ORDER BY id DESC LIMIT $3",
            community.map_or(0, |id| id.0),
            state.as_str(),
            limit
        )
    }

    /// The open reports about somebody, or their posts, in a community; only about
    /// one post, if it is given.
    pub async fn open_reports_on(
        &mut self,
        community: Option<ActorId>,
        target: ActorId,
        post: Option<PostId>,
    ) -> Result<Vec<Report>> {
        sql!(
            self,
            fetch_all as Report,
            "SELECT * FROM report WHERE coalesce(community_id, 0) = $1 AND state = 'open'
                AND target_id = $2 AND ($3 = 0 OR post_id = $3) ORDER BY id",
            community.map_or(0, |id| id.0),
            target.0,
            post.map_or(0, |id| id.0)
        )
    }

    /// What was complained of in a report, oldest first.
    pub async fn complaints(&mut self, report: ReportId) -> Result<Vec<Complaint>> {
        sql!(
            self,
            fetch_all as Complaint,
            "SELECT * FROM complaint WHERE report_id = $1 ORDER BY created_at, reporter_id",
            report.0
        )
    }

    /// The newest report in which somebody complained of one of these things.
    pub async fn reported_by(
        &mut self,
        reporter: ActorId,
        objects: &[String],
    ) -> Result<Option<ReportId>> {
        let id = sql!(
            self,
            fetch_scalar as i64,
            "SELECT r.id FROM report r JOIN complaint c ON c.report_id = r.id
             WHERE c.reporter_id = $1
                AND r.object_uri IN (SELECT value FROM json_each($2))
             ORDER BY r.id DESC LIMIT 1",
            reporter.0,
            crate::json_list(objects)
        )?;
        Ok(id.map(ReportId))
    }

    /// The complaints that one activity brought.
    pub async fn complaints_of_activity(&mut self, uri: &str) -> Result<Vec<Complaint>> {
        sql!(
            self,
            fetch_all as Complaint,
            "SELECT * FROM complaint WHERE activity_uri = $1 ORDER BY report_id",
            uri
        )
    }

    /// Closes a report; false when it was not open.
    pub async fn close_report(
        &mut self,
        id: ReportId,
        by: ActorId,
        now: Timestamp,
    ) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE report SET state = 'resolved', resolved_by = $2, resolved_at = $3
             WHERE id = $1 AND state = 'open'",
            id.0,
            by.0,
            now.micros()
        )
        .map(|rows| rows > 0)
    }
}

//! Reports, for administrators of the server, and for moderators who act as their
//! community.

use archipel_actions::{self as actions, Door, Order};
use archipel_model::permission::{Measure, Origin, Target, authorise};
use archipel_model::{ActorId, ReportId};
use archipel_storage::{Actor, Conn, Report, ReportQuery, Tx};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use archipel_model::Scope::{AdminReadReports, AdminWriteReports};

use super::render::{one, reports};
use super::{Admin, server};
use crate::api::Api;
use crate::entities::AdminReport;
use crate::error::{ApiError, Result};
use crate::extract::{Flag, IdOf, Page, Paged, Params, Text};
use crate::registry::{Access, Routes, Rule, Shows, rule};
use crate::routes::community::{Acting, DOOR};
use crate::viewer::{Member, Viewer};

/// What reports can be about.
const CATEGORIES: [&str; 4] = ["spam", "legal", "violation", "other"];

/// Declares the routes of this file.
pub(super) fn declare(routes: &mut Routes) {
    let read = Access::Member(AdminReadReports);
    let write = Access::Member(AdminWriteReports);
    let report = |about| -> Rule { rule::<AdminReport>(about, write, Shows::Care) };
    routes.get(
        "/api/v1/admin/reports",
        rule::<Vec<AdminReport>>("Reports that wait, or were resolved", read, Shows::Care)
            .takes::<Which>(),
        list,
    );
    routes.get(
        "/api/v1/admin/reports/{id}",
        rule::<AdminReport>("One report", read, Shows::Care),
        show,
    );
    routes.put(
        "/api/v1/admin/reports/{id}",
        report("Says what a report is about").takes::<Filed>(),
        file,
    );
    routes.post(
        "/api/v1/admin/reports/{id}/assign_to_self",
        report("Takes care of a report"),
        assign,
    );
    routes.post(
        "/api/v1/admin/reports/{id}/unassign",
        report("Takes care of a report no more"),
        unassign,
    );
    routes.post(
        "/api/v1/admin/reports/{id}/resolve",
        report("Closes a report"),
        resolve,
    );
    routes.post(
        "/api/v1/admin/reports/{id}/reopen",
        report("Opens a closed report again"),
        reopen,
    );
}

/// Which reports.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Which {
    resolved: Flag,
    account_id: Text,
    target_account_id: Text,
}

/// What a report is about.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Filed {
    category: Text,
}

/// Who deals with reports: of one community, or of the server and all in it.
enum Carer {
    Community(Acting),
    Admin(Admin),
}

impl Carer {
    async fn of(api: &Api, conn: &mut Conn, viewer: &Viewer) -> Result<Self> {
        if !viewer.is_community() {
            return Admin::of(api, conn, viewer).await.map(Self::Admin);
        }
        let acting = Acting::of(conn, viewer).await?;
        let settings = conn.community(acting.community.id).await?;
        let policy = settings.ok_or(ApiError::NotFound)?.policy();
        let now = api.ctx().now();
        let who = conn
            .standing(acting.community.id, acting.person.id, now)
            .await?;
        // Who reported is for those alone who may close reports.
        let target = Target::Community;
        authorise(&who, Measure::Resolve, target, Origin::Here, policy)
            .map_err(|denial| ApiError::from(actions::Error::Denied(denial)))?;
        Ok(Self::Community(acting))
    }

    /// The community whose reports they see; none: all of this server.
    fn community(&self) -> Option<ActorId> {
        match self {
            Self::Community(acting) => Some(acting.community.id),
            Self::Admin(_) => None,
        }
    }

    fn person(&self) -> &Actor {
        match self {
            Self::Community(acting) => &acting.person,
            Self::Admin(admin) => &admin.person,
        }
    }

    /// Whether they see what only administrators see.
    fn sees_all(&self) -> bool {
        matches!(self, Self::Admin(_))
    }
}

async fn list(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
    Params(which): Params<Which>,
) -> Result<Paged<Vec<AdminReport>>> {
    let mut conn = api.store().read().await?;
    let carer = Carer::of(&api, &mut conn, &viewer).await?;
    // An id that is none is nobody's.
    let id = |said: &Text| said.filled().map(|id| id.trim().parse().unwrap_or(-1));
    let query = ReportQuery {
        community: carer.community(),
        resolved: which.resolved.yes(),
        reporter: id(&which.account_id).unwrap_or(0),
        target: id(&which.target_account_id).unwrap_or(0),
    };
    let window = page.window(100, 200);
    let mut rows = conn.cared_reports(query, window).await?;
    if window.rises {
        rows.reverse();
    }
    let ends = (rows.first(), rows.last());
    let ends = (
        ends.0.map(|row| row.report.id.0),
        ends.1.map(|row| row.report.id.0),
    );
    let eyes = Some(viewer.subject);
    let found = reports(&api, &mut conn, eyes, &rows, carer.sees_all()).await?;
    Ok(page.answer(found, ends.0, ends.1))
}

async fn show(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ReportId>,
) -> Result<Json<AdminReport>> {
    let mut conn = api.store().read().await?;
    let carer = Carer::of(&api, &mut conn, &viewer).await?;
    let row = conn.cared_report(id).await?.ok_or(ApiError::NotFound)?;
    place_of(&api, &mut conn, &carer, &row.report).await?;
    let eyes = Some(viewer.subject);
    one(reports(&api, &mut conn, eyes, &[row], carer.sees_all()).await?).map(Json)
}

/// Where a report is dealt with, if they may deal with it.
async fn place_of(api: &Api, conn: &mut Conn, carer: &Carer, report: &Report) -> Result<Actor> {
    match (carer, report.community_id) {
        (Carer::Community(acting), Some(id)) if id == acting.community.id => {
            Ok(acting.community.clone())
        }
        (Carer::Community(_), _) => Err(ApiError::NotFound),
        (Carer::Admin(_), None) => server(api, conn).await,
        (Carer::Admin(_), Some(id)) => {
            let place = conn.actor(id).await?.filter(|place| place.is_local);
            place.ok_or(ApiError::NotFound)
        }
    }
}

/// What is done with a report.
enum Step<'a> {
    Assign(bool),
    Resolve,
    Reopen,
    File(&'a str),
}

async fn step(
    api: &Api,
    viewer: &Viewer,
    id: ReportId,
    step: Step<'_>,
) -> Result<Json<AdminReport>> {
    let ctx = api.ctx();
    let mut tx = api.store().write().await?;
    let carer = Carer::of(api, &mut tx, viewer).await?;
    let report = tx.report(id).await?.ok_or(ApiError::NotFound)?;
    let place = place_of(api, &mut tx, &carer, &report).await?;
    let order = order(carer.person(), &place);
    match step {
        Step::Assign(on) => {
            let to = on.then_some(viewer.person);
            actions::assign_report(ctx, &mut tx, &order, &report, to).await?;
        }
        Step::Resolve => {
            actions::resolve_report(ctx, &mut tx, &order, &report).await?;
        }
        Step::Reopen => {
            if !actions::reopen_report(ctx, &mut tx, &order, &report).await? {
                return Err(ApiError::refused(
                    "This report is open, or the same was reported anew and waits",
                ));
            }
        }
        Step::File(category) => {
            actions::file_report(ctx, &mut tx, &order, &report, category).await?;
        }
    }
    tx.commit().await?;
    let mut conn = api.store().read().await?;
    let row = conn.cared_report(id).await?.ok_or(ApiError::NotFound)?;
    let eyes = Some(viewer.subject);
    one(reports(api, &mut conn, eyes, &[row], carer.sees_all()).await?).map(Json)
}

fn order<'a>(by: &'a Actor, place: &'a Actor) -> Order<'a> {
    Order {
        by,
        community: place,
        door: Door::Here(DOOR),
        reason: None,
        rule: None,
    }
}

/// Closes a report that an administrator deals with by something else.
pub(super) async fn resolve_as_admin(
    api: &Api,
    tx: &mut Tx,
    admin: &Admin,
    report: &Report,
) -> Result<()> {
    let place = match report.community_id {
        None => admin.server.clone(),
        Some(id) => {
            let place = tx.actor(id).await?.filter(|place| place.is_local);
            place.ok_or(ApiError::NotFound)?
        }
    };
    let order = order(&admin.person, &place);
    actions::resolve_report(api.ctx(), tx, &order, report).await?;
    Ok(())
}

async fn assign(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ReportId>,
) -> Result<Json<AdminReport>> {
    step(&api, &viewer, id, Step::Assign(true)).await
}

async fn unassign(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ReportId>,
) -> Result<Json<AdminReport>> {
    step(&api, &viewer, id, Step::Assign(false)).await
}

async fn resolve(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ReportId>,
) -> Result<Json<AdminReport>> {
    step(&api, &viewer, id, Step::Resolve).await
}

async fn reopen(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ReportId>,
) -> Result<Json<AdminReport>> {
    step(&api, &viewer, id, Step::Reopen).await
}

async fn file(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ReportId>,
    Params(filed): Params<Filed>,
) -> Result<Json<AdminReport>> {
    let said = filed.category.filled().unwrap_or("other");
    let category = CATEGORIES.into_iter().find(|known| *known == said);
    let category = category.ok_or_else(|| {
        ApiError::refused("The category of a report is spam, legal, violation or other")
    })?;
    step(&api, &viewer, id, Step::File(category)).await
}

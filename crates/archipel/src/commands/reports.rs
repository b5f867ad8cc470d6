//! `archipel report` and `archipel reports`: reporting as a local account, and what
//! moderators do with reports.

use anyhow::bail;
use archipel_actions::{self as actions, Complaining, Reported};
use archipel_model::{ActorId, ActorKind, ReportId};
use archipel_storage::{Actor, Conn, Post, Report, ReportState};
use serde_json::{Value, json};
use url::Url;

use super::moderation::{order, say};
use super::{Context, output};
use crate::app::App;
use crate::cli::{PlaceArgs, ReportArgs, ReportsCommand};

/// Runs `archipel report`.
pub async fn report(context: &Context, args: &ReportArgs) -> anyhow::Result<()> {
    let app = context.open().await?;
    let reporter = app.person(&args.account).await?;
    let post = app.reported_post(&args.url).await?;
    let object = match &post {
        Some(post) => post.uri.clone(),
        None => app.anybody(args.url.as_str()).await?.uri,
    };
    let about = Complaining {
        reporter: &reporter,
        objects: &[&object],
        addressed: None,
        reason: &args.reason,
        received: None,
    };
    let mut tx = app.store.write().await?;
    let community = match post.as_ref().and_then(|post| post.community_id) {
        Some(id) => tx.actor(id).await?.filter(|place| !place.is_local),
        None => None,
    };
    let new = match (&community, &post) {
        (Some(community), Some(post)) => {
            actions::report_elsewhere(&app.actions, &mut tx, about, community, post).await?
        }
        _ => match actions::report(&app.actions, &mut tx, about).await? {
            Reported::Kept(_) => true,
            Reported::Known => false,
            Reported::NotOurs => bail!(
                "{object} belongs to no community that is known here: report it on its own server"
            ),
            Reported::TooMany => bail!("too many of your reports wait already"),
        },
    };
    tx.commit().await?;
    let words = if new {
        "Reported."
    } else {
        "You had reported it already."
    };
    output::sentence(context, words);
    Ok(())
}

/// Runs `archipel reports`.
pub async fn reports(context: &Context, args: &ReportsCommand) -> anyhow::Result<()> {
    let app = context.open().await?;
    match args {
        ReportsCommand::List {
            place,
            resolved,
            limit,
        } => {
            let place = app.place(place).await?;
            let state = if *resolved {
                ReportState::Resolved
            } else {
                ReportState::Open
            };
            let mut conn = app.store.read().await?;
            let mut rows = Vec::new();
            for report in conn.reports(place, state, limit.limit.into()).await? {
                rows.push(row(&mut conn, &report).await?);
            }
            output::list(context, &rows, |row| {
                let complaints = row.get("complaints").and_then(Value::as_array);
                let complaints = complaints.map_or(0, Vec::len);
                format!(
                    "{}  {}  {complaints} {}  {}",
                    output::of(row, "id"),
                    output::of(row, "object"),
                    if complaints == 1 {
                        "complaint"
                    } else {
                        "complaints"
                    },
                    output::of(row, "reason")
                )
            });
        }
        ReportsCommand::Show { id } => {
            let mut conn = app.store.read().await?;
            let report = known(&mut conn, *id).await?;
            output::thing(context, &row(&mut conn, &report).await?);
        }
        ReportsCommand::Resolve { id, why } => {
            let by = app.moderator(&why.by).await?;
            let mut tx = app.store.write().await?;
            let report = known(&mut tx, *id).await?;
            let place = match report.community_id {
                Some(id) => tx.actor(id).await?,
                None => tx.actor_by_uri(&app.actions.site.instance()).await?,
            };
            let Some(place) = place.filter(|place| place.is_local) else {
                bail!("report {id} waits for the moderators of a community elsewhere");
            };
            let order = order(&by, &place, Some(why));
            let changed = actions::resolve_report(&app.actions, &mut tx, &order, &report).await?;
            tx.commit().await?;
            say(context, changed, "The report is closed.");
        }
    }
    Ok(())
}

async fn known(conn: &mut Conn, id: i64) -> anyhow::Result<Report> {
    match conn.report(ReportId(id)).await? {
        Some(report) => Ok(report),
        None => bail!("there is no report {id}: `archipel reports list` shows all"),
    }
}

async fn row(conn: &mut Conn, report: &Report) -> anyhow::Result<Value> {
    let complaints = conn.complaints(report.id).await?;
    let mut said = Vec::with_capacity(complaints.len());
    for complaint in &complaints {
        said.push(json!({
            "by": address(conn, Some(complaint.reporter_id)).await?,
            "reason": complaint.reason,
            "at": complaint.created_at.rfc3339(),
        }));
    }
    Ok(json!({
        "id": report.id.0,
        "community": address(conn, report.community_id).await?,
        "object": report.object_uri,
        "about": address(conn, report.target_id).await?,
        "state": report.state.as_str(),
        "reason": complaints.first().map(|complaint| complaint.reason.clone()),
        "complaints": said,
        "since": report.created_at.rfc3339(),
        "resolved_by": address(conn, report.resolved_by).await?,
        "resolved_at": output::moment(report.resolved_at),
    }))
}

async fn address(conn: &mut Conn, id: Option<ActorId>) -> anyhow::Result<Option<String>> {
    let actor: Option<Actor> = match id {
        Some(id) => conn.actor(id).await?,
        None => None,
    };
    Ok(actor.map(|actor| actor.uri))
}

impl App {
    /// The community that is meant; none for the whole server.
    pub(super) async fn place(&self, place: &PlaceArgs) -> anyhow::Result<Option<ActorId>> {
        match &place.community {
            Some(handle) => Ok(Some(self.community(handle).await?.id)),
            None => Ok(None),
        }
    }

    /// The post at this address, if it is one and not somebody.
    async fn reported_post(&self, url: &Url) -> anyhow::Result<Option<Post>> {
        let known = self.store.read().await?.actor_by_uri(url.as_str()).await?;
        if known.is_some_and(|actor| actor.kind != ActorKind::Application) {
            return Ok(None);
        }
        // An address that is no post may still be somebody's.
        Ok(self.federation.post(url).await.unwrap_or_default())
    }
}

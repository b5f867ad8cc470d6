//! Reports, their resolution, and warnings that arrive (interop: five dialects of
//! `Flag`; `Resolve` and `Warn` of Lemmy 1.0).
//!
//! Anybody may report; who did is who signed. Nothing is fetched for a report: what
//! is not known here concerns nobody here.

use archipel_actions::{self as actions, Complaining, Reported};
use archipel_storage::{Actor, Post, Report, ReportState, Tx};
use url::Url;

use super::job::{Applied, Job, Lack, Stop, done, refused};
use super::moderate::ordered;
use crate::people::is_group;

/// Most open reports that are looked through for one that was named by its object.
const LOOKED_THROUGH: i64 = 1_000;

/// Applies a report by the one who signed it.
pub(super) async fn flag(
    job: &Job<'_>,
    tx: &mut Tx,
    objects: &[Url],
    reason: Option<&str>,
) -> Applied {
    let addressed = addressed(job, tx).await?;
    complain(job, tx, objects, reason, addressed.as_ref()).await
}

async fn complain(
    job: &Job<'_>,
    tx: &mut Tx,
    objects: &[Url],
    reason: Option<&str>,
    addressed: Option<&Actor>,
) -> Applied {
    let objects: Vec<&str> = objects.iter().map(Url::as_str).collect();
    let about = Complaining {
        reporter: job.actor,
        objects: &objects,
        addressed,
        reason: reason.unwrap_or_default(),
        received: Some((job.activity.id.as_str(), &job.item.raw)),
    };
    match actions::report(&job.federation.actions, tx, about).await? {
        Reported::Kept(count) => done(format!("reported: {count}")),
        Reported::Known => done("reported before"),
        Reported::NotOurs => refused("reports nothing of this server"),
        Reported::TooMany => refused("too many of their reports wait"),
    }
}

/// The community of ours that the activity is addressed to.
async fn addressed(job: &Job<'_>, tx: &mut Tx) -> Result<Option<Actor>, Stop> {
    let activity = job.activity;
    for uri in activity
        .audience
        .iter()
        .chain(&activity.to)
        .chain(&activity.cc)
    {
        if let Some(community) = job.local_actor(tx, uri).await?.filter(is_group) {
            return Ok(Some(community));
        }
    }
    Ok(None)
}

/// Applies a report that a remote community passes on: it says so itself, whoever it
/// says complained, and only of what belongs to it or was written here.
pub(super) async fn passed_on(
    job: &Job<'_>,
    tx: &mut Tx,
    objects: &[Url],
    reason: Option<&str>,
) -> Applied {
    let mut ours = Vec::new();
    for object in objects.iter().take(20) {
        let post = tx.post_by_uri(object.as_str()).await?;
        if post.is_some_and(|post| post.is_local && post.community_id == Some(job.actor.id)) {
            ours.push(object.clone());
        }
    }
    if ours.is_empty() {
        return refused("reports nothing of this server");
    }
    complain(job, tx, &ours, reason, None).await
}

/// Applies the resolution of a report by a moderator.
pub(super) async fn resolve(
    job: &Job<'_>,
    tx: &mut Tx,
    flag: Option<&Url>,
    object: Option<&Url>,
) -> Applied {
    let mut reports = named(job, tx, flag, object).await?;
    reports.retain(|report| report.state == ReportState::Open);
    let mut outcome = refused("resolves no report that waits here");
    for report in reports {
        let community = match report.community_id {
            Some(id) => tx.actor(id).await?.filter(|place| place.is_local),
            None => None,
        };
        let Some(community) = community else {
            continue;
        };
        let order = job.order(&community, None);
        let result = actions::resolve_report(&job.federation.actions, tx, &order, &report).await;
        outcome = Ok(ordered(result, "the report is closed")?);
    }
    outcome
}

/// The reports that are meant: those that the activity brought; else those about the
/// object, since peers make up the ids of what they embed.
async fn named(
    job: &Job<'_>,
    tx: &mut Tx,
    flag: Option<&Url>,
    object: Option<&Url>,
) -> Result<Vec<Report>, Stop> {
    let mut reports = Vec::new();
    if let Some(flag) = flag {
        for complaint in tx.complaints_of_activity(flag.as_str()).await? {
            reports.extend(tx.report(complaint.report_id).await?);
        }
    }
    let Some(object) = object.filter(|_| reports.is_empty()) else {
        return Ok(reports);
    };
    let place = match tx.post_by_uri(object.as_str()).await? {
        Some(post) => job.home(tx, &post).await?,
        None => addressed(job, tx).await?,
    };
    let Some(place) = place else {
        return Ok(reports);
    };
    let open = tx
        .reports(Some(place.id), ReportState::Open, LOOKED_THROUGH)
        .await?;
    reports.extend(
        open.into_iter()
            .filter(|report| report.object_uri == object.as_str()),
    );
    Ok(reports)
}

/// Applies a warning by a moderator, of somebody or about a post of theirs.
pub(super) async fn warn(
    job: &Job<'_>,
    tx: &mut Tx,
    object: &Url,
    reason: Option<&str>,
) -> Applied {
    let post: Option<Post> = tx.post_by_uri(object.as_str()).await?;
    let community = match &post {
        Some(post) => job.home(tx, post).await?,
        None => addressed(job, tx).await?,
    };
    let Some(community) = community else {
        return refused("warns in no community that lives here");
    };
    let person = match &post {
        Some(post) => tx.actor(post.author_id).await?,
        None => tx.actor_by_uri(object.as_str()).await?,
    };
    let Some(person) = person else {
        return Err(Stop::Lack(Lack::Actor(object.clone())));
    };
    let order = job.order(&community, reason);
    let result = actions::warn(&job.federation.actions, tx, &order, &person, post.as_ref()).await;
    ordered(result, "warned")
}

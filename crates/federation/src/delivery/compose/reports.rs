//! Reports: by somebody here to a community, by this server to the server of whom it
//! is about, and what a community passes on of them.

use archipel_model::{ActorId, ActorKind};
use archipel_storage::{Activity, Actor, Complaint, Conn, Form, Rendering};
use serde_json::value::RawValue;

use super::{announce, rendering, speaker};
use crate::render::report::{self, FlagView};
use crate::render::{self, Json};
use crate::views::{ViewError, url};

/// What a person of this server reports to a community: to it alone, about the post
/// alone.
pub(super) async fn flag(conn: &mut Conn, activity: &Activity) -> Result<Json, ViewError> {
    let reporter = speaker(conn, activity).await?;
    let complaints = conn.complaints_of_activity(&activity.uri).await?;
    let complaint = complaints.first().ok_or(ViewError::Missing("the report"))?;
    let kept = conn
        .report(complaint.report_id)
        .await?
        .ok_or(ViewError::Missing("the report"))?;
    let community = match kept.community_id {
        Some(id) => conn.actor(id).await?,
        None => None,
    };
    let community = community.ok_or(ViewError::Missing("the community"))?;
    let community = url(&community.uri)?;
    Ok(report::flag(&FlagView {
        id: url(&activity.uri)?,
        actor: url(&reporter.uri)?,
        to: community.clone(),
        audience: Some(community),
        objects: vec![url(&kept.object_uri)?],
        reason: complaint.reason.clone(),
        at: activity.created_at,
    })?)
}

/// What this server tells another one about somebody who lives there: what they
/// wrote, who they are and why, but not who said so.
pub(super) async fn flag_on(conn: &mut Conn, activity: &Activity) -> Result<Json, ViewError> {
    let server = speaker(conn, activity).await?;
    let about = recipient(conn, activity).await?;
    let object = activity
        .object_uri
        .as_deref()
        .ok_or(ViewError::Missing("what is reported"))?;
    let post = conn.post_by_uri(object).await?;
    let community = match post.as_ref().and_then(|post| post.community_id) {
        Some(id) => conn.actor(id).await?,
        None => None,
    };
    let mut objects = vec![url(object)?];
    let account = url(&about.uri)?;
    if !objects.contains(&account) {
        objects.push(account.clone());
    }
    Ok(report::flag(&FlagView {
        id: url(&activity.uri)?,
        actor: url(&server.uri)?,
        to: account,
        audience: community
            .as_ref()
            .filter(|community| community.kind == ActorKind::Group)
            .map(|community| url(&community.uri))
            .transpose()?,
        objects,
        reason: first_reason(conn, community.as_ref(), object).await?,
        at: activity.created_at,
    })?)
}

async fn recipient(conn: &mut Conn, activity: &Activity) -> Result<Actor, ViewError> {
    let ids: Vec<i64> =
        serde_json::from_str(&activity.recipients).map_err(render::RenderError::from)?;
    let id = ids.first().ok_or(ViewError::Missing("the recipient"))?;
    conn.actor(ActorId(*id))
        .await?
        .ok_or(ViewError::Missing("the recipient"))
}

/// Why it was reported first, in the words of who did.
async fn first_reason(
    conn: &mut Conn,
    community: Option<&Actor>,
    object: &str,
) -> Result<String, ViewError> {
    let place = community.map(|community| community.id);
    let report = conn.last_report(place, object).await?;
    let complaints = match report {
        Some(report) => conn.complaints(report.id).await?,
        None => Vec::new(),
    };
    Ok(complaints
        .into_iter()
        .next()
        .map(|complaint| complaint.reason)
        .unwrap_or_default())
}

/// What a community passes on in confidence, for servers that know communities.
pub(super) async fn passed_on(
    conn: &mut Conn,
    activity: &Activity,
    root: &str,
) -> Result<Vec<Rendering>, ViewError> {
    let community = speaker(conn, activity).await?;
    let inner = announce::inner(conn, activity, root).await?;
    let ids: Vec<i64> =
        serde_json::from_str(&activity.recipients).map_err(render::RenderError::from)?;
    let ids: Vec<ActorId> = ids.into_iter().map(ActorId).collect();
    let mut to: Vec<String> = conn
        .actors(&ids)
        .await?
        .into_iter()
        .map(|actor| actor.uri)
        .collect();
    to.sort();
    let json = report::announce_in_confidence(
        &url(&activity.uri)?,
        &url(&community.uri)?,
        activity.created_at,
        to,
        &inner,
    )?;
    Ok(vec![rendering(activity, Form::Wrapped, &json)])
}

/// The report that is closed, as it came or as it was said here.
pub(super) async fn reported(conn: &mut Conn, activity: &Activity) -> Result<Json, ViewError> {
    let uri = activity
        .object_uri
        .as_deref()
        .ok_or(ViewError::Missing("the report"))?;
    let complaints: Vec<Complaint> = conn.complaints_of_activity(uri).await?;
    let raw = complaints.into_iter().find_map(|complaint| complaint.raw);
    if let Some(raw) = raw {
        return Ok(RawValue::from_string(raw).map_err(render::RenderError::from)?);
    }
    let said: Activity = conn
        .activity_by_uri(uri)
        .await?
        .ok_or(ViewError::Missing("the report"))?;
    flag(conn, &said).await
}

//! What a moderator of this server did, as an activity of theirs.

use archipel_model::{ActorKind, Deed};
use archipel_storage::{Activity, Actor, Conn, Measure};

use super::actor_part;
use crate::render::Json;
use crate::render::moderation::{self, DeedView, MeasureView};
use crate::views::{ViewError, url};

/// The activity of a measure.
pub(super) async fn measure(
    conn: &mut Conn,
    activity: &Activity,
    root: &str,
) -> Result<Json, ViewError> {
    let id = activity
        .measure_id
        .ok_or(ViewError::Missing("the measure"))?;
    let measure = stored(conn, id).await?;
    let by = actor(conn, Some(measure.by_id), "the moderator").await?;
    if let Some(deed) = forward(conn, &measure, activity, root).await? {
        let view = view(conn, &measure, &by, (&activity.uri, activity), deed).await?;
        return Ok(moderation::measure(&view)?);
    }
    // What takes an earlier measure back embeds it as its own maker had said it.
    let undone = match measure.undoes_id {
        Some(id) => stored(conn, id).await?,
        None => earlier(&measure).ok_or(ViewError::Unsayable(measure.kind))?,
    };
    let undone_by = actor(conn, Some(undone.by_id), "the moderator").await?;
    let undone_uri = match &undone.activity_uri {
        Some(uri) => uri.clone(),
        None => conn
            .activity_of_measure(undone.id, activity.object_uri.as_deref())
            .await?
            .map_or_else(|| format!("{}#undone", activity.uri), |said| said.uri),
    };
    let deed = forward(conn, &undone, activity, root)
        .await?
        .ok_or(ViewError::Unsayable(undone.kind))?;
    let undone = view(conn, &undone, &undone_by, (&undone_uri, activity), deed).await?;
    Ok(moderation::undo_measure(
        &url(&activity.uri)?,
        &url(&by.uri)?,
        &undone,
    )?)
}

/// What a measure takes back whose first half was never logged here.
fn earlier(measure: &Measure) -> Option<Measure> {
    let kind = match measure.kind {
        Deed::Restored => Deed::Removed,
        Deed::Unlocked => Deed::Locked,
        Deed::Unbanned => Deed::Banned,
        _ => return None,
    };
    Some(Measure {
        kind,
        activity_uri: None,
        ..measure.clone()
    })
}

/// A measure in the words of the wire; none for one that takes another back.
async fn forward(
    conn: &mut Conn,
    measure: &Measure,
    activity: &Activity,
    root: &str,
) -> Result<Option<DeedView>, ViewError> {
    Ok(Some(match measure.kind {
        Deed::Removed => DeedView::Remove {
            post: post(conn, measure).await?,
            with_replies: measure.with_content,
        },
        Deed::Locked => DeedView::Lock(post(conn, measure).await?),
        Deed::Pinned => DeedView::Pin(post(conn, measure).await?),
        Deed::Unpinned => DeedView::Unpin(post(conn, measure).await?),
        Deed::Banned if is_from_server(conn, measure, activity).await? => DeedView::BanHere {
            person: person(conn, measure).await?,
            ends: measure.ends_at,
            remove_data: measure.with_content,
        },
        Deed::Edited | Deed::Configured | Deed::Relocated => {
            let community = actor(conn, measure.community_id, "the community").await?;
            let at = activity.created_at;
            DeedView::Edit(actor_part(conn, &community, root, at).await?)
        }
        Deed::Warned => DeedView::Warn {
            object: match measure.post_id {
                Some(_) => post(conn, measure).await?,
                None => person(conn, measure).await?,
            },
            person: person(conn, measure).await?,
        },
        Deed::Resolved => DeedView::Resolve(super::reports::reported(conn, activity).await?),
        // The log names the other community as whom it is about.
        Deed::Moved => DeedView::Move {
            post: post(conn, measure).await?,
            target: person(conn, measure).await?,
        },
        Deed::Banned => DeedView::Ban {
            person: person(conn, measure).await?,
            ends: measure.ends_at,
            remove_data: measure.with_content,
        },
        Deed::Appointed => DeedView::Appoint(person(conn, measure).await?),
        Deed::Dismissed => DeedView::Dismiss(person(conn, measure).await?),
        Deed::Closed => DeedView::Close,
        Deed::Restored | Deed::Unlocked | Deed::Unbanned => return Ok(None),
        other => return Err(ViewError::Unsayable(other)),
    }))
}

/// Whether a ban is said as one from this server as such.
async fn is_from_server(
    conn: &mut Conn,
    measure: &Measure,
    activity: &Activity,
) -> Result<bool, ViewError> {
    let (None, Some(from)) = (measure.community_id, &activity.object_uri) else {
        return Ok(false);
    };
    let from = conn.actor_by_uri(from).await?;
    Ok(from.is_some_and(|from| from.kind == ActorKind::Application))
}

async fn stored(conn: &mut Conn, id: archipel_model::MeasureId) -> Result<Measure, ViewError> {
    conn.measure(id)
        .await?
        .ok_or(ViewError::Missing("the measure"))
}

async fn actor(
    conn: &mut Conn,
    id: Option<archipel_model::ActorId>,
    what: &'static str,
) -> Result<Actor, ViewError> {
    let id = id.ok_or(ViewError::Missing(what))?;
    conn.actor(id).await?.ok_or(ViewError::Missing(what))
}

async fn person(conn: &mut Conn, measure: &Measure) -> Result<url::Url, ViewError> {
    url(&actor(conn, measure.target_id, "the one it is about")
        .await?
        .uri)
}

async fn post(conn: &mut Conn, measure: &Measure) -> Result<url::Url, ViewError> {
    let id = measure.post_id.ok_or(ViewError::Missing("the post"))?;
    let post = conn.post(id).await?.ok_or(ViewError::Missing("the post"))?;
    url(&post.uri)
}

async fn view(
    conn: &mut Conn,
    measure: &Measure,
    by: &Actor,
    (uri, activity): (&str, &Activity),
    deed: DeedView,
) -> Result<MeasureView, ViewError> {
    let community = match measure.community_id {
        Some(id) => actor(conn, Some(id), "the community").await?.uri,
        // One measure for the whole server is said once for each community.
        None => activity
            .object_uri
            .clone()
            .ok_or(ViewError::Missing("the community"))?,
    };
    Ok(MeasureView {
        id: url(uri)?,
        actor: url(&by.uri)?,
        community: url(&community)?,
        at: measure.created_at,
        reason: measure.reason.clone(),
        deed,
    })
}

//! What a community passes on: threads, replies, and what was done to them, in the
//! form that each family of servers understands.

use archipel_storage::{Activity, ActivityKind, Conn, Form, Rendering};
use serde_json::value::RawValue;

use super::{plain, rendering, speaker};
use crate::render::activity::AnnounceView;
use crate::render::{self, Json};
use crate::views::{self, ViewError, url};

/// All forms of what a community passes on.
pub(super) async fn forms(
    conn: &mut Conn,
    activity: &Activity,
    root: &str,
) -> Result<Vec<Rendering>, ViewError> {
    let mut forms = Vec::new();
    if activity.kind != ActivityKind::AnnounceAgain {
        let inner = inner(conn, activity, root).await?;
        let wrapped = wrap(conn, activity, &inner).await?;
        forms.push(rendering(activity, Form::Wrapped, &wrapped));
        // Measures are for the threadiverse: Mastodon takes a moderator's `Block` for
        // a personal one, GoToSocial answers 500 to a `Delete` of what others wrote.
        let raw = activity.kind != ActivityKind::AnnounceThread
            && activity.measure_id.is_none()
            && proves_itself(&inner);
        if raw {
            forms.push(rendering(activity, Form::Forward, &inner));
        }
    }
    // No reply is ever boosted: its readers did not ask for it.
    if matches!(
        activity.kind,
        ActivityKind::AnnounceThread | ActivityKind::AnnounceAgain
    ) {
        let (view, post, author) = boost_view(conn, activity).await?;
        let boost = render::activity::announce_id(&view, &post, &author)?;
        forms.push(rendering(activity, Form::Boost, &boost));
    }
    Ok(forms)
}

/// Whether an activity carries a proof of who said it, so that others can believe
/// it whoever sends it on.
fn proves_itself(activity: &RawValue) -> bool {
    #[derive(serde::Deserialize)]
    struct Proof {
        signature: Option<serde_json::Map<String, serde_json::Value>>,
        proof: Option<serde_json::Value>,
    }
    serde_json::from_str::<Proof>(activity.get())
        .is_ok_and(|found| found.signature.is_some() || found.proof.is_some())
}

/// What an announcement passes on: the bytes that came, or the activity of ours
/// exactly as it is sent elsewhere.
pub(super) async fn inner(
    conn: &mut Conn,
    activity: &Activity,
    root: &str,
) -> Result<Json, ViewError> {
    if let Some(raw) = &activity.inner_raw {
        return Ok(RawValue::from_string(raw.clone()).map_err(render::RenderError::from)?);
    }
    let id = activity
        .inner_id
        .ok_or(ViewError::Missing("the activity"))?;
    let kept = conn.renderings(&[id]).await?;
    if let Some(kept) = kept.into_iter().find(|kept| kept.form == Form::Plain) {
        return Ok(RawValue::from_string(kept.body).map_err(render::RenderError::from)?);
    }
    let passed_on = conn
        .activity(id)
        .await?
        .ok_or(ViewError::Missing("the activity"))?;
    plain(conn, &passed_on, root).await
}

/// An announcement in the form of the threadiverse.
pub(crate) async fn wrapped(
    conn: &mut Conn,
    activity: &Activity,
    root: &str,
) -> Result<Json, ViewError> {
    let inner = inner(conn, activity, root).await?;
    wrap(conn, activity, &inner).await
}

async fn wrap(conn: &mut Conn, activity: &Activity, inner: &RawValue) -> Result<Json, ViewError> {
    let community = speaker(conn, activity).await?;
    let view = views::announce_view(activity, &community)?;
    Ok(render::activity::announce_wrapped(&view, inner)?)
}

/// A boost, the post that it shows, and the post's author.
async fn boost_view(
    conn: &mut Conn,
    activity: &Activity,
) -> Result<(AnnounceView, url::Url, url::Url), ViewError> {
    let post = activity.post_id.ok_or(ViewError::Missing("the post"))?;
    let post = conn
        .post(post)
        .await?
        .ok_or(ViewError::Missing("the post"))?;
    let author = conn
        .actor(post.author_id)
        .await?
        .ok_or(ViewError::Missing("the author"))?;
    let mut view = views::announce_view(activity, &speaker(conn, activity).await?)?;
    // An id of its own: who gets both forms would take the second for the first.
    view.id = url(&format!("{}/boost", activity.uri))?;
    Ok((view, url(&post.uri)?, url(&author.uri)?))
}

/// Takes back a boost that was sent before.
pub(super) async fn unboost(conn: &mut Conn, activity: &Activity) -> Result<Json, ViewError> {
    let boost = activity
        .after_id
        .ok_or(ViewError::Missing("the announcement"))?;
    let boost = conn
        .activity(boost)
        .await?
        .ok_or(ViewError::Missing("the announcement"))?;
    let (view, post, author) = boost_view(conn, &boost).await?;
    let id = url(&activity.uri)?;
    Ok(render::activity::undo_announce(&id, &view, &post, &author)?)
}

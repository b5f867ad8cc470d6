//! What a community passes on: threads, replies, and what was done to them, in the
//! form that each family of servers understands.

use archipel_storage::{Activity, ActivityKind, Actor, Conn, Form, Post, Rendering, Tx};
use serde_json::value::RawValue;

use super::{plain, rendering, speaker};
use crate::parse;
use crate::render::activity::AnnounceView;
use crate::render::{self, Json};
use crate::views::{self, ViewError, url};

/// All forms of what a community passes on; `post` is what it shows, if it does.
pub(super) async fn forms(
    tx: &mut Tx,
    activity: &Activity,
    post: Option<&Post>,
    root: &str,
) -> Result<Vec<Rendering>, ViewError> {
    let mut forms = Vec::new();
    let community = tx.actor(activity.actor_id).await?;
    let community = community.ok_or(ViewError::Missing("the speaker"))?;
    if activity.kind != ActivityKind::AnnounceAgain {
        let inner = inner(tx, activity, root).await?;
        let wrapped = wrapped(activity, &community, &inner)?;
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
        let post = post.ok_or(ViewError::Missing("the post"))?;
        let author = tx.actor(post.author_id).await?;
        let author = author.ok_or(ViewError::Missing("the author"))?;
        if may_be_boosted(tx, activity, &community, &author).await? {
            let (view, post, author) = boost_view(activity, &community, post, &author)?;
            let boost = render::activity::announce_id(&view, &post, &author)?;
            forms.push(rendering(activity, Form::Boost, &boost));
        }
    }
    Ok(forms)
}

/// Whether the author of a post lets a community boost it without being asked, as the
/// activity that brought it says.
async fn may_be_boosted(
    conn: &mut Conn,
    activity: &Activity,
    community: &Actor,
    author: &Actor,
) -> Result<bool, ViewError> {
    let first = match (activity.kind, activity.post_id) {
        (ActivityKind::AnnounceAgain, Some(post)) => {
            conn.activity_about(post, ActivityKind::AnnounceThread)
                .await?
        }
        _ => None,
    };
    let first = first.and_then(|first| first.inner_raw);
    let Some(raw) = activity.inner_raw.as_ref().or(first.as_ref()) else {
        return Ok(true);
    };
    // Few say anything of it, and all are read here.
    if !raw.contains("canAnnounce") {
        return Ok(true);
    }
    let Ok(brought) = serde_json::from_str(raw) else {
        return Ok(true);
    };
    let circles = [Some(community.uri.as_str()), author.followers.as_deref()];
    let circles: Vec<&str> = circles.into_iter().flatten().collect();
    Ok(parse::may_be_boosted(&brought, &circles))
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
pub(crate) async fn inner(
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
pub(crate) fn wrapped(
    activity: &Activity,
    community: &Actor,
    inner: &RawValue,
) -> Result<Json, ViewError> {
    let view = views::announce_view(activity, community)?;
    Ok(render::activity::announce_wrapped(&view, inner)?)
}

/// A boost, the post that it shows, and the post's author.
fn boost_view(
    activity: &Activity,
    community: &Actor,
    post: &Post,
    author: &Actor,
) -> Result<(AnnounceView, url::Url, url::Url), ViewError> {
    let mut view = views::announce_view(activity, community)?;
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
    let post = boost.post_id.ok_or(ViewError::Missing("the post"))?;
    let post = conn
        .post(post)
        .await?
        .ok_or(ViewError::Missing("the post"))?;
    let author = conn
        .actor(post.author_id)
        .await?
        .ok_or(ViewError::Missing("the author"))?;
    let community = speaker(conn, &boost).await?;
    let (view, post, author) = boost_view(&boost, &community, &post, &author)?;
    let id = url(&activity.uri)?;
    Ok(render::activity::undo_announce(&id, &view, &post, &author)?)
}

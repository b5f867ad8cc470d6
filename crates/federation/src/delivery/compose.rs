//! Writes an activity in each form that some peer may need.

use archipel_storage::{Activity, ActivityKind, Conn, Form, PostState, Rendering};
use serde_json::value::RawValue;

use crate::render::{self, Json};
use crate::views::{self, ViewError, url};

/// All forms of an activity; `root` is the address of this server. Empty when there is nothing to say any more, because
/// what it is about was deleted meanwhile.
pub(super) async fn compose(
    conn: &mut Conn,
    activity: &Activity,
    root: &str,
) -> Result<Vec<Rendering>, ViewError> {
    if let Some(post) = activity.post_id {
        let post = conn.post(post).await?;
        if post.is_none_or(|post| post.state != PostState::Published) {
            return Ok(Vec::new());
        }
    }
    let rendering = |form: Form, json: &Json| Rendering {
        activity_id: activity.id,
        form,
        body: json.get().to_owned(),
    };
    Ok(match activity.kind {
        ActivityKind::AnnounceThread | ActivityKind::AnnounceReply => {
            announce(conn, activity).await?
        }
        ActivityKind::Create => {
            let json = views::create(conn, activity).await?;
            vec![rendering(Form::Plain, &json)]
        }
        ActivityKind::Follow => {
            let json = follow(conn, activity, &activity.uri).await?;
            vec![rendering(Form::Plain, &json)]
        }
        ActivityKind::UndoFollow => {
            let json = undo_follow(conn, activity).await?;
            vec![rendering(Form::Plain, &json)]
        }
        ActivityKind::UpdateActor => {
            let json = update_actor(conn, activity, root).await?;
            vec![rendering(Form::Plain, &json)]
        }
        ActivityKind::DeleteActor => {
            let actor = url(&speaker(conn, activity).await?.uri)?;
            let json =
                render::activity::delete_actor(&url(&activity.uri)?, &actor, activity.created_at)?;
            vec![rendering(Form::Plain, &json)]
        }
        ActivityKind::Accept | ActivityKind::Reject => {
            let json = answer(conn, activity).await?;
            vec![rendering(Form::Plain, &json)]
        }
    })
}

async fn speaker(
    conn: &mut Conn,
    activity: &Activity,
) -> Result<archipel_storage::Actor, ViewError> {
    conn.actor(activity.actor_id)
        .await?
        .ok_or(ViewError::Missing("the speaker"))
}

/// What an announcement passes on: the bytes that came, or the `Create` of ours
/// exactly as it is sent elsewhere.
async fn inner(conn: &mut Conn, activity: &Activity) -> Result<Json, ViewError> {
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
    let created = conn
        .activity(id)
        .await?
        .ok_or(ViewError::Missing("the activity"))?;
    views::create(conn, &created).await
}

/// An announcement in the form of the threadiverse.
pub(crate) async fn wrapped(conn: &mut Conn, activity: &Activity) -> Result<Json, ViewError> {
    let community = speaker(conn, activity).await?;
    let view = views::announce_view(activity, &community)?;
    let inner = inner(conn, activity).await?;
    Ok(render::activity::announce_wrapped(&view, &inner)?)
}

async fn announce(conn: &mut Conn, activity: &Activity) -> Result<Vec<Rendering>, ViewError> {
    let wrapped = wrapped(conn, activity).await?;
    let mut forms = vec![Rendering {
        activity_id: activity.id,
        form: Form::Wrapped,
        body: wrapped.get().to_owned(),
    }];
    // No reply is ever boosted: its readers did not ask for it.
    if activity.kind == ActivityKind::AnnounceThread {
        let post = activity.post_id.ok_or(ViewError::Missing("the post"))?;
        let post = conn
            .post(post)
            .await?
            .ok_or(ViewError::Missing("the post"))?;
        let author = conn
            .actor(post.author_id)
            .await?
            .ok_or(ViewError::Missing("the author"))?;
        // An id of its own: who gets both forms would take the second for the first.
        let mut view = views::announce_view(activity, &speaker(conn, activity).await?)?;
        view.id = url(&format!("{}/boost", activity.uri))?;
        let boost = render::activity::announce_id(&view, &url(&post.uri)?, &url(&author.uri)?)?;
        forms.push(Rendering {
            activity_id: activity.id,
            form: Form::Boost,
            body: boost.get().to_owned(),
        });
    }
    Ok(forms)
}

async fn update_actor(conn: &mut Conn, activity: &Activity, root: &str) -> Result<Json, ViewError> {
    let actor = speaker(conn, activity).await?;
    let keys = conn.keys_of(actor.id).await?;
    let object = match conn.community(actor.id).await? {
        Some(community) => {
            render::actor::group_part(&views::group(&actor, &community, &keys, root)?)?
        }
        None => render::actor::person_part(&views::person(&actor, &keys, root)?)?,
    };
    Ok(render::activity::update_actor(
        &url(&activity.uri)?,
        &url(&actor.uri)?,
        activity.created_at,
        &object,
    )?)
}

async fn follow(conn: &mut Conn, activity: &Activity, id: &str) -> Result<Json, ViewError> {
    let follower = speaker(conn, activity).await?;
    let target = target(activity)?;
    Ok(render::activity::follow(
        &url(id)?,
        &url(&follower.uri)?,
        &target,
    )?)
}

fn target(activity: &Activity) -> Result<url::Url, ViewError> {
    url(&activity.object_key)
}

async fn undo_follow(conn: &mut Conn, activity: &Activity) -> Result<Json, ViewError> {
    let follower = speaker(conn, activity).await?;
    let follow_uri = activity
        .object_uri
        .as_deref()
        .ok_or(ViewError::Missing("the follow"))?;
    let undone = follow(conn, activity, follow_uri).await?;
    let whom = render::object::Addressing {
        to: vec![target(activity)?.to_string()],
        cc: Vec::new(),
    };
    Ok(render::activity::undo(
        &url(&activity.uri)?,
        &url(&follower.uri)?,
        whom,
        None,
        &undone,
    )?)
}

async fn answer(conn: &mut Conn, activity: &Activity) -> Result<Json, ViewError> {
    let community = speaker(conn, activity).await?;
    let raw = activity
        .inner_raw
        .clone()
        .ok_or(ViewError::Missing("the follow as it came"))?;
    let follow = RawValue::from_string(raw).map_err(render::RenderError::from)?;
    let (id, actor) = (url(&activity.uri)?, url(&community.uri)?);
    let follower = url(&activity.object_key)?;
    Ok(if activity.kind == ActivityKind::Accept {
        render::activity::accept(&id, &actor, &follower, &follow)?
    } else {
        render::activity::reject(&id, &actor, &follower, &follow)?
    })
}

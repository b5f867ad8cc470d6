//! Writes an activity in each form that some peer may need: here what a local actor
//! says itself, beside it what a community passes on, what moderators do, and reports.

mod announce;
mod measures;
mod proving;
mod reactions;
mod reports;

use archipel_model::Timestamp;
use archipel_storage::{Activity, ActivityKind, Actor, Conn, Form, Post, PostState, Rendering, Tx};
use serde_json::value::RawValue;

use crate::render::{self, Json};
use crate::views::{self, ViewError, url};
pub(crate) use announce::{inner, wrapped};

/// All forms of an activity that is about `post`; `root` is the address of this server.
/// Empty when there is nothing to say any more, because what it is about was deleted
/// meanwhile.
pub(super) async fn compose(
    tx: &mut Tx,
    activity: &Activity,
    post: Option<&Post>,
    root: &str,
) -> Result<Vec<Rendering>, ViewError> {
    if activity.kind.shows_post() && activity.post_id.is_some() {
        let addressed = activity.kind == ActivityKind::Create;
        if !post.is_some_and(|post| is_told(post, addressed)) {
            return Ok(Vec::new());
        }
    }
    Ok(match activity.kind {
        ActivityKind::AnnounceThread
        | ActivityKind::AnnounceReply
        | ActivityKind::AnnounceAgain
        | ActivityKind::Relay
        | ActivityKind::RelayVote => announce::forms(tx, activity, post, root).await?,
        ActivityKind::RelayFlag => reports::passed_on(tx, activity, root).await?,
        _ => {
            let json = plain(tx, activity, root).await?;
            vec![rendering(activity, Form::Plain, &json)]
        }
    })
}

/// Whether a post is still to be told of.
fn is_told(post: &Post, addressed: bool) -> bool {
    // Its community took it out, but it is still its author's to tell others of.
    post.state == PostState::Published || (addressed && post.state == PostState::Removed)
}

fn rendering(activity: &Activity, form: Form, json: &Json) -> Rendering {
    Rendering {
        activity_id: activity.id,
        form,
        body: json.get().to_owned(),
    }
}

/// What a local actor says itself, with the proof that it does.
async fn plain(conn: &mut Conn, activity: &Activity, root: &str) -> Result<Json, ViewError> {
    let said = said(conn, activity, root).await?;
    proving::proven(conn, activity, said).await
}

async fn said(conn: &mut Conn, activity: &Activity, root: &str) -> Result<Json, ViewError> {
    match activity.kind {
        ActivityKind::Create => views::create(conn, activity).await,
        ActivityKind::Update => views::update(conn, activity).await,
        ActivityKind::Delete => views::delete(conn, activity).await,
        ActivityKind::Follow => follow(conn, activity, &activity.uri).await,
        ActivityKind::UndoFollow => undo_follow(conn, activity).await,
        ActivityKind::Block => block(conn, activity, &activity.uri).await,
        ActivityKind::UndoBlock => undo_block(conn, activity).await,
        ActivityKind::UpdateActor => update_actor(conn, activity, root).await,
        ActivityKind::MoveActor => move_actor(conn, activity).await,
        ActivityKind::DeleteActor => {
            let actor = url(&speaker(conn, activity).await?.uri)?;
            let (id, at) = (url(&activity.uri)?, activity.created_at);
            Ok(render::activity::delete_actor(&id, &actor, at)?)
        }
        ActivityKind::Accept | ActivityKind::Reject => answer(conn, activity).await,
        ActivityKind::Unboost => announce::unboost(conn, activity).await,
        ActivityKind::Measure => measures::measure(conn, activity, root).await,
        ActivityKind::Like | ActivityKind::Dislike | ActivityKind::Boost => {
            reactions::reaction(conn, activity).await
        }
        ActivityKind::UndoVote | ActivityKind::UndoBoost => reactions::undo(conn, activity).await,
        ActivityKind::PollVote => reactions::choice(conn, activity).await,
        ActivityKind::Flag => reports::flag(conn, activity).await,
        ActivityKind::FlagOn => reports::flag_on(conn, activity).await,
        kind => Err(ViewError::Unsaid(kind)),
    }
}

async fn speaker(
    conn: &mut Conn,
    activity: &Activity,
) -> Result<archipel_storage::Actor, ViewError> {
    conn.actor(activity.actor_id)
        .await?
        .ok_or(ViewError::Missing("the speaker"))
}

/// A local actor as the object of an `Update`, with the keys that it has at a moment.
async fn actor_part(
    conn: &mut Conn,
    actor: &Actor,
    root: &str,
    now: Timestamp,
) -> Result<Json, ViewError> {
    let keys = conn.keys_of(actor.id).await?;
    Ok(if let Some(community) = conn.community(actor.id).await? {
        let shown = views::shown(conn, actor).await?;
        render::actor::group_part(&views::group(&shown, &community, &keys, root, now)?)?
    } else {
        let shown = views::shown(conn, actor).await?;
        render::actor::person_part(&views::person(&shown, &keys, root, now)?)?
    })
}

async fn move_actor(conn: &mut Conn, activity: &Activity) -> Result<Json, ViewError> {
    let actor = url(&speaker(conn, activity).await?.uri)?;
    let target = activity.inner_raw.as_deref();
    let target = url(target.ok_or(ViewError::Missing("where it moved to"))?)?;
    let (id, at) = (url(&activity.uri)?, activity.created_at);
    Ok(render::activity::move_actor(&id, &actor, &target, at)?)
}

async fn update_actor(conn: &mut Conn, activity: &Activity, root: &str) -> Result<Json, ViewError> {
    let actor = speaker(conn, activity).await?;
    let object = actor_part(conn, &actor, root, activity.created_at).await?;
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

async fn block(conn: &mut Conn, activity: &Activity, id: &str) -> Result<Json, ViewError> {
    let owner = speaker(conn, activity).await?;
    let target = target(activity)?;
    Ok(render::activity::block(
        &url(id)?,
        &url(&owner.uri)?,
        &target,
    )?)
}

async fn undo_block(conn: &mut Conn, activity: &Activity) -> Result<Json, ViewError> {
    let owner = speaker(conn, activity).await?;
    let block_uri = activity
        .object_uri
        .as_deref()
        .ok_or(ViewError::Missing("the block"))?;
    let undone = block(conn, activity, block_uri).await?;
    let whom = render::object::Addressing {
        to: vec![target(activity)?.to_string()],
        cc: Vec::new(),
    };
    let (id, owner) = (url(&activity.uri)?, url(&owner.uri)?);
    Ok(render::activity::undo(&id, &owner, whom, None, &undone)?)
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

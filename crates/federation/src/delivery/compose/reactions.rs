//! Votes and boosts of people here, and their choices in polls of elsewhere.

use archipel_model::ReactionKind;
use archipel_storage::{Activity, ActivityKind, Conn};

use super::speaker;
use crate::render::Json;
use crate::render::reaction::{self, ChoiceView, ReactionView};
use crate::views::{ViewError, url};

/// A vote or a boost.
pub(super) async fn reaction(conn: &mut Conn, activity: &Activity) -> Result<Json, ViewError> {
    Ok(reaction::reaction(&view(conn, activity).await?)?)
}

/// The end of one.
pub(super) async fn undo(conn: &mut Conn, activity: &Activity) -> Result<Json, ViewError> {
    let id = activity
        .after_id
        .ok_or(ViewError::Missing("the reaction"))?;
    let undone = conn
        .activity(id)
        .await?
        .ok_or(ViewError::Missing("the reaction"))?;
    let undone = view(conn, &undone).await?;
    Ok(reaction::undo_reaction(&url(&activity.uri)?, &undone)?)
}

async fn view(conn: &mut Conn, activity: &Activity) -> Result<ReactionView, ViewError> {
    let kind = match activity.kind {
        ActivityKind::Like => ReactionKind::Like,
        ActivityKind::Dislike => ReactionKind::Dislike,
        ActivityKind::Boost => ReactionKind::Boost,
        other => return Err(ViewError::Unsaid(other)),
    };
    let post = activity.post_id.ok_or(ViewError::Missing("the post"))?;
    let post = conn
        .post(post)
        .await?
        .ok_or(ViewError::Missing("the post"))?;
    let author = conn
        .actor(post.author_id)
        .await?
        .ok_or(ViewError::Missing("the author"))?;
    let community = match post.community_id {
        Some(id) => conn.actor(id).await?,
        None => None,
    };
    Ok(ReactionView {
        id: url(&activity.uri)?,
        actor: url(&speaker(conn, activity).await?.uri)?,
        kind,
        post: url(&post.uri)?,
        author: url(&author.uri)?,
        community: community.map(|it| url(&it.uri)).transpose()?,
        at: activity.created_at,
    })
}

/// A choice in a poll.
pub(super) async fn choice(conn: &mut Conn, activity: &Activity) -> Result<Json, ViewError> {
    let vote = conn
        .poll_vote_by_uri(&activity.uri)
        .await?
        .ok_or(ViewError::Missing("the choice"))?;
    let post = conn
        .post(vote.post_id)
        .await?
        .ok_or(ViewError::Missing("the poll"))?;
    let author = conn
        .actor(post.author_id)
        .await?
        .ok_or(ViewError::Missing("the author"))?;
    let poll = conn.poll(post.id).await?;
    let choice = poll
        .and_then(|poll| {
            let mut choices = poll.choices.into_iter();
            choices.find(|choice| choice.position == vote.position)
        })
        .ok_or(ViewError::Missing("the choice"))?;
    Ok(reaction::choice(&ChoiceView {
        id: url(&activity.uri)?,
        actor: url(&speaker(conn, activity).await?.uri)?,
        poll: url(&post.uri)?,
        author: url(&author.uri)?,
        choice: choice.name,
        at: activity.created_at,
    })?)
}

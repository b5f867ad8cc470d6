//! Posts of a community: letting them in, taking them out, putting them on top.

use archipel_actions as actions;
use archipel_model::{EntryId, PostId};
use archipel_storage::{Conn, Post, PostState};

use super::Acting;
use super::refusals::Personal;
use crate::api::Api;
use crate::entities::Status;
use crate::error::{ApiError, Result};
use crate::render;
use crate::viewer::Viewer;

/// To boost: a held post is published, a removed one comes back, and one that is shown
/// stays. Answers the community's boost.
pub(crate) async fn reblog(api: &Api, viewer: &Viewer, id: EntryId) -> Result<Status> {
    let ctx = api.ctx();
    let mut tx = api.store().write().await?;
    let acting = Acting::of(&mut tx, viewer).await?;
    let post = post_of(&mut tx, &acting, viewer, id).await?;
    match post.state {
        PostState::Held => {
            actions::approve_held(ctx, &mut tx, &acting.order(), &post).await?;
        }
        PostState::Removed => {
            if !actions::restore_post(ctx, &mut tx, &acting.order(), &post).await? {
                return Err(ApiError::refused(
                    "This post was refused, and does not come back: ask its author to post again",
                ));
            }
        }
        PostState::Published => {}
        PostState::Deleted => return Err(ApiError::NotFound),
    }
    tx.commit().await?;
    let mut conn = api.store().read().await?;
    let eyes = Some(viewer.subject);
    match conn.boost_by(viewer.subject, post.id).await? {
        Some(boost) => render::status(api, &mut conn, eyes, &boost).await,
        // What is not announced, such as a message to the moderators, is no boost.
        None => render::own_post(api, &mut conn, eyes, post.id).await,
    }
}

/// To take the boost back, or to delete it or the post: a held post is refused, one that
/// is shown is removed from the community. Answers the post as it was.
pub(crate) async fn remove(api: &Api, viewer: &Viewer, id: EntryId) -> Result<Status> {
    let ctx = api.ctx();
    let mut tx = api.store().write().await?;
    let acting = Acting::of(&mut tx, viewer).await?;
    let post = post_of(&mut tx, &acting, viewer, id).await?;
    let mut shown = render::own_post(api, &mut tx, Some(viewer.subject), post.id).await?;
    match post.state {
        PostState::Held => {
            actions::refuse_held(ctx, &mut tx, &acting.order(), &post).await?;
        }
        PostState::Published => {
            actions::remove_post(ctx, &mut tx, &acting.order(), &post, false).await?;
        }
        // Nobody sees these any more, moderators neither.
        PostState::Removed | PostState::Deleted => return Err(ApiError::NotFound),
    }
    tx.commit().await?;
    shown.reblogged = false;
    shown.pinned = false;
    shown.archipel.held = false;
    Ok(shown)
}

/// To pin: a thread goes on top of the community, or comes down.
pub(crate) async fn pin(api: &Api, viewer: &Viewer, id: EntryId, on: bool) -> Result<Status> {
    let mut tx = api.store().write().await?;
    let acting = Acting::of(&mut tx, viewer).await?;
    let post = post_of(&mut tx, &acting, viewer, id).await?;
    actions::set_pinned(api.ctx(), &mut tx, &acting.order(), &post, on).await?;
    tx.commit().await?;
    render_again(api, viewer, post.id).await
}

/// To edit: a post is marked as sensitive, or the mark is taken away. What it says only
/// its author changes.
pub(crate) async fn edit(
    api: &Api,
    viewer: &Viewer,
    id: EntryId,
    text: Option<&str>,
    sensitive: Option<bool>,
) -> Result<Status> {
    let mut tx = api.store().write().await?;
    let acting = Acting::of(&mut tx, viewer).await?;
    let post = post_of(&mut tx, &acting, viewer, id).await?;
    // Apps send the text with everything else, as they got it.
    let is_new = |text: &str| !text.trim().is_empty() && post.source.as_deref() != Some(text);
    if text.is_some_and(is_new) {
        return Err(Personal::Rewrite.refusal());
    }
    if let Some(sensitive) = sensitive {
        actions::set_marked(api.ctx(), &mut tx, &acting.order(), &post, sensitive).await?;
    }
    tx.commit().await?;
    render_again(api, viewer, post.id).await
}

async fn render_again(api: &Api, viewer: &Viewer, post: PostId) -> Result<Status> {
    let mut conn = api.store().read().await?;
    render::own_post(api, &mut conn, Some(viewer.subject), post).await
}

/// The post of the community that an id of a status means, whatever became of it. Of
/// posts of others, it is told only of those that it can see anyway.
async fn post_of(conn: &mut Conn, acting: &Acting, viewer: &Viewer, id: EntryId) -> Result<Post> {
    let post = match conn.post_of_status(id).await? {
        Some(post) => conn.post(post).await?,
        None => None,
    };
    let post = post.ok_or(ApiError::NotFound)?;
    if post.community_id == Some(acting.community.id) && post.state != PostState::Deleted {
        return Ok(post);
    }
    let seen = conn.seen_by(Some(viewer.subject), &[post.id]).await?;
    if seen.get(&post.id).is_some_and(|seen| *seen) {
        return Err(ApiError::refused(format!(
            "This post does not belong to {}: switch to your own account",
            acting.community.acct()
        )));
    }
    Err(ApiError::NotFound)
}

//! People and a community: keeping somebody out, ending a membership, vouching, and
//! communities elsewhere that it follows.

use archipel_actions as actions;
use archipel_model::ActorId;
use archipel_storage::{Actor, Tx};
use axum::Json;

use super::Acting;
use crate::api::Api;
use crate::entities::{Account, Relationship};
use crate::error::{ApiError, Result};
use crate::extract::{Page, Paged};
use crate::render;
use crate::viewer::Viewer;

/// Something that is done to somebody in the name of a community.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Gesture {
    /// Block: ban, until it is taken back.
    Block,
    /// Unblock: end the ban.
    Unblock,
    /// Remove from followers: end the membership.
    RemoveFollower,
    /// Feature on the profile: vouch for a member.
    Endorse,
    /// Feature no more: take that back.
    Unendorse,
    /// Follow a community elsewhere.
    Follow,
    /// Follow it no more.
    Unfollow,
    /// Let somebody in who asks.
    Authorize,
    /// Turn somebody away who asks.
    Reject,
}

/// Does it, and answers how they stand now.
pub(crate) async fn does(
    api: &Api,
    viewer: &Viewer,
    target: ActorId,
    gesture: Gesture,
) -> Result<Relationship> {
    let mut tx = api.store().write().await?;
    let acting = Acting::of(&mut tx, viewer).await?;
    let target = tx.actor(target).await?.ok_or(ApiError::NotFound)?;
    apply(api, &mut tx, &acting, &target, gesture).await?;
    tx.commit().await?;
    api.counts().forget(viewer.subject);
    api.counts().forget(target.id);
    relationship(api, viewer, target.id).await
}

async fn apply(
    api: &Api,
    tx: &mut Tx,
    acting: &Acting,
    target: &Actor,
    gesture: Gesture,
) -> Result<()> {
    let (ctx, order) = (api.ctx(), &acting.order());
    match gesture {
        Gesture::Block => {
            actions::ban(ctx, tx, order, target, actions::Ban::default()).await?;
        }
        Gesture::Unblock => {
            actions::unban(ctx, tx, order, target, false).await?;
        }
        Gesture::RemoveFollower => {
            actions::expel(ctx, tx, order, target).await?;
        }
        Gesture::Endorse | Gesture::Unendorse => {
            let on = matches!(gesture, Gesture::Endorse);
            if !actions::set_vouched(ctx, tx, order, target, on).await? && on {
                vouchable(tx, acting, target, api).await?;
            }
        }
        Gesture::Follow => {
            actions::follow_as_community(ctx, tx, order, target).await?;
        }
        Gesture::Unfollow => {
            actions::unfollow_as_community(ctx, tx, order, target).await?;
        }
        Gesture::Authorize => {
            actions::decide_request(ctx, tx, order, target, true).await?;
        }
        Gesture::Reject => {
            actions::decide_request(ctx, tx, order, target, false).await?;
        }
    }
    Ok(())
}

/// Vouching for somebody who is no member would be a promise that nothing keeps.
async fn vouchable(tx: &mut Tx, acting: &Acting, target: &Actor, api: &Api) -> Result<()> {
    let now = api.ctx().now();
    let bonds = tx.bonds(acting.community.id, &[target.id], now).await?;
    if bonds.first().is_some_and(|bond| bond.member) {
        return Ok(());
    }
    Err(ApiError::refused(format!(
        "{} is no member of {}: let them in first",
        target.acct(),
        acting.community.acct()
    )))
}

/// What a community means by a gesture, if one makes it; a person means something else.
pub(crate) async fn instead(
    api: &Api,
    viewer: &Viewer,
    target: ActorId,
    gesture: Gesture,
) -> Result<Option<Json<Relationship>>> {
    if viewer.is_community() {
        does(api, viewer, target, gesture).await.map(Json).map(Some)
    } else {
        Ok(None)
    }
}

/// How who asks stands to these, in the order of the question: to a community, who is
/// banned is blocked, and for whom a moderator vouched is endorsed.
pub(crate) async fn relationships(
    api: &Api,
    viewer: &Viewer,
    targets: &[ActorId],
) -> Result<Vec<Relationship>> {
    let mut conn = api.store().read().await?;
    let mut found = render::relationships(api, &mut conn, viewer.subject, targets).await?;
    if viewer.is_community() {
        let now = api.ctx().now();
        for bond in conn.bonds(viewer.subject, targets, now).await? {
            let id = bond.actor_id.to_string();
            if let Some(one) = found.iter_mut().find(|one| one.id == id) {
                one.blocking = bond.banned;
                one.endorsed = bond.vouched;
            }
        }
    }
    Ok(found)
}

/// How who asks stands to one of them.
pub(crate) async fn relationship(
    api: &Api,
    viewer: &Viewer,
    target: ActorId,
) -> Result<Relationship> {
    let mut found = relationships(api, viewer, &[target]).await?;
    found.pop().ok_or(ApiError::NotFound)
}

/// The list of blocks: who is banned.
pub(crate) async fn banned(api: &Api, viewer: &Viewer, page: &Page) -> Result<Paged<Vec<Account>>> {
    let mut conn = api.store().read().await?;
    let now = api.ctx().now();
    let rows = conn
        .banned_page(viewer.subject, page.window(40, 80), now)
        .await?;
    render::people(api, &mut conn, page, rows).await
}

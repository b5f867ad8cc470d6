//! How who asks stands to others, and pages of people.

use archipel_model::ActorId;
use archipel_storage::{Conn, KeyedId, Relation};

use super::accounts;
use crate::api::Api;
use crate::entities::{Account, Date, Relationship};
use crate::error::{ApiError, Result};
use crate::extract::{Page, Paged};

/// How `owner` stands to each of these actors, in this order.
pub(crate) async fn relationships(
    api: &Api,
    conn: &mut Conn,
    owner: ActorId,
    targets: &[ActorId],
) -> Result<Vec<Relationship>> {
    let found = conn.relations(owner, targets, api.ctx().now()).await?;
    let of = |target: &ActorId| found.iter().find(|relation| relation.target_id == *target);
    Ok(targets.iter().filter_map(of).map(entity).collect())
}

/// How `owner` stands to one actor.
pub(crate) async fn relationship(
    api: &Api,
    conn: &mut Conn,
    owner: ActorId,
    target: ActorId,
) -> Result<Relationship> {
    let mut found = relationships(api, conn, owner, &[target]).await?;
    found.pop().ok_or(ApiError::NotFound)
}

fn entity(relation: &Relation) -> Relationship {
    let wanted = relation.follows || relation.asked;
    Relationship {
        id: relation.target_id.to_string(),
        following: relation.follows,
        showing_reblogs: wanted && relation.show_boosts,
        notifying: wanted && relation.notify,
        languages: relation
            .languages
            .as_deref()
            .filter(|_| wanted)
            .and_then(|list| serde_json::from_str(list).ok()),
        followed_by: relation.followed,
        blocking: relation.blocks,
        blocked_by: relation.blocked,
        muting: relation.mutes,
        muting_notifications: relation.mutes_notifications,
        muting_expires_at: relation.mute_ends_at.map(Date),
        requested: relation.asked,
        requested_by: relation.asked_by,
        domain_blocking: relation.blocks_host,
        endorsed: relation.endorses,
        note: relation.note.clone(),
    }
}

/// A page of people, with what leads on.
pub(crate) async fn people(
    api: &Api,
    conn: &mut Conn,
    page: &Page,
    rows: Vec<KeyedId>,
) -> Result<Paged<Vec<Account>>> {
    let ids: Vec<ActorId> = rows.iter().map(|(_, actor)| ActorId(*actor)).collect();
    let shown = in_order(api, conn, &ids).await?;
    let newest = rows.first().map(|(key, _)| *key);
    let oldest = rows.last().map(|(key, _)| *key);
    Ok(page.answer(shown, newest, oldest))
}

/// The entities of these actors, in this order; whoever is not there is left out.
pub(crate) async fn in_order(api: &Api, conn: &mut Conn, ids: &[ActorId]) -> Result<Vec<Account>> {
    let mut found = accounts(api, conn, ids).await?;
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

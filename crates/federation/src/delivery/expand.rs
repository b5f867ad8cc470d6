//! Turns what was said into deliveries, one a destination, and keeps the bytes.
//!
//! Idempotent: what is done twice, by two nodes or after a crash, is done once.

use std::collections::{HashMap, HashSet};

use archipel_model::{ActivityId, PostId};
use archipel_storage::{Activity, ActivityKind, Form, Post, Tx};
use moka::sync::Cache;

use super::{Body, compose};
use crate::state::Federation;
use crate::views::ViewError;

/// Most activities expanded in one transaction.
const BATCH: i64 = 128;

/// Expands what is new; says how much there was.
pub(super) async fn expand(
    federation: &Federation,
    bodies: &Cache<(ActivityId, Form), Body>,
) -> archipel_storage::Result<usize> {
    if federation
        .store
        .read()
        .await?
        .unexpanded_ids(1)
        .await?
        .is_empty()
    {
        return Ok(0);
    }
    let now = federation.now();
    let root = federation.actions.site.instance();
    let mut tx = federation.store.write().await?;
    let activities = tx.unexpanded(BATCH).await?;
    let ids: Vec<ActivityId> = activities.iter().map(|activity| activity.id).collect();
    let wanted: HashSet<ActivityId> = tx
        .expand(&ids, now, || federation.actions.id())
        .await?
        .to_deliver
        .into_iter()
        .collect();
    let said: Vec<&Activity> = activities
        .iter()
        .filter(|activity| wanted.contains(&activity.id))
        .collect();
    let posts = posts_of(&mut tx, &said).await?;
    let mut kept = Vec::new();
    for activity in said {
        let post = activity.post_id.and_then(|id| posts.get(&id));
        match compose::compose(&mut tx, activity, post, &root).await {
            Ok(renderings) => kept.extend(renderings),
            Err(ViewError::Storage(error)) => return Err(error),
            Err(error) => {
                tracing::error!(activity = %activity.uri, %error, "an activity cannot be written");
            }
        }
    }
    if !kept.is_empty() {
        tx.put_renderings(&kept).await?;
    }
    tx.mark_expanded(&ids).await?;
    tx.commit().await?;
    // Who is told looks at once, and has to see it.
    for activity in activities.iter().filter(|said| changes_actor(said.kind)) {
        federation.documents.forget(&activity.object_key);
    }
    for rendering in kept {
        bodies.insert(
            (rendering.activity_id, rendering.form),
            Body::new(rendering.body),
        );
    }
    Ok(ids.len())
}

/// The posts that are shown by what is said, all at once.
async fn posts_of(
    tx: &mut Tx,
    said: &[&Activity],
) -> archipel_storage::Result<HashMap<PostId, Post>> {
    let showing = said.iter().filter(|activity| activity.kind.shows_post());
    let ids: Vec<PostId> = showing.filter_map(|activity| activity.post_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let posts = tx.posts(&ids).await?;
    Ok(posts.into_iter().map(|post| (post.id, post)).collect())
}

const fn changes_actor(kind: ActivityKind) -> bool {
    matches!(
        kind,
        ActivityKind::UpdateActor | ActivityKind::DeleteActor | ActivityKind::MoveActor
    )
}

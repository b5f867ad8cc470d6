//! What is said to the world, begun in the one usual way.

use archipel_model::ActorId;
use archipel_storage::{ActivityKind, Actor, Lane, NewActivity, Tx};

use crate::{Context, Result};

/// Something to be said by an actor about `object`, with a fresh id: in the lane
/// of control, in order with all else about the object, and, until the caller
/// says so, to nobody.
pub(crate) fn saying(
    ctx: &Context,
    kind: ActivityKind,
    actor_id: ActorId,
    object: &str,
) -> NewActivity {
    let (id, uri) = ctx.activity();
    NewActivity {
        id,
        uri,
        kind,
        actor_id,
        post_id: None,
        follow_id: None,
        object_uri: Some(object.to_owned()),
        inner_id: None,
        inner_raw: None,
        measure_id: None,
        after_id: None,
        object_key: object.to_owned(),
        lane: Lane::Control,
        to_followers: false,
        to_reached: false,
        recipients: Vec::new(),
        key_id: None,
    }
}

/// What people and servers see of a local actor changed: its followers, those whom it
/// follows and all who ever got something of it are told, in the order of all that is
/// about the actor. `kind` says what it is that they are told.
pub(crate) async fn saying_to_all(
    ctx: &Context,
    tx: &mut Tx,
    kind: ActivityKind,
    actor: &Actor,
) -> Result<NewActivity> {
    tx.flush().await?;
    tx.note_reached(actor.id).await?;
    Ok(NewActivity {
        to_followers: true,
        to_reached: true,
        recipients: tx.followed_by(actor.id).await?,
        ..saying(ctx, kind, actor.id, &actor.uri)
    })
}

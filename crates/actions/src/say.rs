//! What is said to the world, begun in the one usual way.

use archipel_model::ActorId;
use archipel_storage::{ActivityKind, Lane, NewActivity};

use crate::Context;

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
        recipients: Vec::new(),
    }
}

//! Direct conversations: kept for each member who takes part, when direct posts come.

use archipel_model::{ActorId, EntryId, PostId};
use archipel_storage::{StreamEvent, Tx};

use crate::{Context, Result};

/// A direct post came: it goes into the conversation of each member who takes part.
pub(crate) async fn said(
    ctx: &Context,
    tx: &mut Tx,
    author: ActorId,
    post: PostId,
    root: PostId,
) -> Result<()> {
    for owner in tx.talkers(post).await? {
        let new: EntryId = ctx.id();
        let unread = owner != author;
        if let Some(id) = tx.talk(new.0, owner, root, post, unread).await? {
            tx.stream(StreamEvent::Conversation { owner, id });
        }
    }
    Ok(())
}

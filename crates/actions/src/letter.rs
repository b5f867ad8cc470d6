//! Letters to people of this server: what communities and servers elsewhere tell them
//! alone, by a direct message. Whoever lives here has no other place to read them than
//! the list of what they were told.

use std::time::Duration;

use archipel_model::ActorKind;
use archipel_storage::{Actor, Notice, Tx};

use crate::{Context, Result};

/// The word under which letters are listed.
const CAUSE: &str = "letter";

/// Most of what somebody is told within an hour, whoever tells it, before letters are
/// left out: anybody can call themselves a community.
const PER_HOUR: i64 = 60;

/// Longest letter that is kept, in characters.
const LONGEST: usize = 4_000;

/// Keeps a letter for somebody who lives here, once. `about` is the ActivityPub id of the
/// message. What people write to each other is none. Says whether it was kept.
pub async fn take_letter(
    ctx: &Context,
    tx: &mut Tx,
    (from, to): (&Actor, &Actor),
    about: &str,
    words: &str,
) -> Result<bool> {
    let official = matches!(from.kind, ActorKind::Group | ActorKind::Application);
    if !official || !to.is_local || to.kind != ActorKind::Person {
        return Ok(false);
    }
    let now = ctx.now();
    let since = now.minus(Duration::from_hours(1));
    let (lately, _) = tx.notices_since(to.id, &to.host, since).await?;
    if lately >= PER_HOUR || tx.was_told_about(to.id, from.id, CAUSE, about).await? {
        return Ok(false);
    }
    let notice = Notice {
        id: ctx.id(),
        actor_id: to.id,
        community_id: from.id,
        cause: CAUSE.to_owned(),
        about: about.to_owned(),
        text: words.chars().take(LONGEST).collect(),
        created_at: now,
    };
    tx.insert_notice(&notice, None).await?;
    Ok(true)
}

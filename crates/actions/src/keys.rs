//! Replacing the keys of a local actor so that no peer is lost on the way.
//!
//! Some peers know one key of an actor and read it anew once a day (Lemmy), others
//! several (FEP-521a). So new keys are first shown beside the old ones for a week;
//! then they sign, the world is told under the old key, and the old ones are shown
//! for another week. A key that fell into wrong hands is replaced at once.

use std::time::Duration;

use archipel_model::{ActorKind, ActorState, Timestamp};
use archipel_storage::{ActivityKind, Actor, ActorKey, KeyAlgorithm, NewActivity, Tx};

use crate::accounts::generation;
use crate::say::saying_to_all;
use crate::{Context, Error, NewKeys, Result};

/// How long new keys are shown before they sign, and old ones after.
pub const OVERLAP: Duration = Duration::from_hours(7 * 24);

/// How long after new keys began to sign the world is told: until then every node
/// shows them.
const SETTLED: Duration = Duration::from_secs(5);

/// Gives an actor new keys; says from when they sign. `at_once` is for keys that fell
/// into wrong hands: the new ones sign now, the old ones are shown no more.
pub async fn rotate_keys(
    ctx: &Context,
    tx: &mut Tx,
    actor: &Actor,
    keys: &NewKeys,
    at_once: bool,
) -> Result<Timestamp> {
    if !actor.is_local || actor.state == ActorState::Gone {
        return Err(Error::Inactive(actor.acct()));
    }
    let now = ctx.now();
    let stored = tx.keys_of(actor.id).await?;
    let waiting = stored.iter().find(|key| key.signs_from > now);
    if let Some(waiting) = waiting.filter(|_| !at_once) {
        return Err(Error::KeysWait(waiting.signs_from));
    }
    let (signs_from, retired_at) = if at_once {
        (now, now)
    } else {
        let from = now.plus(OVERLAP);
        (from, from.plus(OVERLAP))
    };
    tx.retire_keys(actor.id, retired_at).await?;
    let taken = |number| {
        generation(actor, keys, number, signs_from)
            .iter()
            .any(|key| stored.iter().any(|known| known.id == key.id))
    };
    // One of so many is free.
    let most = stored.len() + 2;
    let number = (2..=most).find(|number| !taken(*number)).unwrap_or(most);
    for key in generation(actor, keys, number, signs_from) {
        tx.put_key(&key, now).await?;
    }
    if !at_once && actor.kind != ActorKind::Application {
        // Who reads several keys knows the new ones before they sign.
        let said = saying_to_all(ctx, tx, ActivityKind::UpdateActor, actor).await?;
        tx.say(&said, now);
    }
    Ok(signs_from)
}

/// Whether there is something for [`hand_over_keys`] to do.
pub async fn keys_to_hand_over(ctx: &Context, conn: &mut archipel_storage::Conn) -> Result<bool> {
    Ok(conn.has_untold_keys(ctx.now().minus(SETTLED)).await?)
}

/// Tells the world of new keys that sign since a moment, under the old ones. Says of how
/// many actors.
pub async fn hand_over_keys(ctx: &Context, tx: &mut Tx) -> Result<usize> {
    let now = ctx.now();
    let actors = tx.take_untold_keys(now.minus(SETTLED), now).await?;
    let count = actors.len();
    for id in actors {
        let Some(actor) = tx.actor(id).await? else {
            continue;
        };
        // The server itself has no followers: who does not know its key reads it anew.
        if actor.state == ActorState::Gone || actor.kind == ActorKind::Application {
            continue;
        }
        let keys = tx.keys_of(id).await?;
        let said = NewActivity {
            key_id: before(&keys, now).map(|key| key.id.clone()),
            ..saying_to_all(ctx, tx, ActivityKind::UpdateActor, &actor).await?
        };
        tx.say(&said, now);
    }
    Ok(count)
}

/// The RSA key that signed before the present one.
fn before(keys: &[ActorKey], now: Timestamp) -> Option<&ActorKey> {
    let mut rsa: Vec<&ActorKey> = keys
        .iter()
        .filter(|key| {
            key.algorithm == KeyAlgorithm::Rsa && key.private.is_some() && key.signs_from <= now
        })
        .collect();
    rsa.sort_by_key(|key| std::cmp::Reverse(key.signs_from));
    rsa.get(1).copied()
}

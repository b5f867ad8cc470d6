//! Proofs inside what is passed on (FEP-8b32): an author's own word, whoever brings
//! it. `RsaSignature2017` never counts as one.

use archipel_model::{ActorState, origin_of, same_origin};
use archipel_storage::Tx;
use url::Url;

use super::job::{Job, Lack, NamedKey, Stop};
use crate::keyring::parsed;
use crate::parse::Incoming;
use crate::signature::proof;

/// Whether an activity within another is proven to be its actor's own. A key that is
/// not known is asked for, within the limits of the keyring; one that does not fit
/// proves nothing, and what is said must be looked up at its origin then.
pub(super) async fn holds(job: &Job<'_>, tx: &mut Tx, inner: &Incoming) -> Result<bool, Stop> {
    let Some(document) = inner.whole.as_deref() else {
        return Ok(false);
    };
    let Some(id) = proof::key_id(document).and_then(|id| Url::parse(id).ok()) else {
        return Ok(false);
    };
    if !same_origin(&id, &inner.actor) || !same_origin(&inner.id, &inner.actor) {
        return Ok(false);
    }
    if !lasts(document, job) || !is_admitted(job, &inner.actor) {
        return Ok(false);
    }
    if job.federation.found.post(id.as_str()).is_some() {
        return Ok(false);
    }
    let Some(stored) = tx.key(id.as_str()).await? else {
        let actor = inner.actor.clone();
        return Err(Stop::Lack(Lack::Key(Box::new(NamedKey { id, actor }))));
    };
    let owner = tx.actor(stored.actor_id).await?;
    let own = owner.is_some_and(|owner| {
        owner.uri == inner.actor.as_str() && !owner.is_local && owner.state == ActorState::Active
    });
    Ok(own && parsed(&stored).is_some_and(|key| proof::verify(document, &key)))
}

/// Whether the proof is dated, not from the future, and not expired. What is passed on
/// may be old.
fn lasts(document: &serde_json::Value, job: &Job<'_>) -> bool {
    let now = job.federation.now();
    proof::lifetime(document).is_some_and(|(created, expires)| {
        created <= now.plus(crate::gate::WINDOW) && expires.is_none_or(|expires| expires >= now)
    })
}

/// Whether the server of an author may be heard at all: what a community passes on
/// does not get around a block.
fn is_admitted(job: &Job<'_>, actor: &Url) -> bool {
    origin_of(actor).is_some_and(|origin| job.federation.peers.admits(origin.host()).is_ok())
}

//! What somebody else brings in an actor's name, with the actor's proof inside
//! (FEP-8b32): as communities send on what their members wrote. Who brings it must be
//! known and admitted too; without a proof that holds it is refused like any signature
//! that does not fit.

use std::sync::Arc;
use std::time::Duration;

use archipel_model::{ActorState, Timestamp, origin_of};
use serde_json::Value;
use url::Url;

use super::receive::{nothing_to_do, refusal};
use crate::gate::{Inspected, Refusal, WINDOW};
use crate::keyring::KnownKey;
use crate::signature::proof;
use crate::state::Federation;

/// How old a proof may be of what would have its effect again when it came again. It is
/// known again for as long.
const REPEATABLE: Duration = Duration::from_hours(30 * 24);

/// What may come at any age: it is about one post, and changes nothing the second time.
const LASTING: &[&str] = &["Create", "Update", "Delete"];

/// The key that the proof was checked with, so whose word it is; `None` when nothing
/// has to be done.
pub(super) async fn author(
    federation: &Federation,
    inspected: &Inspected,
    proof_key: &Url,
) -> Result<Option<Arc<KnownKey>>, Refusal> {
    let Inspected {
        envelope,
        claim,
        value,
        ..
    } = inspected;
    if !holds_now(value, &envelope.kind, federation.now()) {
        return Err(Refusal::BadSignature);
    }
    let bringer = origin_of(&claim.key_id).ok_or(Refusal::ForeignKey)?;
    federation.peers.admits(bringer.host())?;
    // Who signs the request is checked first: nobody is asked for a key because of what
    // a stranger says.
    let signed = federation.signed_by_asker(claim).await;
    if !signed.map_err(|trouble| refusal(&trouble))? {
        return Err(Refusal::BadSignature);
    }
    let key_id = proof_key.as_str();
    let known = federation
        .known_key(key_id, &envelope.actor)
        .await
        .map_err(|trouble| refusal(&trouble))?;
    if let Some(known) = known {
        if known.state != ActorState::Gone && proof::verify(value, &known.key) {
            return Ok(Some(known));
        }
    } else if nothing_to_do(federation, envelope).await? {
        return Ok(None);
    }
    // Unknown, or changed since we read it.
    let key = federation
        .ask_for_key(key_id, &envelope.actor, &|key| proof::verify(value, key))
        .await
        .map_err(|trouble| refusal(&trouble))?;
    if key.state != ActorState::Gone && proof::verify(value, &key.key) {
        Ok(Some(key))
    } else {
        Err(Refusal::BadSignature)
    }
}

/// Whether a proof is dated, neither from the future nor expired, nor so old that what
/// it is about may have been said, taken back and forgotten since.
fn holds_now(document: &Value, kind: &str, now: Timestamp) -> bool {
    proof::lifetime(document).is_some_and(|(created, expires)| {
        created <= now.plus(WINDOW)
            && expires.is_none_or(|expires| expires >= now)
            && (LASTING.contains(&kind) || created >= now.minus(REPEATABLE))
    })
}

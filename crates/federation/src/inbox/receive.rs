//! Decides on one request to an inbox, cheapest question first, and keeps what
//! passes. Work on it comes later.

use std::time::Duration;

use archipel_model::{ActorState, Place, Timestamp, origin_of};
use archipel_storage::NewInboxItem;
use bytes::Bytes;
use http::request::Parts;

use super::forwarded;
use crate::gate::{self, Envelope, GateRules, Head, Inspected, Refusal};
use crate::keyring::{KeyTrouble, KnownKey};
use crate::people::is_group_kind;
use crate::state::Federation;

/// What peers are asked to wait when the trouble is ours.
const COME_BACK: Duration = Duration::from_secs(30);

/// Longest key by which work is ordered; longer ones share what is cut off.
const MAX_ORDER_KEY: usize = 600;

/// Decides on a request. `Ok` means 202: it is on disk, or it is rightly nothing.
pub(crate) async fn receive(
    federation: &Federation,
    rules: &GateRules,
    parts: &Parts,
    recipient: Option<&Place>,
    body: Bytes,
) -> Result<(), Refusal> {
    let now = federation.now();
    let inspected = gate::inspect_post(rules, Head::from(parts), &body, now)?;
    let envelope = &inspected.envelope;
    if let Some(place) = recipient {
        addressed(federation, place).await?;
    }
    if let Err(refusal) = admitted(federation, envelope).await {
        if refusal == Refusal::NotAllowed {
            federation.note_knock(parts, envelope, &body).await;
        }
        return Err(refusal);
    }
    let sender = match inspected.proof.as_ref() {
        Some(proof) if brought_by_another(federation, &inspected).await? => {
            forwarded::author(federation, &inspected, proof).await?
        }
        _ => sender(federation, &inspected).await?,
    };
    let Some(key) = sender else {
        return Ok(());
    };
    if key.state == ActorState::Suspended && !is_about_itself(envelope) {
        return Err(Refusal::ActorSuspended);
    }
    if envelope.kind == "Announce" && is_group_kind(key.kind) {
        let mut conn = federation.store.read().await.map_err(|e| overloaded(&e))?;
        let followed = conn
            .is_followed_here(key.actor_id)
            .await
            .map_err(|e| overloaded(&e))?;
        if !followed {
            return Err(Refusal::CommunityHasNoFollowers);
        }
    }
    keep(federation, envelope, body, now).await
}

/// Whether the signature is by another actor than the one who speaks in the body.
async fn brought_by_another(
    federation: &Federation,
    inspected: &Inspected,
) -> Result<bool, Refusal> {
    let (key_id, actor) = (&inspected.claim.key_id, &inspected.envelope.actor);
    let owner = federation
        .known_owner(key_id.as_str())
        .await
        .map_err(|trouble| refusal(&trouble))?;
    Ok(match owner {
        Some(owner) => owner != *actor,
        // Key ids begin with the id of their actor in every software that we know.
        None => !key_id
            .as_str()
            .strip_prefix(actor.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['#', '/', '?'])),
    })
}

/// Takes a request that was parked while its server was not let in: its signature
/// was made then, and is checked now.
pub(crate) async fn receive_parked(
    federation: &Federation,
    rules: &GateRules,
    parts: &Parts,
    body: Bytes,
    received_at: Timestamp,
) -> Result<(), Refusal> {
    let inspected = gate::inspect_post(rules, Head::from(parts), &body, received_at)?;
    let envelope = &inspected.envelope;
    admitted(federation, envelope).await?;
    let key = sender(federation, &inspected).await?;
    if key.is_none_or(|key| key.state != ActorState::Active) {
        return Ok(());
    }
    keep(federation, envelope, body, federation.now()).await
}

/// Whether somebody lives, or lived, at a personal inbox; what is known to this
/// server alone is nobody to others.
async fn addressed(federation: &Federation, place: &Place) -> Result<(), Refusal> {
    let handle = match place {
        Place::Community(handle) | Place::Person(handle) => handle,
        Place::Instance => return Ok(()),
        Place::Post(_) | Place::Other => return Err(Refusal::UnknownRecipient),
    };
    let mut conn = federation.store.read().await.map_err(|e| overloaded(&e))?;
    let actor = conn
        .local_actor(handle.as_str())
        .await
        .map_err(|e| overloaded(&e))?
        .filter(|actor| federation.actions.site.place(&actor.uri).as_ref() == Some(place));
    let hidden = match &actor {
        Some(actor) => conn.is_local_only(actor.id).await,
        None => Ok(false),
    };
    if hidden.map_err(|e| overloaded(&e))? {
        return Err(Refusal::UnknownRecipient);
    }
    match actor {
        None => Err(Refusal::UnknownRecipient),
        Some(actor) if actor.state == ActorState::Gone => Err(Refusal::GoneRecipient),
        Some(_) => Ok(()),
    }
}

async fn admitted(federation: &Federation, envelope: &Envelope) -> Result<(), Refusal> {
    if federation.actions.site.is_ours(envelope.actor.as_str()) {
        return Err(Refusal::MalformedActivity(
            "nobody here writes to the inbox",
        ));
    }
    let clock = federation.actions.clock.as_ref();
    federation.peers.refresh(&federation.store, clock).await;
    let origin = origin_of(&envelope.actor);
    let origin = origin.ok_or(Refusal::MalformedActivity("its actor is not a URL"))?;
    match federation.peers.admits(origin.host()) {
        // Who was let in just now must not be left at the door, where nobody would
        // look for them any more.
        Err(Refusal::NotAllowed) => {
            let (peers, store) = (&federation.peers, &federation.store);
            peers.admits_now(store, origin.host()).await
        }
        known => known,
    }
}

/// The key that the signature was checked with; `None` when nothing has to be
/// done, so that nothing has to be fetched either.
async fn sender(
    federation: &Federation,
    inspected: &Inspected,
) -> Result<Option<std::sync::Arc<KnownKey>>, Refusal> {
    let Inspected {
        envelope, claim, ..
    } = inspected;
    let key_id = claim.key_id.as_str();
    let known = federation
        .known_key(key_id, &envelope.actor)
        .await
        .map_err(|trouble| refusal(&trouble))?;
    if let Some(known) = &known {
        // One that is gone and signs is either late or back: its server knows.
        let signed = claim.verify(&known.key);
        if signed && (known.state != ActorState::Gone || is_own_deletion(envelope)) {
            return Ok(Some(known.clone()));
        }
    } else if nothing_to_do(federation, envelope).await? {
        return Ok(None);
    }
    // Unknown, or changed since we read it.
    let key = federation
        .ask_for_key(key_id, &envelope.actor, &|key| claim.verify(key))
        .await
        .map_err(|trouble| refusal(&trouble))?;
    if claim.verify(&key.key) {
        Ok(Some(key))
    } else {
        Err(Refusal::BadSignature)
    }
}

/// Whether an actor says something of itself: that it is suspended no more, or gone.
fn is_about_itself(envelope: &Envelope) -> bool {
    matches!(envelope.kind.as_str(), "Update" | "Delete")
        && envelope.object_id.as_deref() == Some(envelope.actor.as_str())
}

/// Whether an actor deletes itself.
fn is_own_deletion(envelope: &Envelope) -> bool {
    envelope.kind == "Delete" && envelope.object_id.as_deref() == Some(envelope.actor.as_str())
}

/// Whether an activity by somebody whose key we do not have is known to be
/// nothing: an account that we never met is deleted, or it came before.
pub(super) async fn nothing_to_do(
    federation: &Federation,
    envelope: &Envelope,
) -> Result<bool, Refusal> {
    if is_own_deletion(envelope) {
        let never_met = federation.never_met(&envelope.actor).await;
        if never_met.map_err(|trouble| refusal(&trouble))? {
            return Ok(true);
        }
    }
    let mut conn = federation.store.read().await.map_err(|e| overloaded(&e))?;
    conn.is_kept(envelope.actor.as_str(), envelope.id.as_str())
        .await
        .map_err(|e| overloaded(&e))
}

async fn keep(
    federation: &Federation,
    envelope: &Envelope,
    body: Bytes,
    now: Timestamp,
) -> Result<(), Refusal> {
    let raw = String::from_utf8(body.into()).map_err(|_| Refusal::MalformedJson)?;
    let item = NewInboxItem {
        // Given when it is kept, so that the order is that of keeping.
        id: 0,
        activity_uri: envelope.id.to_string(),
        signer_uri: envelope.actor.to_string(),
        kind: envelope.kind.clone(),
        order_key: order_key(envelope),
        raw,
        received_at: now.micros(),
    };
    federation.keeper.keep(item).await.map_err(|error| {
        tracing::warn!(%error, "asked a peer to come back later");
        Refusal::Overloaded {
            retry_after: COME_BACK,
        }
    })
}

/// What is about the same thing, by the same actor, is worked on in order.
fn order_key(envelope: &Envelope) -> String {
    let about = envelope
        .inner_object_id
        .as_deref()
        .or(envelope.object_id.as_deref())
        .unwrap_or(envelope.id.as_str());
    let mut key = format!("{} {about}", envelope.actor);
    let mut end = key.len().min(MAX_ORDER_KEY);
    while !key.is_char_boundary(end) {
        end -= 1;
    }
    key.truncate(end);
    key
}

pub(super) fn overloaded(error: &archipel_storage::Error) -> Refusal {
    tracing::error!(%error, "the inbox cannot reach its database");
    Refusal::Overloaded {
        retry_after: COME_BACK,
    }
}

pub(super) fn refusal(trouble: &KeyTrouble) -> Refusal {
    match trouble {
        KeyTrouble::Gone => Refusal::KeyGone,
        KeyTrouble::Wrong(why) => {
            tracing::debug!(why, "a key was refused");
            Refusal::KeyNotOwned
        }
        KeyTrouble::Later(why, wait) => {
            tracing::debug!(why, "a key cannot be had at the moment");
            // A moment more than that, for clocks and rounding.
            let retry_after = *wait + Duration::from_secs(1);
            Refusal::KeyUnavailable { retry_after }
        }
        KeyTrouble::Storage(error) => overloaded(error),
    }
}

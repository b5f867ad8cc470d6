//! Gives what people of this server say a proof of its own (FEP-8b32), so that a
//! community may send it on to those who believe only the author.

use archipel_model::ActorKind;
use archipel_storage::{Activity, Conn, KeyAlgorithm};
use serde_json::value::RawValue;

use super::speaker;
use crate::keys::signing;
use crate::render::{self, Json};
use crate::signature::{Signer, SigningKey, proof};
use crate::views::ViewError;

/// The activity of a person with a proof of who says it; anything else as it was.
/// Without a proof it is still good: the request that carries it is signed too.
pub(super) async fn proven(
    conn: &mut Conn,
    activity: &Activity,
    said: Json,
) -> Result<Json, ViewError> {
    let actor = speaker(conn, activity).await?;
    if actor.kind != ActorKind::Person {
        return Ok(said);
    }
    let keys = conn.keys_of(actor.id).await?;
    let Some((key_id, private)) = signing(&keys, KeyAlgorithm::Ed25519, activity.created_at)
        .and_then(|key| Some((key.id.clone(), key.private.as_deref()?)))
    else {
        return Ok(said);
    };
    let document = render::for_proof(&said)?;
    let made = SigningKey::from_pem(private)
        .map_err(|error| error.to_string())
        .and_then(|key| {
            proof::make(document.get(), &Signer { key_id, key }, activity.created_at)
                .map_err(|error| error.to_string())
        });
    match made {
        Ok(text) => Ok(RawValue::from_string(text).map_err(render::RenderError::from)?),
        Err(error) => {
            tracing::warn!(%error, activity = %activity.uri, "sent without a proof");
            Ok(said)
        }
    }
}

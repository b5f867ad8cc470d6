//! Who asks for a document, when only those who sign may have it.

use archipel_model::origin_of;
use http::request::Parts;

use super::Door;
use crate::gate::{self, Head, Refusal};

impl Door {
    /// Whether this is a stranger, who only gets what is needed to check our
    /// signatures. Nobody is one unless `federation.authorized_fetch` is on.
    pub(super) async fn is_stranger(&self, parts: &Parts) -> bool {
        if !self.federation.settings.authorized_fetch {
            return false;
        }
        match self.signed_by_peer(parts).await {
            Ok(signed) => !signed,
            Err(refusal) => {
                tracing::debug!(%refusal, "a signed fetch was not believed");
                true
            }
        }
    }

    /// Whether the request carries the true signature of an actor elsewhere that
    /// is not blocked.
    async fn signed_by_peer(&self, parts: &Parts) -> Result<bool, Refusal> {
        let now = self.federation.now();
        let Some(claim) = gate::inspect_get(&self.rules, Head::from(parts), now)? else {
            return Ok(false);
        };
        let clock = self.federation.actions.clock.as_ref();
        self.federation
            .peers
            .refresh(&self.federation.store, clock)
            .await;
        let origin = origin_of(&claim.key_id).ok_or(Refusal::BadSignature)?;
        self.federation.peers.admits(origin.host())?;
        self.federation
            .signed_by_asker(&claim)
            .await
            .map_err(|_| Refusal::BadSignature)
    }
}

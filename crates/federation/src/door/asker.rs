//! Who asks for a document: whether they may have it.

use archipel_model::origin_of;
use axum::response::Response;
use http::request::Parts;

use super::Door;
use super::answer;
use super::receive::restore_target;
use crate::gate::{self, Head, Refusal, SignatureClaim};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asker {
    /// May read what everybody may read.
    Reader,
    /// Only gets what is needed to check our signatures, and why.
    Stranger(Refusal),
    /// Gets nothing at all: its server is blocked.
    Blocked,
}

impl Door {
    /// Who asks. Nobody is a stranger in open mode, unless `federation.authorized_fetch`
    /// is on; who signs for a blocked server is refused in every mode.
    pub(super) async fn asker(&self, parts: &Parts) -> Asker {
        let mut parts = parts.clone();
        restore_target(&mut parts);
        let federation = &self.federation;
        let claim = gate::inspect_get(&self.rules, Head::from(&parts), federation.now());
        let admitted = match &claim {
            Ok(Some(claim)) => self.admits(claim).await,
            _ => Ok(()),
        };
        if admitted == Err(Refusal::DomainBlocked) {
            return Asker::Blocked;
        }
        if federation.peers.is_open() && !federation.settings.authorized_fetch {
            return Asker::Reader;
        }
        if let Err(refusal) = admitted {
            return Asker::Stranger(refusal);
        }
        let Ok(Some(claim)) = claim else {
            return Asker::Stranger(Refusal::Unsigned);
        };
        match federation.signed_by_asker(&claim).await {
            Ok(true) => Asker::Reader,
            Ok(false) => Asker::Stranger(Refusal::BadSignature),
            Err(trouble) => {
                tracing::debug!(?trouble, "a signed fetch was not believed");
                Asker::Stranger(Refusal::BadSignature)
            }
        }
    }

    /// Whether the server that a signature names is spoken with.
    async fn admits(&self, claim: &SignatureClaim) -> Result<(), Refusal> {
        let federation = &self.federation;
        let clock = federation.actions.clock.as_ref();
        federation.peers.refresh(&federation.store, clock).await;
        let origin = origin_of(&claim.key_id).ok_or(Refusal::BadSignature)?;
        federation.peers.admits(origin.host())
    }

    /// The refusal for those who may not have documents.
    pub(super) async fn refuses(&self, parts: &Parts) -> Option<Response> {
        match self.asker(parts).await {
            Asker::Reader => None,
            Asker::Stranger(refusal) => Some(self.refused(&refusal)),
            Asker::Blocked => Some(self.refused(&Refusal::DomainBlocked)),
        }
    }

    /// A refusal; where a decision of people is behind it, with a page of this server.
    pub(super) fn refused(&self, refusal: &Refusal) -> Response {
        let decided = matches!(refusal, Refusal::DomainBlocked | Refusal::NotAllowed);
        let page = decided.then(|| self.federation.actions.site.instance());
        answer::refused_with_page(refusal, page.as_deref())
    }
}

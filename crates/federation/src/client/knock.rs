//! Knocking twice: which signature a peer is offered first, and which then.
//!
//! Nearly every peer verifies draft-cavage signatures, a growing number RFC 9421
//! with RSA, a few RFC 9421 with Ed25519. There is no reliable announcement, so
//! a refusal (400 or 401) is answered once with the other scheme, and what
//! worked is remembered. Ed25519 is offered only to peers known to want it.

use http::StatusCode;

use crate::signature::{Scheme, Signer};

/// How a request is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Knock {
    /// draft-cavage-http-signatures-12 with RSA: understood by all.
    #[default]
    Cavage,
    /// RFC 9421 with RSA.
    Rfc9421,
    /// RFC 9421 with Ed25519, when the actor has such a key.
    Rfc9421Ed25519,
}

impl Knock {
    /// The word under which a destination's knock is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cavage => "cavage",
            Self::Rfc9421 => "rfc9421",
            Self::Rfc9421Ed25519 => "rfc9421-ed25519",
        }
    }

    /// Reads the stored word; anything unknown is the scheme all understand.
    pub fn from_stored(word: &str) -> Self {
        match word {
            "rfc9421" => Self::Rfc9421,
            "rfc9421-ed25519" => Self::Rfc9421Ed25519,
            _ => Self::Cavage,
        }
    }

    /// What to try once when this was refused.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Cavage => Self::Rfc9421,
            Self::Rfc9421 | Self::Rfc9421Ed25519 => Self::Cavage,
        }
    }
}

/// The other scheme of a signed GET.
pub(super) fn other_scheme(scheme: Scheme) -> Scheme {
    match scheme {
        Scheme::Cavage => Scheme::Rfc9421,
        Scheme::Rfc9421 => Scheme::Cavage,
    }
}

/// Whether a status may mean "I do not understand this signature".
pub(super) fn turned_away(status: StatusCode) -> bool {
    matches!(status, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED)
}

/// The keys an actor signs deliveries with.
#[derive(Clone, Debug)]
pub struct ActorKeys {
    /// The RSA key every actor has.
    pub rsa: Signer,
    /// The Ed25519 key, used only for [`Knock::Rfc9421Ed25519`].
    pub ed25519: Option<Signer>,
}

impl ActorKeys {
    /// Key and scheme for a knock; RSA stands in for a missing Ed25519 key.
    pub(super) fn signer(&self, knock: Knock) -> (&Signer, Scheme) {
        match (knock, &self.ed25519) {
            (Knock::Cavage, _) => (&self.rsa, Scheme::Cavage),
            (Knock::Rfc9421Ed25519, Some(ed25519)) => (ed25519, Scheme::Rfc9421),
            (Knock::Rfc9421 | Knock::Rfc9421Ed25519, _) => (&self.rsa, Scheme::Rfc9421),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_words_round_trip() {
        for knock in [Knock::Cavage, Knock::Rfc9421, Knock::Rfc9421Ed25519] {
            assert_eq!(Knock::from_stored(knock.as_str()), knock);
            assert_ne!(knock.other(), knock);
        }
        assert_eq!(Knock::from_stored("?"), Knock::Cavage);
    }
}

//! Every way a request of a peer can be refused, with the one status, the one
//! machine word and the one sentence for it.
//!
//! The status is a contract: peers count a 4xx as delivered and never try again,
//! so what is our trouble, or may pass, is 401, 429 or 503. The gate uses the
//! first half of the list; later stages of the inbox the second.

use std::time::Duration;

use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::signature::KeyError;

/// Why a request is refused. `Display` is a sentence for the operator of the
/// other server; it never holds anything the request did not say itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A header that decides something comes more than once.
    #[error("The header {0} must come exactly once.")]
    DuplicateHeader(&'static str),
    /// Content-Length and Transfer-Encoding together (RFC 9112 §6.3).
    #[error("Content-Length and Transfer-Encoding exclude each other.")]
    AmbiguousLength,
    /// A signature in `Authorization` and another in `Signature`.
    #[error("Sign in the Signature header or in Authorization, not in both.")]
    TwoSignatures,
    /// The body is not JSON, or not such that everybody reads it alike.
    #[error("The body is not valid JSON, names a member twice or is nested too deeply.")]
    MalformedJson,
    /// The JSON is no activity we can keep.
    #[error("The body is not an activity: {0}.")]
    MalformedActivity(&'static str),
    /// The activity's id lies on another origin than its actor.
    #[error("The id of an activity must have the origin of its actor.")]
    ForeignId,
    /// An announce from a community that nobody here follows.
    #[error("Nobody here follows this community.")]
    CommunityHasNoFollowers,
    /// There is no signature at all.
    #[error("The request must be signed.")]
    Unsigned,
    /// The request is addressed to a host that is not us.
    #[error("This server does not answer for the host of the request.")]
    WrongHost,
    /// The signature cannot be read, or contradicts the request.
    #[error("The signature cannot be used: {0}.")]
    MalformedSignature(&'static str),
    /// The signature does not cover a part it must cover.
    #[error("The signature must cover {0}.")]
    NotCovered(&'static str),
    /// The signature names an algorithm we do not verify.
    #[error("The signature algorithm is not supported: use RSA with SHA-256, or Ed25519.")]
    UnknownAlgorithm,
    /// The date of the signature is missing or unreadable.
    #[error("The date of the signature is missing or cannot be read.")]
    UnreadableDate,
    /// The signature is older or newer than we accept.
    #[error("The signature is too old or from the future: check the clock.")]
    OutsideWindow,
    /// The signature's own `expires` is past.
    #[error("The signature has expired.")]
    Expired,
    /// The digest does not match the body, or has no SHA-256.
    #[error("The SHA-256 digest of the body is missing or does not match.")]
    DigestMismatch,
    /// The key belongs to another server than the actor.
    #[error("The key must have the origin of the actor.")]
    ForeignKey,
    /// The signature does not verify with the actor's key.
    #[error("The signature does not verify with the key of the actor.")]
    BadSignature,
    /// The key's document does not belong to the actor, or the actor does not
    /// name that key.
    #[error("The actor and the key do not name each other.")]
    KeyNotOwned,
    /// The key is unreadable, too small or too large.
    #[error("The key of the actor is refused: {0}.")]
    KeyRefused(#[source] KeyError),
    /// The key, or its actor, is gone for good.
    #[error("The key of the actor is gone.")]
    KeyGone,
    /// The peer's domain is blocked here.
    #[error("This server does not accept activities from this domain.")]
    DomainBlocked,
    /// The actor is suspended here.
    #[error("This server does not accept activities from this actor.")]
    ActorSuspended,
    /// The instance federates with listed partners only, or with nobody.
    #[error("This server federates only with servers it knows.")]
    NotAllowed,
    /// The addressed actor never existed.
    #[error("There is nobody at this address.")]
    UnknownRecipient,
    /// The addressed actor was deleted.
    #[error("What was at this address is deleted.")]
    GoneRecipient,
    /// The body is larger than we read.
    #[error("The body must not exceed {max} bytes.")]
    TooLarge {
        /// The limit in bytes.
        max: usize,
    },
    /// The body is not declared as an activity.
    #[error(
        "Send application/activity+json, or application/ld+json with the ActivityStreams profile."
    )]
    UnsupportedMediaType,
    /// The body is compressed.
    #[error("Send the body without Content-Encoding.")]
    UnsupportedEncoding,
    /// The peer sends more than we agreed to take.
    #[error("Too many requests: slow down.")]
    TooManyRequests {
        /// When to come back.
        retry_after: Duration,
    },
    /// The key could not be fetched, for a reason that may pass.
    #[error("The key of the actor could not be fetched: try again later.")]
    KeyUnavailable {
        /// When to come back.
        retry_after: Duration,
    },
    /// We are busy, or our database is not there.
    #[error("This server is busy: try again later.")]
    Overloaded {
        /// When to come back.
        retry_after: Duration,
    },
}

impl Refusal {
    /// The HTTP status (security reference §0.10).
    pub fn status(&self) -> StatusCode {
        self.entry().0
    }

    /// A stable word for machines, also used in logs and counters.
    pub fn code(&self) -> &'static str {
        self.entry().1
    }

    /// Whether the peer should send the same request again later.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyRequests { retry_after }
            | Self::KeyUnavailable { retry_after }
            | Self::Overloaded { retry_after } => Some(*retry_after),
            _ => None,
        }
    }

    fn entry(&self) -> (StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            Self::DuplicateHeader(_) => (S::BAD_REQUEST, "duplicate_header"),
            Self::AmbiguousLength => (S::BAD_REQUEST, "ambiguous_length"),
            Self::TwoSignatures => (S::BAD_REQUEST, "two_signatures"),
            Self::MalformedJson => (S::BAD_REQUEST, "malformed_json"),
            Self::MalformedActivity(_) => (S::BAD_REQUEST, "malformed_activity"),
            Self::ForeignId => (S::BAD_REQUEST, "foreign_id"),
            Self::CommunityHasNoFollowers => (S::BAD_REQUEST, "community_has_no_followers"),
            Self::Unsigned => (S::UNAUTHORIZED, "unsigned"),
            Self::WrongHost => (S::UNAUTHORIZED, "wrong_host"),
            Self::MalformedSignature(_) => (S::UNAUTHORIZED, "malformed_signature"),
            Self::NotCovered(_) => (S::UNAUTHORIZED, "not_covered"),
            Self::UnknownAlgorithm => (S::UNAUTHORIZED, "unknown_algorithm"),
            Self::UnreadableDate => (S::UNAUTHORIZED, "unreadable_date"),
            Self::OutsideWindow => (S::UNAUTHORIZED, "outside_window"),
            Self::Expired => (S::UNAUTHORIZED, "expired"),
            Self::DigestMismatch => (S::UNAUTHORIZED, "digest_mismatch"),
            Self::ForeignKey => (S::UNAUTHORIZED, "foreign_key"),
            Self::BadSignature => (S::UNAUTHORIZED, "bad_signature"),
            Self::KeyNotOwned => (S::UNAUTHORIZED, "key_not_owned"),
            Self::KeyRefused(_) => (S::UNAUTHORIZED, "key_refused"),
            Self::KeyGone => (S::UNAUTHORIZED, "key_gone"),
            Self::DomainBlocked => (S::FORBIDDEN, "domain_blocked"),
            Self::ActorSuspended => (S::FORBIDDEN, "actor_suspended"),
            Self::NotAllowed => (S::FORBIDDEN, "not_allowed"),
            Self::UnknownRecipient => (S::NOT_FOUND, "unknown_recipient"),
            Self::GoneRecipient => (S::GONE, "gone_recipient"),
            Self::TooLarge { .. } => (S::PAYLOAD_TOO_LARGE, "too_large"),
            Self::UnsupportedMediaType => (S::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
            Self::UnsupportedEncoding => (S::UNSUPPORTED_MEDIA_TYPE, "unsupported_encoding"),
            Self::TooManyRequests { .. } => (S::TOO_MANY_REQUESTS, "too_many_requests"),
            Self::KeyUnavailable { .. } => (S::SERVICE_UNAVAILABLE, "key_unavailable"),
            Self::Overloaded { .. } => (S::SERVICE_UNAVAILABLE, "overloaded"),
        }
    }

    /// The whole answer: status, headers, and a problem document (RFC 9457)
    /// whose extension member `code` carries [`Refusal::code`].
    ///
    /// A 401 says what to sign, in the words of both schemes, so that a peer
    /// that can do better does so by itself (RFC 9421 §5.1).
    pub fn problem(&self) -> (StatusCode, HeaderMap, Value) {
        let (status, code) = self.entry();
        let mut headers = HeaderMap::new();
        let json_type = HeaderValue::from_static("application/problem+json");
        headers.insert(CONTENT_TYPE, json_type);
        if let Some(delay) = self.retry_after() {
            headers.insert(RETRY_AFTER, HeaderValue::from(delay.as_secs().max(1)));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Signature headers=\"(request-target) host date digest\""),
            );
            headers.insert(
                HeaderName::from_static("accept-signature"),
                HeaderValue::from_static(
                    "sig1=(\"@method\" \"@target-uri\" \"content-digest\");created;keyid",
                ),
            );
        }
        if *self == Self::UnsupportedEncoding {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        let document = json!({
            "type": "about:blank",
            "title": status.canonical_reason().unwrap_or_default(),
            "status": status.as_u16(),
            "detail": self.to_string(),
            "code": code,
        });
        (status, headers, document)
    }
}

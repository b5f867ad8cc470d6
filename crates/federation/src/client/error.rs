//! Why a fetch failed, in the words the rest of the server acts on.
//!
//! Three questions matter to a caller: is it gone, may it come back
//! ([`FetchError::is_transient`]), or did we ourselves refuse it ([`Refused`])?

use std::error::Error as _;
use std::time::Duration;

use http::StatusCode;

use super::guard::PrivateAddress;

/// Why a document was not obtained.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum FetchError {
    /// 410: it was there and will not come back.
    #[error("the peer says that it is gone")]
    Gone,
    /// 404: it is not there now.
    #[error("the peer says that there is no such thing")]
    NotFound,
    /// 401, after both signature schemes when the request was signed.
    #[error("the peer did not accept our signature, or wants one")]
    Unauthorised,
    /// Any other final status (403, 400, 406, 451…).
    #[error("the peer refused with status {0}")]
    Forbidden(u16),
    /// We refused to ask, or to believe the answer.
    #[error("not fetched: {0}")]
    Refused(#[from] Refused),
    /// Network trouble, time out, 408, 429 or 5xx: worth asking again.
    #[error("the peer is in trouble: {detail}")]
    Transient {
        /// How long the peer asked us to wait.
        retry_after: Option<Duration>,
        /// What happened, for logs and the people who run the server.
        detail: String,
    },
    /// The answer is not a JSON object with an `id`, or not what was asked for.
    #[error("the answer makes no sense: {0}")]
    Malformed(&'static str),
    /// Our own request could not be signed; retrying will not help.
    #[error("the request could not be signed: {0}")]
    Unsignable(String),
}

/// Why the client itself said no.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum Refused {
    /// Neither https nor, in development, http; or a URL without a host.
    #[error("the scheme is not allowed")]
    Scheme,
    /// User name or password in the URL.
    #[error("the URL holds credentials")]
    UserInfo,
    /// More than [`MAX_URL`](super::MAX_URL) bytes.
    #[error("the URL is too long")]
    UrlTooLong,
    /// The host is, or resolves to, an address that is not public.
    #[error("the address is not public")]
    PrivateAddress,
    /// The policy of this server does not permit the host.
    #[error("this server does not speak with that host")]
    Blocked,
    /// More redirects than [`MAX_REDIRECTS`](super::MAX_REDIRECTS), or one
    /// that leads nowhere.
    #[error("the redirects lead too far")]
    Redirects,
    /// The body is larger than allowed, after decompression.
    #[error("the document is too large")]
    TooLarge,
    /// Not labelled as an `ActivityPub` document.
    #[error("the content type is not one of ActivityPub")]
    ContentType,
    /// The document found at a URL claims another `id`.
    #[error("the document claims another id than its address")]
    IdMismatch,
    /// The [`Budget`](super::Budget) of the activity is spent.
    #[error("too many documents were fetched for one activity")]
    BudgetSpent,
}

impl FetchError {
    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Transient { .. })
    }

    /// The total time is over.
    pub(super) fn timed_out() -> Self {
        Self::Transient {
            retry_after: None,
            detail: "no complete answer in time".to_owned(),
        }
    }

    /// What a status other than success or redirect means for a fetch.
    pub(super) fn from_status(status: StatusCode, retry_after: Option<Duration>) -> Self {
        match status {
            StatusCode::GONE => Self::Gone,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::UNAUTHORIZED => Self::Unauthorised,
            status if is_passing(status) => Self::Transient {
                retry_after,
                detail: format!("status {}", status.as_u16()),
            },
            status => Self::Forbidden(status.as_u16()),
        }
    }
}

/// Statuses that speak of a moment, not of the request.
pub(super) fn is_passing(status: StatusCode) -> bool {
    status.is_server_error()
        || status == StatusCode::REQUEST_TIMEOUT
        || status == StatusCode::TOO_MANY_REQUESTS
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        if stopped_by_guard(&error) {
            return Refused::PrivateAddress.into();
        }
        Self::Transient {
            retry_after: None,
            detail: describe(&error),
        }
    }
}

/// Whether the address guard stopped the connection.
pub(super) fn stopped_by_guard(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<PrivateAddress>() {
            return true;
        }
        cause = inner.source();
    }
    false
}

/// A network error in a few words: what kind, and its innermost cause. The URL
/// is left out, the reader knows whom we spoke to.
pub(super) fn describe(error: &reqwest::Error) -> String {
    let kind = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else if error.is_decode() {
        "the body cannot be decoded"
    } else {
        "the exchange broke off"
    };
    let mut innermost = error.source();
    while let Some(deeper) = innermost.and_then(std::error::Error::source) {
        innermost = Some(deeper);
    }
    match innermost {
        Some(cause) if !error.is_timeout() => {
            let cause: String = cause.to_string().chars().take(200).collect();
            format!("{kind}: {cause}")
        }
        _ => kind.to_owned(),
    }
}

//! Every refusal, as apps read it: always JSON, `{"error": "…"}`.
//!
//! 401 logs clients out, so it is said of tokens alone; what is our trouble is 503.
//! <https://docs.joinmastodon.org/entities/Error/>.

use archipel_actions as actions;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// Why there is no other answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// No token, or none of ours.
    #[error("The access token is invalid")]
    Unauthorized,
    /// The token does not allow this.
    #[error("This action is outside the authorized scopes")]
    Scope,
    /// An app speaks for itself where a person is needed.
    #[error("This method requires an authenticated user")]
    NeedsUser,
    /// They may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// There is no such thing, for who asks.
    #[error("Record not found")]
    NotFound,
    /// The address takes other methods only.
    #[error("Method not allowed")]
    Method,
    /// What was sent makes no sense or cannot be done; says what to do.
    #[error("{0}")]
    Unprocessable(String),
    /// Fields of a form make no sense: what is wrong, field by field.
    #[error("{0}")]
    Invalid(String, Value),
    /// The request is not one.
    #[error("{0}")]
    Bad(String),
    /// More than is taken.
    #[error("The request is too large")]
    TooLarge,
    /// Too often; seconds to wait.
    #[error("Too many requests")]
    TooMany(u64),
    /// Our trouble.
    #[error("The server has trouble at the moment, please try again")]
    Trouble,
}

/// What handlers give.
pub(crate) type Result<T> = std::result::Result<T, ApiError>;

impl ApiError {
    /// Refuses what was sent, with a sentence that says what to do.
    pub(crate) fn refused(why: impl Into<String>) -> Self {
        Self::Unprocessable(why.into())
    }

    /// The number of its status.
    pub(crate) fn code(&self) -> u16 {
        self.status().as_u16()
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Scope | Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NeedsUser | Self::Unprocessable(_) | Self::Invalid(..) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Bad(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Trouble => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = match &self {
            Self::Invalid(_, details) => {
                json!({ "error": self.to_string(), "details": details })
            }
            _ => json!({ "error": self.to_string() }),
        };
        let mut response = (self.status(), Json(body)).into_response();
        let headers = response.headers_mut();
        if let Self::TooMany(seconds) = self {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Self::TooLarge = self {
            // What was not read is still on its way: nothing else can follow it.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Self::Unauthorized = self {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"Archipel\", error=\"invalid_token\""),
            );
        }
        response
    }
}

impl From<archipel_storage::Error> for ApiError {
    fn from(error: archipel_storage::Error) -> Self {
        tracing::error!(%error, "the database failed a request of an app");
        Self::Trouble
    }
}

impl From<actions::Error> for ApiError {
    fn from(error: actions::Error) -> Self {
        match error {
            actions::Error::Storage(error) => error.into(),
            actions::Error::TooOften(seconds) => Self::TooMany(seconds),
            actions::Error::Denied(_) => Self::Forbidden(error.to_string()),
            actions::Error::Draft(actions::DraftError::NoParent) => Self::NotFound,
            other => Self::Unprocessable(other.to_string()),
        }
    }
}

//! Ids in paths and lists: what is no id names nothing.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;

use crate::error::ApiError;

/// The first id in the path; one that cannot be read is not found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IdOf<T>(pub(crate) T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for IdOf<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| ApiError::NotFound)?;
        params
            .iter()
            .next()
            .and_then(|(_, text)| text.parse().ok())
            .map(Self)
            .ok_or(ApiError::NotFound)
    }
}

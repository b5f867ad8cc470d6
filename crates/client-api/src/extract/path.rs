//! Ids and words in paths: what is no id names nothing.

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
        let text = first(parts, state).await?;
        text.parse().map(Self).map_err(|_| ApiError::NotFound)
    }
}

/// The first word in the path, without what no text has in it.
#[derive(Clone, Debug)]
pub(crate) struct Word(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Word {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Ok(Self(first(parts, state).await?.replace('\0', "")))
    }
}

async fn first<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<String, ApiError> {
    let params = RawPathParams::from_request_parts(parts, state)
        .await
        .map_err(|_| ApiError::NotFound)?;
    let (_, text) = params.iter().next().ok_or(ApiError::NotFound)?;
    Ok(text.to_owned())
}

//! All parameters of a request, from its query and its body, as one type.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::multipart::Multipart;
use axum::extract::{FromRequest, Request};
use http::header;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::extract::tree::put;

/// The parameters of a request.
#[derive(Clone, Debug)]
pub(crate) struct Params<T>(pub(crate) T);

/// The parameters of a request, and the files that came with them.
#[derive(Clone, Debug)]
pub(crate) struct Sent<T> {
    pub(crate) params: T,
    /// Files by the name of their field.
    pub(crate) files: HashMap<String, Bytes>,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let sent = Sent::from_request(request, state).await?;
        Ok(Self(sent.params))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let mut tree = Map::new();
        if let Some(query) = request.uri().query() {
            pairs(&mut tree, query.as_bytes());
        }
        let mut files = HashMap::new();
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_ascii_lowercase();
        if kind.starts_with("multipart/form-data") {
            multipart(request, state, &mut tree, &mut files).await?;
        } else {
            let body = Bytes::from_request(request, state)
                .await
                .map_err(|rejection| too_large_or(rejection.status(), "The body broke off"))?;
            if kind.contains("json") {
                json(&mut tree, &body)?;
            } else if kind.is_empty() || kind.starts_with("application/x-www-form-urlencoded") {
                // Without a word of what it is, it may be either.
                if !body.starts_with(b"{") || json(&mut tree, &body).is_err() {
                    pairs(&mut tree, &body);
                }
            }
            // Anything else, `text/plain` above all, carries no parameters: pages of
            // other sites can send it without asking.
        }
        tree.values_mut().for_each(without_nul);
        let params = serde_json::from_value(Value::Object(tree))
            .map_err(|error| ApiError::Unprocessable(format!("Validation failed: {error}")))?;
        Ok(Self { params, files })
    }
}

fn too_large_or(status: http::StatusCode, words: &str) -> ApiError {
    if status == http::StatusCode::PAYLOAD_TOO_LARGE {
        ApiError::TooLarge
    } else {
        ApiError::Bad(words.to_owned())
    }
}

/// No text has a NUL in it: PostgreSQL refuses such a text, SQLite ends it there.
fn without_nul(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|c| c != '\0'),
        Value::Array(items) => items.iter_mut().for_each(without_nul),
        Value::Object(map) => map.values_mut().for_each(without_nul),
        _ => {}
    }
}

fn pairs(tree: &mut Map<String, Value>, encoded: &[u8]) {
    for (key, value) in url::form_urlencoded::parse(encoded) {
        put(tree, &key, Value::String(value.into_owned()));
    }
}

fn json(tree: &mut Map<String, Value>, body: &[u8]) -> Result<(), ApiError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(map)) => {
            tree.extend(map);
            Ok(())
        }
        Ok(Value::Null) => Ok(()),
        Ok(_) => Err(ApiError::Bad("The body must be a JSON object".to_owned())),
        Err(error) => Err(ApiError::Bad(format!("The body is not JSON: {error}"))),
    }
}

async fn multipart<S: Send + Sync>(
    request: Request,
    state: &S,
    tree: &mut Map<String, Value>,
    files: &mut HashMap<String, Bytes>,
) -> Result<(), ApiError> {
    let broken = |error: axum::extract::multipart::MultipartError| {
        too_large_or(error.status(), "The form broke off or cannot be read")
    };
    let mut form = Multipart::from_request(request, state)
        .await
        .map_err(|_| ApiError::Bad("The form cannot be read".to_owned()))?;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let Some(name) = field.name().map(str::to_owned) else {
            continue;
        };
        let is_file = field.file_name().is_some();
        let bytes = field.bytes().await.map_err(broken)?;
        if is_file {
            files.insert(name, bytes);
        } else {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            put(tree, &name, Value::String(text));
        }
    }
    Ok(())
}

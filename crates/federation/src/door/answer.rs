//! Gives documents out: negotiation, headers, errors in words.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tower_service::Service as _;

use crate::documents::Document;
use crate::gate::Refusal;
use crate::render::CONTENT_TYPE;
use crate::views::ViewError;

/// The pages for browsers at the same addresses.
#[derive(Clone, Debug)]
pub(super) struct Pages(pub(super) Router);

/// Passes requests of browsers on to the pages; everybody else gets ActivityPub.
/// Both answers say that it depends on `Accept`.
pub(super) async fn negotiate(
    State(Pages(mut pages)): State<Pages>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = if wants_page(request.headers()) {
        match pages.call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    } else {
        next.run(request).await
    };
    response
        .headers_mut()
        .append(header::VARY, HeaderValue::from_static("Accept"));
    response
}

/// Whether a page is wanted rather than a document: it is named, and before any
/// form of ActivityPub. `*/*` and no header at all mean a document.
fn wants_page(headers: &HeaderMap) -> bool {
    let mut best_page = 0.0_f32;
    let mut best_document = 0.0_f32;
    for value in headers.get_all(header::ACCEPT) {
        let Ok(text) = value.to_str() else { continue };
        for part in text.split(',') {
            let mut words = part.split(';').map(str::trim);
            let kind = words.next().unwrap_or_default().to_ascii_lowercase();
            let quality = words
                .find_map(|word| word.strip_prefix("q="))
                .map_or(1.0, |q| q.parse().unwrap_or(0.0));
            match kind.as_str() {
                "text/html" | "application/xhtml+xml" => best_page = best_page.max(quality),
                "application/activity+json" | "application/ld+json" | "application/json" => {
                    best_document = best_document.max(quality);
                }
                _ => {}
            }
        }
    }
    best_page > 0.0 && best_page > best_document
}

/// An ActivityPub document.
pub(super) fn document(document: &Document, to_stranger: bool) -> Response {
    let status = if document.gone {
        StatusCode::GONE
    } else {
        StatusCode::OK
    };
    let body = match (to_stranger, &document.stub) {
        (false, _) => document.body.clone(),
        (true, Some(stub)) => stub.clone(),
        (true, None) => return refused(&Refusal::Unsigned),
    };
    (
        status,
        [
            (header::CONTENT_TYPE, CONTENT_TYPE),
            (header::CACHE_CONTROL, "max-age=60"),
        ],
        Body::from(body),
    )
        .into_response()
}

/// A document or what takes its place.
pub(super) fn found(found: Option<&Arc<Document>>, to_stranger: bool) -> Response {
    match found {
        Some(found) => document(found, to_stranger),
        None => not_found(),
    }
}

/// There is nothing, and there never was as far as anybody may know.
pub(super) fn not_found() -> Response {
    let problem = serde_json::json!({
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing at this address.",
        "error": "There is nothing at this address.",
    });
    (StatusCode::NOT_FOUND, problem_json(problem)).into_response()
}

/// The answer where nothing can ever be had.
pub(super) async fn nothing() -> Response {
    not_found()
}

/// A refusal in the words of the gate.
pub(super) fn refused(refusal: &Refusal) -> Response {
    refused_with_page(refusal, None)
}

/// The same, with the page where people of the other server can read whom to ask.
pub(super) fn refused_with_page(refusal: &Refusal, page: Option<&str>) -> Response {
    let (status, headers, mut problem) = refusal.problem();
    if let (Some(page), Some(members)) = (page, problem.as_object_mut()) {
        members.insert("page".to_owned(), page.into());
    }
    (status, headers, Body::from(problem.to_string())).into_response()
}

fn problem_json(value: serde_json::Value) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/problem+json")],
        Json(value),
    )
}

/// Trouble of ours while answering: the peer must ask again.
#[derive(Debug)]
pub(super) struct Trouble(ViewError);

impl<E: Into<ViewError>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        tracing::error!(error = %self.0, "a document could not be given out");
        let problem = serde_json::json!({
            "type": "about:blank",
            "title": "Service Unavailable",
            "status": 503,
            "detail": "This server cannot answer at the moment: try again later.",
        });
        (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, "30")],
            problem_json(problem),
        )
            .into_response()
    }
}

/// What a route of documents gives.
pub(super) type Answer = Result<Response, Trouble>;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn page_for(accept: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        wants_page(&headers)
    }

    #[test]
    fn browsers_get_pages_and_servers_documents() {
        assert!(page_for(
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        ));
        assert!(page_for("text/html"));
        for server in [
            "application/activity+json",
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/activity+json, text/html;q=0.1",
            "application/json",
            "*/*",
        ] {
            assert!(!page_for(server), "{server}");
        }
        assert!(!wants_page(&HeaderMap::new()));
    }
}

//! The routes, one file a topic, and the whole door joined together.

mod account_statuses;
mod accounts;
mod admin;
mod announcements;
mod apps;
mod community;
pub(crate) mod conversations;
mod directory;
mod domain_blocks;
mod emojis;
mod endorsements;
mod feeds;
mod filters;
mod follow_requests;
mod grouped;
mod instance;
mod lists;
mod markers;
mod media;
mod notifications;
mod oauth;
mod openapi;
mod policy;
mod polls;
mod posting;
mod profile;
mod push;
mod reactions;
mod relations;
mod reports;
mod scheduled;
mod search;
mod sign_up;
mod statuses;
mod streaming;
mod tags;
mod timelines;

use axum::Router;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};

use crate::api::Api;
use crate::cors;
use crate::error::ApiError;
use crate::files;
use crate::limits;
use crate::registry::Routes;

/// Everything that is declared.
fn declared(api: &Api) -> Routes {
    let mut routes = Routes::new(api.clone());
    for declare in [
        account_statuses::declare,
        accounts::declare,
        admin::declare,
        announcements::declare,
        apps::declare,
        conversations::declare,
        directory::declare,
        domain_blocks::declare,
        emojis::declare,
        endorsements::declare,
        feeds::declare,
        filters::declare,
        follow_requests::declare,
        grouped::declare,
        instance::declare,
        lists::declare,
        markers::declare,
        media::declare,
        notifications::declare,
        oauth::declare,
        openapi::declare,
        policy::declare,
        polls::declare,
        posting::declare,
        profile::declare,
        push::declare,
        reactions::declare,
        relations::declare,
        reports::declare,
        scheduled::declare,
        search::declare,
        sign_up::declare,
        statuses::declare,
        streaming::declare,
        tags::declare,
        timelines::declare,
    ] {
        declare(&mut routes);
    }
    routes
}

/// The door for apps. What it does not know it passes on to nobody: under `/api` and
/// `/oauth` every answer is JSON.
pub fn router(api: Api) -> Router {
    let (router, endpoints, schemas) = declared(&api).finish();
    api.describe(&endpoints, &schemas);
    router
        .route("/api/{*rest}", axum::routing::any(unknown))
        .method_not_allowed_fallback(wrong_method)
        .with_state(api.clone())
        .layer(map_response(as_json))
        .layer(from_fn_with_state(api.clone(), limits::count))
        .merge(files::router().with_state(api))
        .layer(cors::layer())
}

async fn unknown() -> ApiError {
    ApiError::NotFound
}

async fn wrong_method() -> ApiError {
    ApiError::Method
}

/// Refusals of the framework are plain text; apps take that for a server that is down.
async fn as_json(response: Response) -> Response {
    let is_text = response
        .headers()
        .get(http::header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !is_text || response.status().is_success() {
        return response;
    }
    match response.status() {
        http::StatusCode::PAYLOAD_TOO_LARGE => ApiError::TooLarge,
        http::StatusCode::NOT_FOUND => ApiError::NotFound,
        http::StatusCode::METHOD_NOT_ALLOWED => ApiError::Method,
        status if status.is_client_error() => {
            ApiError::Bad("The request cannot be read".to_owned())
        }
        _ => ApiError::Trouble,
    }
    .into_response()
}

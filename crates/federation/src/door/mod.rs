//! Answers those who ask: discovery, actors, collections, posts, and the inbox.
//!
//! Each file holds some routes; `answer` negotiates and gives documents out,
//! `asker` says who asks. A browser gets a page instead: for that, the router of
//! this door is asked first and passes on what does not want ActivityPub.

mod actors;
mod answer;
mod asker;
mod collections;
mod posts;
mod receive;
mod wellknown;

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodRouter, get, post};

use crate::gate::GateRules;
use crate::state::Federation;

/// What the routes of this door need.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    pub(crate) federation: Federation,
    pub(crate) rules: Arc<GateRules>,
}

/// The routes of this door. `pages` answers the same addresses for browsers.
pub fn router(federation: Federation, rules: GateRules, pages: Router) -> Router {
    let door = Door {
        federation,
        rules: Arc::new(rules),
    };
    let documents = Router::new()
        .route("/", get(actors::instance))
        .route("/c/{handle}", get(actors::community))
        .route("/u/{handle}", get(actors::person))
        .route("/p/{id}", get(posts::post))
        .route_layer(axum::middleware::from_fn_with_state(
            answer::Pages(pages.clone()),
            answer::negotiate,
        ))
        .route("/outbox", get(collections::instance_outbox))
        .route("/c/{handle}/outbox", get(collections::outbox))
        .route("/c/{handle}/followers", get(collections::followers))
        .route("/c/{handle}/following", get(collections::following))
        .route("/c/{handle}/featured", get(collections::featured))
        .route("/c/{handle}/moderators", get(collections::moderators))
        .route("/u/{handle}/outbox", get(collections::outbox))
        .route("/u/{handle}/followers", get(collections::followers))
        .route("/u/{handle}/following", get(collections::following))
        .route("/u/{handle}/featured", get(collections::featured))
        .route("/p/{id}/replies", get(posts::replies))
        .route("/p/{id}/context", get(posts::context))
        .route("/inbox", post(receive::shared))
        .route("/c/{handle}/inbox", post(receive::community))
        .route("/u/{handle}/inbox", post(receive::person))
        .route("/.well-known/webfinger", open(wellknown::webfinger))
        .route("/.well-known/host-meta", open(wellknown::host_meta))
        .route("/.well-known/nodeinfo", open(wellknown::nodeinfo_links))
        .route("/nodeinfo/2.0", open(wellknown::nodeinfo_2_0))
        .route("/nodeinfo/2.1", open(wellknown::nodeinfo_2_1))
        // Never to be had: a fetched `Create` of a reply becomes a boost.
        .route("/activities/{*id}", get(answer::nothing))
        .with_state(door);
    documents.fallback_service(pages)
}

/// A document that pages of other sites may read, and may ask whether they may.
fn open<H: Handler<T, Door>, T: 'static>(handler: H) -> MethodRouter<Door> {
    get(handler).options(wellknown::preflight)
}

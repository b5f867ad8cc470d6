//! The door for browsers: public pages, readable without an account, login, and what
//! members settle there. All of it works without JavaScript.
//!
//! Pages only ask the database; whatever changes state goes through
//! `archipel-actions`. Each kind of page is one file: it finds what is asked,
//! puts it into a view and lets a template of `templates/` write it. Words are in
//! `texts`, one file a language.

mod absence;
mod access;
mod accounts;
mod address;
mod authorize;
mod community;
mod dates;
mod form;
mod home;
mod language;
mod login;
mod person;
mod query;
mod reader;
mod session;
mod special;
mod style;
mod texts;
mod thread;
mod view;

use std::sync::Arc;

use archipel_actions::{AccountRules, Context, World};
use archipel_model::Site;
use archipel_storage::Store;
use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{get, post};

/// What the pages need.
#[derive(Clone, Debug)]
pub struct Pages {
    /// Where everything is.
    pub store: Store,
    /// For actions.
    pub actions: Context,
    /// Our addresses.
    pub site: Site,
    /// The name of this server, for people.
    pub title: String,
    /// What the operator decided about accounts.
    pub accounts: AccountRules,
    /// Makes keys for new people.
    pub world: Arc<dyn World>,
}

/// The pages, and an answer in words for every other address.
pub fn router(pages: Pages) -> Router {
    Router::new()
        .route("/", get(home::page))
        .route("/c/{handle}", get(community::page))
        .route("/u/{handle}", get(person::page))
        .route("/p/{id}", get(thread::page))
        .route("/login", get(login::page).post(login::enter))
        .route("/login/code", get(login::second_page).post(login::second))
        .route("/logout", post(login::leave))
        .route(
            "/oauth/authorize",
            get(authorize::page).post(authorize::answer),
        )
        .route("/settings/sessions", get(access::page).post(access::end))
        .merge(accounts::routes())
        .route("/assets/style.css", get(style::sheet))
        .fallback(absence::nothing)
        .with_state(pages)
        .layer(map_response(guarded))
}

/// What a browser may do with our answers: nothing but show them.
const GUARDS: [(HeaderName, HeaderValue); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; \
             form-action 'self'; img-src 'self' data:; style-src 'self'",
        ),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    ),
];

/// A page that leads elsewhere says so itself.
async fn guarded(mut response: Response) -> Response {
    for (name, value) in GUARDS {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

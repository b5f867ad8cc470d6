//! The door for Mastodon-compatible apps: REST, `OAuth2`, streaming, push.
//!
//! A route is declared once, in `routes/`, with who may call it, what it may show, what
//! it takes and what it gives ([`registry`]); the router, the OpenAPI description and
//! the tests of privacy come from that one table. A handler is parse → one action or
//! question → entity. `extract` reads whatever clients send, `entities` are what they
//! get, `render` turns what is stored into entities, `error` is every refusal.
//! Nothing here decides: rules live in `archipel-model`, deeds in `archipel-actions`.

mod api;
mod cors;
mod entities;
mod error;
mod extract;
mod files;
mod limits;
mod openapi;
mod push;
mod registry;
mod render;
mod routes;
mod stream;
mod vapid;
mod viewer;

pub use api::{Api, Settings};
pub use push::run as push;
pub use registry::{Access, Endpoint, Shows};
pub use routes::router;
pub use stream::run as stream;

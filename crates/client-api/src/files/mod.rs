//! Files: kept for members, given to browsers, and copied from elsewhere.
//!
//! What is given out is always a picture that this server wrote itself. Its address
//! cannot be guessed; those of posts for few are protected by that alone, as is usual on
//! the fediverse, because other servers fetch them without a name.

mod copies;
mod keep;
mod serve;

use axum::Router;
use axum::routing::get;

use crate::api::Api;

pub(crate) use copies::Copies;
pub(crate) use keep::{Purpose, Words, keep};

/// The addresses of files.
pub(crate) fn router() -> Router<Api> {
    Router::new()
        .route("/media/{*name}", get(serve::ours))
        .route("/proxy/{name}", get(copies::whole))
        .route("/proxy/small/{name}", get(copies::small))
}

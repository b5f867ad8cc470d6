//! The end-to-end harness: real `archipel serve` processes, real databases and
//! peers that speak ActivityPub over real HTTP.
//!
//! Nothing here links to the server's crates. A scenario sees what an operator
//! and another server see: HTTP, the command line, and nothing else. That keeps
//! the tests honest and lets them run against any build of the binary.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test harness fails by panicking, and its panics name what was awaited"
)]

pub mod cli;
pub mod clock;
pub mod database;
pub mod fedify;
pub mod lab;
pub mod peer;
pub mod ports;
pub mod surface;
pub mod wait;

pub use database::Db;
pub use lab::{Lab, LabBuilder};
pub use peer::{Family, Peer};
pub use wait::{eventually, stays};

/// The collection that means "everybody" (ActivityStreams 2.0 §5.1.2).
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Runs one scenario on SQLite and on PostgreSQL, as two tests.
///
/// `both! { async fn name(db: Db) { … } }` makes `name::sqlite` and
/// `name::postgres`.
#[macro_export]
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: Db) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(
                unused_imports,
                clippy::allow_attributes,
                clippy::wildcard_imports,
                reason = "a scenario sees what its file imports"
            )]
            use super::*;

            async fn scenario($db: $crate::Db) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                scenario($crate::Db::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                scenario($crate::Db::Postgres).await;
            }
        }
    )*};
}

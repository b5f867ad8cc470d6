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

pub mod bovine;
pub mod browser;
pub mod cli;
pub mod clients;
pub mod clock;
pub mod contract;
pub mod database;
pub mod fedify;
pub mod hostile;
pub mod lab;
pub mod mailbox;
pub mod member;
pub mod peer;
pub mod ports;
pub mod recorder;
pub mod surface;
pub mod wait;

pub use browser::Browser;
pub use database::Db;
pub use hostile::{Hostile, Reply};
pub use lab::{Lab, LabBuilder};
pub use member::Member;
pub use peer::{Family, Peer};
pub use wait::{eventually, stays};

/// The collection that means "everybody" (ActivityStreams 2.0 §5.1.2).
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Runs scenarios on SQLite and on PostgreSQL, as two tests each.
///
/// `both!(name)` beside `async fn name(db: Db) { … }` makes `name::sqlite` and
/// `name::postgres`.
#[macro_export]
macro_rules! both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name($crate::Db::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name($crate::Db::Postgres).await;
            }
        }
    )+};
}

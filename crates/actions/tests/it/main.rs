//! Every action and what it says to the world, on SQLite and on PostgreSQL.
//!
//! One test on one database: `cargo test -p archipel-actions --test it
//! following::an_open_community_accepts_at_once::sqlite`. A PostgreSQL is started
//! for the run unless `ARCHIPEL_TEST_PG` names one.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod authority;
mod bans;
mod collisions;
#[path = "../../../storage/tests/it/database/mod.rs"]
#[expect(dead_code, reason = "shared with the tests of archipel-storage")]
mod database;
mod deciding;
mod following;
mod history;
mod keys;
mod lab;
mod leaving;
mod names;
mod posting;
mod reacting;
mod refusing;
mod replying;
mod settings;
mod writing;

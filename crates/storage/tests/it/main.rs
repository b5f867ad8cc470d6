//! Every query and every promise of the storage, on SQLite and on PostgreSQL.
//!
//! One test on one database: `cargo test -p archipel-storage --test it
//! expanding::a_host_gets_one_delivery::sqlite`. A PostgreSQL is started for the
//! run unless `ARCHIPEL_TEST_PG` names one.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod activities;
mod actors;
mod catching_up;
mod claiming;
mod communities;
mod database;
mod due;
mod expanding;
mod finishing;
mod follows;
mod inbox_claiming;
mod inbox_keeping;
mod inbox_retrying;
mod make;
mod media;
mod opening;
mod operators;
mod order;
mod peers;
mod posts;
mod races;
mod reaching;
mod serving;
mod text;
mod throttle;
mod transactions;
mod wakes;

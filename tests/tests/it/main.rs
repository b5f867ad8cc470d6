//! The end-to-end scenarios: what other servers, apps and operators may rely on.
//! Names such as C25 are the cases of the interoperability notes, S3 or G12 those
//! of the security notes.
//!
//! One scenario: `cargo test -p archipel-tests --test it posting::mention`. All of
//! them need a PostgreSQL (`ARCHIPEL_TEST_PG`) and the npm packages of
//! `tests/peers/fedify`; `tests/run` brings both.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod attacks;
mod attacks_fetch;
mod attacks_groups;
mod attacks_load;
mod changes;
mod crash;
mod delivery;
mod discovery;
mod fedify;
mod follow;
mod gate;
mod house;
mod identity;
mod keys;
mod labs;
mod leaving;
mod moderation;
mod moves;
mod posting;
mod proofs;
mod replies;
mod visibility;

//! The end-to-end scenarios: what other servers, apps and operators may rely on.
//! Names such as C25 are the cases of the interoperability notes, S3 or G12 those
//! of the security notes.
//!
//! One scenario: `cargo test -p archipel-tests --test it posting::mention`. All of
//! them need a PostgreSQL (`ARCHIPEL_TEST_PG`) and the packages of
//! `tests/peers/fedify` and `tests/peers/bovine`; `tests/run` brings all.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod attacks;
mod attacks_community;
mod attacks_fetch;
mod attacks_groups;
mod attacks_load;
mod authorisation;
mod backfill;
mod bans;
mod bovine;
mod changes;
mod client_basics;
mod client_community;
mod client_feeds;
mod client_hostile;
mod client_login;
mod client_oauth;
mod client_people;
mod client_posting;
mod client_privacy;
mod client_security;
mod client_sign_up;
mod clients;
mod conformance;
mod crash;
mod delivery;
mod discovery;
mod domains;
mod events;
mod fedify;
mod follow;
mod gate;
mod holding;
mod house;
mod identity;
mod keys;
mod labs;
mod leaving;
mod moderation;
mod moderators_edit;
mod moves;
mod notices;
mod polls;
mod posting;
mod proofs;
mod reach;
mod reactions;
mod remote;
mod remote_proofs;
mod replies;
mod reports;
mod told;
mod topic_moves;
mod visibility;
mod watched;

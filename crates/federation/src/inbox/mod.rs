//! What the world says to us: kept before it is answered, worked on afterwards.
//!
//! `receive` decides on a request, `keep` makes it durable, `work` takes what was
//! kept and has `apply` turn it into actions, `lacking` fetches what that needs.

mod apply;
mod bans;
mod create;
mod edit;
mod forwarded;
mod job;
mod keep;
mod lacking;
mod moderate;
mod moves;
mod passed_on;
mod proofs;
mod react;
mod receive;
mod relay;
mod reports;
#[cfg(test)]
mod tests;
mod work;

pub use keep::Keeper;
pub(crate) use receive::{receive, receive_parked};
pub use work::run as work;

//! Serving HTTP over TCP: deadlines, limits, client addresses and an orderly
//! end. Nothing here knows a route; it carries any `tower` service.

pub mod client_addr;
mod connection;
mod io;
pub mod listener;
#[cfg(test)]
mod listener_test;

pub use client_addr::client_addr;
pub use listener::{Drained, ListenerConfig, serve};

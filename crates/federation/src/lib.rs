//! The door to other servers.

pub mod parse;
pub mod render;

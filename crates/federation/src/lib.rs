//! The door to other servers: signatures, the gate, and what lies behind it.

pub mod client;
pub mod discovery;
pub mod signature;

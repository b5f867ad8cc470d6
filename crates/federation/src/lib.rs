//! The door to other servers: signatures, the gate, and what lies behind it.

pub mod gate;
pub mod signature;

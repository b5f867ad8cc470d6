//! Finding out about other servers: who a handle is, what software answers.
//!
//! The asking side only; what this server answers at `/.well-known/` belongs to
//! the HTTP door. Everything read here is a stranger's claim: it is bounded,
//! tidied, and believed only as far as its origin reaches.

pub mod nodeinfo;
pub mod webfinger;

/// Largest discovery document read, in bytes.
const MAX_DOCUMENT: usize = 256 * 1024;

#[cfg(test)]
mod tests;

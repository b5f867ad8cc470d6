//! What browsers get, on a real database.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod communities;
mod everywhere;
mod hostile;
mod support;
mod threads;

//! The client against real servers on the loopback interface.

mod fetching;
mod hostile;
mod only;
mod posting;
pub(crate) mod support;

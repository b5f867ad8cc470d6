//! Streams: what happens, told at once to those who listen.
//!
//! Every connection is one [`hub::Listener`] with a short queue; one task a node hears
//! what was committed anywhere, asks for whom it is by the same rules that timelines
//! have, makes each thing once for all who see it alike, and puts it into queues. Who
//! does not empty theirs is dropped: nobody waits for anybody.

mod channel;
mod hub;
mod making;
mod routing;
mod run;

pub(crate) use channel::{Asked, Channel};
pub(crate) use hub::{Hub, Seat, Who};
pub use run::run;

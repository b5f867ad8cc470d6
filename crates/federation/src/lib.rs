//! The door to other servers.
//!
//! `gate` and `signature` decide what is heard at all, `inbox` keeps it and turns
//! it into actions, `delivery` carries what was said, `client` is the one way
//! out, `door` answers those who ask for documents. `parse` and `render` are pure:
//! ActivityPub in, ActivityPub out. Nothing here decides what may be done: that is
//! `archipel-actions`, whichever door was used.

mod backfill;
pub mod client;
mod delivery;
pub mod discovery;
mod documents;
mod domains;
mod door;
mod errands;
mod found;
pub mod gate;
mod inbox;
mod keyring;
mod keys;
pub mod parse;
mod peers;
mod people;
mod posts;
pub mod render;
mod shows;
pub mod signature;
mod state;
mod turns;
mod views;

pub use backfill::Tally;
pub use delivery::run as deliver;
pub use domains::LetIn;
pub use door::router;
pub use errands::run as run_errands;
pub use inbox::work;
pub use keys::new_keys;
pub use peers::{Mode, PeerBook};
pub use people::{ActorError, FindError};
pub use posts::{PostError, special_in};
pub use state::{Federation, Settings, SignerError};

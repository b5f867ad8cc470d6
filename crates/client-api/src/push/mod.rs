//! Pushing notifications to devices: encrypted for the device (RFC 8291), signed with
//! the key that push services know us by (RFC 8292), tried again while that has sense.

mod device;
mod message;
mod voucher;
mod worker;

pub(crate) use device::Device;
pub use worker::run;

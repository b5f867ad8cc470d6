//! The configuration: one typed value, read once at start and passed on.
//!
//! Where it comes from, first match wins: `--config`, `$ARCHIPEL_CONFIG`,
//! `config/archipel.toml` beside the working directory,
//! `/etc/archipel/archipel.toml`, the built-in defaults. Every key can also be
//! given as an environment variable `ARCHIPEL__SECTION__KEY`, which wins over
//! the file. Reading is in [`source`], the rules that span several keys in
//! [`check`]; nothing here opens a database or a socket.

mod check;
pub mod communities;
mod keys;
mod network;
#[cfg(test)]
mod reference_test;
mod schema;
mod source;
mod values;

pub use check::is_loopback_name;
pub use communities::{CommunitiesError, CommunitySeed};
pub use network::{Network, NetworkError};
pub use schema::{
    Accounts, Communities, Config, Database, Development, Federation, Log, Mail, Media, Server,
};
pub use source::{ConfigError, Loaded, Source, load};
pub use values::{
    DatabaseKind, DatabaseUrl, FederationMode, LogFormat, MailTls, MediaUrl, Registration,
};

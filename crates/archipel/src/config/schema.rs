//! Every key, its type and its default. `config/archipel.toml` and
//! `docs/configuration.md` are held to this by a test.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use archipel_model::{Origin, origin_of};
use serde::{Deserialize, Serialize};
use url::Url;

use super::network::Network;
use super::values::{
    DatabaseUrl, FederationMode, LogFormat, MailTls, MediaUrl, Registration, address,
    optional_address, public_url,
};

/// The whole configuration. `Config::default()` is what an empty file means.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The HTTP listener and the public address.
    pub server: Server,
    /// Where data is kept.
    pub database: Database,
    /// Where files are kept.
    pub media: Media,
    /// How this server deals with others.
    pub federation: Federation,
    /// Who can have an account here.
    pub accounts: Accounts,
    /// How e-mail is sent.
    pub mail: Mail,
    /// The communities made at the first start.
    pub communities: Communities,
    /// What is written to standard error.
    pub log: Log,
    /// What is only good for trying things on one machine.
    pub development: Development,
}

impl Config {
    /// The origin that this server speaks for; `None` only for a value that
    /// did not go through [`super::load`] or [`Config::validated`].
    pub fn origin(&self) -> Option<Origin> {
        origin_of(&self.server.public_url)
    }
}

/// `[server]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// The address and port to listen on.
    #[serde(with = "address")]
    pub listen: SocketAddr,
    /// The address people and other servers use; part of every id, for ever.
    /// After [`Config::validated`] it is a bare origin with the path `/`.
    #[serde(with = "public_url")]
    pub public_url: Url,
    /// A second listener for metrics; off when absent (empty text).
    #[serde(with = "optional_address")]
    pub admin_listen: Option<SocketAddr>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Connections open at once; further ones wait in the kernel's queue.
    pub max_connections: usize,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: public_url::default(),
            admin_listen: None,
            trusted_proxies: Vec::new(),
            max_connections: 4096,
        }
    }
}

/// `[database]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite://PATH` or `postgres://…`.
    pub url: DatabaseUrl,
    /// Connections for reading: beside `SQLite`'s one writer, or the size of
    /// the pool with `PostgreSQL`.
    pub readers: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: DatabaseUrl::default(),
            readers: 4,
        }
    }
}

/// `[media]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Media {
    /// `file://PATH` or `s3://BUCKET/PREFIX`.
    pub url: MediaUrl,
    /// Days that copies of pictures of elsewhere are kept after somebody last looked.
    pub remote_days: u32,
}

impl Default for Media {
    fn default() -> Self {
        Self {
            url: MediaUrl::default(),
            remote_days: 30,
        }
    }
}

/// `[federation]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Federation {
    /// Which servers are spoken with.
    pub mode: FederationMode,
    /// Whether others must sign what they read.
    pub authorized_fetch: bool,
    /// Requests to other servers in flight at once.
    pub deliveries: usize,
}

impl Default for Federation {
    fn default() -> Self {
        Self {
            mode: FederationMode::Open,
            authorized_fetch: false,
            deliveries: 256,
        }
    }
}

/// `[accounts]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Accounts {
    /// Who can make an account for themselves.
    pub registration: Registration,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            registration: Registration::Invitation,
        }
    }
}

/// `[mail]`: a mail server that takes what this one sends. No secret stands here, so
/// that none is ever shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// The mail server; empty: no mail is sent.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: MailTls,
    /// The name to log in with; empty: without logging in.
    pub user: String,
    /// A file that holds the password and nothing else.
    pub password_file: PathBuf,
    /// From whom; empty: `archipel@` and the host of `server.public_url`.
    pub from: String,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 587,
            tls: MailTls::Starttls,
            user: String::new(),
            password_file: PathBuf::new(),
            from: String::new(),
        }
    }
}

impl Mail {
    /// Whether mail can be sent at all.
    pub fn is_configured(&self) -> bool {
        !self.host.is_empty()
    }
}

/// `[communities]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Communities {
    /// The file that describes the communities made at the first start.
    pub file: PathBuf,
}

impl Default for Communities {
    fn default() -> Self {
        Self {
            file: PathBuf::from(super::communities::DEFAULT_FILE),
        }
    }
}

/// `[log]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// A level, or levels by part of the program: `info,archipel_federation=debug`.
    pub level: String,
    /// For people or for machines.
    pub format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: "info".to_owned(),
            format: LogFormat::Text,
        }
    }
}

/// `[development]`: refused when `server.public_url` is https.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Development {
    /// Speak plain http with other servers.
    pub allow_http: bool,
    /// Connect to private and loopback addresses.
    pub allow_private_addresses: bool,
    /// Host names answered from here instead of DNS.
    pub resolve: BTreeMap<String, IpAddr>,
}

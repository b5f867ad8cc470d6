//! What the client needs to know: who we are, what development opens, limits.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use archipel_model::{Host, origin_of};
use url::Url;

use super::limits::Limits;

/// How the client behaves; see [`ClientConfig::new`] for production's values.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// Sent with every request; some servers refuse requests without one.
    pub user_agent: String,
    /// Development: speak plain http too.
    pub allow_http: bool,
    /// Development: connect to loopback and private networks too.
    pub allow_private_addresses: bool,
    /// Development: host name without port → address, instead of asking the
    /// DNS. The address guard applies to these too.
    pub resolve: HashMap<String, IpAddr>,
    /// Times and sizes.
    pub limits: Limits,
    /// Which hosts are spoken with at all; asked again at every redirect.
    pub policy: Arc<dyn HostPolicy>,
}

impl ClientConfig {
    /// Production's configuration for the server at `public_url`:
    /// `Archipel/0.1.0 (+https://lab.example/)`, https and public addresses only.
    pub fn new(public_url: &Url) -> Self {
        let home = origin_of(public_url)
            .map_or_else(|| public_url.to_string(), |origin| origin.url_prefix());
        Self {
            user_agent: format!("Archipel/{} (+{home}/)", env!("CARGO_PKG_VERSION")),
            allow_http: false,
            allow_private_addresses: false,
            resolve: HashMap::new(),
            limits: Limits::default(),
            policy: Arc::new(AnyHost),
        }
    }
}

/// Decides with which hosts the server speaks: the list of blocked domains, or
/// of partners in a closed federation. Called for every request, so it answers
/// from memory.
pub trait HostPolicy: Send + Sync + fmt::Debug {
    /// Whether requests to `host` may leave.
    fn permits(&self, host: &Host) -> bool;
}

/// Speaks with everybody.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnyHost;

impl HostPolicy for AnyHost {
    fn permits(&self, _host: &Host) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_user_agent_says_who_we_are_and_where() {
        let config = ClientConfig::new(&Url::parse("https://lab.example/").unwrap());
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            config.user_agent,
            format!("Archipel/{version} (+https://lab.example/)")
        );
        assert!(!config.allow_http && !config.allow_private_addresses);
    }
}

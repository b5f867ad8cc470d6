//! Names to addresses, with the address guard in between.
//!
//! The guard sits in the resolver the HTTP client connects through, so the
//! address checked is the address connected to: a name that changes its answer
//! between a check and a connection gains nothing. We do not take the
//! federation crate's `ValidatingDnsResolver`: it works by a list of closed
//! ranges (some reserved ones stay open), always lets `localhost` through unless
//! told otherwise, and checks nothing in debug builds.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard;

/// The system's resolver behind the address guard.
#[derive(Debug)]
pub(super) struct GuardedResolver {
    /// Host name (lower case, no port, no trailing dot) to address.
    overrides: Arc<HashMap<String, IpAddr>>,
    allow_private_addresses: bool,
}

impl GuardedResolver {
    pub(super) fn new(overrides: &HashMap<String, IpAddr>, allow_private_addresses: bool) -> Self {
        let overrides = overrides
            .iter()
            .map(|(name, ip)| (folded(name), *ip))
            .collect();
        Self {
            overrides: Arc::new(overrides),
            allow_private_addresses,
        }
    }
}

fn folded(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let fixed = if self.overrides.is_empty() {
            None
        } else {
            self.overrides.get(&folded(name.as_str())).copied()
        };
        let guarded = !self.allow_private_addresses;
        Box::pin(async move {
            // Port 0 stands for the port of the URL.
            let answer: Vec<SocketAddr> = match fixed {
                Some(ip) => vec![SocketAddr::new(ip, 0)],
                None => tokio::net::lookup_host((name.as_str(), 0)).await?.collect(),
            };
            let answer = if guarded {
                guard::admit(answer)?
            } else {
                answer
            };
            Ok(Box::new(answer.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    async fn ask(resolver: &GuardedResolver, name: &str) -> Result<Vec<IpAddr>, String> {
        resolver
            .resolve(name.parse().unwrap())
            .await
            .map(|answer| answer.map(|address| address.ip()).collect())
            .map_err(|error| {
                assert!(error.is::<guard::PrivateAddress>(), "{error}");
                error.to_string()
            })
    }

    #[tokio::test]
    async fn overrides_stand_for_names_without_ports() {
        let overrides = HashMap::from([("Lab-B.test".to_owned(), IpAddr::from([127, 0, 0, 1]))]);
        let open = GuardedResolver::new(&overrides, true);
        assert_eq!(
            ask(&open, "lab-b.TEST.").await,
            Ok(vec![IpAddr::from([127, 0, 0, 1])])
        );
    }

    #[tokio::test]
    async fn private_answers_are_refused_wherever_they_come_from() {
        let overrides = HashMap::from([("lab-b.test".to_owned(), IpAddr::from([10, 0, 0, 1]))]);
        let strict = GuardedResolver::new(&overrides, false);
        assert!(ask(&strict, "lab-b.test").await.is_err());
        assert!(ask(&strict, "localhost").await.is_err());
    }
}

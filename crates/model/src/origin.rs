//! Where something lives: the one canonical form of a host and of an origin.
//!
//! Authority is decided by comparing origins, so there is exactly one function
//! that makes them: [`origin_of`]. Case, IDNA, trailing dots and default ports
//! are folded here and nowhere else.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

/// A host as peers are known by: ASCII lower case after IDNA, no trailing dot,
/// with `:port` only where the port is not the scheme's default.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Host(String);

/// A text that is not a host name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a host name: {0:?}")]
pub struct HostError(String);

impl Host {
    /// The host as text, `name` or `name:port`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without its port, brackets of an IPv6 address kept.
    pub fn name(&self) -> &str {
        match self.0.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.is_empty() => {
                name
            }
            _ => &self.0,
        }
    }

    /// Whether this host is `domain` or lies below it, label by label:
    /// `sub.bad.example` is within `bad.example`, `notbad.example` is not.
    pub fn is_within(&self, domain: &Host) -> bool {
        if self == domain {
            return true;
        }
        let (name, above) = (self.name(), domain.as_str());
        name == above
            || name
                .strip_suffix(above)
                .is_some_and(|labels| labels.ends_with('.'))
    }
}

impl FromStr for Host {
    type Err = HostError;

    /// Reads `name` or `name:port` as typed by a person or sent by a peer.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || HostError(text.chars().take(80).collect());
        let text = text.trim();
        if text.is_empty() || text.contains(['/', '@', '?', '#', '\\', ' ']) {
            return Err(error());
        }
        let url = Url::parse(&format!("https://{text}/")).map_err(|_| error())?;
        origin_of(&url).map(|origin| origin.host).ok_or_else(error)
    }
}

impl TryFrom<String> for Host {
    type Error = HostError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Host> for String {
    fn from(host: Host) -> Self {
        host.0
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Scheme and host: two URLs with equal origins are spoken for by one server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    https: bool,
    host: Host,
}

impl Origin {
    /// The host of this origin.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The origin as the beginning of a URL, without a trailing slash.
    pub fn url_prefix(&self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        format!("{scheme}://{}", self.host)
    }
}

/// The canonical origin of a URL; `None` for anything but http and https, for
/// URLs with user information and for those without a host.
pub fn origin_of(url: &Url) -> Option<Origin> {
    let https = match url.scheme() {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let name = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
    if name.is_empty() {
        return None;
    }
    // `Url` applies IDNA while parsing and drops the scheme's default port.
    let host = match url.port() {
        Some(port) => Host(format!("{name}:{port}")),
        None => Host(name),
    };
    Some(Origin { https, host })
}

/// Whether two URLs belong to the same origin.
pub fn same_origin(a: &Url, b: &Url) -> bool {
    matches!((origin_of(a), origin_of(b)), (Some(a), Some(b)) if a == b)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn origin(text: &str) -> Option<Origin> {
        origin_of(&Url::parse(text).unwrap())
    }

    #[test]
    fn one_form_for_every_spelling() {
        let plain = origin("https://lab.example/c/x");
        for same in [
            "https://LAB.example/",
            "https://lab.example:443/",
            "https://lab.example./u/y",
        ] {
            assert_eq!(origin(same), plain, "{same}");
        }
        for other in [
            "http://lab.example/",
            "https://lab.example:8443/",
            "https://a.lab.example/",
        ] {
            assert_ne!(origin(other), plain, "{other}");
        }
        assert_eq!(
            origin("https://mé.example/").unwrap().host().as_str(),
            "xn--m-bga.example"
        );
        assert_eq!(origin("https://u@lab.example/"), None);
        assert_eq!(origin("ftp://lab.example/"), None);
    }

    #[test]
    fn domains_match_by_label() {
        let bad: Host = "bad.example".parse().unwrap();
        for inside in ["bad.example", "sub.BAD.example.", "bad.example:8443"] {
            assert!(inside.parse::<Host>().unwrap().is_within(&bad), "{inside}");
        }
        for outside in ["notbad.example", "bad.example.org", "example"] {
            assert!(
                !outside.parse::<Host>().unwrap().is_within(&bad),
                "{outside}"
            );
        }
        assert!("a/b".parse::<Host>().is_err());
        assert!("".parse::<Host>().is_err());
    }
}

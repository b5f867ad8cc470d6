//! Which addresses and URLs the server may speak to.
//!
//! The rule allows, it does not forbid: an IPv6 address passes only inside
//! global unicast `2000::/3`, and out of that as out of IPv4 are cut the ranges
//! that the IANA special-purpose registries reserve. Pure: the resolver and the
//! client apply the rule, this module only states it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::{Host as UrlHost, Url};

use super::error::Refused;

/// IPv4 ranges that are no peer's address: (network, prefix length).
const CLOSED_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::UNSPECIFIED, 8),           // this network
    (Ipv4Addr::new(10, 0, 0, 0), 8),      // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),   // carrier-grade NAT
    (Ipv4Addr::new(127, 0, 0, 0), 8),     // loopback
    (Ipv4Addr::new(169, 254, 0, 0), 16),  // link local, cloud metadata
    (Ipv4Addr::new(172, 16, 0, 0), 12),   // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),    // IETF protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),    // documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24),  // former 6to4 relays
    (Ipv4Addr::new(192, 168, 0, 0), 16),  // private
    (Ipv4Addr::new(198, 18, 0, 0), 15),   // benchmarking
    (Ipv4Addr::new(198, 51, 100, 0), 24), // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),  // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),     // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),     // reserved, broadcast
];

/// The only IPv6 range that may pass: global unicast.
const OPEN_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Ranges inside global unicast that are no peer's address.
const CLOSED_V6: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // IETF assignments: Teredo, ORCHID, …
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4: embeds any IPv4
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];

fn v4_within(ip: Ipv4Addr, (network, prefix): (Ipv4Addr, u32)) -> bool {
    (u32::from(ip) ^ u32::from(network)).leading_zeros() >= prefix
}

fn v6_within(ip: Ipv6Addr, (network, prefix): (Ipv6Addr, u32)) -> bool {
    (u128::from(ip) ^ u128::from(network)).leading_zeros() >= prefix
}

/// Whether an address is a public one, where a peer may live.
///
/// Mapped, translated and tunnelled forms of IPv4 (`::ffff:0:0/96`,
/// `64:ff9b::/96`, `2002::/16`, Teredo) are never public, whatever they embed.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !CLOSED_V4.iter().any(|range| v4_within(ip, *range)),
        IpAddr::V6(ip) => {
            v6_within(ip, OPEN_V6) && !CLOSED_V6.iter().any(|range| v6_within(ip, *range))
        }
    }
}

/// Passes an answer of the DNS on only when it is not empty and every address
/// in it is public: one private address among public ones is an attempt.
pub(super) fn admit(answer: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, PrivateAddress> {
    if answer.iter().all(|address| is_public(address.ip())) {
        Ok(answer)
    } else {
        Err(PrivateAddress)
    }
}

/// A name resolved, or a URL pointed, to an address that is not public.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[error("the address is not public")]
pub struct PrivateAddress;

/// What [`check_url`] lets pass; the two switches are for development.
#[derive(Clone, Copy, Debug)]
pub(super) struct UrlRules {
    pub allow_http: bool,
    pub allow_private_addresses: bool,
}

/// Checks all that can be known of a URL before its name is resolved: scheme,
/// user information, length, and an address written in place of a name (which
/// no resolver ever sees). Any port may be asked for.
pub(super) fn check_url(url: &Url, rules: UrlRules) -> Result<(), Refused> {
    match url.scheme() {
        "https" => {}
        "http" if rules.allow_http => {}
        _ => return Err(Refused::Scheme),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::UserInfo);
    }
    if url.as_str().len() > super::limits::MAX_URL {
        return Err(Refused::UrlTooLong);
    }
    let literal = match url.host() {
        None => return Err(Refused::Scheme),
        Some(UrlHost::Domain(_)) => return Ok(()),
        Some(UrlHost::Ipv4(ip)) => IpAddr::V4(ip),
        Some(UrlHost::Ipv6(ip)) => IpAddr::V6(ip),
    };
    if rules.allow_private_addresses || is_public(literal) {
        Ok(())
    } else {
        Err(Refused::PrivateAddress)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    /// Every range of the catalogue (security F1), by its first and last address.
    #[test]
    fn f1_closed_ranges() {
        for (range, inside) in [
            ("0.0.0.0/8", "0.0.0.0 0.255.255.255"),
            ("10/8", "10.0.0.0 10.255.255.255"),
            ("100.64/10", "100.64.0.0 100.127.255.255"),
            ("127/8", "127.0.0.1 127.255.255.255"),
            ("169.254/16", "169.254.0.0 169.254.169.254 169.254.255.255"),
            ("172.16/12", "172.16.0.0 172.31.255.255"),
            ("192.0.0/24", "192.0.0.0 192.0.0.255"),
            ("192.0.2/24", "192.0.2.0 192.0.2.255"),
            ("192.88.99/24", "192.88.99.1"),
            ("192.168/16", "192.168.0.0 192.168.255.255"),
            ("198.18/15", "198.18.0.0 198.19.255.255"),
            ("198.51.100/24", "198.51.100.7"),
            ("203.0.113/24", "203.0.113.7"),
            ("224/4", "224.0.0.0 239.255.255.255"),
            ("240/4", "240.0.0.0 255.255.255.255"),
            ("loopback, unspecified", "::1 ::"),
            ("mapped", "::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8"),
            ("compatible", "::7f00:1 ::a00:1"),
            ("NAT64", "64:ff9b::7f00:1 64:ff9b::808:808"),
            ("64:ff9b:1::/48", "64:ff9b:1:: 64:ff9b:1:ffff::1"),
            ("discard", "100::1"),
            ("2001::/32", "2001:: 2001:0:ffff:ffff::1"),
            ("2001::/23", "2001:2::1 2001:10::1 2001:20::1 2001:1ff::1"),
            ("2001:db8::/32", "2001:db8:: 2001:db8:ffff::1"),
            ("2002::/16", "2002::1 2002:7f00:1:: 2002:ffff::1"),
            ("3fff::/20", "3fff:: 3fff:fff::1"),
            ("fc00::/7", "fc00:: fdff:ffff::1"),
            ("fe80::/10", "fe80::1 febf:ffff::1"),
            ("fec0::/10", "fec0::1 feff::1"),
            ("ff00::/8", "ff02::1"),
            ("outside 2000::/3", "1fff:ffff::1 4000::1 5f00::1"),
        ] {
            for ip in inside.split(' ') {
                assert!(!is_public(ip.parse().unwrap()), "{range}: {ip}");
            }
        }
    }

    #[test]
    fn neighbours_of_the_closed_ranges_are_public() {
        for ip in [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:db7::1",
            "2001:db9::1",
            "2003::1",
            "2606:4700::1111",
            "2a01:e0a::1",
            "3fff:1000::1",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn one_private_address_spoils_the_answer() {
        let at = |ip: &str| SocketAddr::new(ip.parse().unwrap(), 0);
        assert!(admit(vec![at("1.1.1.1"), at("2606:4700::1111")]).is_ok());
        assert_eq!(
            admit(vec![at("1.1.1.1"), at("10.0.0.1")]),
            Err(PrivateAddress)
        );
        assert_eq!(admit(vec![at("::1"), at("1.1.1.1")]), Err(PrivateAddress));
    }

    #[test]
    fn urls_are_checked_before_any_resolution() {
        let strict = UrlRules {
            allow_http: false,
            allow_private_addresses: false,
        };
        let check = |text: &str, rules| check_url(&Url::parse(text).unwrap(), rules);
        for (url, expected) in [
            ("https://lab.example/u/a", Ok(())),
            ("https://lab.example:8443/u/a", Ok(())),
            ("https://1.1.1.1/", Ok(())),
            ("http://lab.example/", Err(Refused::Scheme)),
            ("file:///etc/passwd", Err(Refused::Scheme)),
            ("gopher://lab.example/", Err(Refused::Scheme)),
            ("https://u@lab.example/", Err(Refused::UserInfo)),
            ("https://:p@lab.example/", Err(Refused::UserInfo)),
            ("https://127.0.0.1/", Err(Refused::PrivateAddress)),
            ("https://2130706433/", Err(Refused::PrivateAddress)),
            ("https://0x7f.1/", Err(Refused::PrivateAddress)),
            ("https://127.0.0.1./", Err(Refused::PrivateAddress)),
            ("https://[::1]/", Err(Refused::PrivateAddress)),
            ("https://[::ffff:7f00:1]/", Err(Refused::PrivateAddress)),
            ("https://[64:ff9b::7f00:1]/", Err(Refused::PrivateAddress)),
        ] {
            assert_eq!(check(url, strict), expected, "{url}");
        }
        let long = format!("https://lab.example/{}", "a".repeat(2_000));
        assert_eq!(check(&long, strict), Err(Refused::UrlTooLong));
        let development = UrlRules {
            allow_http: true,
            allow_private_addresses: true,
        };
        assert_eq!(check("http://127.0.0.1:8080/", development), Ok(()));
        assert_eq!(
            check("ftp://127.0.0.1/", development),
            Err(Refused::Scheme),
            "development opens http, not everything"
        );
    }
}

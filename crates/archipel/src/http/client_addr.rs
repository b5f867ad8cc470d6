//! Who is asking: the address of the client, also behind a reverse proxy.

use std::net::{IpAddr, SocketAddr};

use archipel_model::ClientAddr;
use axum::http::HeaderMap;

use crate::config::Network;

/// The header in which proxies tell whom they speak for.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The client's address for a request with these headers from this TCP peer; it
/// becomes an extension of the request.
///
/// It is the TCP peer, unless that is a trusted proxy: then it is the last
/// address of `X-Forwarded-For` that is not itself a trusted proxy. What stands
/// before that one was written by the client and is worth nothing.
pub fn client_addr(peer: SocketAddr, headers: &HeaderMap, trusted: &[Network]) -> ClientAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.ip().to_canonical();
    if !is_trusted(client) {
        return ClientAddr(client);
    }
    // Several headers count as one list. From the right: each hop was
    // written by the one we have just found trustworthy.
    let hops: Vec<&[u8]> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .collect();
    for hop in hops.into_iter().rev() {
        let Some(address) = std::str::from_utf8(hop).ok().and_then(hop_address) else {
            break;
        };
        client = address;
        if !is_trusted(client) {
            break;
        }
    }
    ClientAddr(client)
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let address = hop
        .parse::<IpAddr>()
        .or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip()))
        .ok()
        .or_else(|| hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok())?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        let trusted = ["127.0.0.1".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        client_addr(peer.parse().unwrap(), &headers, &trusted)
            .0
            .to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_its_own_hop() {
        for (peer, forwarded, expected) in [
            ("203.0.113.7:1", &["198.51.100.1"][..], "203.0.113.7"),
            ("127.0.0.1:1", &[], "127.0.0.1"),
            ("127.0.0.1:1", &["198.51.100.1"], "198.51.100.1"),
            // The client invented the first hop; the proxy appended the last.
            ("127.0.0.1:1", &["192.0.2.66, 198.51.100.1"], "198.51.100.1"),
            (
                "127.0.0.1:1",
                &["192.0.2.66", "198.51.100.1"],
                "198.51.100.1",
            ),
            // A chain of our own proxies.
            ("127.0.0.1:1", &["198.51.100.1, 10.0.0.3"], "198.51.100.1"),
            (
                "[::ffff:127.0.0.1]:1",
                &["198.51.100.1:4711"],
                "198.51.100.1",
            ),
            ("127.0.0.1:1", &["[2001:db8::1]:80"], "2001:db8::1"),
            ("127.0.0.1:1", &["[2001:db8::1]"], "2001:db8::1"),
            ("127.0.0.1:1", &["unknown"], "127.0.0.1"),
            (
                "127.0.0.1:1",
                &["198.51.100.1, garbage, 10.0.0.3"],
                "10.0.0.3",
            ),
            ("127.0.0.1:1", &[""], "127.0.0.1"),
        ] {
            assert_eq!(client(peer, forwarded), expected, "{peer} {forwarded:?}");
        }
    }
}

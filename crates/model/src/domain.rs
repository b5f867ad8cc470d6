//! What other servers may do here, decided domain by domain.

use crate::Host;

/// What a server, and those below its name, may do here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PeerPolicy {
    /// What anybody may.
    #[default]
    Open,
    /// Expressly allowed.
    Allowed,
    /// Heard, but its people join and post only after a moderator decided.
    Limited,
    /// Nothing: not heard, not spoken to, not shown.
    Blocked,
}
crate::policy::words! { PeerPolicy {
    Open => "open", Allowed => "allowed", Limited => "limited", Blocked => "blocked",
} }

/// All decisions about domains together.
#[derive(Clone, Debug, Default)]
pub struct Domains(Vec<(Host, PeerPolicy)>);

impl Domains {
    /// What was decided about a host: the decision about the longest domain that it
    /// is within counts, so that `good.bad.example` can be allowed inside of
    /// `bad.example`, or the other way round.
    pub fn of(&self, host: &Host) -> PeerPolicy {
        self.0
            .iter()
            .filter(|(domain, _)| host.is_within(domain))
            .max_by_key(|(domain, _)| domain.as_str().len())
            .map_or(PeerPolicy::Open, |(_, policy)| *policy)
    }
}

impl FromIterator<(Host, PeerPolicy)> for Domains {
    fn from_iter<I: IntoIterator<Item = (Host, PeerPolicy)>>(decisions: I) -> Self {
        Self(decisions.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    /// B1: by label suffix after IDNA, and the longest name wins.
    #[test]
    fn the_longest_domain_decides() {
        let domains: Domains = [
            ("bad.example", PeerPolicy::Blocked),
            ("good.bad.example", PeerPolicy::Allowed),
            ("worse.good.bad.example", PeerPolicy::Limited),
            ("MÉ.example", PeerPolicy::Blocked),
        ]
        .map(|(host, policy)| (host.parse().unwrap(), policy))
        .into_iter()
        .collect();
        for (host, expected) in [
            ("bad.example", PeerPolicy::Blocked),
            ("BAD.example.", PeerPolicy::Blocked),
            ("bad.example:443", PeerPolicy::Blocked),
            ("bad.example:8443", PeerPolicy::Blocked),
            ("sub.bad.example", PeerPolicy::Blocked),
            ("notbad.example", PeerPolicy::Open),
            ("bad.example.org", PeerPolicy::Open),
            ("good.bad.example", PeerPolicy::Allowed),
            ("a.good.bad.example", PeerPolicy::Allowed),
            ("x.worse.good.bad.example", PeerPolicy::Limited),
            ("xn--m-bga.example", PeerPolicy::Blocked),
            ("sub.mé.example", PeerPolicy::Blocked),
        ] {
            assert_eq!(domains.of(&host.parse().unwrap()), expected, "{host}");
        }
    }
}

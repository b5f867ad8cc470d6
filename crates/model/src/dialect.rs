//! Which form of group speech a peer understands.

/// A peer's dialect: which form of a community's announcements it understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Understands `Announce{Create…}` (FEP-1b12): Lemmy, `PieFed`, Mbin, `NodeBB`…
    Threadiverse,
    /// Understands `Announce{id}` only, a boost: Mastodon, `GoToSocial`, Misskey…
    Microblog,
    /// Not known: gets both forms for threads.
    Unknown,
}
crate::policy::words! { Dialect {
    Threadiverse => "threadiverse", Microblog => "microblog", Unknown => "unknown",
} }

/// Software that speaks FEP-1b12.
const THREADIVERSE: &[&str] = &[
    "archipel",
    "discourse",
    "friendica",
    "hubzilla",
    "kbin",
    "lemmy",
    "mbin",
    "nodebb",
    "peertube",
    "piefed",
    "streams",
    "wordpress",
];

/// Software that shows a group's announcements as boosts.
const MICROBLOG: &[&str] = &[
    "akkoma",
    "bridgy-fed",
    "catodon",
    "cherrypick",
    "fedibird",
    "firefish",
    "foundkey",
    "glitchcafe",
    "gotosocial",
    "hometown",
    "iceshrimp",
    "iceshrimp.net",
    "mastodon",
    "misskey",
    "mitra",
    "pixelfed",
    "pleroma",
    "sharkey",
    "snac",
    "takahe",
];

/// The dialect of a peer from the `software.name` of its `NodeInfo`.
pub fn software_dialect(name: &str) -> Dialect {
    let name = name.trim().to_ascii_lowercase();
    if THREADIVERSE.contains(&name.as_str()) {
        Dialect::Threadiverse
    } else if MICROBLOG.contains(&name.as_str()) {
        Dialect::Microblog
    } else {
        Dialect::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn software_tells_the_dialect() {
        assert_eq!(software_dialect("Lemmy"), Dialect::Threadiverse);
        assert_eq!(software_dialect("mastodon"), Dialect::Microblog);
        assert_eq!(software_dialect("something-new"), Dialect::Unknown);
    }
}

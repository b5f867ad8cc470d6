//! The addresses of what lives here: one place that knows their form.

use url::Url;

use crate::{ActivityId, Handle, Host, PostId, origin_of};

/// This server's public address, and the ActivityPub ids that follow from it.
/// Ids are lower case and for ever.
#[derive(Clone, Debug)]
pub struct Site {
    base: String,
    host: Host,
}

/// What one of our own addresses points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The server itself.
    Instance,
    /// A community.
    Community(Handle),
    /// A person.
    Person(Handle),
    /// A post.
    Post(PostId),
    /// Something else under our address.
    Other,
}

impl Site {
    /// From the configured public address; `None` when it has no host.
    pub fn new(public_url: &Url) -> Option<Self> {
        let origin = origin_of(public_url)?;
        Some(Self {
            base: origin.url_prefix(),
            host: origin.host().clone(),
        })
    }

    /// Scheme and host, without a trailing slash.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Our host, as peers know us.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Whether this is served over https.
    pub fn is_https(&self) -> bool {
        self.base.starts_with("https:")
    }

    /// The id of the actor that speaks for the server itself.
    pub fn instance(&self) -> String {
        format!("{}/", self.base)
    }

    /// The shared inbox.
    pub fn shared_inbox(&self) -> String {
        format!("{}/inbox", self.base)
    }

    /// The id of a community.
    pub fn community(&self, handle: &Handle) -> String {
        format!("{}/c/{handle}", self.base)
    }

    /// The id of a person.
    pub fn person(&self, handle: &Handle) -> String {
        format!("{}/u/{handle}", self.base)
    }

    /// The id of a post.
    pub fn post(&self, id: PostId) -> String {
        format!("{}/p/{id}", self.base)
    }

    /// The id of an activity. It can never be fetched: Mastodon would turn a
    /// fetched `Create` of a reply into a boost.
    pub fn activity(&self, id: ActivityId) -> String {
        format!("{}/activities/{id}", self.base)
    }

    /// What one of our own addresses points at; `None` for addresses elsewhere.
    pub fn place(&self, uri: &str) -> Option<Place> {
        let url = Url::parse(uri).ok()?;
        if origin_of(&url)?.url_prefix() != self.base {
            return None;
        }
        let mut parts = url.path_segments()?;
        let place = match (parts.next(), parts.next(), parts.next()) {
            (Some("") | None, None, None) => Place::Instance,
            (Some("c"), Some(name), None) => name.parse().map_or(Place::Other, Place::Community),
            (Some("u"), Some(name), None) => name.parse().map_or(Place::Other, Place::Person),
            (Some("p"), Some(id), None) => id.parse().map_or(Place::Other, Place::Post),
            _ => Place::Other,
        };
        Some(place)
    }

    /// Whether an address is one of ours, in any spelling.
    pub fn is_ours(&self, uri: &str) -> bool {
        self.place(uri).is_some()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn our_addresses_are_recognised_in_any_spelling() {
        let site = Site::new(&Url::parse("https://Lab.example/").unwrap()).unwrap();
        let tilab: Handle = "tilab".parse().unwrap();
        assert_eq!(site.community(&tilab), "https://lab.example/c/tilab");
        for same in [
            "https://lab.example/c/tilab",
            "https://LAB.example.:443/c/TiLab",
        ] {
            assert_eq!(
                site.place(same),
                Some(Place::Community(tilab.clone())),
                "{same}"
            );
        }
        assert_eq!(site.place("https://lab.example/"), Some(Place::Instance));
        assert_eq!(
            site.place("https://lab.example/p/12"),
            Some(Place::Post(PostId(12)))
        );
        assert_eq!(site.place("https://elsewhere.example/c/tilab"), None);
        assert_eq!(site.place("http://lab.example/c/tilab"), None);
    }
}

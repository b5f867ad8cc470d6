//! Where links may lead: to our own pages, and to the web pages of what was
//! written elsewhere. What others say of their addresses is never trusted.

use archipel_model::{Host, Site, origin_of, same_origin};
use url::Url;

/// Where something can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// What a link points at: a path here, or a full address elsewhere.
    pub(crate) href: String,
    /// The other server; none here.
    pub(crate) host: Option<Host>,
}

impl Address {
    /// Of something that lives here: a path, so that it works behind any name.
    pub(crate) fn here(site: &Site, uri: &str) -> Self {
        Self {
            href: uri.strip_prefix(site.base()).unwrap_or(uri).to_owned(),
            host: None,
        }
    }

    /// Of something that lives elsewhere: its page, if it is on the same server
    /// as its id, else its id. `None` when neither can be opened by a browser.
    pub(crate) fn elsewhere(uri: &str, page: Option<&str>) -> Option<Self> {
        let uri = Url::parse(uri).ok()?;
        let host = origin_of(&uri)?.host().clone();
        let page = page
            .and_then(|page| Url::parse(page).ok())
            .filter(|page| same_origin(page, &uri));
        Some(Self {
            href: page.unwrap_or(uri).into(),
            host: Some(host),
        })
    }

    /// The other server's name; empty here.
    pub(crate) fn host_name(&self) -> &str {
        self.host.as_ref().map_or("", Host::as_str)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn pages_elsewhere_are_on_the_server_of_their_id() {
        let id = "https://elsewhere.example/notes/1";
        let href = |page| Address::elsewhere(id, page).unwrap().href;
        assert_eq!(
            href(Some("https://elsewhere.example/@ada/1")),
            "https://elsewhere.example/@ada/1"
        );
        for bad in [
            None,
            Some("javascript:alert(1)"),
            Some("https://other.example/1"),
            Some("//elsewhere.example"),
        ] {
            assert_eq!(href(bad), id, "{bad:?}");
        }
        assert_eq!(Address::elsewhere("data:text/html,x", None), None);
    }

    #[test]
    fn our_own_addresses_are_paths() {
        let site = Site::new(&Url::parse("https://lab.example").unwrap()).unwrap();
        assert_eq!(
            Address::here(&site, "https://lab.example/c/tilab").href,
            "/c/tilab"
        );
    }
}

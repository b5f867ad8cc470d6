//! Where an app may be sent to with what it was granted: redirect URIs of OAuth.
//!
//! They are compared letter by letter, never normalised: what an app registered is what
//! it must ask for (RFC 9700 §2.1). Here is what may be registered at all.

use url::{Host, Url};

/// The address that stands for showing a code to the person instead.
pub const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// Longest address.
const LENGTH: usize = 2000;

/// Schemes that run something, or read from where they are opened.
const DANGEROUS: [&str; 12] = [
    "about",
    "blob",
    "data",
    "file",
    "filesystem",
    "ftp",
    "javascript",
    "mailto",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// Where an app is sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redirect {
    /// Nowhere: the code is shown.
    OutOfBand,
    /// To a web address.
    Web(Url),
    /// To whichever app on the device opens this scheme.
    App(String),
}

/// Why an address cannot be returned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectError {
    /// Not an absolute address of plain characters.
    #[error("Redirect URI must be an absolute URI.")]
    NotAnAddress,
    /// Not to be opened by anybody.
    #[error("Redirect URI has a scheme that is not allowed.")]
    Scheme,
    /// Unencrypted, to another machine.
    #[error("Redirect URI must be an HTTPS/SSL URI.")]
    Unencrypted,
    /// A fragment would swallow what is appended.
    #[error("Redirect URI cannot contain a fragment.")]
    Fragment,
}

impl Redirect {
    /// Reads an address that an app wants to be sent to. `http` to other machines is only
    /// for servers that are themselves reached without encryption.
    pub fn parse(text: &str, allow_http: bool) -> Result<Self, RedirectError> {
        if text == OUT_OF_BAND {
            return Ok(Self::OutOfBand);
        }
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        if !plain || text.len() > LENGTH || text.contains(['\\', '"', '<', '>']) {
            return Err(RedirectError::NotAnAddress);
        }
        let url = Url::parse(text).map_err(|_| RedirectError::NotAnAddress)?;
        if text.contains('#') {
            return Err(RedirectError::Fragment);
        }
        match url.scheme() {
            "http" | "https" => {
                if !url.username().is_empty() || url.password().is_some() {
                    return Err(RedirectError::NotAnAddress);
                }
                if url.scheme() == "http" && !allow_http && !is_loopback(&url) {
                    return Err(RedirectError::Unencrypted);
                }
                Ok(Self::Web(url))
            }
            scheme if DANGEROUS.contains(&scheme) => Err(RedirectError::Scheme),
            scheme => Ok(Self::App(scheme.to_owned())),
        }
    }

    /// What a content security policy has to let a form lead to; `None` when the code is
    /// shown here.
    pub fn policy_source(&self) -> Option<String> {
        match self {
            Self::OutOfBand => None,
            Self::App(scheme) => Some(format!("{scheme}:")),
            Self::Web(url) => {
                let origin = url.origin().ascii_serialization();
                let rest = origin.split_once("://").map_or("", |(_, rest)| rest);
                let simple = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
                // Policies know no addresses of IPv6, and end at a semicolon.
                Some(if !rest.is_empty() && rest.chars().all(simple) {
                    origin
                } else {
                    format!("{}:", url.scheme())
                })
            }
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The address with more parameters, which goes on being the same address otherwise.
pub fn with_parameters(address: &str, parameters: &[(&str, &str)]) -> String {
    let more: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    let joint = match address.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, query)) if query.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{address}{joint}{more}")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_apps_use_may_be_registered() {
        for (address, source) in [
            ("urn:ietf:wg:oauth:2.0:oob", None),
            ("icecubesapp://", Some("icecubesapp:")),
            ("oauth2redirect://a.b/", Some("oauth2redirect:")),
            (
                "org.joinmastodon.android-auth://callback",
                Some("org.joinmastodon.android-auth:"),
            ),
            ("http://localhost:4711/x", Some("http://localhost:4711")),
            ("http://127.0.0.1", Some("http://127.0.0.1")),
            ("http://[::1]:1/", Some("http:")),
            (
                "https://elk.example/api/lab/oauth/http%3A%2F%2Fa?x=1",
                Some("https://elk.example"),
            ),
        ] {
            let redirect = Redirect::parse(address, false).unwrap();
            assert_eq!(redirect.policy_source().as_deref(), source, "{address}");
        }
        assert!(Redirect::parse("http://lab.example/", true).is_ok());
    }

    #[test]
    fn what_runs_or_hides_something_may_not() {
        use RedirectError::{Fragment, NotAnAddress, Scheme, Unencrypted};
        for (address, why) in [
            ("", NotAnAddress),
            ("/back", NotAnAddress),
            ("https://", NotAnAddress),
            ("https://a.example/ b", NotAnAddress),
            ("https://a.example/\r\nX: y", NotAnAddress),
            ("https://u@a.example/", NotAnAddress),
            ("https:\\\\a.example", NotAnAddress),
            ("javascript:alert(1)", Scheme),
            ("JavaScript:alert(1)", Scheme),
            ("data:text/html,x", Scheme),
            ("file:///etc/passwd", Scheme),
            ("http://a.example/", Unencrypted),
            ("http://localhost.a.example/", Unencrypted),
            ("https://a.example/#x", Fragment),
        ] {
            assert_eq!(Redirect::parse(address, false), Err(why), "{address:?}");
        }
    }

    #[test]
    fn policies_cannot_be_written_by_apps() {
        let redirect = Redirect::parse("https://a;b,c.example/", false);
        if let Ok(redirect) = redirect {
            assert_eq!(redirect.policy_source().as_deref(), Some("https:"));
        }
    }

    #[test]
    fn parameters_are_appended() {
        let with = |address| with_parameters(address, &[("code", "a b"), ("state", "ü&")]);
        let more = "code=a+b&state=%C3%BC%26";
        assert_eq!(with("app://x"), format!("app://x?{more}"));
        assert_eq!(with("app://x?"), format!("app://x?{more}"));
        assert_eq!(with("app://x?y=1"), format!("app://x?y=1&{more}"));
        assert_eq!(with("app://x?y=1&"), format!("app://x?y=1&{more}"));
    }
}

//! What both schemes need of a request to write the text that is signed.
//!
//! Borrowed from the request as received: nothing here normalises what a sender
//! wrote, except where RFC 9421 asks for it.

use http::header::HeaderName;
use http::{HeaderMap, Method, Uri};

/// A request as the signature sees it.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The method; signed in lower case by draft-cavage.
    pub method: &'a Method,
    /// The scheme the world knows us by, never taken from the request.
    pub scheme: &'a str,
    /// The authority as it was sent (`Host`, or `:authority` of HTTP/2).
    pub host: &'a str,
    /// The same authority in canonical form: lower case, no default port.
    pub authority: &'a str,
    /// Path and query.
    pub uri: &'a Uri,
    /// The headers.
    pub headers: &'a HeaderMap,
}

impl Target<'_> {
    /// The path, `/` when there is none.
    pub(super) fn path(&self) -> &str {
        match self.uri.path() {
            "" => "/",
            path => path,
        }
    }

    /// Appends the values of the header `name`, trimmed and joined by `, `.
    /// False when the request has no such header.
    pub(super) fn push_header(&self, name: &str, out: &mut Vec<u8>) -> bool {
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
            return false;
        };
        if name == http::header::HOST {
            out.extend_from_slice(self.host.as_bytes());
            return true;
        }
        let mut found = false;
        for value in self.headers.get_all(&name) {
            if found {
                out.extend_from_slice(b", ");
            }
            out.extend_from_slice(value.as_bytes().trim_ascii());
            found = true;
        }
        found
    }
}

/// Why the text to verify cannot be written from a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsignable {
    /// The signature header does not follow the syntax of its scheme.
    #[error("{0}")]
    Syntax(&'static str),
    /// The signature covers something the request does not have, or that we do
    /// not know how to derive.
    #[error("the signature covers a part the request does not have")]
    Missing,
}

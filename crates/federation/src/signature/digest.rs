//! The digest of a body and the two headers that carry it: `Digest` (RFC 3230,
//! as draft-cavage uses it) and `Content-Digest` (RFC 9530).
//!
//! SHA-256 only. The body is hashed once; both headers are written from, and
//! compared with, that one digest.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use sfv::{Dictionary, ListEntry, Parser};

/// Length of a SHA-256 digest in base64.
const CHARS: usize = 44;

/// The SHA-256 digest of a body, computed once however often the body is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BodyDigest {
    bytes: [u8; 32],
    base64: [u8; CHARS],
}

impl BodyDigest {
    /// Hashes `body`.
    pub fn of(body: &[u8]) -> Self {
        let hash = digest(&SHA256, body);
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(hash.as_ref()) {
            *to = *from;
        }
        let mut base64 = [0; CHARS];
        // 32 bytes always make 44 characters.
        let _written = STANDARD.encode_slice(bytes, &mut base64);
        Self { bytes, base64 }
    }

    /// The 32 bytes of the digest.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// The digest in standard base64, 44 characters.
    pub fn base64(&self) -> &str {
        // Base64 is ASCII; an empty text would match nothing.
        std::str::from_utf8(&self.base64).unwrap_or_default()
    }

    /// The value of a `Digest` header: `SHA-256=…`.
    pub fn digest(&self) -> HeaderValue {
        header(&["SHA-256=", self.base64()])
    }

    /// The value of a `Content-Digest` header: `sha-256=:…:` (RFC 9530 §2).
    pub fn content_digest(&self) -> HeaderValue {
        header(&["sha-256=:", self.base64(), ":"])
    }

    /// Whether a received `Digest` names this digest. Other algorithms in the
    /// list are ignored; one SHA-256 must be there, and none may differ.
    pub fn is_in_digest(&self, value: &str) -> bool {
        let mut found = false;
        for entry in value.split(',') {
            let Some((algorithm, text)) = entry.trim().split_once('=') else {
                return false;
            };
            if algorithm.eq_ignore_ascii_case("sha-256") {
                // Comparing texts also refuses bad base64 and wrong lengths.
                if text.as_bytes() != self.base64 {
                    return false;
                }
                found = true;
            }
        }
        found
    }

    /// Whether a received `Content-Digest` names this digest under `sha-256`.
    pub fn is_in_content_digest(&self, value: &str) -> bool {
        let Ok(members) = Parser::new(value).parse::<Dictionary>() else {
            return false;
        };
        match members.get("sha-256") {
            Some(ListEntry::Item(item)) => {
                item.bare_item.as_byte_sequence() == Some(self.bytes.as_slice())
            }
            _ => false,
        }
    }
}

impl std::fmt::Debug for BodyDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BodyDigest({})", self.base64())
    }
}

fn header(parts: &[&str]) -> HeaderValue {
    // Base64 and these prefixes are always legal in a header.
    HeaderValue::from_str(&parts.concat()).unwrap_or(HeaderValue::from_static(""))
}

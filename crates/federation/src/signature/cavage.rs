//! The signature scheme every peer verifies today: draft-cavage-http-signatures.
//!
//! Reads a `Signature` header, rebuilds the text it covers, and writes such a
//! header. Which parts a signature must cover, and how old it may be, is the
//! gate's business.

use http::header::{CONTENT_TYPE, DATE, HOST};
use http::{HeaderMap, HeaderValue, Method};

use super::message::{Target, Unsignable};
use super::{SignError, Signer};

/// More parts than any peer signs.
const MAX_COVERED: usize = 32;

/// Covers the method, path and query.
pub const REQUEST_TARGET: &str = "(request-target)";
/// Covers the `created` parameter.
pub const CREATED: &str = "(created)";
/// Covers the `expires` parameter.
pub const EXPIRES: &str = "(expires)";

/// The parameters of a `Signature` header, borrowed from it.
#[derive(Debug, PartialEq, Eq)]
pub struct Parsed<'a> {
    /// `keyId`.
    pub key_id: &'a str,
    /// `algorithm`, when the sender names one.
    pub algorithm: Option<&'a str>,
    /// `created` as written, seconds since 1970; quoted or not.
    pub created: Option<&'a str>,
    /// `expires` as written, seconds since 1970, perhaps with decimals.
    pub expires: Option<&'a str>,
    /// `headers`, in order, in the case the sender used.
    pub covered: Vec<&'a str>,
    /// `signature`, in base64.
    pub signature: &'a str,
}

impl<'a> Parsed<'a> {
    /// Reads `keyId="…",algorithm="…",headers="…",signature="…"`. No parameter
    /// may come twice, known or not, since two readers could then disagree.
    pub fn read(value: &'a str) -> Result<Self, Unsignable> {
        let mut seen: Vec<&str> = Vec::with_capacity(8);
        let (mut key_id, mut headers, mut signature) = (None, None, None);
        let (mut algorithm, mut created, mut expires) = (None, None, None);
        let mut rest = value.trim();
        while !rest.is_empty() {
            let (name, text, after) = parameter(rest)?;
            if seen.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                return Err(Unsignable::Syntax("a signature parameter comes twice"));
            }
            if seen.len() == MAX_COVERED {
                return Err(Unsignable::Syntax("too many signature parameters"));
            }
            seen.push(name);
            let place = match name {
                "keyId" => &mut key_id,
                "algorithm" => &mut algorithm,
                "created" => &mut created,
                "expires" => &mut expires,
                "headers" => &mut headers,
                "signature" => &mut signature,
                _ => &mut None,
            };
            *place = Some(text);
            rest = after;
        }
        let mut covered: Vec<&str> = Vec::with_capacity(8);
        // Without `headers` the draft's default covers too little to be of use.
        for name in headers.unwrap_or_default().split_ascii_whitespace() {
            if covered.len() == MAX_COVERED {
                return Err(Unsignable::Syntax("too many signed headers"));
            }
            if covered.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                return Err(Unsignable::Syntax("a signed header is listed twice"));
            }
            covered.push(name);
        }
        Ok(Self {
            key_id: key_id.ok_or(Unsignable::Syntax("the signature has no keyId"))?,
            algorithm,
            created,
            expires,
            covered,
            signature: signature.ok_or(Unsignable::Syntax("the signature itself is missing"))?,
        })
    }

    /// Whether the signature covers `name`, a header or a word in parentheses.
    pub fn covers(&self, name: &str) -> bool {
        self.covered
            .iter()
            .any(|own| own.eq_ignore_ascii_case(name))
    }

    /// The text the signature was made over. Some peers sign the path alone:
    /// `with_query` false writes it their way.
    pub fn message(&self, target: &Target<'_>, with_query: bool) -> Result<Vec<u8>, Unsignable> {
        let mut out = Vec::with_capacity(512);
        for name in &self.covered {
            if !out.is_empty() {
                out.push(b'\n');
            }
            out.extend(name.bytes().map(|letter| letter.to_ascii_lowercase()));
            out.extend_from_slice(b": ");
            if name.eq_ignore_ascii_case(REQUEST_TARGET) {
                push_request_target(target, with_query, &mut out);
            } else if name.eq_ignore_ascii_case(CREATED) {
                out.extend_from_slice(self.created.ok_or(Unsignable::Missing)?.as_bytes());
            } else if name.eq_ignore_ascii_case(EXPIRES) {
                out.extend_from_slice(self.expires.ok_or(Unsignable::Missing)?.as_bytes());
            } else if !target.push_header(name, &mut out) {
                return Err(Unsignable::Missing);
            }
        }
        Ok(out)
    }
}

/// Splits `name="value",rest` or `name=value,rest` into its three parts.
fn parameter(text: &str) -> Result<(&str, &str, &str), Unsignable> {
    let broken = Unsignable::Syntax("the Signature header cannot be read");
    let (name, rest) = text.split_once('=').ok_or(broken)?;
    let name = name.trim();
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(broken);
    }
    let rest = rest.trim_start();
    let (value, after) = if let Some(quoted) = rest.strip_prefix('"') {
        quoted.split_once('"').ok_or(broken)?
    } else {
        let end = rest.find(',').unwrap_or(rest.len());
        let (value, after) = rest.split_at_checked(end).ok_or(broken)?;
        (value.trim_end(), after)
    };
    // No value we read may hold a quote, so an escape is never needed.
    if value.contains(['\\', '"']) {
        return Err(broken);
    }
    let after = after.trim_start();
    if after.is_empty() {
        return Ok((name, value, after));
    }
    let after = after.strip_prefix(',').ok_or(broken)?.trim_start();
    if after.is_empty() {
        return Err(broken);
    }
    Ok((name, value, after))
}

fn push_request_target(target: &Target<'_>, with_query: bool, out: &mut Vec<u8>) {
    let method = target.method.as_str().bytes();
    out.extend(method.map(|letter| letter.to_ascii_lowercase()));
    out.push(b' ');
    out.extend_from_slice(target.path().as_bytes());
    if let Some(query) = target.uri.query().filter(|_| with_query) {
        out.push(b'?');
        out.extend_from_slice(query.as_bytes());
    }
}

/// Adds the `Signature` header to `headers`, which already hold all that is
/// signed. `algorithm` is always named: one peer family refuses without it.
pub(super) fn sign(
    signer: &Signer,
    method: &Method,
    path_and_query: &str,
    headers: &mut HeaderMap,
) -> Result<(), SignError> {
    let digest = http::HeaderName::from_static("digest");
    let mut message = format!(
        "(request-target): {} {path_and_query}",
        method.as_str().to_ascii_lowercase()
    )
    .into_bytes();
    let mut covered = REQUEST_TARGET.to_owned();
    for name in [HOST, DATE, digest, CONTENT_TYPE] {
        if let Some(value) = headers.get(&name) {
            covered.push(' ');
            covered.push_str(name.as_str());
            message.push(b'\n');
            message.extend_from_slice(name.as_str().as_bytes());
            message.extend_from_slice(b": ");
            message.extend_from_slice(value.as_bytes());
        }
    }
    let signature = super::sign_base64(signer, &message)?;
    let value = format!(
        "keyId=\"{}\",algorithm=\"rsa-sha256\",headers=\"{covered}\",signature=\"{signature}\"",
        signer.key_id
    );
    let value = HeaderValue::try_from(value).map_err(|_| SignError::KeyId)?;
    headers.insert(super::SIGNATURE, value);
    Ok(())
}

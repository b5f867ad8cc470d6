//! The gate: what a request of another server must be before anything is
//! fetched, stored or believed.
//!
//! Pure functions over a request's head and body. A request that passes is well
//! formed, addressed to us, fresh, and its signature covers what matters; it is
//! **not yet authentic**: the caller gets the key of [`SignatureClaim::key_id`],
//! checks that key and actor name each other, and asks
//! [`SignatureClaim::verify`]. Cheap checks come first, so that nobody makes us
//! hash or parse without a plausible signature.

mod claim;
mod envelope;
#[cfg(test)]
mod fuzz_tests;
mod headers;
mod refusal;
#[cfg(test)]
mod status_tests;
mod strict;
#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod test_request;

use archipel_model::{Host, Timestamp, origin_of, same_origin};
use http::uri::Scheme;
use http::{HeaderMap, Method, Uri};
use serde_json::Value;
use url::Url;

use crate::signature::{BodyDigest, Scheme as SignatureScheme, Target, proof};
use claim::Purpose;
use headers::Presented;

pub use claim::{SignatureClaim, WINDOW};
pub use envelope::{Envelope, MAX_URL};
pub use refusal::Refusal;

/// The largest body an inbox reads, in bytes, unless configured otherwise.
pub const MAX_BODY: usize = 1024 * 1024;

/// Who we are and how much we read.
#[derive(Clone, Debug)]
pub struct GateRules {
    /// The hosts we answer for, with their port where it is not the default.
    pub hosts: Vec<Host>,
    /// The scheme of our public URLs, whatever a proxy in front of us speaks.
    pub public_scheme: Scheme,
    /// The largest body, in bytes.
    pub max_body: usize,
}

impl GateRules {
    /// The rules of a server with one public URL. `None` for a URL that is not
    /// http or https.
    pub fn of(public_url: &Url) -> Option<Self> {
        let origin = origin_of(public_url)?;
        let public_scheme = match public_url.scheme() {
            "http" => Scheme::HTTP,
            _ => Scheme::HTTPS,
        };
        Some(Self {
            hosts: vec![origin.host().clone()],
            public_scheme,
            max_body: MAX_BODY,
        })
    }
}

/// A request without its body.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The method.
    pub method: &'a Method,
    /// The URI as received, before a router nested or normalised it: it is
    /// signed as it was sent. With HTTP/2 it carries the authority.
    pub uri: &'a Uri,
    /// The headers as received.
    pub headers: &'a HeaderMap,
}

impl<'a> From<&'a http::request::Parts> for Head<'a> {
    fn from(parts: &'a http::request::Parts) -> Self {
        Self {
            method: &parts.method,
            uri: &parts.uri,
            headers: &parts.headers,
        }
    }
}

/// A delivery that may be verified.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// Who says what under which id.
    pub envelope: Envelope,
    /// What the signature claims.
    pub claim: SignatureClaim,
    /// The parsed body.
    pub value: Value,
    /// The digest of the body, as it was compared with the signed header.
    pub digest: BodyDigest,
    /// The key of the actor's origin that a proof in the body names, not yet checked.
    pub proof: Option<Url>,
}

/// Refuses a delivery by its head alone, so that a body which would be refused
/// anyway is not read: ambiguous headers, wrong media type, declared size, host,
/// missing signature. [`inspect_post`] repeats these checks.
pub fn admit_head(rules: &GateRules, head: Head<'_>) -> Result<(), Refusal> {
    admit(rules, &head).map(|_| ())
}

/// Inspects a delivery to an inbox. `body` is the raw body as received.
pub fn inspect_post(
    rules: &GateRules,
    head: Head<'_>,
    body: &[u8],
    now: Timestamp,
) -> Result<Inspected, Refusal> {
    let (presented, target) = admit(rules, &head)?;
    if body.len() > rules.max_body {
        let max = rules.max_body;
        return Err(Refusal::TooLarge { max });
    }
    let claim = claim::read(presented, &target, Purpose::Post, now)?;
    let digest = BodyDigest::of(body);
    check_digest(&digest, claim.scheme, head.headers)?;
    let value = strict::parse(body).map_err(|_| Refusal::MalformedJson)?;
    let envelope = Envelope::read(&value)?;
    let proof = proof_key(&value, &envelope.actor);
    if proof.is_none() && !same_origin(&claim.key_id, &envelope.actor) {
        return Err(Refusal::ForeignKey);
    }
    Ok(Inspected {
        envelope,
        claim,
        value,
        digest,
        proof,
    })
}

/// The key that the proof of a body names, on the origin of its actor (FEP-8b32): with
/// it, somebody else may bring what the actor said. `RsaSignature2017` is no proof.
fn proof_key(value: &Value, actor: &Url) -> Option<Url> {
    let named = proof::key_id(value).filter(|id| id.len() <= MAX_URL)?;
    Url::parse(named).ok().filter(|id| same_origin(id, actor))
}

/// Inspects a fetch. `None` when it is not signed; whether that is enough is
/// for the caller, who knows if `federation.authorized_fetch` is on.
pub fn inspect_get(
    rules: &GateRules,
    head: Head<'_>,
    now: Timestamp,
) -> Result<Option<SignatureClaim>, Refusal> {
    let Some(presented) = headers::presented(head.headers)? else {
        return Ok(None);
    };
    headers::unambiguous(head.headers)?;
    let target = target(rules, &head)?;
    claim::read(presented, &target, Purpose::Get, now).map(Some)
}

fn admit<'a>(
    rules: &'a GateRules,
    head: &Head<'a>,
) -> Result<(Presented<'a>, Target<'a>), Refusal> {
    headers::unambiguous(head.headers)?;
    headers::acceptable_body(rules, head.headers)?;
    let presented = headers::presented(head.headers)?.ok_or(Refusal::Unsigned)?;
    Ok((presented, target(rules, head)?))
}

fn target<'a>(rules: &'a GateRules, head: &Head<'a>) -> Result<Target<'a>, Refusal> {
    let (host, ours) = headers::authority(rules, head)?;
    Ok(Target {
        method: head.method,
        scheme: rules.public_scheme.as_str(),
        host,
        authority: ours.as_str(),
        uri: head.uri,
        headers: head.headers,
    })
}

/// Compares the body with the one digest header the signature covers.
fn check_digest(
    digest: &BodyDigest,
    scheme: SignatureScheme,
    headers: &HeaderMap,
) -> Result<(), Refusal> {
    let matches = match scheme {
        SignatureScheme::Cavage => {
            headers::text(headers, &headers::DIGEST).is_some_and(|value| digest.is_in_digest(value))
        }
        SignatureScheme::Rfc9421 => headers::text(headers, &headers::CONTENT_DIGEST)
            .is_some_and(|value| digest.is_in_content_digest(value)),
    };
    if matches {
        Ok(())
    } else {
        Err(Refusal::DigestMismatch)
    }
}

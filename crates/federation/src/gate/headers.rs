//! What the gate asks of headers alone, before a byte of the body is looked at.

use archipel_model::Host;
use http::HeaderMap;
use http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, DATE, HOST, HeaderName,
    TRANSFER_ENCODING,
};

use super::{GateRules, Head, Refusal};

pub(super) const SIGNATURE: HeaderName = HeaderName::from_static("signature");
pub(super) const SIGNATURE_INPUT: HeaderName = HeaderName::from_static("signature-input");
pub(super) const DIGEST: HeaderName = HeaderName::from_static("digest");
pub(super) const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// Headers that decide something. Were one repeated, two readers could each
/// believe another copy.
const SINGLE: [(HeaderName, &str); 9] = [
    (HOST, "Host"),
    (DATE, "Date"),
    (DIGEST, "Digest"),
    (CONTENT_DIGEST, "Content-Digest"),
    (SIGNATURE, "Signature"),
    (SIGNATURE_INPUT, "Signature-Input"),
    (AUTHORIZATION, "Authorization"),
    (CONTENT_TYPE, "Content-Type"),
    (CONTENT_LENGTH, "Content-Length"),
];

const PROFILE: &str = "https://www.w3.org/ns/activitystreams";

/// Longest signature header that is read, in bytes; a real one has about 600.
const MAX_SIGNATURE: usize = 8 * 1024;

/// A header's value. What is not ASCII text reads as empty, and is then refused
/// by whoever needed it.
pub(super) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let value = headers.get(name)?;
    Some(value.to_str().unwrap_or_default().trim_ascii())
}

/// Refuses headers that could be read in two ways.
pub(super) fn unambiguous(headers: &HeaderMap) -> Result<(), Refusal> {
    for (name, shown) in &SINGLE {
        if headers.get_all(name).iter().nth(1).is_some() {
            return Err(Refusal::DuplicateHeader(shown));
        }
    }
    if headers.contains_key(CONTENT_LENGTH) && headers.contains_key(TRANSFER_ENCODING) {
        return Err(Refusal::AmbiguousLength);
    }
    Ok(())
}

/// Refuses bodies we would not read: compressed, of another type, too large.
pub(super) fn acceptable_body(rules: &GateRules, headers: &HeaderMap) -> Result<(), Refusal> {
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(Refusal::UnsupportedEncoding);
    }
    if !text(headers, &CONTENT_TYPE).is_some_and(is_activity) {
        return Err(Refusal::UnsupportedMediaType);
    }
    let max = rules.max_body;
    match text(headers, &CONTENT_LENGTH).map(str::parse::<usize>) {
        Some(Ok(length)) if length > max => Err(Refusal::TooLarge { max }),
        _ => Ok(()),
    }
}

/// Whether a media type announces an activity (§3.2 and §7 of the `ActivityPub` standard).
fn is_activity(value: &str) -> bool {
    let (kind, parameters) = value.split_once(';').unwrap_or((value, ""));
    let kind = kind.trim();
    if kind.eq_ignore_ascii_case("application/activity+json") {
        return true;
    }
    kind.eq_ignore_ascii_case("application/ld+json")
        && parameters.split(';').any(|parameter| {
            parameter.split_once('=').is_some_and(|(name, profiles)| {
                name.trim().eq_ignore_ascii_case("profile")
                    && profiles
                        .trim()
                        .trim_matches('"')
                        .split_ascii_whitespace()
                        .any(|profile| profile == PROFILE)
            })
        })
}

/// The authority of the request as it was sent, and which of our hosts it is.
/// HTTP/2 carries it in the URI; where a request has both, both must be us.
/// `X-Forwarded-Host` has no say.
pub(super) fn authority<'a>(
    rules: &'a GateRules,
    head: &Head<'a>,
) -> Result<(&'a str, &'a Host), Refusal> {
    let from_uri = head.uri.authority().map(http::uri::Authority::as_str);
    let from_header = text(head.headers, &HOST);
    let sent = from_header.or(from_uri).ok_or(Refusal::WrongHost)?;
    let ours = own_host(rules, sent).ok_or(Refusal::WrongHost)?;
    match from_uri {
        Some(other) if own_host(rules, other) != Some(ours) => Err(Refusal::WrongHost),
        _ => Ok((sent, ours)),
    }
}

fn own_host<'a>(rules: &'a GateRules, sent: &str) -> Option<&'a Host> {
    let default_port = if rules.public_scheme == http::uri::Scheme::HTTP {
        ":80"
    } else {
        ":443"
    };
    let name = sent.strip_suffix(default_port).unwrap_or(sent);
    let mut hosts = rules.hosts.iter();
    hosts.find(|host| host.as_str().eq_ignore_ascii_case(name))
}

/// The signature headers of a request, told apart by scheme.
#[derive(Clone, Copy, Debug)]
pub(super) enum Presented<'a> {
    Cavage(&'a str),
    Rfc9421 { input: &'a str, signature: &'a str },
}

/// Finds the one signature. `Signature-Input` makes it RFC 9421, never to be
/// read as draft-cavage; `None` when nothing claims to be a signature.
pub(super) fn presented(headers: &HeaderMap) -> Result<Option<Presented<'_>>, Refusal> {
    let signature = text(headers, &SIGNATURE);
    let input = text(headers, &SIGNATURE_INPUT);
    let authorization = text(headers, &AUTHORIZATION).and_then(|value| {
        let (scheme, rest) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("signature").then_some(rest)
    });
    if authorization.is_some() && (signature.is_some() || input.is_some()) {
        return Err(Refusal::TwoSignatures);
    }
    let found = match (input, signature.or(authorization)) {
        (None, None) => return Ok(None),
        (None, Some(value)) => Presented::Cavage(value),
        (Some(input), Some(signature)) => Presented::Rfc9421 { input, signature },
        (Some(_), None) => {
            return Err(Refusal::MalformedSignature(
                "Signature-Input without Signature",
            ));
        }
    };
    let longest = input.map_or(0, str::len).max(match found {
        Presented::Cavage(value) => value.len(),
        Presented::Rfc9421 { signature, .. } => signature.len(),
    });
    if longest > MAX_SIGNATURE {
        return Err(Refusal::MalformedSignature("the header is too long"));
    }
    Ok(Some(found))
}

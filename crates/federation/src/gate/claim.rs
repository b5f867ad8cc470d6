//! What a signature claims, and whether such a claim may be made at all.
//!
//! Everything is checked here that needs neither the key nor the body: what the
//! signature covers, its age, its algorithm. Whether it is true is for
//! [`SignatureClaim::verify`], once the caller has the key.

use std::time::Duration;

use archipel_model::{Timestamp, origin_of};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::DATE;
use url::Url;

use super::Refusal;
use super::headers::{Presented, text};
use crate::signature::cavage::{self, CREATED, EXPIRES, REQUEST_TARGET};
use crate::signature::{Algorithm, Scheme, Target, Unsignable, VerifyingKey, rfc9421};

/// How far the date of a signature may lie from now, either way. Mastodon
/// takes five minutes and an hour of margin; so do we.
pub const WINDOW: Duration = Duration::from_mins(65);

/// Longest key id that is followed, in bytes.
const MAX_KEY_ID: usize = 2_000;

/// A signature that is well made, not yet known to be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureClaim {
    /// Where the key is said to be; http or https, with or without a fragment.
    pub key_id: Url,
    /// The scheme the peer used, which it will accept from us too.
    pub scheme: Scheme,
    /// The algorithm the peer named; `None` leaves it to the kind of the key.
    pub algorithm: Option<Algorithm>,
    /// The text that was signed.
    pub message: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
    /// When it says it was signed.
    pub signed_at: Timestamp,
    /// From when on we refuse it: the end of the window or its own `expires`,
    /// whichever comes first, so no peer can make a signature live long.
    pub valid_until: Timestamp,
    /// The text as peers sign it that leave out the query (GET only).
    without_query: Option<Vec<u8>>,
}

impl SignatureClaim {
    /// Whether the claim is true for `key`. A key of another kind than the one
    /// named makes it false.
    pub fn verify(&self, key: &VerifyingKey) -> bool {
        if self.algorithm.is_some_and(|named| named != key.algorithm()) {
            return false;
        }
        key.verify(&self.message, &self.signature)
            || self
                .without_query
                .as_ref()
                .is_some_and(|message| key.verify(message, &self.signature))
    }
}

/// What must be signed depends on what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A delivery: the digest of the body must be covered.
    Post,
    /// A fetch, without a body.
    Get,
}

/// Reads a presented signature and refuses it where no key could save it.
pub(super) fn read(
    presented: Presented<'_>,
    target: &Target<'_>,
    purpose: Purpose,
    now: Timestamp,
) -> Result<SignatureClaim, Refusal> {
    match presented {
        Presented::Cavage(value) => read_cavage(value, target, purpose, now),
        Presented::Rfc9421 { input, signature } => {
            read_rfc9421(input, signature, target, purpose, now)
        }
    }
}

fn read_cavage(
    value: &str,
    target: &Target<'_>,
    purpose: Purpose,
    now: Timestamp,
) -> Result<SignatureClaim, Refusal> {
    let parsed = cavage::Parsed::read(value).map_err(unusable)?;
    let algorithm = match parsed.algorithm {
        None => None,
        Some(name) if name.eq_ignore_ascii_case("hs2019") => None,
        Some(name) if name.eq_ignore_ascii_case("rsa-sha256") => Some(Algorithm::RsaSha256),
        Some(name) if name.eq_ignore_ascii_case("ed25519") => Some(Algorithm::Ed25519),
        Some(_) => return Err(Refusal::UnknownAlgorithm),
    };
    for part in [REQUEST_TARGET, "host"] {
        if !parsed.covers(part) {
            return Err(Refusal::NotCovered(part));
        }
    }
    if purpose == Purpose::Post && !parsed.covers("digest") {
        return Err(Refusal::NotCovered("digest"));
    }
    let dated = parsed.covers("date");
    let created = parsed.created.map(whole_seconds).transpose()?;
    let expires = parsed.expires.map(seconds_with_decimals).transpose()?;
    if parsed.covers(EXPIRES) && expires.is_none() {
        return Err(Refusal::UnreadableDate);
    }
    let mut signed_at = None;
    if dated {
        let date = text(target.headers, &DATE).ok_or(Refusal::UnreadableDate)?;
        let date = httpdate::parse_http_date(date).map_err(|_| Refusal::UnreadableDate)?;
        signed_at = Some(within_window(Timestamp::from_system(date), now)?);
    }
    if parsed.covers(CREATED) {
        let created = created.ok_or(Refusal::UnreadableDate)?;
        signed_at = Some(within_window(created, now)?);
    }
    let signed_at = signed_at.ok_or(Refusal::NotCovered("date or (created)"))?;
    let without_query = match purpose {
        Purpose::Get if target.uri.query().is_some() => {
            Some(parsed.message(target, false).map_err(unusable)?)
        }
        _ => None,
    };
    Ok(SignatureClaim {
        key_id: key_url(parsed.key_id)?,
        scheme: Scheme::Cavage,
        algorithm,
        message: parsed.message(target, true).map_err(unusable)?,
        signature: STANDARD
            .decode(parsed.signature)
            .map_err(|_| Refusal::MalformedSignature("it is not base64"))?,
        signed_at,
        valid_until: valid_until(signed_at, expires, now)?,
        without_query,
    })
}

fn read_rfc9421(
    input: &str,
    signature: &str,
    target: &Target<'_>,
    purpose: Purpose,
    now: Timestamp,
) -> Result<SignatureClaim, Refusal> {
    let parsed = rfc9421::Parsed::read(input, signature).map_err(unusable)?;
    let algorithm = match parsed.algorithm().map_err(unusable)? {
        None => None,
        Some("rsa-v1_5-sha256") => Some(Algorithm::RsaSha256),
        Some("ed25519") => Some(Algorithm::Ed25519),
        Some(_) => return Err(Refusal::UnknownAlgorithm),
    };
    if !parsed.covers("@method") {
        return Err(Refusal::NotCovered("@method"));
    }
    let in_parts = parsed.covers("@authority")
        && parsed.covers("@path")
        && (target.uri.query().is_none() || parsed.covers("@query"));
    if !parsed.covers("@target-uri") && !in_parts {
        return Err(Refusal::NotCovered("@target-uri"));
    }
    if purpose == Purpose::Post && !parsed.covers("content-digest") {
        return Err(Refusal::NotCovered("content-digest"));
    }
    let created = parsed.created().map_err(|_| Refusal::UnreadableDate)?;
    let created = created.ok_or(Refusal::NotCovered("created"))?;
    let signed_at = within_window(Timestamp::from_unix_seconds(created), now)?;
    let expires = parsed.expires().map_err(|_| Refusal::UnreadableDate)?;
    let expires = expires.map(Timestamp::from_unix_seconds);
    let key_id = parsed.key_id().ok_or(Refusal::NotCovered("keyid"))?;
    Ok(SignatureClaim {
        key_id: key_url(key_id)?,
        scheme: Scheme::Rfc9421,
        algorithm,
        message: parsed.message(target).map_err(unusable)?,
        signature: parsed.signature,
        signed_at,
        valid_until: valid_until(signed_at, expires, now)?,
        without_query: None,
    })
}

fn unusable(error: Unsignable) -> Refusal {
    Refusal::MalformedSignature(match error {
        Unsignable::Syntax(why) => why,
        Unsignable::Missing => "it covers a part the request does not have",
    })
}

fn key_url(text: &str) -> Result<Url, Refusal> {
    let illegal = Refusal::MalformedSignature("its key id is not an http or https URL");
    if text.len() > MAX_KEY_ID {
        return Err(illegal);
    }
    let url = Url::parse(text).map_err(|_| illegal)?;
    match origin_of(&url) {
        Some(_) => Ok(url),
        None => Err(illegal),
    }
}

/// Seconds since 1970. Twelve digits reach far beyond any window, and cannot
/// overflow.
fn whole_seconds(text: &str) -> Result<Timestamp, Refusal> {
    if text.is_empty() || text.len() > 12 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refusal::UnreadableDate);
    }
    let seconds = text.parse().map_err(|_| Refusal::UnreadableDate)?;
    Ok(Timestamp::from_unix_seconds(seconds))
}

/// The draft lets `expires`, and only it, have decimals; they are cut off.
fn seconds_with_decimals(text: &str) -> Result<Timestamp, Refusal> {
    match text.split_once('.') {
        Some((whole, decimals)) if decimals.bytes().all(|b| b.is_ascii_digit()) => {
            whole_seconds(whole)
        }
        Some(_) => Err(Refusal::UnreadableDate),
        None => whole_seconds(text),
    }
}

fn within_window(moment: Timestamp, now: Timestamp) -> Result<Timestamp, Refusal> {
    if moment < now.minus(WINDOW) || moment > now.plus(WINDOW) {
        return Err(Refusal::OutsideWindow);
    }
    Ok(moment)
}

fn valid_until(
    signed_at: Timestamp,
    expires: Option<Timestamp>,
    now: Timestamp,
) -> Result<Timestamp, Refusal> {
    let end = signed_at.plus(WINDOW);
    match expires {
        Some(expires) if expires < now => Err(Refusal::Expired),
        Some(expires) => Ok(end.min(expires)),
        None => Ok(end),
    }
}

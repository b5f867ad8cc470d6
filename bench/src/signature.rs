//! Signs requests as a Mastodon does (draft-cavage-http-signatures-12, RSA) and
//! checks both schemes that the server uses (that and RFC 9421).

use std::collections::HashMap;

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderMap;

use crate::clock;
use crate::keys::{Key, PublicKey, sha256};

/// What is signed of a POST, in this order.
const COVERED: [&str; 5] = ["(request-target)", "host", "date", "digest", "content-type"];

const ACTIVITY: &str = "application/activity+json";

/// A whole signed HTTP/1.1 POST, ready to be written to a connection.
pub fn post(
    key: &Key,
    key_id: &str,
    authority: &str,
    path: &str,
    body: &[u8],
) -> anyhow::Result<Bytes> {
    let date = httpdate::fmt_http_date(clock::now());
    let digest = format!("SHA-256={}", sha256(body));
    let message = format!(
        "(request-target): post {path}\nhost: {authority}\ndate: {date}\ndigest: {digest}\n\
         content-type: {ACTIVITY}"
    );
    let signature = STANDARD.encode(key.sign(message.as_bytes())?);
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {authority}\r\ndate: {date}\r\ndigest: {digest}\r\n\
         content-type: {ACTIVITY}\r\ncontent-length: {}\r\nuser-agent: archipel-bench\r\n\
         signature: keyId=\"{key_id}\",algorithm=\"rsa-sha256\",headers=\"{}\",\
         signature=\"{signature}\"\r\n\r\n",
        body.len(),
        COVERED.join(" "),
    );
    Ok([head.as_bytes(), body].concat().into())
}

/// How a request was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// draft-cavage with RSA.
    Cavage,
    /// RFC 9421 with RSA.
    Rfc9421,
    /// RFC 9421 with Ed25519.
    Rfc9421Ed25519,
}

impl Scheme {
    /// Its name in the figures.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cavage => "cavage-rsa",
            Self::Rfc9421 => "rfc9421-rsa",
            Self::Rfc9421Ed25519 => "rfc9421-ed25519",
        }
    }
}

/// Checks digest and signature of a POST to `path`, with the keys of the server
/// by their ids; says how it was signed.
pub fn verify(
    keys: &HashMap<String, PublicKey>,
    authority: &str,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> anyhow::Result<Scheme> {
    let hash = sha256(body);
    let signature = text(headers, "signature")?;
    let (scheme, key_id, message, signature) = if headers.contains_key("signature-input") {
        if text(headers, "content-digest")? != format!("sha-256=:{hash}:") {
            bail!("the digest is not that of the body");
        }
        rfc9421(authority, path, headers, signature)?
    } else {
        if text(headers, "digest")? != format!("SHA-256={hash}") {
            bail!("the digest is not that of the body");
        }
        cavage(path, headers, signature)?
    };
    let key = keys
        .get(key_id)
        .with_context(|| format!("the key {key_id} is not published"))?;
    let signature = STANDARD.decode(signature).context("base64")?;
    if key.verifies(message.as_bytes(), &signature) {
        Ok(scheme)
    } else {
        bail!("the signature by {key_id} does not verify")
    }
}

type Claim<'a> = (Scheme, &'a str, String, &'a str);

fn cavage<'a>(path: &str, headers: &HeaderMap, signature: &'a str) -> anyhow::Result<Claim<'a>> {
    let parameters = parameters(signature, ',');
    let named = |name: &str| {
        parameters
            .get(name)
            .copied()
            .with_context(|| format!("no {name} in the signature"))
    };
    let covered: Vec<&str> = named("headers")?.split(' ').collect();
    for must in ["(request-target)", "host", "date", "digest"] {
        if !covered.contains(&must) {
            bail!("{must} is not signed");
        }
    }
    let mut lines = Vec::new();
    for name in covered {
        let value = match name {
            "(request-target)" => format!("post {path}"),
            header => text(headers, header)?.to_owned(),
        };
        lines.push(format!("{name}: {value}"));
    }
    let message = lines.join("\n");
    Ok((
        Scheme::Cavage,
        named("keyId")?,
        message,
        named("signature")?,
    ))
}

/// RFC 9421 §2.5.
fn rfc9421<'a>(
    authority: &str,
    path: &str,
    headers: &'a HeaderMap,
    signature: &'a str,
) -> anyhow::Result<Claim<'a>> {
    let (label, input) = text(headers, "signature-input")?
        .split_once('=')
        .context("no label")?;
    let signature = signature
        .strip_prefix(label)
        .and_then(|rest| rest.strip_prefix("=:"))
        .and_then(|rest| rest.strip_suffix(':'))
        .context("another label in Signature")?;
    let (covered, rest) = input
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(')'))
        .context("no list of components")?;
    let mut lines = Vec::new();
    for component in covered.split(' ') {
        let value = match component.trim_matches('"') {
            "@method" => "POST".to_owned(),
            "@target-uri" => format!("http://{authority}{path}"),
            header => text(headers, header)?.to_owned(),
        };
        lines.push(format!("{component}: {value}"));
    }
    for must in ["\"@method\"", "\"@target-uri\"", "\"content-digest\""] {
        if !covered.contains(must) {
            bail!("{must} is not signed");
        }
    }
    lines.push(format!("\"@signature-params\": {input}"));
    let parameters = parameters(rest, ';');
    let scheme = match parameters.get("alg") {
        Some(&"ed25519") => Scheme::Rfc9421Ed25519,
        _ => Scheme::Rfc9421,
    };
    let key_id = parameters.get("keyid").context("no keyid")?;
    Ok((scheme, key_id, lines.join("\n"), signature))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> anyhow::Result<&'a str> {
    let value = headers
        .get(name)
        .with_context(|| format!("no header {name}"))?;
    Ok(value.to_str()?)
}

/// `name="value"` or `name=value`, separated by `separator`.
fn parameters(text: &str, separator: char) -> HashMap<&str, &str> {
    text.split(separator)
        .filter_map(|part| part.trim().split_once('='))
        .map(|(name, value)| (name, value.trim_matches('"')))
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn own_posts_verify_and_others_bodies_do_not() {
        let key = Key::generate().expect("a key");
        let id = "http://peer.test:1/users/u0#main-key";
        let whole = post(&key, id, "lab.test:2", "/inbox", b"{}").expect("signed");
        let head = std::str::from_utf8(&whole).expect("text");
        let headers: HeaderMap = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| {
                let name: http::HeaderName = name.parse().expect("a name");
                (name, value.parse().expect("a value"))
            })
            .collect();
        let keys = HashMap::from([(id.to_owned(), key.public().expect("its public half"))]);
        let scheme = verify(&keys, "lab.test:2", "/inbox", &headers, b"{}").expect("verified");
        assert_eq!(scheme, Scheme::Cavage);
        assert!(verify(&keys, "lab.test:2", "/inbox", &headers, b"{ }").is_err());
        assert!(verify(&keys, "lab.test:2", "/other", &headers, b"{}").is_err());
    }
}

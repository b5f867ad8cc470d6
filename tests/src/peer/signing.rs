//! The two signature schemes of the fediverse, as a peer makes and checks them:
//! draft-cavage-http-signatures-12 and RFC 9421.

use std::collections::HashMap;
use std::time::SystemTime;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use url::Url;

use super::keys::{Algorithm, Keys, PublicKey, sha256};
use crate::clock;

/// How a request is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// draft-cavage with RSA.
    Cavage,
    /// RFC 9421 with RSA.
    Rfc9421,
    /// RFC 9421 with Ed25519.
    Rfc9421Ed25519,
}

/// What a signature says and what may be changed about it to test the other side.
#[derive(Clone, Debug)]
pub struct Signing {
    /// The key's id.
    pub key_id: String,
    /// The scheme.
    pub scheme: Scheme,
    /// `algorithm` of draft-cavage; `None` leaves it out.
    pub algorithm: Option<String>,
    /// The time it is dated.
    pub at: SystemTime,
    /// Leaves the digest of the body out of what is signed.
    pub without_digest: bool,
}

/// The headers of a signed request.
pub fn sign(
    keys: &Keys,
    how: &Signing,
    method: &Method,
    url: &Url,
    body: Option<&[u8]>,
) -> HeaderMap {
    match how.scheme {
        Scheme::Cavage => cavage(keys, how, method, url, body),
        Scheme::Rfc9421 => rfc9421(keys, how, Algorithm::Rsa, method, url, body),
        Scheme::Rfc9421Ed25519 => rfc9421(keys, how, Algorithm::Ed25519, method, url, body),
    }
}

/// The value of the `Host` header for `url`.
pub fn authority(url: &Url) -> String {
    let host = url.host_str().expect("a host");
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn target(url: &Url) -> String {
    url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    )
}

fn insert(headers: &mut HeaderMap, name: &'static str, value: &str) {
    headers.insert(
        HeaderName::from_static(name),
        HeaderValue::from_str(value).expect("a header value"),
    );
}

fn cavage(
    keys: &Keys,
    how: &Signing,
    method: &Method,
    url: &Url,
    body: Option<&[u8]>,
) -> HeaderMap {
    let mut headers = HeaderMap::new();
    insert(&mut headers, "host", &authority(url));
    insert(&mut headers, "date", &httpdate::fmt_http_date(how.at));
    let mut signed = vec!["(request-target)", "host", "date"];
    if let Some(body) = body {
        insert(&mut headers, "digest", &format!("SHA-256={}", sha256(body)));
        insert(&mut headers, "content-type", "application/activity+json");
        if !how.without_digest {
            signed.push("digest");
        }
        signed.push("content-type");
    }
    let message = cavage_message(&signed, method, &target(url), &headers, &HashMap::new())
        .expect("all signed headers are there");
    let algorithm = how
        .algorithm
        .as_ref()
        .map(|name| format!("algorithm=\"{name}\","))
        .unwrap_or_default();
    let signature = format!(
        "keyId=\"{}\",{algorithm}headers=\"{}\",signature=\"{}\"",
        how.key_id,
        signed.join(" "),
        keys.sign(Algorithm::Rsa, message.as_bytes())
    );
    insert(&mut headers, "signature", &signature);
    headers
}

fn cavage_message(
    signed: &[&str],
    method: &Method,
    target: &str,
    headers: &HeaderMap,
    params: &HashMap<String, String>,
) -> Option<String> {
    let mut lines = Vec::new();
    for name in signed {
        let value = match *name {
            "(request-target)" => format!("{} {target}", method.as_str().to_lowercase()),
            "(created)" => params.get("created")?.clone(),
            "(expires)" => params.get("expires")?.clone(),
            header => headers.get(header)?.to_str().ok()?.to_owned(),
        };
        lines.push(format!("{name}: {value}"));
    }
    Some(lines.join("\n"))
}

fn rfc9421(
    keys: &Keys,
    how: &Signing,
    algorithm: Algorithm,
    method: &Method,
    url: &Url,
    body: Option<&[u8]>,
) -> HeaderMap {
    let mut headers = HeaderMap::new();
    insert(&mut headers, "host", &authority(url));
    insert(&mut headers, "date", &httpdate::fmt_http_date(how.at));
    let mut components = vec!["@method", "@target-uri"];
    if let Some(body) = body {
        let digest = format!("sha-256=:{}:", sha256(body));
        insert(&mut headers, "content-digest", &digest);
        insert(&mut headers, "content-type", "application/activity+json");
        if !how.without_digest {
            components.push("content-digest");
        }
        components.push("content-type");
    }
    let name = match algorithm {
        Algorithm::Rsa => "rsa-v1_5-sha256",
        Algorithm::Ed25519 => "ed25519",
    };
    let listed: Vec<String> = components
        .iter()
        .map(|name| format!("\"{name}\""))
        .collect();
    let input = format!(
        "({});created={};keyid=\"{}\";alg=\"{name}\"",
        listed.join(" "),
        clock::unix(how.at),
        how.key_id
    );
    let message = rfc9421_message(&input, method, url.as_str(), &headers).expect("a message");
    let signature = keys.sign(algorithm, message.as_bytes());
    insert(&mut headers, "signature-input", &format!("sig1={input}"));
    insert(&mut headers, "signature", &format!("sig1=:{signature}:"));
    headers
}

/// The signature base (RFC 9421 §2.5) for the parameters `input`.
fn rfc9421_message(
    input: &str,
    method: &Method,
    target_uri: &str,
    headers: &HeaderMap,
) -> Option<String> {
    let url = Url::parse(target_uri).ok()?;
    let (components, _) = input.strip_prefix('(')?.split_once(')')?;
    let mut lines = Vec::new();
    for component in components.split(' ').filter(|text| !text.is_empty()) {
        let name = component.trim_matches('"');
        let value = match name {
            "@method" => method.as_str().to_owned(),
            "@target-uri" => target_uri.to_owned(),
            "@authority" => authority(&url),
            "@scheme" => url.scheme().to_owned(),
            "@path" => url.path().to_owned(),
            "@query" => format!("?{}", url.query().unwrap_or_default()),
            "@request-target" => target(&url),
            header => headers.get(header)?.to_str().ok()?.trim().to_owned(),
        };
        lines.push(format!("\"{name}\": {value}"));
    }
    lines.push(format!("\"@signature-params\": {input}"));
    Some(lines.join("\n"))
}

/// A signature found on a request, before its key is known.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The key's id.
    pub key_id: String,
    /// The scheme; which key an RFC 9421 signature needs is in its `alg`.
    pub scheme: Scheme,
    /// What draft-cavage calls the algorithm.
    pub algorithm: Option<String>,
    /// The names of what is signed, in order.
    pub covered: Vec<String>,
    message: String,
    signature: String,
}

impl Claim {
    /// Whether `key` made it.
    pub fn verifies(&self, key: &PublicKey) -> bool {
        key.verifies(self.message.as_bytes(), &self.signature)
    }

    /// Reads the signature of a request to `target_uri`; `None` without one, or
    /// where it is not well formed, or where the digest is not the body's.
    pub fn read(
        method: &Method,
        target_uri: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Option<Self> {
        if method == Method::POST && !digest_is_right(headers, body) {
            return None;
        }
        let text = |name: &str| headers.get(name)?.to_str().ok();
        let signature = text("signature")?;
        if let Some(input) = text("signature-input") {
            let (label, input) = input.split_once('=')?;
            let value = signature.strip_prefix(label)?.strip_prefix("=:")?;
            let params = parameters(input.split_once(')')?.1, ';');
            return Some(Self {
                key_id: params.get("keyid")?.clone(),
                scheme: if params.get("alg").is_some_and(|alg| alg == "ed25519") {
                    Scheme::Rfc9421Ed25519
                } else {
                    Scheme::Rfc9421
                },
                algorithm: params.get("alg").cloned(),
                covered: covered(input.strip_prefix('(')?.split_once(')')?.0),
                message: rfc9421_message(input, method, target_uri, headers)?,
                signature: value.trim_end_matches(':').to_owned(),
            });
        }
        let params = parameters(signature, ',');
        let covered = covered(params.get("headers").map_or("date", String::as_str));
        let names: Vec<&str> = covered.iter().map(String::as_str).collect();
        let url = Url::parse(target_uri).ok()?;
        Some(Self {
            key_id: params.get("keyId")?.clone(),
            scheme: Scheme::Cavage,
            algorithm: params.get("algorithm").cloned(),
            message: cavage_message(&names, method, &target(&url), headers, &params)?,
            signature: params.get("signature")?.clone(),
            covered,
        })
    }
}

fn covered(list: &str) -> Vec<String> {
    list.split(' ')
        .filter(|name| !name.is_empty())
        .map(|name| name.trim_matches('"').to_owned())
        .collect()
}

fn digest_is_right(headers: &HeaderMap, body: &[u8]) -> bool {
    let hash = sha256(body);
    let is = |name: &str, wanted: &str| {
        headers
            .get(name)
            .is_some_and(|value| value.to_str().is_ok_and(|value| value == wanted))
    };
    is("digest", &format!("SHA-256={hash}")) || is("content-digest", &format!("sha-256=:{hash}:"))
}

/// `name="value"` or `name=value`, separated by `separator`.
fn parameters(text: &str, separator: char) -> HashMap<String, String> {
    text.split(separator)
        .filter_map(|part| part.trim().split_once('='))
        .map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scheme_verifies_and_notices_another_body() {
        let keys = Keys::shared(0);
        let url = Url::parse("http://lab.test:8080/inbox?x=1").expect("as made here");
        for scheme in [Scheme::Cavage, Scheme::Rfc9421, Scheme::Rfc9421Ed25519] {
            let how = Signing {
                key_id: "http://m.test/users/alice#main-key".to_owned(),
                scheme,
                algorithm: Some("rsa-sha256".to_owned()),
                at: clock::now(),
                without_digest: false,
            };
            let headers = sign(&keys, &how, &Method::POST, &url, Some(b"{}"));
            let key = match scheme {
                Scheme::Rfc9421Ed25519 => {
                    PublicKey::from_multibase(&keys.multibase()).expect("as made here")
                }
                _ => PublicKey::from_pem(&keys.public_pem()).expect("as made here"),
            };
            let claim =
                Claim::read(&Method::POST, url.as_str(), &headers, b"{}").expect("as made here");
            assert_eq!(claim.scheme, scheme);
            assert_eq!(claim.key_id, how.key_id);
            assert!(claim.verifies(&key), "{scheme:?}");
            assert!(Claim::read(&Method::POST, url.as_str(), &headers, b"{ }").is_none());
        }
    }
}

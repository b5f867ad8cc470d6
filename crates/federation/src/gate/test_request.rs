//! Requests for the tests of the gate, signed by texts written out here, so
//! that the code under test does not check itself.

#![expect(clippy::unwrap_used, reason = "tests")]
use std::sync::LazyLock;
use std::time::{Duration, UNIX_EPOCH};

use archipel_model::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use url::Url;

use super::{GateRules, Head, Inspected, Refusal, inspect_get, inspect_post};
use crate::signature::{BodyDigest, SigningKey, VerifyingKey};

/// 2026-11-23T10:00:00Z.
pub const NOW: i64 = 1_795_428_000;
pub const KEY_ID: &str = "https://peer.example/u/ada#main-key";
pub const BODY: &str = r#"{"id":"https://peer.example/a/1","type":"Create","actor":"https://peer.example/u/ada","object":{"id":"https://peer.example/o/1","type":"Note"}}"#;

pub static RSA: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_rsa().unwrap());
pub static OTHER: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_rsa().unwrap());
pub static ED25519: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::generate_ed25519().unwrap());

pub fn rules() -> GateRules {
    GateRules::of(&Url::parse("https://lab.example/").unwrap()).unwrap()
}

/// The HTTP date `seconds` from now.
pub fn date(seconds: i64) -> String {
    let moment = Duration::from_secs(u64::try_from(NOW + seconds).unwrap());
    httpdate::fmt_http_date(UNIX_EPOCH + moment)
}

/// A request being made. Fields may be changed before it is signed, headers
/// after.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    pub uri: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Who signs it.
    pub signer: SigningKey,
    /// Whose key it is verified with.
    pub verifier: SigningKey,
    pub key_id: String,
}

/// A delivery as peers send it, not yet signed.
pub fn post() -> Request {
    let digest = BodyDigest::of(BODY.as_bytes());
    let mut request = get("/inbox");
    request.method = Method::POST;
    request.body = BODY.into();
    request
        .with("digest", &format!("SHA-256={}", digest.base64()))
        .with("content-digest", &format!("sha-256=:{}:", digest.base64()))
        .with("content-type", "application/activity+json")
}

/// A fetch, not yet signed.
pub fn get(uri: &str) -> Request {
    Request {
        method: Method::GET,
        uri: uri.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        signer: RSA.clone(),
        verifier: RSA.clone(),
        key_id: KEY_ID.to_owned(),
    }
    .with("host", "lab.example")
    .with("date", &date(0))
}

impl Request {
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(own, _)| own != name);
        self
    }

    pub fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// Adds a header though it may be there already.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a copy of a header, or a wrong one, before all others.
    pub fn and_first(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(0, (name.to_owned(), value.to_owned()));
        self
    }

    pub fn body(mut self, body: &str) -> Self {
        let digest = BodyDigest::of(body.as_bytes());
        self.body = body.into();
        self.with("digest", &format!("SHA-256={}", digest.base64()))
            .with("content-digest", &format!("sha-256=:{}:", digest.base64()))
    }

    pub fn key_id(mut self, key_id: &str) -> Self {
        key_id.clone_into(&mut self.key_id);
        self
    }

    pub fn uri(mut self, uri: &str) -> Self {
        uri.clone_into(&mut self.uri);
        self
    }

    /// Signed and verified with these keys.
    pub fn keys(mut self, signer: &SigningKey, verifier: &SigningKey) -> Self {
        self.signer = signer.clone();
        self.verifier = verifier.clone();
        self
    }

    pub fn header(&self, name: &str) -> String {
        let mut found = self.headers.iter().filter(|(own, _)| own == name);
        found
            .next()
            .map_or(String::new(), |(_, value)| value.clone())
    }

    /// Signs by draft-cavage. `params` are written first, as `name=value` with
    /// a comma after each; `(created)` and `(expires)` are taken from them.
    pub fn cavage(self, covered: &str, params: &str) -> Self {
        let target = self.uri.clone();
        self.cavage_for(covered, params, &target)
    }

    /// The same with another path and query than the request has.
    pub fn cavage_for(self, covered: &str, params: &str, target: &str) -> Self {
        let method = self.method.as_str().to_ascii_lowercase();
        let param = |name: &str| {
            let (_, rest) = params.split_once(&format!("{name}=")).unwrap_or_default();
            let (value, _) = rest.split_once(',').unwrap_or_default();
            value.trim_matches('"').to_owned()
        };
        let lines: Vec<String> = covered
            .split(' ')
            .map(|name| {
                let value = match name {
                    "(request-target)" => format!("{method} {target}"),
                    "(created)" => param("created"),
                    "(expires)" => param("expires"),
                    _ => self.header(&name.to_ascii_lowercase()),
                };
                format!("{}: {value}", name.to_ascii_lowercase())
            })
            .collect();
        let signature = self.signer.sign(lines.join("\n").as_bytes()).unwrap();
        let value = format!(
            "keyId=\"{}\",{params}headers=\"{covered}\",signature=\"{}\"",
            self.key_id,
            STANDARD.encode(signature)
        );
        self.with("signature", &value)
    }

    /// Signs by RFC 9421 with `params` after the list of components; `KEY` in
    /// them stands for the parameter `keyid`.
    pub fn rfc9421(self, components: &[&str], params: &str) -> Self {
        let (path, query) = self.uri.split_once('?').unwrap_or((&self.uri, ""));
        let mut lines = Vec::new();
        let mut names = Vec::new();
        for name in components {
            let value = match *name {
                "@method" => self.method.to_string(),
                "@target-uri" => format!("https://lab.example{}", self.uri),
                "@authority" => "lab.example".to_owned(),
                "@path" => path.to_owned(),
                "@query" => format!("?{query}"),
                _ => self.header(name),
            };
            lines.push(format!("\"{name}\": {value}"));
            names.push(format!("\"{name}\""));
        }
        let params = params.replace("KEY", &format!("keyid=\"{}\"", self.key_id));
        let params = format!("({}){params}", names.join(" "));
        lines.push(format!("\"@signature-params\": {params}"));
        let signature = STANDARD.encode(self.signer.sign(lines.join("\n").as_bytes()).unwrap());
        self.with("signature-input", &format!("sig1={params}"))
            .with("signature", &format!("sig1=:{signature}:"))
    }

    /// Inspects and verifies it as a delivery.
    pub fn judge(&self) -> Result<Inspected, Refusal> {
        self.judge_by(&rules(), NOW)
    }

    /// The same under other rules, at another time.
    pub fn judge_by(&self, rules: &GateRules, now: i64) -> Result<Inspected, Refusal> {
        let (uri, headers) = self.parts();
        let head = Head {
            method: &self.method,
            uri: &uri,
            headers: &headers,
        };
        let now = Timestamp::from_unix_seconds(now);
        let inspected = inspect_post(rules, head, &self.body, now)?;
        if inspected.claim.verify(&self.public()) {
            Ok(inspected)
        } else {
            Err(Refusal::BadSignature)
        }
    }

    /// Inspects and verifies it as a fetch; whether it was signed.
    pub fn judge_get(&self) -> Result<bool, Refusal> {
        let (uri, headers) = self.parts();
        let head = Head {
            method: &self.method,
            uri: &uri,
            headers: &headers,
        };
        match inspect_get(&rules(), head, Timestamp::from_unix_seconds(NOW))? {
            None => Ok(false),
            Some(claim) if claim.verify(&self.public()) => Ok(true),
            Some(_) => Err(Refusal::BadSignature),
        }
    }

    fn public(&self) -> VerifyingKey {
        VerifyingKey::from_pem(&self.verifier.public_pem().unwrap()).unwrap()
    }

    fn parts(&self) -> (Uri, HeaderMap) {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            );
        }
        (self.uri.parse().unwrap(), headers)
    }
}

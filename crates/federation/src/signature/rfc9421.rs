//! HTTP Message Signatures (RFC 9421), as the fediverse uses them.
//!
//! Reads `Signature-Input` and `Signature`, rebuilds the signature base, and
//! writes both headers. One signature a request, no component parameters: no
//! peer needs more, and what is not understood cannot be misread. Which parts
//! must be covered, and how old a signature may be, is the gate's business.

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use sfv::{Dictionary, InnerList, ListEntry, ListSerializer, Parser};

use super::message::{Target, Unsignable};
use super::{Algorithm, SignError, Signer};

/// More parts than any peer signs.
const MAX_COVERED: usize = 32;

/// One signature of a request, read from its two headers.
#[derive(Debug)]
pub struct Parsed {
    input: InnerList,
    /// The bytes of the signature.
    pub signature: Vec<u8>,
}

impl Parsed {
    /// Reads the two headers, which must speak of the same, single signature.
    pub fn read(input: &str, signature: &str) -> Result<Self, Unsignable> {
        if !is_single(input) || !is_single(signature) {
            return Err(Unsignable::Syntax("there must be exactly one signature"));
        }
        let (label, entry) = only_member(input).ok_or(Unsignable::Syntax(
            "the Signature-Input header cannot be read",
        ))?;
        let (signed_label, signed) = only_member(signature)
            .ok_or(Unsignable::Syntax("the Signature header cannot be read"))?;
        if label != signed_label {
            return Err(Unsignable::Syntax(
                "Signature and Signature-Input speak of different signatures",
            ));
        }
        let ListEntry::InnerList(input) = entry else {
            return Err(Unsignable::Syntax("Signature-Input lists no components"));
        };
        let bytes = match signed {
            ListEntry::Item(item) => item.bare_item.as_byte_sequence().map(<[u8]>::to_vec),
            ListEntry::InnerList(_) => None,
        };
        let parsed = Self {
            input,
            signature: bytes.ok_or(Unsignable::Syntax("the signature is not a byte sequence"))?,
        };
        parsed.check_components()?;
        Ok(parsed)
    }

    fn check_components(&self) -> Result<(), Unsignable> {
        if self.input.items.len() > MAX_COVERED {
            return Err(Unsignable::Syntax("too many signed components"));
        }
        for (place, item) in self.input.items.iter().enumerate() {
            let name = item.bare_item.as_string().map(sfv::StringRef::as_str);
            let name = name.ok_or(Unsignable::Syntax("a component name is not a string"))?;
            if !item.params.is_empty() {
                return Err(Unsignable::Syntax("component parameters are not supported"));
            }
            if name
                .bytes()
                .any(|b| b.is_ascii_uppercase() || b == b'"' || b == b'\\')
            {
                return Err(Unsignable::Syntax("a component name is not in lower case"));
            }
            if self.names().take(place).any(|before| before == name) {
                return Err(Unsignable::Syntax("a component is listed twice"));
            }
        }
        Ok(())
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let items = self.input.items.iter();
        items.filter_map(|item| item.bare_item.as_string().map(sfv::StringRef::as_str))
    }

    /// Whether the signature covers `name`, a header or a word with `@`.
    pub fn covers(&self, name: &str) -> bool {
        self.names().any(|own| own == name)
    }

    /// The parameter `keyid`, when it is there and a string.
    pub fn key_id(&self) -> Option<&str> {
        self.text("keyid")
    }

    /// The parameter `alg`: `None` when absent.
    pub fn algorithm(&self) -> Result<Option<&str>, Unsignable> {
        match self.input.params.get("alg") {
            None => Ok(None),
            Some(_) => self
                .text("alg")
                .map(Some)
                .ok_or(Unsignable::Syntax("alg is not a string")),
        }
    }

    /// The parameter `created`, seconds since 1970: `None` when absent.
    pub fn created(&self) -> Result<Option<i64>, Unsignable> {
        self.seconds("created")
    }

    /// The parameter `expires`, seconds since 1970: `None` when absent.
    pub fn expires(&self) -> Result<Option<i64>, Unsignable> {
        self.seconds("expires")
    }

    fn text(&self, name: &str) -> Option<&str> {
        let value = self.input.params.get(name)?;
        value.as_string().map(sfv::StringRef::as_str)
    }

    fn seconds(&self, name: &str) -> Result<Option<i64>, Unsignable> {
        match self.input.params.get(name) {
            None => Ok(None),
            Some(value) => match value.as_integer() {
                Some(seconds) => Ok(Some(i64::from(seconds))),
                None => Err(Unsignable::Syntax("created or expires is not a number")),
            },
        }
    }

    /// The signature base (RFC 9421 §2.5), its last line in the canonical form
    /// the standard asks for, whatever spaces the sender used.
    pub fn message(&self, target: &Target<'_>) -> Result<Vec<u8>, Unsignable> {
        let mut out = Vec::with_capacity(768);
        for name in self.names() {
            out.push(b'"');
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"\": ");
            push_component(name, target, &mut out)?;
            out.push(b'\n');
        }
        let mut writer = ListSerializer::new();
        let mut list = writer.inner_list();
        list.items(&self.input.items);
        list.finish().parameters(&self.input.params);
        let parameters = writer.finish().ok_or(Unsignable::Missing)?;
        out.extend_from_slice(b"\"@signature-params\": ");
        out.extend_from_slice(parameters.as_bytes());
        Ok(out)
    }
}

/// The only member of a dictionary: its label and value.
fn only_member(text: &str) -> Option<(sfv::Key, ListEntry)> {
    let mut members = Parser::new(text).parse::<Dictionary>().ok()?.into_iter();
    let first = members.next()?;
    members.next().is_none().then_some(first)
}

/// Whether a dictionary has at most one member as written. Structured fields let
/// a later member silently replace an earlier one of the same name, so members
/// are counted by their commas: elsewhere commas occur only within strings.
fn is_single(text: &str) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    for letter in text.bytes() {
        match letter {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => return false,
            _ => {}
        }
    }
    true
}

/// Appends the value of one component (RFC 9421 §2.1, §2.2).
fn push_component(name: &str, target: &Target<'_>, out: &mut Vec<u8>) -> Result<(), Unsignable> {
    let query = target.uri.query();
    match name {
        "@method" => out.extend_from_slice(target.method.as_str().as_bytes()),
        "@authority" => out.extend_from_slice(target.authority.as_bytes()),
        "@scheme" => out.extend_from_slice(target.scheme.as_bytes()),
        "@path" => out.extend_from_slice(target.path().as_bytes()),
        "@query" => {
            out.push(b'?');
            out.extend_from_slice(query.unwrap_or_default().as_bytes());
        }
        "@target-uri" | "@request-target" => {
            if name == "@target-uri" {
                out.extend_from_slice(target.scheme.as_bytes());
                out.extend_from_slice(b"://");
                out.extend_from_slice(target.authority.as_bytes());
            }
            out.extend_from_slice(target.path().as_bytes());
            if let Some(query) = query {
                out.push(b'?');
                out.extend_from_slice(query.as_bytes());
            }
        }
        _ if name.starts_with('@') => return Err(Unsignable::Missing),
        _ => {
            if !target.push_header(name, out) {
                return Err(Unsignable::Missing);
            }
        }
    }
    Ok(())
}

/// Adds `Signature-Input` and `Signature` to `headers`, which already hold all
/// that is signed.
pub(super) fn sign(
    signer: &Signer,
    method: &Method,
    target_uri: &str,
    created: i64,
    headers: &mut HeaderMap,
) -> Result<(), SignError> {
    let mut message =
        format!("\"@method\": {method}\n\"@target-uri\": {target_uri}\n").into_bytes();
    let mut components = "\"@method\" \"@target-uri\"".to_owned();
    for name in ["content-digest", "content-type"] {
        if let Some(value) = headers.get(name) {
            components.push_str(" \"");
            components.push_str(name);
            components.push('"');
            message.extend_from_slice(format!("\"{name}\": ").as_bytes());
            message.extend_from_slice(value.as_bytes());
            message.push(b'\n');
        }
    }
    let algorithm = match signer.key.algorithm() {
        Algorithm::RsaSha256 => "rsa-v1_5-sha256",
        Algorithm::Ed25519 => "ed25519",
    };
    let parameters = format!(
        "({components});created={created};keyid=\"{}\";alg=\"{algorithm}\"",
        signer.key_id
    );
    message.extend_from_slice(b"\"@signature-params\": ");
    message.extend_from_slice(parameters.as_bytes());
    let signature = super::sign_base64(signer, &message)?;
    let illegal = |_| SignError::KeyId;
    let input = HeaderValue::try_from(format!("sig1={parameters}")).map_err(illegal)?;
    let value = HeaderValue::try_from(format!("sig1=:{signature}:")).map_err(illegal)?;
    headers.insert(HeaderName::from_static("signature-input"), input);
    headers.insert(super::SIGNATURE, value);
    Ok(())
}

//! PEM text to DER and back (RFC 7468), for the three labels actors' keys use.
//!
//! Reading is lenient about line lengths, line ends and surrounding text, since
//! peers put PEM into JSON by hand. What the DER holds is for `keys` to judge.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Keys of 4096 bits need about 3 300 characters; nothing honest is longer.
const MAX_CHARS: usize = 8 * 1024;

/// The label and the DER of the first block of `text`, `None` when there is none.
pub(super) fn decode(text: &str) -> Option<(&str, Vec<u8>)> {
    if text.len() > MAX_CHARS {
        return None;
    }
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, rest) = rest.split_once("-----END ")?;
    if !rest.strip_prefix(label)?.starts_with("-----") {
        return None;
    }
    let compact: Vec<u8> = body.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let der = STANDARD.decode(compact).ok()?;
    Some((label, der))
}

/// `der` as one PEM block with lines of 64 characters and a final newline.
pub(super) fn encode(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut text = String::with_capacity(body.len() + body.len() / 64 + 2 * label.len() + 40);
    text.push_str("-----BEGIN ");
    text.push_str(label);
    text.push_str("-----\n");
    for (place, letter) in body.chars().enumerate() {
        if place > 0 && place % 64 == 0 {
            text.push('\n');
        }
        text.push(letter);
    }
    text.push_str("\n-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

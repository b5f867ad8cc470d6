//! What a device told of itself, and a message that it alone can read (RFC 8291).

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use web_push_native::{Auth, encrypt, p256};

/// base64url with or without padding, as apps write it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Longest message: push services take 4096 bytes with what encryption adds.
const LONGEST: usize = 3800;

/// The keys of a device.
pub(crate) struct Device {
    key: p256::PublicKey,
    auth: Auth,
}

impl Device {
    /// Reads what an app gave; none if no message could be made for it.
    pub(crate) fn parse(p256dh: &str, auth: &str) -> Option<Self> {
        let auth = decode(auth)?;
        if auth.len() != 16 {
            return None;
        }
        Some(Self {
            key: p256::PublicKey::from_sec1_bytes(&decode(p256dh)?).ok()?,
            auth: Auth::clone_from_slice(&auth),
        })
    }

    /// The message as the device alone can read it.
    pub(crate) fn seal(&self, message: Vec<u8>) -> Option<Vec<u8>> {
        if message.len() > LONGEST {
            return None;
        }
        encrypt(message, &self.key, &self.auth).ok()
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    // Some write the other alphabet.
    let text = text.trim().replace('+', "-").replace('/', "_");
    BASE64.decode(text).ok()
}

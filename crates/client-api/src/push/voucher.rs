//! Saying to a push service who pushes: a token signed with our key (RFC 8292).

use std::time::Duration;

use archipel_model::Timestamp;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use url::Url;

/// How long a token counts: push services take a day at most.
const LIFE: Duration = Duration::from_hours(12);

/// Our key pair.
pub(crate) struct Voucher {
    pair: EcdsaKeyPair,
    public: String,
    contact: String,
}

impl Voucher {
    /// Reads the key pair as it is kept. `contact` is whom a push service writes to: an
    /// address of e-mail, else our own.
    pub(crate) fn new(private: &str, public: String, contact: String) -> Option<Self> {
        let document = URL_SAFE_NO_PAD.decode(private).ok()?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &document).ok()?;
        Some(Self {
            pair,
            public,
            contact,
        })
    }

    /// The `Authorization` of a push to this address.
    pub(crate) fn header(&self, endpoint: &Url, now: Timestamp) -> Option<String> {
        let head = URL_SAFE_NO_PAD.encode(json!({ "typ": "JWT", "alg": "ES256" }).to_string());
        let claims = json!({
            "aud": endpoint.origin().ascii_serialization(),
            "exp": now.plus(LIFE).seconds(),
            "sub": self.contact,
        });
        let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
        let said = format!("{head}.{claims}");
        let signature = self.pair.sign(&SystemRandom::new(), said.as_bytes()).ok()?;
        let signature = URL_SAFE_NO_PAD.encode(signature.as_ref());
        Some(format!("vapid t={said}.{signature}, k={}", self.public))
    }
}

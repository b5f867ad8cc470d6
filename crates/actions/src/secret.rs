//! Random secrets and what is kept of them: tokens, codes, links, sessions.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A secret of 256 random bits, for URLs and headers.
///
/// # Panics
///
/// When the system gives no randomness; then nothing here is safe.
pub fn new_secret() -> String {
    let mut bytes = [0; 32];
    #[expect(clippy::expect_used, reason = "without randomness no secret is one")]
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the system gives random bytes");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is stored of a secret: SHA-256 is enough for what is random already.
pub fn hash_of(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, secret.as_bytes()))
}

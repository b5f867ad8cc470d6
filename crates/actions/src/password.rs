//! Keeping passwords: Argon2id with 19 MiB, two passes, one lane, as OWASP advises.
//!
//! Both functions take some tens of milliseconds of one core: call them on a blocking
//! thread.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};

/// KiB of memory.
const MEMORY: u32 = 19 * 1024;
/// Passes over it.
const PASSES: u32 = 2;
/// Threads.
const LANES: u32 = 1;

/// What is kept of a password: a PHC string.
///
/// # Panics
///
/// When the system gives no randomness; then nothing here is safe.
pub fn hash_password(password: &str) -> String {
    let mut salt = [0; 16];
    #[expect(clippy::expect_used, reason = "without randomness no secret is one")]
    SystemRandom::new()
        .fill(&mut salt)
        .expect("the system gives random bytes");
    #[expect(clippy::expect_used, reason = "the parameters are constants that fit")]
    let params = Params::new(MEMORY, PASSES, LANES, None).expect("parameters of Argon2");
    #[expect(
        clippy::expect_used,
        reason = "salt and password are of a fitting length"
    )]
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(password.as_bytes(), &salt)
        .expect("a hash")
        .to_string()
}

/// Whether this is the password that `kept` was made of, whatever its parameters were.
pub fn verify_password(password: &str, kept: &str) -> bool {
    PasswordHash::new(kept).is_ok_and(|kept| {
        Argon2::default()
            .verify_password(password.as_bytes(), &kept)
            .is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again() {
        let kept = hash_password("phare au bout du quai");
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        assert!(verify_password("phare au bout du quai", &kept));
        assert!(!verify_password("phare au bout du Quai", &kept));
        assert!(!verify_password("", &kept));
        assert!(!verify_password("x", "junk"));
        assert_ne!(kept, hash_password("phare au bout du quai"));
    }
}

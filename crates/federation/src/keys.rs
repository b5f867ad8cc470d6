//! Keys for new local actors. RSA generation takes a noticeable part of a second:
//! keep it off the request path.

use archipel_actions::NewKeys;

use crate::signature::{KeyError, SigningKey};

/// A fresh pair of keys, RSA-2048 and Ed25519.
pub fn new_keys() -> Result<NewKeys, KeyError> {
    let rsa = SigningKey::generate_rsa()?;
    let ed25519 = SigningKey::generate_ed25519()?;
    Ok(NewKeys {
        rsa_private: rsa.to_pem()?,
        rsa_public: rsa.public_pem()?,
        ed25519_private: ed25519.to_pem()?,
        ed25519_public: ed25519.multibase(),
    })
}

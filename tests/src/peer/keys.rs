//! Keys of scripted peers, and checking what others signed. Written apart from
//! the server's own signatures on purpose: a mistake made there is not repeated
//! here.

use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ED25519, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
    RsaKeyPair, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// An RSA and an Ed25519 key of one actor.
#[derive(Clone, Debug)]
pub struct Keys {
    rsa: Arc<RsaKeyPair>,
    ed25519: Arc<Ed25519KeyPair>,
}

/// Which of the two keys signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rsa,
    /// Ed25519.
    Ed25519,
}

static POOL: Mutex<Vec<Keys>> = Mutex::new(Vec::new());

impl Keys {
    /// Makes a new pair. Takes a while: RSA.
    pub fn generate() -> Self {
        Self {
            rsa: Arc::new(RsaKeyPair::generate(KeySize::Rsa2048).expect("an RSA key")),
            ed25519: Arc::new(Ed25519KeyPair::generate().expect("an Ed25519 key")),
        }
    }

    /// The `n`th pair of this process, made once: for the many actors of a fan-out
    /// whose keys nobody compares.
    pub fn shared(n: usize) -> Self {
        let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
        while pool.len() <= n {
            pool.push(Self::generate());
        }
        pool[n].clone()
    }

    /// The RSA public key as SPKI PEM.
    pub fn public_pem(&self) -> String {
        let der = self.rsa.public_key().as_der().expect("SPKI");
        let body = STANDARD.encode(der.as_ref());
        let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
        let mut rest = body.as_str();
        while !rest.is_empty() {
            let (line, tail) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = tail;
        }
        pem.push_str("-----END PUBLIC KEY-----\n");
        pem
    }

    /// The Ed25519 public key as a Multikey (`z6Mk…`).
    pub fn multibase(&self) -> String {
        let mut bytes = vec![0xed, 0x01];
        bytes.extend_from_slice(self.ed25519.public_key().as_ref());
        format!("z{}", bs58::encode(bytes).into_string())
    }

    /// Signs, base64 of the signature.
    pub fn sign(&self, algorithm: Algorithm, message: &[u8]) -> String {
        let signature = match algorithm {
            Algorithm::Rsa => {
                let mut signature = vec![0; self.rsa.public_modulus_len()];
                self.rsa
                    .sign(
                        &RSA_PKCS1_SHA256,
                        &SystemRandom::new(),
                        message,
                        &mut signature,
                    )
                    .expect("a signature");
                signature
            }
            Algorithm::Ed25519 => self.ed25519.sign(message).as_ref().to_vec(),
        };
        STANDARD.encode(signature)
    }
}

/// Somebody else's public key.
#[derive(Clone, Debug)]
pub enum PublicKey {
    /// The DER of an SPKI.
    Rsa(Vec<u8>),
    /// 32 bytes.
    Ed25519(Vec<u8>),
}

impl PublicKey {
    /// From the PEM of `publicKeyPem`.
    pub fn from_pem(pem: &str) -> Option<Self> {
        let body: String = pem
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .map(str::trim)
            .collect();
        STANDARD.decode(body).ok().map(Self::Rsa)
    }

    /// From an Ed25519 `publicKeyMultibase`.
    pub fn from_multibase(text: &str) -> Option<Self> {
        let bytes = bs58::decode(text.strip_prefix('z')?).into_vec().ok()?;
        let key = bytes.strip_prefix(&[0xed, 0x01])?;
        (key.len() == 32).then(|| Self::Ed25519(key.to_vec()))
    }

    /// Whether `signature` (base64) is this key's over `message`.
    pub fn verifies(&self, message: &[u8], signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else {
            return false;
        };
        match self {
            Self::Rsa(der) => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der)
                .verify(message, &signature)
                .is_ok(),
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key)
                .verify(message, &signature)
                .is_ok(),
        }
    }
}

/// Base64 of the SHA-256 of a body.
pub fn sha256(body: &[u8]) -> String {
    STANDARD.encode(digest(&SHA256, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_signatures_verify_through_the_published_forms() {
        let keys = Keys::generate();
        let rsa = PublicKey::from_pem(&keys.public_pem()).expect("as made here");
        let ed25519 = PublicKey::from_multibase(&keys.multibase()).expect("as made here");
        let by_rsa = keys.sign(Algorithm::Rsa, b"bonjour");
        let by_ed25519 = keys.sign(Algorithm::Ed25519, b"bonjour");
        assert!(rsa.verifies(b"bonjour", &by_rsa));
        assert!(ed25519.verifies(b"bonjour", &by_ed25519));
        assert!(!rsa.verifies(b"bonsoir", &by_rsa));
        assert!(!ed25519.verifies(b"bonjour", &by_rsa));
    }
}

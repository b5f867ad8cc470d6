//! The keys actors sign with and are known by: RSA (PKCS#1 v1.5, SHA-256) and
//! Ed25519, all of it done by aws-lc-rs.
//!
//! A key is parsed once and then shared behind an `Arc`: parsing and validating
//! a private RSA key costs half as much as a signature. Where keys are kept and
//! whose they are is decided elsewhere.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize, PublicEncryptingKey};
use aws_lc_rs::signature::{
    ED25519, Ed25519KeyPair, KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_SHA256,
};

use super::multikey::{self, Multikey};
use super::pem;

const PRIVATE: &str = "PRIVATE KEY";
const PUBLIC: &str = "PUBLIC KEY";
const RSA_PUBLIC: &str = "RSA PUBLIC KEY";

/// RSA keys outside this range are refused: smaller ones can be broken, larger
/// ones let a peer make us work (bits).
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// What precedes the 32 bytes in the SPKI of an Ed25519 key (RFC 8410 §4).
const ED25519_SPKI: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// The two kinds of key, each with the one way it signs here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaSha256,
    /// `Ed25519` (RFC 8032).
    Ed25519,
}

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is not PEM, or not a Multikey.
    #[error("the key is not readable")]
    Unreadable,
    /// The text is well formed, its content is no key we know how to use.
    #[error("the key is not a usable RSA or Ed25519 key")]
    Unusable,
    /// An RSA key of less than 2048 or more than 4096 bits.
    #[error("an RSA key must have 2048 to 4096 bits, this one has {bits}")]
    Size {
        /// The size of the modulus, in bits.
        bits: usize,
    },
    /// The cryptographic library refused to make a key.
    #[error("a key could not be generated")]
    Generation,
}

/// A private key, cheap to clone. Its `Debug` form shows no secret.
#[derive(Clone)]
pub enum SigningKey {
    /// RSA, 2048 bits when made here.
    Rsa(Arc<rsa::KeyPair>),
    /// Ed25519.
    Ed25519(Arc<Ed25519KeyPair>),
}

/// Signing failed inside the cryptographic library: out of memory, in practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature could not be made")]
pub struct SigningFailed;

impl SigningKey {
    /// Makes an RSA-2048 key. Takes hundreds of milliseconds: keep it off the
    /// path of a request.
    pub fn generate_rsa() -> Result<Self, KeyError> {
        rsa::KeyPair::generate(KeySize::Rsa2048)
            .map(|pair| Self::Rsa(Arc::new(pair)))
            .map_err(|_| KeyError::Generation)
    }

    /// Makes an Ed25519 key, in microseconds.
    pub fn generate_ed25519() -> Result<Self, KeyError> {
        Ed25519KeyPair::generate()
            .map(|pair| Self::Ed25519(Arc::new(pair)))
            .map_err(|_| KeyError::Generation)
    }

    /// Reads an unencrypted PKCS#8 PEM (`PRIVATE KEY`) of either kind.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let (label, der) = pem::decode(text).ok_or(KeyError::Unreadable)?;
        if label != PRIVATE {
            return Err(KeyError::Unreadable);
        }
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8(&der) {
            return Ok(Self::Ed25519(Arc::new(pair)));
        }
        let pair = rsa::KeyPair::from_pkcs8(&der).map_err(|_| KeyError::Unusable)?;
        check_bits(pair.public_modulus_len() * 8)?;
        Ok(Self::Rsa(Arc::new(pair)))
    }

    /// The private key as PKCS#8 (version 1) PEM, which other tools read too.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        let unusable = |_| KeyError::Unusable;
        Ok(match self {
            Self::Rsa(pair) => {
                let der: Pkcs8V1Der<'static> = pair.as_der().map_err(unusable)?;
                pem::encode(PRIVATE, der.as_ref())
            }
            Self::Ed25519(pair) => {
                pem::encode(PRIVATE, pair.to_pkcs8v1().map_err(unusable)?.as_ref())
            }
        })
    }

    /// The public half as SPKI PEM, for `publicKey.publicKeyPem`.
    pub fn public_pem(&self) -> Result<String, KeyError> {
        let unusable = |_| KeyError::Unusable;
        let der: PublicKeyX509Der<'static> = match self {
            Self::Rsa(pair) => pair.public_key().as_der().map_err(unusable)?,
            Self::Ed25519(pair) => pair.public_key().as_der().map_err(unusable)?,
        };
        Ok(pem::encode(PUBLIC, der.as_ref()))
    }

    /// The public half as a Multikey (`z6Mk…` for Ed25519), for
    /// `assertionMethod.publicKeyMultibase` (FEP-521a).
    pub fn multibase(&self) -> String {
        match self {
            Self::Rsa(pair) => multikey::encode_rsa(pair.public_key().as_ref()),
            Self::Ed25519(pair) => multikey::encode_ed25519(pair.public_key().as_ref()),
        }
    }

    /// How this key signs.
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa(_) => Algorithm::RsaSha256,
            Self::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// Signs `message`: about 0.4 ms for RSA-2048, 0.01 ms for Ed25519.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    message,
                    &mut signature,
                )
                .map_err(|_| SigningFailed)?;
                Ok(signature)
            }
            Self::Ed25519(pair) => pair
                .try_sign(message)
                .map(|signature| signature.as_ref().to_vec())
                .map_err(|_| SigningFailed),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey::{:?}(secret)", self.algorithm())
    }
}

/// A public key that passed our rules, cheap to clone, ready to verify with.
#[derive(Clone, Debug)]
pub enum VerifyingKey {
    /// RSA of 2048 to 4096 bits.
    Rsa(Arc<ParsedPublicKey>),
    /// Ed25519.
    Ed25519(Arc<ParsedPublicKey>),
}

impl VerifyingKey {
    /// Reads a public key from PEM: SPKI of either kind (`PUBLIC KEY`), or an
    /// RSA key in PKCS#1 (`RSA PUBLIC KEY`), which a few peers still publish.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let (label, der) = pem::decode(text).ok_or(KeyError::Unreadable)?;
        match label {
            PUBLIC => match der.strip_prefix(&ED25519_SPKI) {
                Some(raw) => Self::ed25519(raw),
                None => Self::rsa(&der),
            },
            RSA_PUBLIC => Self::rsa(&der),
            _ => Err(KeyError::Unreadable),
        }
    }

    /// Reads `publicKeyMultibase` (FEP-521a), Ed25519 or RSA.
    pub fn from_multibase(word: &str) -> Result<Self, KeyError> {
        match multikey::decode(word).ok_or(KeyError::Unreadable)? {
            Multikey::Ed25519(raw) => Self::ed25519(&raw),
            Multikey::Rsa(der) => Self::rsa(&der),
        }
    }

    fn rsa(der: &[u8]) -> Result<Self, KeyError> {
        // Whatever the wrapping was, go on with the SPKI the library writes.
        let public = rsa::PublicKey::from_der(der).map_err(|_| KeyError::Unusable)?;
        let spki: PublicKeyX509Der<'static> = public.as_der().map_err(|_| KeyError::Unusable)?;
        let bits = PublicEncryptingKey::from_der(spki.as_ref())
            .map_err(|_| KeyError::Unusable)?
            .key_size_bits();
        check_bits(bits)?;
        ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, spki.as_ref())
            .map(|key| Self::Rsa(Arc::new(key)))
            .map_err(|_| KeyError::Unusable)
    }

    fn ed25519(raw: &[u8]) -> Result<Self, KeyError> {
        if raw.len() != 32 {
            return Err(KeyError::Unusable);
        }
        ParsedPublicKey::new(&ED25519, raw)
            .map(|key| Self::Ed25519(Arc::new(key)))
            .map_err(|_| KeyError::Unusable)
    }

    /// What signatures this key can verify.
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa(_) => Algorithm::RsaSha256,
            Self::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// Whether `signature` over `message` was made with the private half. False
    /// for junk of any length.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let (Self::Rsa(key) | Self::Ed25519(key)) = self;
        key.verify_sig(message, signature).is_ok()
    }
}

fn check_bits(bits: usize) -> Result<(), KeyError> {
    if RSA_BITS.contains(&bits) {
        Ok(())
    } else {
        Err(KeyError::Size { bits })
    }
}

//! Keys of the peers that the driver plays, and public keys of the server.
//! Written apart from the server's own signatures, so that a mistake made there
//! is not repeated here.

use anyhow::{Context as _, bail};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ED25519, KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// An RSA-2048 key of an actor.
#[derive(Debug)]
pub struct Key(RsaKeyPair);

impl Key {
    /// Makes a new one.
    pub fn generate() -> anyhow::Result<Self> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).context("an RSA key")?;
        Ok(Self(pair))
    }

    /// The public half as SPKI PEM.
    pub fn public_pem(&self) -> anyhow::Result<String> {
        let der = self.0.public_key().as_der().context("SPKI")?;
        let text = STANDARD.encode(der.as_ref());
        let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, tail) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = tail;
        }
        pem.push_str("-----END PUBLIC KEY-----\n");
        Ok(pem)
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256.
    pub fn sign(&self, message: &[u8]) -> anyhow::Result<Vec<u8>> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .context("an RSA signature")?;
        Ok(signature)
    }

    /// The public half, parsed.
    pub fn public(&self) -> anyhow::Result<PublicKey> {
        let der = self.0.public_key().as_der().context("SPKI")?;
        PublicKey::rsa(der.as_ref())
    }
}

/// A public key, parsed once.
#[derive(Debug)]
pub struct PublicKey(ParsedPublicKey);

impl PublicKey {
    fn rsa(der: &[u8]) -> anyhow::Result<Self> {
        ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der)
            .map(Self)
            .context("an RSA public key")
    }

    /// From `publicKeyPem`.
    pub fn from_pem(pem: &str) -> anyhow::Result<Self> {
        let text: String = pem
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .map(str::trim)
            .collect();
        Self::rsa(&STANDARD.decode(text).context("base64 of a key")?)
    }

    /// From an Ed25519 `publicKeyMultibase`.
    pub fn from_multibase(text: &str) -> anyhow::Result<Self> {
        let text = text.strip_prefix('z').context("a base58 multibase")?;
        let bytes = bs58::decode(text).into_vec().context("base58 of a key")?;
        let Some(key) = bytes.strip_prefix(&[0xed, 0x01]) else {
            bail!("not an Ed25519 multikey");
        };
        ParsedPublicKey::new(&ED25519, key)
            .map(Self)
            .context("an Ed25519 public key")
    }

    /// Whether this key made `signature`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}

/// Base64 of the SHA-256 of a body.
pub fn sha256(body: &[u8]) -> String {
    STANDARD.encode(digest(&SHA256, body))
}

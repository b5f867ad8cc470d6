//! Public keys as one base58btc word: the Multikey form of FEP-521a.
//!
//! Only the two kinds the fediverse publishes are known: `ed25519-pub` (0xed)
//! and `rsa-pub` (0x1205), each behind its unsigned-varint multicodec prefix.

const ED25519: [u8; 2] = [0xed, 0x01];
const RSA: [u8; 2] = [0x85, 0x24];

/// Base58 costs time quadratic in its length, so length is bounded first; a
/// 4096-bit RSA key takes about 730 characters.
const MAX_CHARS: usize = 1024;

/// What a Multikey word holds, before anyone checked that it is a usable key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Multikey {
    /// The 32 raw bytes of an Ed25519 key.
    Ed25519([u8; 32]),
    /// The DER of an RSA key (PKCS#1, or SPKI as some write it).
    Rsa(Vec<u8>),
}

/// Reads `z…`; `None` for other bases, other kinds and junk.
pub(super) fn decode(word: &str) -> Option<Multikey> {
    let digits = word.trim().strip_prefix('z')?;
    if digits.len() > MAX_CHARS {
        return None;
    }
    let bytes = bs58::decode(digits).into_vec().ok()?;
    if let Some(raw) = bytes.strip_prefix(&ED25519) {
        return raw.try_into().ok().map(Multikey::Ed25519);
    }
    bytes
        .strip_prefix(&RSA)
        .map(|der| Multikey::Rsa(der.to_vec()))
}

/// Writes the 32 bytes of an Ed25519 public key as `z6Mk…`.
pub(super) fn encode_ed25519(raw: &[u8]) -> String {
    encode(ED25519, raw)
}

/// Writes the PKCS#1 DER of an RSA public key as `z4MX…`.
pub(super) fn encode_rsa(der: &[u8]) -> String {
    encode(RSA, der)
}

fn encode(codec: [u8; 2], key: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(codec.len() + key.len());
    bytes.extend_from_slice(&codec);
    bytes.extend_from_slice(key);
    let mut word = bs58::encode(bytes).into_string();
    word.insert(0, 'z');
    word
}

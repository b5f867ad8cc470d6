//! The key pair by which push services know this server (RFC 8292): made when it is
//! first needed, and never again, since subscriptions are bound to it.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::api::Api;
use crate::error::{ApiError, Result};

/// PKCS#8, base64url without padding.
pub(crate) const PRIVATE: &str = "vapid_private";
/// The uncompressed point, base64url without padding.
pub(crate) const PUBLIC: &str = "vapid_public";

/// The public key, as apps are told it. The private one is the setting [`PRIVATE`] from
/// then on.
pub(crate) async fn public_key(api: &Api) -> Result<String> {
    let known = api.store().read().await?.setting(PUBLIC).await?;
    if let Some(key) = known {
        return Ok(key);
    }
    let (private, public) = fresh().ok_or(ApiError::Trouble)?;
    let mut tx = api.store().write().await?;
    // Two nodes write in the same order: what is kept is a pair.
    tx.put_setting_once(PRIVATE, &private).await?;
    tx.put_setting_once(PUBLIC, &public).await?;
    let key = tx.setting(PUBLIC).await?;
    tx.commit().await?;
    key.ok_or(ApiError::Trouble)
}

fn fresh() -> Option<(String, String)> {
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let document = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).ok()?;
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref()).ok()?;
    Some((
        URL_SAFE_NO_PAD.encode(document.as_ref()),
        URL_SAFE_NO_PAD.encode(pair.public_key().as_ref()),
    ))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_public_key_is_a_whole_point() {
        let (_, public) = fresh().unwrap();
        let point = URL_SAFE_NO_PAD.decode(public).unwrap();
        assert_eq!((point.len(), point.first()), (65, Some(&4)));
    }
}

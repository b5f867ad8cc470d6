//! Names of files of elsewhere, as our pages and apps ask for them.
//!
//! A name is a keyed hash of an address, and the address: only this server can make
//! one, so that nobody makes it fetch what they like, and nothing has to be written
//! down before somebody looks at a page.

use archipel_storage::Store;
use aws_lc_rs::{constant_time, hmac, rand};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use url::Url;

/// Where the secret is kept.
const SETTING: &str = "proxy_secret";

/// Bytes of the hash that are used.
const HASH: usize = 16;

/// Longest address that is fetched, in bytes.
const LONGEST: usize = 2_000;

/// Makes and reads names.
#[derive(Clone)]
pub struct Names(hmac::Key);

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Names(…)")
    }
}

/// A file of elsewhere that we named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its short name: what it is called in our tables.
    pub key: String,
    /// Where it is.
    pub url: Url,
}

impl Names {
    /// With the secret of this server, which is made the first time.
    pub async fn load(store: &Store) -> archipel_storage::Result<Self> {
        if let Some(secret) = store.read().await?.setting(SETTING).await? {
            return Ok(Self::new(secret.as_bytes()));
        }
        let mut random = [0_u8; 32];
        if rand::fill(&mut random).is_err() {
            tracing::error!("the machine gives no random bytes");
        }
        let mut tx = store.write().await?;
        tx.put_setting_once(SETTING, &BASE64.encode(random)).await?;
        let secret = tx.setting(SETTING).await?.unwrap_or_default();
        tx.commit().await?;
        Ok(Self::new(secret.as_bytes()))
    }

    /// With this secret.
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    fn hash(&self, url: &str) -> Vec<u8> {
        let mut hash = hmac::sign(&self.0, url.as_bytes()).as_ref().to_vec();
        hash.truncate(HASH);
        hash
    }

    /// The path under which a file of elsewhere is shown; none: it is nothing that is
    /// fetched.
    pub fn path(&self, url: &str) -> Option<String> {
        Some(format!("/proxy/{}", self.name(url)?))
    }

    /// The same, of a small picture of it.
    pub fn small(&self, url: &str) -> Option<String> {
        Some(format!("/proxy/small/{}", self.name(url)?))
    }

    fn name(&self, url: &str) -> Option<String> {
        if url.len() > LONGEST {
            return None;
        }
        let url = Url::parse(url).ok()?;
        if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
            return None;
        }
        let url = url.as_str();
        Some(format!(
            "{}.{}",
            BASE64.encode(self.hash(url)),
            BASE64.encode(url)
        ))
    }

    /// What a name stands for; none: not one of ours.
    pub fn read(&self, name: &str) -> Option<Named> {
        let (key, address) = name.split_once('.')?;
        let hash = BASE64.decode(key).ok()?;
        let url = String::from_utf8(BASE64.decode(address).ok()?).ok()?;
        constant_time::verify_slices_are_equal(&hash, &self.hash(&url)).ok()?;
        Some(Named {
            key: key.to_owned(),
            url: Url::parse(&url).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_name_is_read_by_who_made_it_alone() {
        let ours = Names::new(b"ours");
        let path = ours.path("https://a.example/x.png").unwrap();
        let name = path.strip_prefix("/proxy/").unwrap();
        let named = ours.read(name).unwrap();
        assert_eq!(named.url.as_str(), "https://a.example/x.png");
        assert_eq!(Names::new(b"theirs").read(name), None);
        let (key, _) = name.split_once('.').unwrap();
        let forged = format!("{key}.{}", BASE64.encode("https://a.example/y.png"));
        assert_eq!(ours.read(&forged), None);
        for strange in ["", "javascript:alert(1)", "file:///etc/passwd", "data:,x"] {
            assert_eq!(ours.path(strange), None, "{strange}");
        }
    }
}

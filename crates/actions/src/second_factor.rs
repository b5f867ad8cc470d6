//! The second factor of a login: codes that change every thirty seconds (RFC 6238), and
//! recovery codes for who lost them.

use archipel_model::Timestamp;
use archipel_storage::{Login, Tx};
use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};

use crate::secret::hash_of;
use crate::{Context, Result};

/// Seconds that a code is for.
const STEP: i64 = 30;
/// How many steps a clock may be off.
const OFF: i64 = 1;

/// The time step that this code of six digits is for, close to `now`; `None` when it is
/// not one. `secret` is written in base 32, as authenticators take it.
pub fn code_step(secret: &str, code: &str, now: Timestamp) -> Option<i64> {
    let code: u32 = code
        .parse()
        .ok()
        .filter(|_| code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()))?;
    let secret = base32(secret)?;
    let step = now.seconds().div_euclid(STEP);
    (step - OFF..=step + OFF).find(|step| code_of(&secret, *step) == Some(code))
}

/// Whether a code lets somebody in whose password was right. Each works once.
pub(crate) async fn use_code(
    ctx: &Context,
    tx: &mut Tx,
    login: &Login,
    typed: &str,
) -> Result<bool> {
    let code: String = typed.chars().filter(|c| c.is_alphanumeric()).collect();
    let secret = login.totp_secret.as_deref().unwrap_or_default();
    if let Some(step) = code_step(secret, &code, ctx.now()) {
        return Ok(tx.use_totp_step(login.account_id, step).await?);
    }
    let recovery = recovery_hash(&code);
    Ok(tx
        .use_recovery_code(login.account_id, &recovery, ctx.now())
        .await?)
}

/// What is kept of a recovery code, however its letters and gaps are written.
pub fn recovery_hash(code: &str) -> String {
    let plain: String = code.chars().filter(|c| c.is_alphanumeric()).collect();
    hash_of(&plain.to_lowercase())
}

/// RFC 4226 §5.3.
fn code_of(secret: &[u8], step: i64) -> Option<u32> {
    let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes.last()? & 0x0f);
    let word: [u8; 4] = bytes.get(offset..offset + 4)?.try_into().ok()?;
    Some((u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000)
}

/// RFC 4648 §6, with or without padding and gaps, in either case.
fn base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut count) = (0_u32, 0);
    for c in text.bytes().filter(|c| !matches!(c, b' ' | b'-' | b'=')) {
        let value = match c.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        bits = (bits << 5) | u32::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    (bytes.len() >= 10).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the ASCII secret "12345678901234567890".
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_are_those_of_the_standard() {
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let at = |offset| Timestamp::from_unix_seconds(second + offset);
            assert_eq!(code_step(SECRET, code, at(0)), Some(second / 30));
            assert_eq!(code_step(SECRET, code, at(30)), Some(second / 30));
            assert_eq!(code_step(SECRET, code, at(90)), None);
        }
    }

    #[test]
    fn what_is_no_code_fits_nothing() {
        let at = Timestamp::from_unix_seconds(59);
        for code in ["", "28708", "2870820", "+87082", "28708a"] {
            assert_eq!(code_step(SECRET, code, at), None, "{code:?}");
        }
        assert_eq!(code_step("", "287082", at), None);
        assert_eq!(code_step("not base 32!", "287082", at), None);
    }
}

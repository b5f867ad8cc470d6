//! Asking for a second factor at login from now on, and no more.

use archipel_model::AccountId;
use archipel_storage::{LoginName, SignUp, Tx};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};

use crate::mail::{AccountRules, Letter, write};
use crate::second_factor::{code_step, recovery_hash, use_code};
use crate::{Context, Result};

/// The alphabet of RFC 4648 §6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Letters of a secret: 160 bits, as RFC 4226 advises.
const SECRET: usize = 32;
/// Letters of a recovery code: 80 bits.
const RECOVERY: usize = 16;
/// How many recovery codes are given.
const CODES: usize = 10;

/// Random letters in base 32.
fn letters(count: usize) -> String {
    let mut bytes = vec![0; count];
    #[expect(clippy::expect_used, reason = "without randomness no secret is one")]
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the system gives random bytes");
    bytes
        .iter()
        .filter_map(|byte| BASE32.get(usize::from(byte & 31)))
        .map(|letter| char::from(*letter))
        .collect()
}

/// A secret for an authenticator: the one that waits to be tried, or a new one. None
/// while the second factor is asked for.
pub async fn offer_second_factor(tx: &mut Tx, account: AccountId) -> Result<Option<String>> {
    let login = tx.login(LoginName::Id(account)).await?;
    let Some(login) = login.filter(|login| login.totp_since.is_none()) else {
        return Ok(None);
    };
    if let Some(secret) = login.totp_secret {
        return Ok(Some(secret));
    }
    let secret = letters(SECRET);
    let kept = tx.put_totp_secret(account, &secret).await?;
    Ok(kept.then_some(secret))
}

/// What an authenticator reads from a picture: the Key URI format.
pub fn authenticator_uri(rules: &AccountRules, acct: &str, secret: &str) -> String {
    let encode =
        |text: &str| -> String { url::form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    // Spaces are %20 here, not +.
    let issuer = encode(&rules.title).replace('+', "%20");
    let label = encode(acct).replace('+', "%20");
    format!("otpauth://totp/{issuer}:{label}?secret={secret}&issuer={issuer}")
}

/// Asks for the second factor from now on, once a code shows that the authenticator
/// works. Returns the recovery codes: they are never seen again.
pub async fn begin_second_factor(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    account: AccountId,
    code: &str,
) -> Result<Option<Vec<String>>> {
    let login = tx.login(LoginName::Id(account)).await?;
    let secret = login.and_then(|login| login.totp_secret);
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    let Some(step) = secret.and_then(|secret| code_step(&secret, &code, ctx.now())) else {
        return Ok(None);
    };
    if !tx.begin_totp(account, step, ctx.now()).await? {
        return Ok(None);
    }
    tell(ctx, tx, rules, account, true).await?;
    give_recovery_codes(tx, account).await.map(Some)
}

/// Asks for no second factor any more, of who gives one a last time. Says whether they
/// did.
pub async fn end_second_factor(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    account: AccountId,
    code: &str,
) -> Result<bool> {
    if !proves(ctx, tx, account, code).await? {
        return Ok(false);
    }
    tx.end_totp(account).await?;
    tell(ctx, tx, rules, account, false).await?;
    Ok(true)
}

/// Asks for no second factor any more, as an operator may for somebody who lost it.
pub async fn drop_second_factor(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    account: AccountId,
) -> Result<()> {
    tx.end_totp(account).await?;
    tell(ctx, tx, rules, account, false).await
}

/// Gives new recovery codes in the place of all others, to who gives a code.
pub async fn renew_recovery_codes(
    ctx: &Context,
    tx: &mut Tx,
    account: AccountId,
    code: &str,
) -> Result<Option<Vec<String>>> {
    if !proves(ctx, tx, account, code).await? {
        return Ok(None);
    }
    give_recovery_codes(tx, account).await.map(Some)
}

async fn proves(ctx: &Context, tx: &mut Tx, account: AccountId, code: &str) -> Result<bool> {
    match tx.login(LoginName::Id(account)).await? {
        Some(login) if login.totp_since.is_some() => use_code(ctx, tx, &login, code).await,
        _ => Ok(false),
    }
}

async fn give_recovery_codes(tx: &mut Tx, account: AccountId) -> Result<Vec<String>> {
    let codes: Vec<String> = (0..CODES)
        .map(|_| grouped(&letters(RECOVERY).to_lowercase()))
        .collect();
    let hashes: Vec<String> = codes.iter().map(|code| recovery_hash(code)).collect();
    tx.put_recovery_codes(account, &hashes).await?;
    Ok(codes)
}

/// In groups of four letters, for people.
pub fn grouped(letters: &str) -> String {
    let letters: Vec<char> = letters.chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join("-")
}

async fn tell(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    account: AccountId,
    on: bool,
) -> Result<()> {
    let Some(SignUp {
        email: Some(email),
        handle,
        locale,
        ..
    }) = tx.sign_up(account).await?
    else {
        return Ok(());
    };
    let letter = Letter::SecondFactor {
        handle: &handle,
        on,
    };
    write(ctx, tx, rules, &email, &locale, letter).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authenticators_read_whose_secret_it_is() {
        let rules = AccountRules {
            registration: archipel_model::Registration::Closed,
            mail: false,
            title: "Le lab: à nous".to_owned(),
        };
        assert_eq!(
            authenticator_uri(&rules, "essai@lab.example", "ABCD"),
            "otpauth://totp/Le%20lab%3A%20%C3%A0%20nous:essai%40lab.example?secret=ABCD\
             &issuer=Le%20lab%3A%20%C3%A0%20nous"
        );
        assert_eq!(letters(SECRET).len(), SECRET);
        assert_ne!(letters(SECRET), letters(SECRET));
        assert_eq!(grouped("abcdefghij"), "abcd-efgh-ij");
    }
}

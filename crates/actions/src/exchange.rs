//! Apps exchange what they were granted for tokens, and give tokens back.

use archipel_model::{Scope, Scopes, Timestamp};
use archipel_storage::{OauthApp, OauthCode, Tx};
use aws_lc_rs::constant_time::verify_slices_are_equal;

use crate::secret::hash_of;
use crate::token::{Grant, give_token};
use crate::{Context, Result};

/// A token for an app.
#[derive(Clone, Debug)]
pub struct GivenToken {
    /// The token; it is never seen again.
    pub token: String,
    /// What it is for.
    pub scopes: Scopes,
    /// Since when.
    pub created_at: Timestamp,
}

/// Why an app gets no token (RFC 6749 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoToken {
    /// It is not who it says.
    #[error(
        "Client authentication failed due to unknown client, no client authentication \
         included, or unsupported authentication method."
    )]
    Client,
    /// The code is not one, or not for this.
    #[error(
        "The provided authorization grant is invalid, expired, revoked, does not match the \
         redirection URI used in the authorization request, or was issued to another client."
    )]
    Grant,
    /// It may not ask for this.
    #[error("The requested scope is invalid, unknown, or malformed.")]
    Scope,
}

/// What an app gets or not; in both cases what was changed is to be kept.
pub type Exchanged = std::result::Result<GivenToken, NoToken>;

/// The app that proves to be who it says.
pub async fn known_app(
    tx: &mut Tx,
    client_id: &str,
    secret: &str,
) -> Result<std::result::Result<OauthApp, NoToken>> {
    let app = tx.app(client_id).await?;
    let hash = hash_of(secret);
    Ok(app
        .filter(|app| verify_slices_are_equal(app.secret_hash.as_bytes(), hash.as_bytes()).is_ok())
        .ok_or(NoToken::Client))
}

/// A code for a token. A code works once: who comes second takes the token from whoever
/// came first, since one of them stole it.
pub async fn exchange_code(
    ctx: &Context,
    tx: &mut Tx,
    app: &OauthApp,
    code: &str,
    redirect_uri: Option<&str>,
    verifier: Option<&str>,
) -> Result<Exchanged> {
    let hash = hash_of(code);
    let Some(code) = tx.code(&hash).await? else {
        return Ok(Err(NoToken::Grant));
    };
    if code.app_id != app.id {
        return Ok(Err(NoToken::Grant));
    }
    if !tx.use_code(&hash, ctx.now()).await? {
        tx.end_tokens_of_code(&hash).await?;
        return Ok(Err(NoToken::Grant));
    }
    if code.expires_at <= ctx.now() || !fits(app, &code, redirect_uri, verifier) {
        return Ok(Err(NoToken::Grant));
    }
    let grant = Grant {
        app: app.id,
        account: Some(code.account_id),
        community: code.community_id,
        scopes: &code.scopes,
        code_hash: Some(&hash),
    };
    let token = give_token(ctx, tx, &grant).await?;
    Ok(Ok(GivenToken {
        token,
        scopes: code.scopes,
        created_at: ctx.now(),
    }))
}

/// Whether who has the code is who asked for it.
fn fits(
    app: &OauthApp,
    code: &OauthCode,
    redirect_uri: Option<&str>,
    verifier: Option<&str>,
) -> bool {
    let same_place = match redirect_uri {
        Some(given) => given == code.redirect_uri,
        // Some apps forget it; where there is only one, nothing is gained by saying it.
        None => app.redirect_uris.0.len() == 1,
    };
    let proven = match (&code.challenge, verifier) {
        (None, None) => true,
        // RFC 9700 §2.1.1: a verifier without a challenge is somebody else's code.
        (None, Some(_)) | (Some(_), None) => false,
        (Some(challenge), Some(verifier)) => {
            (43..=128).contains(&verifier.len()) && hash_of(verifier) == *challenge
        }
    };
    same_place && proven
}

/// A token for the app itself, with which nobody is spoken for.
pub async fn token_for_app(
    ctx: &Context,
    tx: &mut Tx,
    app: &OauthApp,
    scope: Option<&str>,
) -> Result<Exchanged> {
    let scopes = match scope.map(str::trim).filter(|scope| !scope.is_empty()) {
        None => [Scope::Read].into_iter().collect(),
        Some(text) => match text.parse::<Scopes>() {
            Ok(scopes) => scopes,
            Err(_) => return Ok(Err(NoToken::Scope)),
        },
    };
    if scopes.is_empty() || !app.scopes.cover(&scopes) {
        return Ok(Err(NoToken::Scope));
    }
    let grant = Grant {
        app: app.id,
        account: None,
        community: None,
        scopes: &scopes,
        code_hash: None,
    };
    let token = give_token(ctx, tx, &grant).await?;
    Ok(Ok(GivenToken {
        token,
        scopes,
        created_at: ctx.now(),
    }))
}

/// Ends a token. Who has it may do so, whoever they are: it could do more with it.
pub async fn give_back_token(tx: &mut Tx, token: &str) -> Result<bool> {
    Ok(tx.end_token(&hash_of(token)).await?)
}

//! Apps make themselves known. Anybody may: nothing is granted by it.

use std::time::Duration;

use archipel_model::redirect::Redirect;
use archipel_model::{AppId, ClientAddr, Scopes};
use archipel_storage::{Addresses, NewOauthApp, OauthApp, Tx};

use crate::secret::{hash_of, new_secret};
use crate::{Context, Error, Result};

/// Registrations from one address.
const BY_ADDRESS: (i64, Duration) = (60, Duration::from_hours(1));
/// Longest name, in characters.
const NAME: usize = 60;
/// Longest address of a page.
const WEBSITE: usize = 2000;
/// Most addresses to be sent to.
const ADDRESSES: usize = 20;

/// An app that wants to be known.
#[derive(Clone, Debug)]
pub struct AppRequest<'a> {
    /// Its name, for people.
    pub name: &'a str,
    /// Its page.
    pub website: Option<&'a str>,
    /// Where codes may be sent to.
    pub redirect_uris: Vec<String>,
    /// What it may ask for.
    pub scopes: Scopes,
    /// Where it asks from.
    pub address: Option<ClientAddr>,
}

/// Registers an app. Returns it with its secret, which is never seen again.
pub async fn register_app(
    ctx: &Context,
    tx: &mut Tx,
    request: AppRequest<'_>,
) -> Result<(OauthApp, String)> {
    let name = request.name.trim();
    check(ctx, name, &request)?;
    if let Some(address) = request.address {
        let (most, window) = BY_ADDRESS;
        let key = format!("app from {}", address.bucket());
        if tx.hit(&key, window, ctx.now()).await? > most {
            let wait = tx.until_forgotten(&key, window, ctx.now()).await?;
            return Err(Error::TooOften(wait.as_secs().max(1)));
        }
    }
    let secret = new_secret();
    let app = OauthApp {
        id: ctx.id::<AppId>(),
        client_id: new_secret(),
        secret_hash: hash_of(&secret),
        name: name.to_owned(),
        website: request.website.map(str::to_owned),
        redirect_uris: Addresses(request.redirect_uris),
        scopes: request.scopes,
    };
    let new = NewOauthApp {
        id: app.id,
        client_id: &app.client_id,
        secret_hash: &app.secret_hash,
        name: &app.name,
        website: app.website.as_deref(),
        redirect_uris: &app.redirect_uris.0,
        scopes: &app.scopes,
    };
    tx.insert_app(&new, ctx.now()).await?;
    Ok((app, secret))
}

fn check(ctx: &Context, name: &str, request: &AppRequest<'_>) -> Result<()> {
    let invalid = |why: String| Err(Error::Invalid(why));
    if name.is_empty() {
        return invalid("Validation failed: Client name can't be blank".to_owned());
    }
    if name.chars().count() > NAME {
        return invalid(format!(
            "Validation failed: Client name is too long (maximum is {NAME} characters)"
        ));
    }
    if let Some(website) = request.website
        && (website.len() > WEBSITE || !is_web(website))
    {
        return invalid("Validation failed: Website must be a valid URL".to_owned());
    }
    if request.redirect_uris.is_empty() {
        return invalid("Validation failed: Redirect URI can't be blank".to_owned());
    }
    if request.redirect_uris.len() > ADDRESSES {
        return invalid("Validation failed: Redirect URI has too many lines".to_owned());
    }
    for address in &request.redirect_uris {
        if let Err(error) = Redirect::parse(address, !ctx.site.is_https()) {
            return invalid(format!("Validation failed: {error}"));
        }
    }
    if request.scopes.is_empty() {
        return invalid("Validation failed: Scopes can't be blank".to_owned());
    }
    Ok(())
}

fn is_web(address: &str) -> bool {
    url::Url::parse(address)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

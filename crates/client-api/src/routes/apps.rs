//! Registering apps.

use archipel_actions::{AppRequest, register_app};
use archipel_model::{ClientAddr, Scope, Scopes};
use archipel_storage::OauthApp;
use axum::extract::State;
use axum::{Extension, Json};
use http::{HeaderName, header};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::api::Api;
use crate::entities::{App, RegisteredApp};
use crate::error::{ApiError, Result};
use crate::extract::{List, Params, Text};
use crate::registry::{Access, Routes, Shows, rule};
use crate::vapid;
use crate::viewer::Caller;

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    routes.post(
        "/api/v1/apps",
        rule::<RegisteredApp>("Makes an app known", Access::Client, Shows::Nothing)
            .takes::<NewApp>(),
        register,
    );
    routes.get(
        "/api/v1/apps/verify_credentials",
        rule::<App>("The app of the token", Access::App, Shows::Nothing),
        verify,
    );
}

/// What an app says of itself.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct NewApp {
    client_name: Text,
    /// One or several, as a list or between white space.
    redirect_uris: List<Text>,
    scopes: List<Text>,
    website: Text,
}

impl NewApp {
    fn redirect_uris(&self) -> Vec<String> {
        let mut uris: Vec<String> = Vec::new();
        for text in self.redirect_uris.0.iter().filter_map(Text::filled) {
            for uri in text.split_whitespace() {
                if !uris.iter().any(|known| known == uri) {
                    uris.push(uri.to_owned());
                }
            }
        }
        uris
    }

    fn scopes(&self) -> Result<Scopes> {
        let words: Vec<&str> = self.scopes.0.iter().filter_map(Text::filled).collect();
        if words.is_empty() {
            return Ok([Scope::Read].into_iter().collect());
        }
        words.join(" ").parse().map_err(|_| {
            ApiError::refused("Validation failed: Scopes doesn't match configured on the server.")
        })
    }
}

async fn register(
    State(api): State<Api>,
    address: Option<Extension<ClientAddr>>,
    Params(new): Params<NewApp>,
) -> Result<([(HeaderName, &'static str); 1], Json<RegisteredApp>)> {
    let vapid_key = vapid::public_key(&api).await?;
    let request = AppRequest {
        name: new.client_name.0.as_deref().unwrap_or_default(),
        website: new.website.filled().map(str::trim),
        redirect_uris: new.redirect_uris(),
        scopes: new.scopes()?,
        address: address.map(|Extension(address)| address),
    };
    let mut tx = api.store().write().await?;
    let (app, client_secret) = register_app(api.ctx(), &mut tx, request).await?;
    tx.commit().await?;
    let registered = RegisteredApp {
        client_id: app.client_id.clone(),
        app: entity(app, vapid_key),
        client_secret,
        client_secret_expires_at: 0,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(registered)))
}

async fn verify(State(api): State<Api>, Extension(caller): Extension<Caller>) -> Result<Json<App>> {
    let vapid_key = vapid::public_key(&api).await?;
    let mut conn = api.store().read().await?;
    let app = conn.app_of(caller.app()).await?;
    let app = app.ok_or(ApiError::Unauthorized)?;
    Ok(Json(entity(app, vapid_key)))
}

fn entity(app: OauthApp, vapid_key: String) -> App {
    App {
        id: app.id.to_string(),
        name: app.name,
        website: app.website,
        scopes: app.scopes.iter().map(|scope| scope.to_string()).collect(),
        redirect_uri: app.redirect_uris.0.join("\n"),
        redirect_uris: app.redirect_uris.0,
        vapid_key,
    }
}

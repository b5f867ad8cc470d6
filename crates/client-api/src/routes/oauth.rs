//! Tokens: granting, revoking, who bears one; and how apps find all that.
//!
//! The pages on which people agree are of the door for browsers.

use archipel_actions::{
    Exchanged, GivenToken, NoToken, exchange_code, give_back_token, known_app, token_for_app,
};
use archipel_model::Scope;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::api::Api;
use crate::entities::{Empty, ServerMetadata, Token, UserInfo};
use crate::error::{ApiError, Result};
use crate::extract::{Params, Text};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::Member;

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    routes.post(
        "/oauth/token",
        rule::<Token>("Gives an app a token", Access::Client, Shows::Nothing)
            .takes::<TokenRequest>(),
        token,
    );
    routes.post(
        "/oauth/revoke",
        rule::<Empty>("Ends a token", Access::Client, Shows::Nothing).takes::<Revocation>(),
        revoke,
    );
    let who = || {
        let access = Access::Member(Scope::Profile);
        rule::<UserInfo>("Who somebody is", access, Shows::Profiles)
    };
    routes.get("/oauth/userinfo", who(), user_info);
    routes.post("/oauth/userinfo", who(), user_info);
    routes.get(
        "/.well-known/oauth-authorization-server",
        rule::<ServerMetadata>("How apps get tokens", Access::Client, Shows::Nothing),
        metadata,
    );
}

/// Why an app gets no token, as OAuth says it.
#[derive(Debug)]
enum TokenError {
    /// Said in the request's own words.
    No(NoToken),
    /// We know no such kind of grant.
    Kind,
    /// Something is missing.
    Lacks(&'static str),
    /// Something else.
    Other(ApiError),
}

impl From<ApiError> for TokenError {
    fn from(error: ApiError) -> Self {
        Self::Other(error)
    }
}

impl From<archipel_storage::Error> for TokenError {
    fn from(error: archipel_storage::Error) -> Self {
        Self::Other(error.into())
    }
}

impl From<archipel_actions::Error> for TokenError {
    fn from(error: archipel_actions::Error) -> Self {
        Self::Other(error.into())
    }
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        let (status, error, description) = match self {
            Self::Other(error) => return error.into_response(),
            Self::No(no) => {
                let (status, word) = match no {
                    NoToken::Client => (StatusCode::UNAUTHORIZED, "invalid_client"),
                    NoToken::Grant => (StatusCode::BAD_REQUEST, "invalid_grant"),
                    NoToken::Scope => (StatusCode::BAD_REQUEST, "invalid_scope"),
                };
                (status, word, no.to_string())
            }
            Self::Kind => (
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "The authorization grant type is not supported by the authorization server."
                    .to_owned(),
            ),
            Self::Lacks(what) => (
                StatusCode::BAD_REQUEST,
                "invalid_request",
                format!("Missing required parameter: {what}."),
            ),
        };
        let body = Json(json!({ "error": error, "error_description": description }));
        let mut response = (status, [(header::CACHE_CONTROL, "no-store")], body).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"Archipel\""),
            );
        }
        response
    }
}

/// What an app shows for a token.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct TokenRequest {
    grant_type: Text,
    client_id: Text,
    client_secret: Text,
    code: Text,
    redirect_uri: Text,
    code_verifier: Text,
    scope: Text,
}

async fn token(
    State(api): State<Api>,
    headers: HeaderMap,
    Params(request): Params<TokenRequest>,
) -> std::result::Result<Response, TokenError> {
    let (id, secret) = match basic(&headers) {
        Some(pair) => pair,
        None => (
            request.client_id.0.clone().unwrap_or_default(),
            request.client_secret.0.clone().unwrap_or_default(),
        ),
    };
    let mut tx = api.store().write().await?;
    let app = known_app(&mut tx, &id, &secret)
        .await?
        .map_err(TokenError::No)?;
    let kind = request.grant_type.filled();
    let exchanged = match kind.ok_or(TokenError::Lacks("grant_type"))? {
        "authorization_code" => {
            let code = request.code.filled().ok_or(TokenError::Lacks("code"))?;
            let redirect_uri = request.redirect_uri.filled();
            let verifier = request.code_verifier.filled();
            exchange_code(api.ctx(), &mut tx, &app, code, redirect_uri, verifier).await?
        }
        "client_credentials" => {
            token_for_app(api.ctx(), &mut tx, &app, request.scope.filled()).await?
        }
        _ => return Err(TokenError::Kind),
    };
    // Also when there is none: a code that was shown twice takes tokens with it.
    tx.commit().await?;
    answer(exchanged)
}

fn answer(exchanged: Exchanged) -> std::result::Result<Response, TokenError> {
    let GivenToken {
        token,
        scopes,
        created_at,
    } = exchanged.map_err(TokenError::No)?;
    let token = Token::bearer(token, scopes.to_string(), created_at.seconds());
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(token)).into_response())
}

/// The id and secret of HTTP Basic (RFC 6749 §2.3.1).
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    Some((decoded(id), decoded(secret)))
}

fn decoded(text: &str) -> String {
    // Ours need no encoding; who encodes them all the same is understood.
    url::form_urlencoded::parse(format!("a={text}").as_bytes())
        .next()
        .map_or_else(String::new, |(_, value)| value.into_owned())
}

/// Which token ends.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Revocation {
    token: Text,
}

async fn revoke(
    State(api): State<Api>,
    Params(request): Params<Revocation>,
) -> Result<Json<Empty>> {
    if let Some(token) = request.token.filled() {
        let mut tx = api.store().write().await?;
        give_back_token(&mut tx, token.trim()).await?;
        tx.commit().await?;
    }
    // Also of an unknown token (RFC 7009 §2.2): it does not work, which is what was wanted.
    Ok(Json(Empty {}))
}

async fn user_info(State(api): State<Api>, Member(viewer): Member) -> Result<Json<UserInfo>> {
    let mut conn = api.store().read().await?;
    let account = render::account(&api, &mut conn, viewer.subject).await?;
    Ok(Json(UserInfo {
        iss: api.url(""),
        sub: account.uri,
        name: account.display_name,
        preferred_username: account.username,
        profile: account.url,
        picture: account.avatar,
    }))
}

async fn metadata(State(api): State<Api>) -> Json<ServerMetadata> {
    Json(ServerMetadata {
        issuer: api.url(""),
        service_documentation: "https://docs.joinmastodon.org/",
        authorization_endpoint: api.url("/oauth/authorize"),
        token_endpoint: api.url("/oauth/token"),
        app_registration_endpoint: api.url("/api/v1/apps"),
        revocation_endpoint: api.url("/oauth/revoke"),
        userinfo_endpoint: api.url("/oauth/userinfo"),
        scopes_supported: Scope::ALL.iter().map(|scope| scope.as_str()).collect(),
        response_types_supported: ["code"],
        response_modes_supported: ["query"],
        grant_types_supported: ["authorization_code", "client_credentials"],
        token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
        revocation_endpoint_auth_methods_supported: ["none"],
        code_challenge_methods_supported: ["S256"],
        ui_locales_supported: ["fr", "en"],
    })
}

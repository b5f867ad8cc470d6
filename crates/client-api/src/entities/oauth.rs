//! Apps, their tokens, and how this server says what it can do for them.

use schemars::JsonSchema;
use serde::Serialize;

/// <https://docs.joinmastodon.org/entities/Application/>.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct App {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) website: Option<String>,
    pub(crate) scopes: Vec<String>,
    /// All of `redirect_uris`, one a line.
    pub(crate) redirect_uri: String,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) vapid_key: String,
}

/// <https://docs.joinmastodon.org/entities/Application/#CredentialApplication>.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct RegisteredApp {
    #[serde(flatten)]
    pub(crate) app: App,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    /// 0: never.
    pub(crate) client_secret_expires_at: i64,
}

/// <https://docs.joinmastodon.org/entities/Token/>.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
pub(crate) struct Token {
    pub(crate) access_token: String,
    pub(crate) token_type: &'static str,
    pub(crate) scope: String,
    /// Seconds since 1970.
    pub(crate) created_at: i64,
}

impl Token {
    /// A token of ours.
    pub(crate) fn bearer(token: String, scope: String, created_at: i64) -> Self {
        Self {
            access_token: token,
            token_type: "Bearer",
            scope,
            created_at,
        }
    }
}

/// What there is to say when there is nothing.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub(crate) struct Empty {}

/// Who somebody is, as `OpenID` Connect names it (Core 1.0 §5.3).
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct UserInfo {
    pub(crate) iss: String,
    /// The ActivityPub id.
    pub(crate) sub: String,
    pub(crate) name: String,
    pub(crate) preferred_username: String,
    pub(crate) profile: String,
    pub(crate) picture: String,
}

/// What this server can do for apps (RFC 8414).
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct ServerMetadata {
    pub(crate) issuer: String,
    pub(crate) service_documentation: &'static str,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) app_registration_endpoint: String,
    pub(crate) revocation_endpoint: String,
    pub(crate) userinfo_endpoint: String,
    pub(crate) scopes_supported: Vec<&'static str>,
    pub(crate) response_types_supported: [&'static str; 1],
    pub(crate) response_modes_supported: [&'static str; 1],
    pub(crate) grant_types_supported: [&'static str; 2],
    pub(crate) token_endpoint_auth_methods_supported: [&'static str; 2],
    pub(crate) revocation_endpoint_auth_methods_supported: [&'static str; 1],
    pub(crate) code_challenge_methods_supported: [&'static str; 1],
    pub(crate) ui_locales_supported: [&'static str; 2],
}

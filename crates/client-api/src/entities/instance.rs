//! <https://docs.joinmastodon.org/entities/Instance/> and
//! <https://docs.joinmastodon.org/entities/V1_Instance/>.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::Account;

/// This server, version 2.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Instance {
    pub(crate) domain: String,
    pub(crate) title: String,
    pub(crate) version: String,
    pub(crate) source_url: String,
    pub(crate) description: String,
    /// `users.active_month`.
    pub(crate) usage: Value,
    /// `url`, `blurhash`, `versions`.
    pub(crate) thumbnail: Value,
    pub(crate) icon: Vec<Value>,
    pub(crate) languages: Vec<String>,
    /// Limits, addresses, keys.
    pub(crate) configuration: Value,
    pub(crate) registrations: Registrations,
    /// What of the API is there, by who defined it.
    pub(crate) api_versions: BTreeMap<String, u32>,
    pub(crate) contact: Contact,
    pub(crate) rules: Vec<InstanceRule>,
}

/// How one gets an account.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Registrations {
    pub(crate) enabled: bool,
    pub(crate) approval_required: bool,
    pub(crate) reason_required: bool,
    pub(crate) message: Option<String>,
    pub(crate) min_age: Option<i64>,
    pub(crate) url: Option<String>,
}

/// Whom people turn to.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Contact {
    pub(crate) email: String,
    pub(crate) account: Option<Account>,
}

/// A rule of this server.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct InstanceRule {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) hint: String,
    pub(crate) translations: BTreeMap<String, Value>,
}

/// This server, version 1.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct InstanceV1 {
    /// The bare domain.
    pub(crate) uri: String,
    pub(crate) title: String,
    pub(crate) short_description: String,
    pub(crate) description: String,
    pub(crate) email: String,
    pub(crate) version: String,
    /// `streaming_api`.
    pub(crate) urls: Value,
    pub(crate) stats: Stats,
    pub(crate) thumbnail: String,
    pub(crate) languages: Vec<String>,
    pub(crate) registrations: bool,
    pub(crate) approval_required: bool,
    pub(crate) invites_enabled: bool,
    pub(crate) configuration: Value,
    pub(crate) contact_account: Option<Account>,
    pub(crate) rules: Vec<InstanceRule>,
}

/// How many there are.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
pub(crate) struct Stats {
    pub(crate) user_count: i64,
    pub(crate) status_count: i64,
    pub(crate) domain_count: i64,
}

//! <https://docs.joinmastodon.org/entities/Account/#CredentialAccount> and
//! <https://docs.joinmastodon.org/entities/Profile/>.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Account, Field};

/// Who asks, with what only they see.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct CredentialAccount {
    #[serde(flatten)]
    pub(crate) account: Account,
    pub(crate) source: Source,
    pub(crate) role: Role,
}

/// A profile as typed, and what a composer begins with.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "as Mastodon has them")]
pub(crate) struct Source {
    pub(crate) privacy: String,
    pub(crate) sensitive: bool,
    pub(crate) language: String,
    pub(crate) note: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) follow_requests_count: i64,
    pub(crate) hide_collections: bool,
    pub(crate) discoverable: bool,
    pub(crate) indexable: bool,
    pub(crate) quote_policy: String,
    pub(crate) attribution_domains: Vec<String>,
}

/// What somebody may do on this server.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Role {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) color: String,
    /// Bits, in decimal.
    pub(crate) permissions: String,
    pub(crate) highlighted: bool,
}

/// A profile to be edited.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "as Mastodon has them")]
pub(crate) struct Profile {
    pub(crate) id: String,
    pub(crate) display_name: String,
    pub(crate) note: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) avatar: Option<String>,
    pub(crate) avatar_static: Option<String>,
    pub(crate) avatar_description: String,
    pub(crate) header: Option<String>,
    pub(crate) header_static: Option<String>,
    pub(crate) header_description: String,
    pub(crate) locked: bool,
    pub(crate) bot: bool,
    pub(crate) hide_collections: bool,
    pub(crate) discoverable: bool,
    pub(crate) indexable: bool,
    pub(crate) show_media: bool,
    pub(crate) show_media_replies: bool,
    pub(crate) show_featured: bool,
    pub(crate) attribution_domains: Vec<String>,
}

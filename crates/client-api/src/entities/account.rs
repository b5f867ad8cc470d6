//! <https://docs.joinmastodon.org/entities/Account/>.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Date, Day};

/// A person or a community.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "as Mastodon has them")]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) username: String,
    /// `name` here, `name@host` elsewhere.
    pub(crate) acct: String,
    pub(crate) display_name: String,
    pub(crate) locked: bool,
    pub(crate) bot: bool,
    pub(crate) discoverable: Option<bool>,
    pub(crate) indexable: bool,
    pub(crate) noindex: bool,
    pub(crate) group: bool,
    pub(crate) created_at: Date,
    pub(crate) note: String,
    pub(crate) url: String,
    pub(crate) uri: String,
    pub(crate) avatar: String,
    pub(crate) avatar_static: String,
    pub(crate) avatar_description: String,
    pub(crate) header: String,
    pub(crate) header_static: String,
    pub(crate) header_description: String,
    pub(crate) followers_count: i64,
    pub(crate) following_count: i64,
    pub(crate) statuses_count: i64,
    pub(crate) last_status_at: Option<Day>,
    pub(crate) hide_collections: Option<bool>,
    pub(crate) emojis: Vec<Emoji>,
    pub(crate) roles: Vec<RoleBadge>,
    pub(crate) fields: Vec<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) moved: Option<Box<Account>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) suspended: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) limited: bool,
}

/// One row of a profile.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: String,
    #[serde(default)]
    pub(crate) verified_at: Option<String>,
}

/// A picture that stands for `:shortcode:`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Emoji {
    pub(crate) shortcode: String,
    pub(crate) url: String,
    pub(crate) static_url: String,
    #[serde(default)]
    pub(crate) visible_in_picker: bool,
    #[serde(default)]
    pub(crate) category: Option<String>,
}

/// A role that profiles show.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct RoleBadge {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) color: String,
}

//! <https://docs.joinmastodon.org/entities/Relationship/>.

use schemars::JsonSchema;
use serde::Serialize;

use super::Date;

/// How who asks stands to somebody.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "as Mastodon has them")]
pub(crate) struct Relationship {
    pub(crate) id: String,
    pub(crate) following: bool,
    pub(crate) showing_reblogs: bool,
    pub(crate) notifying: bool,
    pub(crate) languages: Option<Vec<String>>,
    pub(crate) followed_by: bool,
    pub(crate) blocking: bool,
    pub(crate) blocked_by: bool,
    pub(crate) muting: bool,
    pub(crate) muting_notifications: bool,
    pub(crate) muting_expires_at: Option<Date>,
    pub(crate) requested: bool,
    pub(crate) requested_by: bool,
    pub(crate) domain_blocking: bool,
    pub(crate) endorsed: bool,
    pub(crate) note: String,
}

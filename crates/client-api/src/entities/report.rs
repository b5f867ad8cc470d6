//! <https://docs.joinmastodon.org/entities/Report/>.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Account, Date};

/// What somebody reported.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Report {
    pub(crate) id: String,
    pub(crate) action_taken: bool,
    pub(crate) action_taken_at: Option<Date>,
    /// spam, legal, violation, other.
    pub(crate) category: String,
    pub(crate) comment: String,
    pub(crate) forwarded: bool,
    pub(crate) created_at: Date,
    pub(crate) status_ids: Vec<String>,
    pub(crate) collection_ids: Vec<String>,
    pub(crate) rule_ids: Vec<String>,
    pub(crate) target_account: Account,
}

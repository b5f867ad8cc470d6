//! <https://docs.joinmastodon.org/entities/Filter/>, and its first version.

use schemars::JsonSchema;
use serde::Serialize;

use super::Date;

/// What somebody wants hidden.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
pub(crate) struct Filter {
    pub(crate) id: String,
    pub(crate) title: String,
    /// home, notifications, public, thread, account.
    pub(crate) context: Vec<String>,
    pub(crate) expires_at: Option<Date>,
    /// warn, hide, blur.
    pub(crate) filter_action: String,
    pub(crate) keywords: Vec<FilterKeyword>,
    pub(crate) statuses: Vec<FilterStatus>,
}

/// A word of a filter.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct FilterKeyword {
    pub(crate) id: String,
    pub(crate) keyword: String,
    pub(crate) whole_word: bool,
}

/// A post of a filter.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct FilterStatus {
    pub(crate) id: String,
    pub(crate) status_id: String,
}

/// A word of a filter, as the first version has it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct FilterV1 {
    pub(crate) id: String,
    pub(crate) phrase: String,
    pub(crate) context: Vec<String>,
    pub(crate) expires_at: Option<Date>,
    pub(crate) irreversible: bool,
    pub(crate) whole_word: bool,
}

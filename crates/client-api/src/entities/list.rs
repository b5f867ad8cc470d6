//! <https://docs.joinmastodon.org/entities/List/>.

use schemars::JsonSchema;
use serde::Serialize;

/// A list that somebody made.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct List {
    pub(crate) id: String,
    pub(crate) title: String,
    /// followed, list, none.
    pub(crate) replies_policy: String,
    pub(crate) exclusive: bool,
}

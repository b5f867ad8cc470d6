//! <https://docs.joinmastodon.org/entities/Tag/> by itself, and what profiles feature.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Account, Day};

/// A hashtag, with who asks in mind.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct TagPage {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) url: String,
    /// Seven days, today first.
    pub(crate) history: Vec<History>,
    pub(crate) following: bool,
    pub(crate) featuring: bool,
}

/// One day.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct History {
    /// When it began, in seconds.
    pub(crate) day: String,
    pub(crate) uses: String,
    pub(crate) accounts: String,
}

/// A hashtag that a profile features.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct FeaturedTag {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) statuses_count: String,
    pub(crate) last_status_at: Option<Day>,
}

/// Somebody whom one might want to follow.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Suggestion {
    pub(crate) source: &'static str,
    pub(crate) sources: Vec<&'static str>,
    pub(crate) account: Account,
}

/// Whom who asks follows, of those who follow somebody.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct FamiliarFollowers {
    pub(crate) id: String,
    pub(crate) accounts: Vec<Account>,
}

//! What administrators and moderators get:
//! <https://docs.joinmastodon.org/entities/Admin_Account/> and its like.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{Account, Date, Status};

/// An account with what only administrators see.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "as Mastodon has them")]
pub(crate) struct AdminAccount {
    pub(crate) id: String,
    pub(crate) username: String,
    pub(crate) domain: Option<String>,
    pub(crate) created_at: Date,
    pub(crate) email: String,
    /// Addresses of people are not kept.
    pub(crate) ip: Option<String>,
    pub(crate) ips: Vec<Value>,
    pub(crate) role: Option<AdminRole>,
    pub(crate) confirmed: bool,
    pub(crate) suspended: bool,
    pub(crate) silenced: bool,
    pub(crate) sensitized: bool,
    pub(crate) disabled: bool,
    pub(crate) approved: bool,
    pub(crate) locale: Option<String>,
    pub(crate) invite_request: Option<String>,
    pub(crate) created_by_application_id: Option<String>,
    pub(crate) invited_by_account_id: Option<String>,
    pub(crate) account: Account,
}

/// What somebody may do on the server.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct AdminRole {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) color: String,
    pub(crate) position: i64,
    /// Bits, in decimal.
    pub(crate) permissions: String,
    pub(crate) highlighted: bool,
    pub(crate) created_at: Date,
    pub(crate) updated_at: Date,
}

/// A report, as those see it who deal with it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct AdminReport {
    pub(crate) id: String,
    pub(crate) action_taken: bool,
    pub(crate) action_taken_at: Option<Date>,
    pub(crate) category: String,
    pub(crate) comment: String,
    pub(crate) forwarded: bool,
    pub(crate) created_at: Date,
    pub(crate) updated_at: Date,
    pub(crate) account: AdminAccount,
    pub(crate) target_account: AdminAccount,
    pub(crate) assigned_account: Option<AdminAccount>,
    pub(crate) action_taken_by_account: Option<AdminAccount>,
    pub(crate) statuses: Vec<Status>,
    pub(crate) rules: Vec<Value>,
}

/// A server that is kept out or at a distance.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct DomainBlock {
    pub(crate) id: String,
    pub(crate) domain: String,
    /// Of the name, SHA-256.
    pub(crate) digest: String,
    pub(crate) created_at: Date,
    /// `silence` or `suspend`.
    pub(crate) severity: String,
    pub(crate) reject_media: bool,
    pub(crate) reject_reports: bool,
    pub(crate) private_comment: Option<String>,
    pub(crate) public_comment: Option<String>,
    pub(crate) obfuscate: bool,
}

/// A server that is allowed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct DomainAllow {
    pub(crate) id: String,
    pub(crate) domain: String,
    pub(crate) created_at: Date,
}

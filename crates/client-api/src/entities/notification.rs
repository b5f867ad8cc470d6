//! <https://docs.joinmastodon.org/entities/Notification/> and its groups, policy,
//! requests, and <https://docs.joinmastodon.org/entities/WebPushSubscription/>.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Account, Date, Report, Status};

/// One notification.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Notification {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) created_at: Date,
    pub(crate) group_key: String,
    pub(crate) account: Account,
    /// Never absent where the type is about a post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) report: Option<Report>,
}

/// Notifications in groups.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub(crate) struct GroupedNotifications {
    pub(crate) accounts: Vec<Account>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) partial_accounts: Option<Vec<PartialAccount>>,
    pub(crate) statuses: Vec<Status>,
    pub(crate) notification_groups: Vec<NotificationGroup>,
}

/// As much of an account as a small picture needs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct PartialAccount {
    pub(crate) id: String,
    pub(crate) acct: String,
    pub(crate) url: String,
    pub(crate) avatar: String,
    pub(crate) avatar_static: String,
    pub(crate) locked: bool,
    pub(crate) bot: bool,
}

/// Notifications that are shown as one.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct NotificationGroup {
    pub(crate) group_key: String,
    pub(crate) notifications_count: i64,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// A number, unlike every other id.
    pub(crate) most_recent_notification_id: i64,
    pub(crate) page_min_id: String,
    pub(crate) page_max_id: String,
    pub(crate) latest_page_notification_at: Date,
    /// Never empty.
    pub(crate) sample_account_ids: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) report: Option<Report>,
}

/// How many are unread.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub(crate) struct Unread {
    pub(crate) count: i64,
}

/// Nothing, as an object.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub(crate) struct Nothing {}

/// Who may cause notifications.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct NotificationPolicy {
    pub(crate) for_not_following: String,
    pub(crate) for_not_followers: String,
    pub(crate) for_new_accounts: String,
    pub(crate) for_private_mentions: String,
    pub(crate) for_limited_accounts: String,
    pub(crate) summary: PolicySummary,
}

/// The same for older apps.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "as Mastodon has them")]
pub(crate) struct OldNotificationPolicy {
    pub(crate) filter_not_following: bool,
    pub(crate) filter_not_followers: bool,
    pub(crate) filter_new_accounts: bool,
    pub(crate) filter_private_mentions: bool,
    pub(crate) summary: PolicySummary,
}

/// How many wait apart.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub(crate) struct PolicySummary {
    pub(crate) pending_requests_count: i64,
    pub(crate) pending_notifications_count: i64,
}

/// Somebody whose notifications wait apart.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct NotificationRequest {
    pub(crate) id: String,
    pub(crate) created_at: Date,
    pub(crate) updated_at: Date,
    pub(crate) notifications_count: String,
    pub(crate) account: Account,
    pub(crate) last_status: Option<Status>,
}

/// Whether what was accepted has arrived.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub(crate) struct Merged {
    pub(crate) merged: bool,
}

/// Where notifications are pushed to.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct WebPushSubscription {
    /// A small number.
    pub(crate) id: i64,
    pub(crate) endpoint: String,
    pub(crate) standard: bool,
    pub(crate) alerts: BTreeMap<String, bool>,
    pub(crate) server_key: String,
    pub(crate) policy: String,
}

//! What apps get, field by field as <https://docs.joinmastodon.org/entities/> says and
//! the strictest clients demand: every documented key always, lists never null, URLs
//! never empty, dates with exactly three decimals. Ids are texts.

mod account;
mod admin;
mod credential;
mod date;
mod filter;
mod instance;
mod list;
mod notification;
mod oauth;
mod relationship;
mod report;
mod status;
mod tag;

pub(crate) use account::{Account, Emoji, Field};
pub(crate) use admin::{AdminAccount, AdminReport, AdminRole, DomainAllow, DomainBlock};
pub(crate) use credential::{CredentialAccount, Profile, Role, Source};
pub(crate) use date::{Date, Day};
pub(crate) use filter::{Filter, FilterKeyword, FilterStatus, FilterV1};
pub(crate) use instance::{Contact, Instance, InstanceRule, InstanceV1, Registrations, Stats};
pub(crate) use list::List;
pub(crate) use notification::{
    GroupedNotifications, Merged, Nothing, Notification, NotificationGroup, NotificationPolicy,
    NotificationRequest, OldNotificationPolicy, PartialAccount, PolicySummary, ReportTold, Unread,
    WebPushSubscription,
};
pub(crate) use oauth::{App, Empty, RegisteredApp, ServerMetadata, Token, UserInfo};
pub(crate) use relationship::Relationship;
pub(crate) use report::Report;
pub(crate) use status::{
    Application, Attachment, Card, Community, Filtered, Mention, Poll, PollOption, Status, Tag,
};
pub(crate) use tag::{FamiliarFollowers, FeaturedTag, History, Suggestion, TagPage};

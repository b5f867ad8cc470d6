//! The only SQL of Archipel: one text for SQLite and PostgreSQL.
//!
//! [`Store`] opens a database; [`Store::read`] gives a [`Conn`] to ask it,
//! [`Store::write`] a [`Tx`] to change it. Queries are methods of [`Conn`], one
//! file a table group, and work in both. Nothing here decides anything: rules
//! live in `archipel-model`, deeds in `archipel-actions`.
//!
//! To add a query: write it with `$1` placeholders and only `i64`, `bool`,
//! `f64`, `String`, `Vec<u8>` and `Option` of those; pass time in; pass lists as
//! JSON text through `json_each($1)`; add a test to `tests/it`, which runs it on
//! both databases.

mod accounts;
mod activities;
mod actors;
mod admin;
mod apps;
mod asking;
mod backfills;
mod bans;
mod care;
mod communities;
mod conn;
mod deliveries;
mod destinations;
mod directory;
mod domain_blocks;
mod domains;
mod drafts;
mod emojis;
mod events;
mod feeds;
mod filters;
mod follows;
mod glances;
mod grants;
mod hashtags;
mod held_edits;
mod idempotency;
mod identity;
mod inbox;
mod invitations;
mod invite_links;
mod keychain;
mod list;
mod listening;
mod lists;
mod logins;
mod mail_tokens;
mod mails;
mod maybe;
mod measures;
mod media;
mod memo;
mod naming;
mod node;
mod notices;
mod notification_lists;
mod notification_policy;
mod notifications;
mod own_marks;
mod peers;
mod polls;
mod post_states;
mod posts;
mod profiles;
mod public;
mod push;
mod reached;
mod reactions;
mod relations;
mod remote_files;
mod renderings;
mod reports;
mod returning;
mod sayings;
mod search;
mod second_factor;
mod sessions;
mod settings;
mod shelves;
mod shown;
mod sign_ups;
mod statistics;
mod store;
mod talks;
mod throttle;
mod tidy;
mod timelines;
mod tokens;
mod versions;
mod wake;
mod walks;
mod window;

/// What to log of PostgreSQL's remarks, as a filter: it says at every start that what is
/// there is there.
pub const REMARKS: &str = "sqlx::postgres::notice=warn";

pub use accounts::Account;
pub use accounts::Composing;
pub use activities::{Activity, ActivityKind, Lane, NewActivity};
pub use actors::{Actor, ActorKey, KeyAlgorithm, NewActor, Usage};
pub use admin::{AccountQuery, CaredReport, Decision, ReportQuery, SupervisedAccount};
pub use apps::{NewOauthApp, NewToken};
pub use asking::Unanswered;
pub use backfills::{Backfill, BackfillKind};
pub use bans::BanRow;
pub use care::Bond;
pub use communities::{Community, ModeratorRow};
pub use conn::{Conn, Tx};
pub use deliveries::{DeliveryResult, DeliveryState, DeliveryView, QueuedDelivery};
pub use destinations::{ClaimedDestination, DestinationResult, DestinationView, Expanded};
pub use domains::{KnockRow, Parked};
pub use drafts::{Draft, DraftPoll, Scheduled};
pub use emojis::CustomEmoji;
pub use feeds::NewEntry;
pub use filters::{Filter, FilterKeyword, FilterPost};
pub use follows::{Follow, FollowState};
pub use glances::Eyes;
pub use grants::{Addresses, GrantRow, OauthApp, OauthCode};
pub use hashtags::{FeaturedHashtag, HashtagDay, HashtagRow};
pub use held_edits::{HeldEdit, NewHeldEdit};
pub use idempotency::Answered;
pub use inbox::{InboxItem, InboxResult, InboxState, InboxView, NewInboxItem};
pub use invite_links::InviteLink;
pub use lists::OwnList;
pub use logins::{AccountState, Login, LoginName};
pub use mail_tokens::{MailToken, NewMailToken};
pub use mails::{Mail, NewMail};
pub use measures::Measure;
pub use media::{Blobs, NewMedia, OwnFile, RemoteMedia, Shows};
pub use node::Node;
pub use notices::Notice;
pub use notification_lists::{Notification, NotificationsWanted};
pub use notification_policy::NotificationRequest;
pub use notifications::{Hearer, NewNotification};
pub use own_marks::Marker;
pub use peers::{Peer, PeerPolicy};
pub use polls::{PollVote, StoredChoice, StoredPoll};
pub use post_states::Edited;
pub use posts::{NewPost, Post, PostKind, PostState};
pub use profiles::{Composer, Profile};
pub use public::{Place, Tagged};
pub use push::{DuePush, NewPushSubscription, PushSubscription, PushTarget};
pub use reactions::{NewReaction, Reaction};
pub use relations::Relation;
pub use remote_files::RemoteFile;
pub use renderings::{Form, Rendering};
pub use reports::{Complaint, Report, ReportState};
pub use search::ActorQuery;
pub use sessions::{NewSession, SessionRow, Visit};
pub use shelves::{Marked, Shelf};
pub use shown::{Counts, Entry, Marks, ShownActor, ShownMedia, ShownPost};
pub use sign_ups::{NewSignUp, SignUp};
pub use store::{OpenOptions, Store};
pub use talks::Conversation;
pub use timelines::{ListReplies, Source};
pub use tokens::Bearer;
pub use versions::{Extras, Version};
pub use wake::{StreamEvent, Wakes};
pub use window::{KeyedId, Window};

pub(crate) use list::json_list;

/// What can go wrong in the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or could not be reached.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The database's structure could not be brought up to date.
    #[error("the database could not be migrated: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The address in `database.url` is not one of ours.
    #[error("database.url must begin with sqlite:// or postgres://, found {0:?}")]
    Address(String),
    /// A stored word that this version does not know.
    #[error("the database holds an unknown word: {0}")]
    Word(#[from] archipel_model::UnknownWord),
    /// Another process serves from this file.
    #[error(
        "{} is served by another process already; for several nodes use PostgreSQL",
        .0.display()
    )]
    InUse(std::path::PathBuf),
    /// The folder of the database file could not be made.
    #[error("the folder of the database file could not be made: {0}")]
    Folder(#[from] std::io::Error),
}

impl Error {
    /// Whether a unique constraint was violated.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

/// The result of every query.
pub type Result<T> = std::result::Result<T, Error>;

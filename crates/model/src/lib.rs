//! What the archipelago is: ids, handles, hosts, roles, visibility, policies,
//! decisions, and text turned into safe HTML.
//!
//! Pure: no I/O, no async, nothing of SQL, HTTP or JSON-LD. Everything that
//! crosses the edge of the server is parsed into these types once; inside, they
//! carry the rules and nobody checks again.

mod actor;
pub mod audience;
mod client_addr;
mod deed;
mod dialect;
mod domain;
pub mod elsewhere;
pub mod event;
pub mod filter;
mod handle;
mod id;
pub mod notice;
pub mod notification;
mod origin;
pub mod permission;
mod policy;
pub mod poll;
pub mod profile;
mod reaction;
pub mod redirect;
mod registration;
pub mod rights;
mod role;
mod scope;
mod site;
pub mod submission;
pub mod text;
mod time;
mod visibility;
mod wish;

pub use actor::{ActorKind, ActorState};
pub use client_addr::ClientAddr;
pub use deed::Deed;
pub use dialect::{Dialect, software_dialect};
pub use domain::{Domains, PeerPolicy};
pub use handle::{Handle, HandleError};
pub use id::{
    AccountId, ActivityId, ActorId, AppId, BackfillId, DestinationId, EntryId, FilterId, FollowId,
    HashtagId, Id, IdSource, InboxId, InviteLinkId, ListId, MailId, MeasureId, MediaId, NoticeId,
    PostId, ReportId, ScheduledId, SessionId, TokenId,
};
pub use origin::{Host, HostError, Origin, origin_of, same_origin};
pub use policy::{
    CommunityPolicy, HoldPolicy, JoinPolicy, PostPolicy, Reach, ReactionPolicy, UnknownWord,
};
pub use reaction::{ReactionClass, ReactionKind, Uncounted};
pub use registration::{Email, NotAnEmail, Registration};
pub use role::Role;
pub use scope::{Scope, Scopes};
pub use site::{Place, Site};
pub use time::{Clock, SystemClock, TimeError, Timestamp};
pub use visibility::Visibility;
pub use wish::Wish;

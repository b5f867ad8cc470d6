//! What moderators do, as their log names it.

use crate::permission::Measure;

/// One kind of entry in a community's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// Let somebody in who had asked.
    Admitted,
    /// Turned somebody away who had asked.
    TurnedAway,
    /// Invited somebody.
    Invited,
    /// Vouched for a member.
    Vouched,
    /// Took that back.
    Unvouched,
    /// Put a thread on top.
    Pinned,
    /// Took it down from there.
    Unpinned,
    /// Marked a post as sensitive.
    Marked,
    /// Took the mark away.
    Unmarked,
    /// Published a held post.
    Approved,
    /// Refused a held post.
    Refused,
    /// Removed a post.
    Removed,
    /// Brought a removed post back.
    Restored,
    /// Closed a thread to replies.
    Locked,
    /// Opened it again.
    Unlocked,
    /// Moved a thread to another community.
    Moved,
    /// Ended a membership.
    Expelled,
    /// Banned somebody.
    Banned,
    /// Let somebody in again.
    Unbanned,
    /// Warned somebody.
    Warned,
    /// Closed a report.
    Resolved,
    /// Opened a closed report again.
    Reopened,
    /// Began to hold everything.
    Held,
    /// Ended that.
    Released,
    /// Gave somebody a role.
    Appointed,
    /// Took a role away.
    Dismissed,
    /// Changed what the community says of itself.
    Edited,
    /// Changed who may join and post.
    Configured,
    /// Began to follow a community of elsewhere, in the name of this one.
    Followed,
    /// Ended that.
    Unfollowed,
    /// Deleted the community.
    Closed,
    /// Moved the community to another server.
    Relocated,
    /// Stopped an account of this server: it acts no more.
    Suspended,
    /// Let it act again.
    Reinstated,
    /// Closed an account of this server to logins.
    Disabled,
    /// Opened it to logins again.
    Enabled,
    /// Deleted an account of this server.
    Deleted,
    /// Gave somebody who asked an account of this server.
    Accepted,
    /// Gave them none.
    Declined,
    /// Decided what another server may do here.
    Decided,
}
crate::policy::words! { Deed {
    Admitted => "admitted", TurnedAway => "turned_away", Invited => "invited",
    Vouched => "vouched", Unvouched => "unvouched", Pinned => "pinned", Unpinned => "unpinned",
    Marked => "marked", Unmarked => "unmarked", Approved => "approved", Refused => "refused",
    Removed => "removed", Restored => "restored", Locked => "locked", Unlocked => "unlocked",
    Moved => "moved", Expelled => "expelled", Banned => "banned", Unbanned => "unbanned",
    Warned => "warned", Resolved => "resolved", Held => "held", Released => "released",
    Appointed => "appointed", Dismissed => "dismissed", Edited => "edited",
    Configured => "configured", Followed => "followed", Unfollowed => "unfollowed",
    Closed => "closed", Relocated => "relocated", Reopened => "reopened",
    Suspended => "suspended", Reinstated => "reinstated", Disabled => "disabled",
    Enabled => "enabled", Deleted => "deleted", Accepted => "accepted",
    Declined => "declined", Decided => "decided",
} }

impl Deed {
    /// The permission that it takes.
    pub const fn measure(self) -> Measure {
        match self {
            Self::Admitted | Self::TurnedAway => Measure::Admit,
            Self::Invited => Measure::Invite,
            Self::Vouched | Self::Unvouched => Measure::Vouch,
            Self::Pinned | Self::Unpinned => Measure::Pin,
            Self::Marked | Self::Unmarked => Measure::Mark,
            Self::Approved | Self::Refused => Measure::Decide,
            Self::Removed => Measure::Remove,
            Self::Restored => Measure::Restore,
            Self::Locked | Self::Unlocked => Measure::Lock,
            Self::Moved => Measure::Move,
            Self::Expelled => Measure::Expel,
            Self::Banned => Measure::Ban,
            Self::Unbanned => Measure::Unban,
            Self::Warned => Measure::Warn,
            Self::Resolved | Self::Reopened => Measure::Resolve,
            Self::Held | Self::Released => Measure::Hold,
            Self::Appointed => Measure::Appoint,
            Self::Dismissed => Measure::Dismiss,
            Self::Edited => Measure::Edit,
            Self::Configured | Self::Followed | Self::Unfollowed => Measure::Configure,
            Self::Closed | Self::Relocated => Measure::Close,
            Self::Suspended
            | Self::Reinstated
            | Self::Disabled
            | Self::Enabled
            | Self::Deleted
            | Self::Accepted
            | Self::Declined
            | Self::Decided => Measure::BanEverywhere,
        }
    }
}

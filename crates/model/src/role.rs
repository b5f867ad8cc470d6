//! What somebody is in one community.

/// A role in one community, weakest first so that they compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Welcomes and animates.
    Facilitator,
    /// Approves, removes, bans.
    Moderator,
    /// Holds the community; appoints moderators.
    Owner,
}
crate::policy::words! { Role {
    Facilitator => "facilitator", Moderator => "moderator", Owner => "owner",
} }

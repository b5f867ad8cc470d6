//! The one authorisation function: what somebody may do in a community.
//!
//! Every door asks here, with facts that come from our own database.

use crate::{CommunityPolicy, PostPolicy, Role};

/// How somebody stands in one community, as our database knows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Their role, if they hold one.
    pub role: Option<Role>,
    /// Whether their follow was accepted.
    pub member: bool,
    /// Whether they were stopped, here or by an administrator.
    pub suspended: bool,
}

/// Something that one may want to do in a community.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Start a thread.
    Post,
    /// Answer in a thread.
    Reply,
    /// Accept or reject who wants to join.
    AdmitMember,
}

/// Why something is not permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// Stopped by a moderator or an administrator.
    Suspended,
    /// Only members may.
    MembersOnly,
    /// Only moderators may.
    ModeratorsOnly,
}
crate::policy::words! { Denial {
    Suspended => "suspended", MembersOnly => "members_only", ModeratorsOnly => "moderators_only",
} }

/// Who may do this deed under this policy.
const fn required(deed: Deed, policy: CommunityPolicy) -> PostPolicy {
    match deed {
        Deed::Post => policy.post,
        Deed::Reply => policy.reply,
        Deed::AdmitMember => PostPolicy::Moderators,
    }
}

impl CommunityPolicy {
    /// Whether anybody may do this who is not stopped: then nobody's role or
    /// membership has to be looked up.
    pub const fn is_for_everyone(self, deed: Deed) -> bool {
        matches!(required(deed, self), PostPolicy::Everyone)
    }
}

/// Whether somebody of this standing may do this deed under this policy.
pub fn authorise(standing: Standing, deed: Deed, policy: CommunityPolicy) -> Result<(), Denial> {
    if standing.suspended {
        return Err(Denial::Suspended);
    }
    let required = required(deed, policy);
    let moderates = standing.role.is_some_and(|role| role >= Role::Moderator);
    match required {
        PostPolicy::Everyone => Ok(()),
        PostPolicy::Members if standing.member || standing.role.is_some() => Ok(()),
        PostPolicy::Members => Err(Denial::MembersOnly),
        PostPolicy::Moderators if moderates => Ok(()),
        PostPolicy::Moderators => Err(Denial::ModeratorsOnly),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy_and_standing_decide() {
        let members = CommunityPolicy {
            post: PostPolicy::Members,
            ..CommunityPolicy::default()
        };
        let stranger = Standing::default();
        let member = Standing {
            member: true,
            ..stranger
        };
        let stopped = Standing {
            suspended: true,
            ..member
        };
        assert_eq!(
            authorise(stranger, Deed::Post, members),
            Err(Denial::MembersOnly)
        );
        assert_eq!(authorise(stranger, Deed::Reply, members), Ok(()));
        assert_eq!(authorise(member, Deed::Post, members), Ok(()));
        assert_eq!(
            authorise(stopped, Deed::Reply, members),
            Err(Denial::Suspended)
        );
        assert_eq!(
            authorise(member, Deed::AdmitMember, members),
            Err(Denial::ModeratorsOnly)
        );
    }
}

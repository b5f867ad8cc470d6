//! What becomes of a post that was addressed to a community.

use crate::permission::{Deed, Denial, Standing, authorise};
use crate::{CommunityPolicy, Visibility};

/// What became of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Shown and announced.
    Published,
    /// Not taken into the community, and why.
    Refused(Refusal),
}

/// Why a post was not taken into a community.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Followers-only or direct: never announced, never shown.
    NotPublic,
    /// The author may not post here.
    Denied(Denial),
    /// The thread accepts no more replies.
    Locked,
}

impl Refusal {
    /// A word for logs and commands.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotPublic => "not_public",
            Self::Denied(denial) => denial.as_str(),
            Self::Locked => "locked",
        }
    }
}

/// Decides on a post by somebody of this standing.
///
/// `reply_to_locked` is `None` for a new thread, else whether that thread is locked.
pub fn decide(
    visibility: Visibility,
    standing: Standing,
    policy: CommunityPolicy,
    reply_to_locked: Option<bool>,
) -> Verdict {
    if !visibility.may_be_announced() {
        return Verdict::Refused(Refusal::NotPublic);
    }
    let deed = deed(reply_to_locked);
    if let Err(denial) = authorise(standing, deed, policy) {
        return Verdict::Refused(Refusal::Denied(denial));
    }
    if reply_to_locked == Some(true) {
        return Verdict::Refused(Refusal::Locked);
    }
    Verdict::Published
}

/// What is done: a new thread is begun (`None`), or one is answered.
pub const fn deed(reply_to_locked: Option<bool>) -> Deed {
    match reply_to_locked {
        Some(_) => Deed::Reply,
        None => Deed::Post,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_public_is_never_published() {
        for visibility in [Visibility::Followers, Visibility::Direct] {
            assert_eq!(
                decide(
                    visibility,
                    Standing::default(),
                    CommunityPolicy::default(),
                    None
                ),
                Verdict::Refused(Refusal::NotPublic)
            );
        }
        for visibility in [Visibility::Public, Visibility::Unlisted] {
            assert_eq!(
                decide(
                    visibility,
                    Standing::default(),
                    CommunityPolicy::default(),
                    None
                ),
                Verdict::Published
            );
        }
    }

    #[test]
    fn a_locked_thread_takes_no_replies() {
        assert_eq!(
            decide(
                Visibility::Public,
                Standing::default(),
                CommunityPolicy::default(),
                Some(true)
            ),
            Verdict::Refused(Refusal::Locked)
        );
    }
}

//! What a community does not do: each refusal says what to do instead.

use crate::error::{ApiError, Result};
use crate::viewer::Viewer;

/// Something that persons do, and communities do not.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Personal {
    /// To write or schedule a post.
    Write,
    /// To like a post.
    Favourite,
    /// To choose in a poll.
    Vote,
    /// To mute somebody.
    Mute,
    /// To block whole servers.
    BlockServers,
    /// To change what somebody else wrote.
    Rewrite,
}

impl Personal {
    const fn words(self) -> &'static str {
        match self {
            Self::Write => {
                "A community writes nothing itself: other servers would drop it. Switch to your \
                 own account, mention the community, and pin the post as the community"
            }
            Self::Favourite => {
                "A community likes nothing. Switch to your own account to do so; to put a \
                 thread on top, pin it"
            }
            Self::Vote => "A community does not vote. Switch to your own account to do so",
            Self::Mute => {
                "A community mutes nobody. Block somebody to ban them, or remove them from the \
                 followers to end their membership; to mute them for yourself, switch to your \
                 own account"
            }
            Self::BlockServers => {
                "Only who runs this server decides about other servers. Switch to your own \
                 account to block one for yourself"
            }
            Self::Rewrite => {
                "Only its author can change what a post says. A community can mark it as \
                 sensitive, or remove it"
            }
        }
    }

    /// The refusal.
    pub(crate) fn refusal(self) -> ApiError {
        ApiError::refused(self.words())
    }
}

/// Refuses what only persons do to who acts as a community.
pub(crate) fn only_persons(viewer: &Viewer, what: Personal) -> Result<()> {
    if viewer.is_community() {
        Err(what.refusal())
    } else {
        Ok(())
    }
}

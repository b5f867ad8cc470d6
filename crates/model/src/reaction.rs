//! What somebody thinks of a post, in one gesture: votes and boosts.

use crate::ReactionPolicy;

/// A gesture towards a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReactionKind {
    /// A vote for it; also every emoji.
    Like,
    /// A vote against it.
    Dislike,
    /// Shown to one's own followers.
    Boost,
}
crate::policy::words! { ReactionKind { Like => "like", Dislike => "dislike", Boost => "boost" } }

/// Of each class, everybody has at most one reaction to a post: who votes against it
/// votes for it no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReactionClass {
    /// For or against.
    Vote,
    /// Shown to followers.
    Boost,
}
crate::policy::words! { ReactionClass { Vote => "vote", Boost => "boost" } }

impl ReactionKind {
    /// Its class.
    pub const fn class(self) -> ReactionClass {
        match self {
            Self::Like | Self::Dislike => ReactionClass::Vote,
            Self::Boost => ReactionClass::Boost,
        }
    }
}

impl ReactionPolicy {
    /// Whether a reaction counts and is passed on.
    pub const fn counts(self, kind: ReactionKind) -> bool {
        match self {
            Self::All => true,
            Self::Likes => !matches!(kind, ReactionKind::Dislike),
            Self::Nothing => false,
        }
    }
}

/// Why a reaction does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uncounted {
    /// The post is not for everybody, or not shown.
    NotShown,
    /// The post does not belong to the community that passes the reaction on.
    NotHere,
    /// Who reacts lives here and said no such thing.
    NotTheirs,
    /// Who reacts acts no more.
    Suspended,
    /// Who reacts is banned from the community.
    Banned,
    /// The community counts no reactions of this kind.
    Policy,
    /// Who reacts is a program.
    Bot,
    /// Too many from one server in a short time.
    TooMany,
}
crate::policy::words! { Uncounted {
    NotShown => "not_shown", NotHere => "not_here", NotTheirs => "not_theirs",
    Suspended => "suspended", Banned => "banned", Policy => "reactions_off", Bot => "bot",
    TooMany => "too_many_from_one_server",
} }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_say_what_counts() {
        use ReactionKind::{Boost, Dislike, Like};
        for (policy, counted) in [
            (ReactionPolicy::All, vec![Like, Dislike, Boost]),
            (ReactionPolicy::Likes, vec![Like, Boost]),
            (ReactionPolicy::Nothing, vec![]),
        ] {
            let all = ReactionKind::ALL.iter().copied();
            let found: Vec<_> = all.filter(|kind| policy.counts(*kind)).collect();
            assert_eq!(found, counted, "{policy}");
        }
    }
}

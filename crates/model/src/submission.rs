//! What becomes of a post that was addressed to a community: shown, held for a
//! moderator, or refused, and why.

use crate::permission::{Denial, Measure, Origin, Standing, Target, authorise};
use crate::{CommunityPolicy, HoldPolicy, Visibility};

/// What became of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Shown and announced.
    Published,
    /// Kept until a moderator decides, and why.
    Held(HoldReason),
    /// Not taken into the community, and why.
    Refused(Refusal),
}

/// Why a post waits for a moderator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HoldReason {
    /// Every post there waits.
    Always,
    /// It is the author's first there.
    First,
    /// Nothing of its server was published here yet.
    UnknownServer,
    /// Everything waits, because much spam is coming in.
    Wave,
    /// What it answers waits itself.
    Parent,
    /// Everything of its server waits.
    LimitedServer,
}
crate::policy::words! { HoldReason {
    Always => "always", First => "first", UnknownServer => "unknown_server", Wave => "wave",
    Parent => "parent", LimitedServer => "limited_server",
} }

/// Why a post was not taken into a community.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Followers-only or direct: never announced, never shown.
    NotPublic,
    /// The author may not post here.
    Denied(Denial),
    /// The thread accepts no more replies.
    Locked,
    /// What it answers was removed or deleted.
    ParentGone,
    /// The community takes nothing any more.
    Closed,
    /// The community moved, and takes posts at its new address.
    Moved,
    /// A moderator decided against it.
    ByModerator,
    /// Its author's server is blocked.
    Blocked,
    /// Too large to be passed on.
    TooLarge,
}

impl Refusal {
    /// A word for logs and commands.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotPublic => "not_public",
            Self::Denied(denial) => denial.as_str(),
            Self::Locked => "locked",
            Self::ParentGone => "parent_gone",
            Self::Closed => "closed",
            Self::Moved => "moved",
            Self::ByModerator => "by_moderator",
            Self::Blocked => "domain_blocked",
            Self::TooLarge => "too_large",
        }
    }

    /// What is said to whoever posted from here.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotPublic => "only public posts are taken",
            Self::Denied(denial) => denial.sentence(),
            Self::Locked => "the thread is locked and takes replies of moderators only",
            Self::ParentGone => "what it answers was removed or deleted",
            Self::Closed => "the community takes nothing any more",
            Self::Moved => "the community moved: post at its new address",
            Self::ByModerator => "a moderator decided against it",
            Self::Blocked => "the server is blocked",
            Self::TooLarge => "it is too large to be passed on; shorten it",
        }
    }
}

/// What became of the post that is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parent {
    /// It is shown; or nothing is answered, or nothing that is known.
    #[default]
    Shown,
    /// It waits for a moderator.
    Held,
    /// It was removed or deleted.
    Gone,
}

/// What is known of a post on its way in.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Who may see it, as its author says.
    pub visibility: Visibility,
    /// How its author stands.
    pub author: Standing,
    /// `None` for a new thread, else whether the thread that it answers is locked.
    pub reply_to_locked: Option<bool>,
    /// What became of the post that it answers.
    pub parent: Parent,
    /// Whether something of the author was published there already.
    pub published_before: bool,
    /// Whether something of the author's server was published here already, or
    /// the server was expressly allowed.
    pub server_known: bool,
    /// Whether the author's server is limited.
    pub server_limited: bool,
}

/// Decides on a post.
pub fn decide(entry: &Entry, policy: CommunityPolicy) -> Verdict {
    if !entry.visibility.may_be_announced() {
        return Verdict::Refused(Refusal::NotPublic);
    }
    let measure = measure(entry.reply_to_locked);
    let (author, origin) = (&entry.author, Origin::Here);
    if let Err(denial) = authorise(author, measure, Target::Community, origin, policy) {
        return Verdict::Refused(Refusal::Denied(denial));
    }
    // A thread that is locked is so for all but those who can lock it.
    let locked = entry.reply_to_locked == Some(true);
    if locked && authorise(author, Measure::Lock, Target::Community, origin, policy).is_err() {
        return Verdict::Refused(Refusal::Locked);
    }
    // Else a discussion that was removed would go on, answer by answer.
    if entry.parent == Parent::Gone {
        return Verdict::Refused(Refusal::ParentGone);
    }
    match held(entry, policy) {
        Some(reason) => Verdict::Held(reason),
        None => Verdict::Published,
    }
}

/// Why a post that is permitted waits, if it does: those who hold a role never
/// wait, those for whom a moderator vouched only in a wave.
fn held(entry: &Entry, policy: CommunityPolicy) -> Option<HoldReason> {
    let author = &entry.author;
    if author.role.is_some() || author.admin {
        return None;
    }
    if policy.wave {
        return Some(HoldReason::Wave);
    }
    if entry.parent == Parent::Held {
        return Some(HoldReason::Parent);
    }
    if policy.hold == HoldPolicy::Always {
        return Some(HoldReason::Always);
    }
    if author.approved {
        return None;
    }
    if entry.server_limited {
        return Some(HoldReason::LimitedServer);
    }
    if policy.hold == HoldPolicy::First && !entry.published_before {
        return Some(HoldReason::First);
    }
    (policy.hold_unknown && !entry.server_known).then_some(HoldReason::UnknownServer)
}

/// Why an edit of a post that is shown waits, if it does: what is read before it is
/// shown is read again when it changes.
pub fn held_edit(
    author: &Standing,
    server_limited: bool,
    policy: CommunityPolicy,
) -> Option<HoldReason> {
    let entry = Entry {
        visibility: Visibility::Public,
        author: *author,
        reply_to_locked: None,
        parent: Parent::Shown,
        published_before: true,
        server_known: true,
        server_limited,
    };
    held(&entry, policy)
}

/// What is done: a new thread is begun (`None`), or one is answered.
pub const fn measure(reply_to_locked: Option<bool>) -> Measure {
    match reply_to_locked {
        Some(_) => Measure::Reply,
        None => Measure::Post,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

    const PLAIN: Entry = Entry {
        visibility: Visibility::Public,
        author: Standing {
            member: true,
            ..Standing::OPERATOR
        },
        reply_to_locked: None,
        parent: Parent::Shown,
        published_before: false,
        server_known: false,
        server_limited: false,
    };

    fn stranger() -> Entry {
        Entry {
            author: Standing::default(),
            ..PLAIN
        }
    }

    #[test]
    fn what_is_not_public_is_never_published() {
        for visibility in [Visibility::Followers, Visibility::Direct] {
            let entry = Entry {
                visibility,
                ..stranger()
            };
            assert_eq!(
                decide(&entry, CommunityPolicy::OPEN),
                Verdict::Refused(Refusal::NotPublic)
            );
        }
        for visibility in [Visibility::Public, Visibility::Unlisted] {
            let entry = Entry {
                visibility,
                ..stranger()
            };
            assert_eq!(decide(&entry, CommunityPolicy::OPEN), Verdict::Published);
        }
    }

    #[test]
    fn a_locked_thread_takes_replies_of_moderators_only() {
        let entry = Entry {
            reply_to_locked: Some(true),
            ..stranger()
        };
        assert_eq!(
            decide(&entry, CommunityPolicy::OPEN),
            Verdict::Refused(Refusal::Locked)
        );
        let mut by_moderator = entry;
        by_moderator.author.role = Some(Role::Moderator);
        assert_eq!(
            decide(&by_moderator, CommunityPolicy::OPEN),
            Verdict::Published
        );
    }

    #[test]
    fn what_is_gone_is_not_answered_and_what_waits_makes_its_answers_wait() {
        let entry = |parent| Entry {
            reply_to_locked: Some(false),
            parent,
            ..stranger()
        };
        for (parent, verdict) in [
            (Parent::Shown, Verdict::Published),
            (Parent::Held, Verdict::Held(HoldReason::Parent)),
            (Parent::Gone, Verdict::Refused(Refusal::ParentGone)),
        ] {
            assert_eq!(decide(&entry(parent), CommunityPolicy::OPEN), verdict);
        }
    }

    #[test]
    fn what_is_held_and_for_whom() {
        let vouched = Standing {
            member: true,
            approved: true,
            ..Standing::default()
        };
        let facilitator = Standing {
            role: Some(Role::Facilitator),
            ..Standing::default()
        };
        let policy = |hold, hold_unknown, wave| CommunityPolicy {
            hold,
            hold_unknown,
            wave,
            ..CommunityPolicy::OPEN
        };
        let first = policy(HoldPolicy::First, false, false);
        let always = policy(HoldPolicy::Always, false, false);
        let unknown = policy(HoldPolicy::Never, true, false);
        let wave = policy(HoldPolicy::Never, false, true);
        let nobody = Standing::default();
        // policy, author, published before, server known → why held
        for (policy, author, before, known, expected) in [
            (first, nobody, false, true, Some(HoldReason::First)),
            (first, nobody, true, true, None),
            (first, vouched, false, true, None),
            (always, nobody, true, true, Some(HoldReason::Always)),
            (always, vouched, true, true, Some(HoldReason::Always)),
            (always, facilitator, true, true, None),
            (
                unknown,
                nobody,
                true,
                false,
                Some(HoldReason::UnknownServer),
            ),
            (unknown, nobody, false, true, None),
            (unknown, vouched, false, false, None),
            (wave, vouched, true, true, Some(HoldReason::Wave)),
            (wave, facilitator, false, false, None),
        ] {
            let entry = Entry {
                author,
                published_before: before,
                server_known: known,
                ..PLAIN
            };
            let expected = expected.map_or(Verdict::Published, Verdict::Held);
            assert_eq!(decide(&entry, policy), expected, "{policy:?} {author:?}");
        }
    }
}

//! What somebody is told in their app, and the one rule for whether they are.

use crate::policy::words;

/// What a notification is about, by the words that apps know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Somebody named them in a post.
    Mention,
    /// Somebody whom they asked to hear of showed a post.
    Status,
    /// Somebody boosted a post of theirs.
    Reblog,
    /// Somebody follows them.
    Follow,
    /// Somebody asks to follow them.
    FollowRequest,
    /// Somebody likes a post of theirs.
    Favourite,
    /// A poll has ended that they made or voted in.
    Poll,
    /// A post that they boosted was edited.
    Update,
    /// Somebody made an account; for administrators.
    SignUp,
    /// Somebody reported something; for who looks after it.
    Report,
}
words! { Kind {
    Mention => "mention", Status => "status", Reblog => "reblog", Follow => "follow",
    FollowRequest => "follow_request", Favourite => "favourite", Poll => "poll",
    Update => "update", SignUp => "admin.sign_up", Report => "admin.report",
} }

impl Kind {
    /// Whether many of these are shown as one.
    pub const fn is_grouped(self) -> bool {
        matches!(self, Self::Favourite | Self::Reblog | Self::Follow)
    }

    /// Whether it is about a post, without which it makes no sense.
    pub const fn has_post(self) -> bool {
        matches!(
            self,
            Self::Mention
                | Self::Status
                | Self::Reblog
                | Self::Favourite
                | Self::Poll
                | Self::Update
        )
    }

    /// Whether it comes from an office rather than from who caused it: nobody can block
    /// or filter it away.
    const fn is_official(self) -> bool {
        matches!(self, Self::SignUp | Self::Report)
    }
}

/// What a policy does with notifications of one sort of people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Treatment {
    /// They arrive.
    #[default]
    Accept,
    /// They wait apart until who sent them is accepted.
    Filter,
    /// They are not kept.
    Drop,
}
words! { Treatment { Accept => "accept", Filter => "filter", Drop => "drop" } }

/// Who may cause notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// People whom the owner does not follow.
    pub not_following: Treatment,
    /// People who do not follow the owner.
    pub not_followers: Treatment,
    /// Accounts of the last thirty days.
    pub new_accounts: Treatment,
    /// Private mentions that answer nothing of the owner's.
    pub private_mentions: Treatment,
    /// People of servers that are limited.
    pub limited_accounts: Treatment,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            not_following: Treatment::Accept,
            not_followers: Treatment::Accept,
            new_accounts: Treatment::Accept,
            private_mentions: Treatment::Filter,
            limited_accounts: Treatment::Filter,
        }
    }
}

/// How the owner of a notification stands to who causes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Between {
    /// They are the same.
    pub same: bool,
    /// One of them blocks the other, or the owner the server of the other.
    pub blocked: bool,
    /// The owner mutes the other, notifications included.
    pub muted: bool,
    /// The owner hears nothing of the thread.
    pub thread_muted: bool,
    /// The owner follows the other.
    pub follows: bool,
    /// The other follows the owner.
    pub followed: bool,
    /// The account is new.
    pub new_account: bool,
    /// The server of the other is limited.
    pub limited: bool,
    /// It is a private mention that answers nothing of the owner's.
    pub private_mention: bool,
    /// The owner accepted notifications of the other.
    pub accepted: bool,
    /// The owner is a community: what is written to it arrives.
    pub to_community: bool,
}

/// What becomes of a notification.
pub fn treatment(kind: Kind, between: Between, policy: Policy) -> Treatment {
    if kind.is_official() {
        return Treatment::Accept;
    }
    if between.same {
        return match kind {
            Kind::Poll => Treatment::Accept,
            _ => Treatment::Drop,
        };
    }
    if between.blocked || between.muted || (between.thread_muted && kind.has_post()) {
        return Treatment::Drop;
    }
    let asked_for = matches!(kind, Kind::Poll | Kind::Update | Kind::Status);
    if asked_for || between.accepted || between.to_community {
        return Treatment::Accept;
    }
    let rules = [
        (!between.follows, policy.not_following),
        (!between.followed, policy.not_followers),
        (between.new_account && !between.follows, policy.new_accounts),
        (
            between.private_mention && !between.follows,
            policy.private_mentions,
        ),
        (between.limited && !between.follows, policy.limited_accounts),
    ];
    let strictest = |found: Treatment, (applies, rule): (bool, Treatment)| match (applies, rule) {
        (false, _) | (true, Treatment::Accept) => found,
        (true, Treatment::Drop) => Treatment::Drop,
        (true, Treatment::Filter) if found == Treatment::Drop => found,
        (true, Treatment::Filter) => Treatment::Filter,
    };
    rules.into_iter().fold(Treatment::Accept, strictest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_rule_that_applies_decides() {
        let stranger = Between {
            new_account: true,
            ..Between::default()
        };
        let usual = Policy::default();
        assert_eq!(treatment(Kind::Mention, stranger, usual), Treatment::Accept);
        let private = Between {
            private_mention: true,
            ..stranger
        };
        assert_eq!(treatment(Kind::Mention, private, usual), Treatment::Filter);
        let strict = Policy {
            new_accounts: Treatment::Drop,
            not_following: Treatment::Filter,
            ..usual
        };
        assert_eq!(treatment(Kind::Follow, private, strict), Treatment::Drop);
        let known = Between {
            follows: true,
            ..private
        };
        assert_eq!(treatment(Kind::Follow, known, strict), Treatment::Accept);
        let accepted = Between {
            accepted: true,
            ..private
        };
        assert_eq!(
            treatment(Kind::Mention, accepted, strict),
            Treatment::Accept
        );
    }

    #[test]
    fn nobody_hears_of_themselves_or_of_whom_they_want_nothing() {
        let usual = Policy::default();
        let same = Between {
            same: true,
            ..Between::default()
        };
        assert_eq!(treatment(Kind::Favourite, same, usual), Treatment::Drop);
        assert_eq!(treatment(Kind::Poll, same, usual), Treatment::Accept);
        let blocked = Between {
            blocked: true,
            accepted: true,
            ..Between::default()
        };
        assert_eq!(treatment(Kind::Mention, blocked, usual), Treatment::Drop);
        assert_eq!(treatment(Kind::Report, blocked, usual), Treatment::Accept);
        let muted = Between {
            thread_muted: true,
            ..Between::default()
        };
        assert_eq!(treatment(Kind::Mention, muted, usual), Treatment::Drop);
        assert_eq!(treatment(Kind::Follow, muted, usual), Treatment::Accept);
    }
}

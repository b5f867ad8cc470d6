//! How a community is open: who may join, who may post. Also the macro that
//! gives each closed set of states its one spelling in databases and commands.

/// A word that is not one of the known ones.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{found:?} is not one of: {known}")]
pub struct UnknownWord {
    /// What was found.
    pub found: String,
    /// The words that would have been understood, separated by commas.
    pub known: String,
}

/// Gives an enum `as_str`, `Display` and `FromStr` from one list of words.
#[macro_export]
macro_rules! words {
    ($name:ident { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $name {
            /// The word for it in databases, configuration and commands.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Every value, in the order of definition.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::UnknownWord;
            fn try_from(text: String) -> ::std::result::Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;
            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    other => Err($crate::UnknownWord {
                        found: other.chars().take(60).collect(),
                        known: [$($word),+].join(", "),
                    }),
                }
            }
        }
    };
}
pub(crate) use words;

/// How one becomes a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JoinPolicy {
    /// Every follow is accepted at once.
    Open,
    /// A moderator accepts or rejects each follow.
    Approval,
    /// Only who was invited is let in; everybody else is rejected.
    Invitation,
}
words! { JoinPolicy { Open => "open", Approval => "approval", Invitation => "invitation" } }

/// Who may post to a community.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PostPolicy {
    /// Anybody.
    Everyone,
    /// Only members: actors whose follow was accepted.
    Members,
    /// Only members for whom a moderator vouched.
    Approved,
    /// Only the community's moderators.
    Moderators,
}
words! { PostPolicy {
    Everyone => "everyone", Members => "members", Approved => "approved",
    Moderators => "moderators",
} }

/// Which posts wait for a moderator before they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HoldPolicy {
    /// None.
    Never,
    /// Those of authors of whom nothing was published there yet.
    First,
    /// All.
    Always,
}
words! { HoldPolicy { Never => "never", First => "first", Always => "always" } }

/// Which reactions to posts a community counts and passes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReactionPolicy {
    /// All.
    All,
    /// Only those in favour.
    Likes,
    /// None.
    Nothing,
}
words! { ReactionPolicy { All => "all", Likes => "likes", Nothing => "none" } }

/// Who gets to see a community.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Everybody; it is listed and can be found.
    Public,
    /// Everybody who knows its address; it is listed nowhere.
    Unlisted,
    /// Only the people of this server: other servers are told nothing of it.
    Local,
}
words! { Reach { Public => "public", Unlisted => "unlisted", Local => "local" } }

/// The policies of one community together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommunityPolicy {
    /// How one becomes a member.
    pub join: JoinPolicy,
    /// Who may start a thread.
    pub post: PostPolicy,
    /// Who may reply.
    pub reply: PostPolicy,
    /// Which posts are held.
    pub hold: HoldPolicy,
    /// Whether posts from servers of which nothing was published here are held.
    pub hold_unknown: bool,
    /// Whether everything is held, because a wave of spam is coming in.
    pub wave: bool,
    /// Which reactions count.
    pub reactions: ReactionPolicy,
    /// Who sees it.
    pub reach: Reach,
}

impl CommunityPolicy {
    /// What is not said otherwise: open to all.
    pub const OPEN: Self = Self {
        join: JoinPolicy::Open,
        post: PostPolicy::Everyone,
        reply: PostPolicy::Everyone,
        hold: HoldPolicy::Never,
        hold_unknown: false,
        wave: false,
        reactions: ReactionPolicy::All,
        reach: Reach::Public,
    };

    /// Whether some posts may be held.
    pub const fn holds_something(self) -> bool {
        self.wave || self.hold_unknown || !matches!(self.hold, HoldPolicy::Never)
    }
}

impl Default for CommunityPolicy {
    fn default() -> Self {
        Self::OPEN
    }
}

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
}
words! { JoinPolicy { Open => "open", Approval => "approval" } }

/// Who may post to a community.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PostPolicy {
    /// Anybody.
    Everyone,
    /// Only members: actors whose follow was accepted.
    Members,
    /// Only the community's moderators.
    Moderators,
}
words! { PostPolicy { Everyone => "everyone", Members => "members", Moderators => "moderators" } }

/// The policies of one community together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommunityPolicy {
    /// How one becomes a member.
    pub join: JoinPolicy,
    /// Who may start a thread.
    pub post: PostPolicy,
    /// Who may reply.
    pub reply: PostPolicy,
}

impl Default for CommunityPolicy {
    fn default() -> Self {
        Self {
            join: JoinPolicy::Open,
            post: PostPolicy::Everyone,
            reply: PostPolicy::Everyone,
        }
    }
}

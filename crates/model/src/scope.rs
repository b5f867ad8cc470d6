//! What an app may do in the name of who let it: OAuth scopes as Mastodon names them.
//!
//! <https://docs.joinmastodon.org/api/oauth-scopes/>. A scope includes the finer ones
//! below it: `read` includes `read:statuses`, `follow` the old bundle of six.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::policy::{UnknownWord, words};

/// One scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is its word")]
pub enum Scope {
    Read,
    ReadAccounts,
    ReadBlocks,
    ReadBookmarks,
    ReadCollections,
    ReadFavourites,
    ReadFilters,
    ReadFollows,
    ReadLists,
    ReadMutes,
    ReadNotifications,
    ReadSearch,
    ReadStatuses,
    Write,
    WriteAccounts,
    WriteBlocks,
    WriteBookmarks,
    WriteCollections,
    WriteConversations,
    WriteFavourites,
    WriteFilters,
    WriteFollows,
    WriteLists,
    WriteMedia,
    WriteMutes,
    WriteNotifications,
    WriteReports,
    WriteStatuses,
    Follow,
    Push,
    Profile,
    AdminRead,
    AdminReadAccounts,
    AdminReadReports,
    AdminReadDomainAllows,
    AdminReadDomainBlocks,
    AdminReadIpBlocks,
    AdminReadEmailDomainBlocks,
    AdminReadCanonicalEmailBlocks,
    AdminWrite,
    AdminWriteAccounts,
    AdminWriteReports,
    AdminWriteDomainAllows,
    AdminWriteDomainBlocks,
    AdminWriteIpBlocks,
    AdminWriteEmailDomainBlocks,
    AdminWriteCanonicalEmailBlocks,
}
words! { Scope {
    Read => "read",
    ReadAccounts => "read:accounts",
    ReadBlocks => "read:blocks",
    ReadBookmarks => "read:bookmarks",
    ReadCollections => "read:collections",
    ReadFavourites => "read:favourites",
    ReadFilters => "read:filters",
    ReadFollows => "read:follows",
    ReadLists => "read:lists",
    ReadMutes => "read:mutes",
    ReadNotifications => "read:notifications",
    ReadSearch => "read:search",
    ReadStatuses => "read:statuses",
    Write => "write",
    WriteAccounts => "write:accounts",
    WriteBlocks => "write:blocks",
    WriteBookmarks => "write:bookmarks",
    WriteCollections => "write:collections",
    WriteConversations => "write:conversations",
    WriteFavourites => "write:favourites",
    WriteFilters => "write:filters",
    WriteFollows => "write:follows",
    WriteLists => "write:lists",
    WriteMedia => "write:media",
    WriteMutes => "write:mutes",
    WriteNotifications => "write:notifications",
    WriteReports => "write:reports",
    WriteStatuses => "write:statuses",
    Follow => "follow",
    Push => "push",
    Profile => "profile",
    AdminRead => "admin:read",
    AdminReadAccounts => "admin:read:accounts",
    AdminReadReports => "admin:read:reports",
    AdminReadDomainAllows => "admin:read:domain_allows",
    AdminReadDomainBlocks => "admin:read:domain_blocks",
    AdminReadIpBlocks => "admin:read:ip_blocks",
    AdminReadEmailDomainBlocks => "admin:read:email_domain_blocks",
    AdminReadCanonicalEmailBlocks => "admin:read:canonical_email_blocks",
    AdminWrite => "admin:write",
    AdminWriteAccounts => "admin:write:accounts",
    AdminWriteReports => "admin:write:reports",
    AdminWriteDomainAllows => "admin:write:domain_allows",
    AdminWriteDomainBlocks => "admin:write:domain_blocks",
    AdminWriteIpBlocks => "admin:write:ip_blocks",
    AdminWriteEmailDomainBlocks => "admin:write:email_domain_blocks",
    AdminWriteCanonicalEmailBlocks => "admin:write:canonical_email_blocks",
} }

impl Scope {
    /// Whether who has this scope may do what `needed` allows.
    pub fn includes(self, needed: Self) -> bool {
        if self == needed {
            return true;
        }
        if self == Self::Follow {
            return matches!(
                needed,
                Self::ReadBlocks
                    | Self::WriteBlocks
                    | Self::ReadFollows
                    | Self::WriteFollows
                    | Self::ReadMutes
                    | Self::WriteMutes
            );
        }
        needed
            .as_str()
            .strip_prefix(self.as_str())
            .is_some_and(|rest| rest.starts_with(':'))
    }
}

/// Scopes together, as an app asks for them or a token carries them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Whether what `needed` allows is allowed.
    pub fn allow(&self, needed: Scope) -> bool {
        self.0.iter().any(|scope| scope.includes(needed))
    }

    /// Whether everything in `asked` is allowed.
    pub fn cover(&self, asked: &Self) -> bool {
        asked.0.iter().all(|scope| self.allow(*scope))
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Scope> + '_ {
        self.0.iter().copied()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl FromStr for Scopes {
    type Err = UnknownWord;

    /// From words between spaces, plus signs or commas.
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        text.split([' ', '+', ',', '\n'])
            .filter(|word| !word.is_empty())
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl TryFrom<String> for Scopes {
    type Error = UnknownWord;
    fn try_from(text: String) -> Result<Self, UnknownWord> {
        text.parse()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_scope_includes_the_finer_ones() {
        let scopes: Scopes = "read write:statuses follow".parse().unwrap();
        assert!(scopes.allow(Scope::ReadNotifications));
        assert!(scopes.allow(Scope::WriteStatuses));
        assert!(scopes.allow(Scope::WriteFollows));
        assert!(!scopes.allow(Scope::WriteMedia));
        assert!(!scopes.allow(Scope::AdminRead));
        assert!(!scopes.allow(Scope::Write));
        let admin: Scopes = "admin:read".parse().unwrap();
        assert!(admin.allow(Scope::AdminReadReports));
        assert!(!admin.allow(Scope::AdminWrite));
        assert!("read cook".parse::<Scopes>().is_err());
        assert_eq!(scopes.to_string(), "read write:statuses follow");
    }
}

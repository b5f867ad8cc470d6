//! Who may see a post.

/// Who may see a post, in Mastodon's four words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// Everybody, and listed.
    Public,
    /// Everybody who has the address; not listed in search ("quiet public").
    Unlisted,
    /// The author's followers only.
    Followers,
    /// Only those who are addressed.
    Direct,
}

impl Visibility {
    /// Whether a community may announce it: public and unlisted only.
    pub const fn may_be_announced(self) -> bool {
        matches!(self, Self::Public | Self::Unlisted)
    }
}

crate::policy::words! { Visibility {
    Public => "public", Unlisted => "unlisted", Followers => "private", Direct => "direct",
} }

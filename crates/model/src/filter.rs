//! Filters: which of what somebody reads they want hidden, and where.

/// Where posts are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FilterContext {
    /// Home and lists.
    Home,
    /// Notifications.
    Notifications,
    /// Public timelines and hashtags.
    Public,
    /// Threads.
    Thread,
    /// Profiles.
    Account,
}
crate::policy::words! { FilterContext {
    Home => "home", Notifications => "notifications", Public => "public",
    Thread => "thread", Account => "account",
} }

/// What is done with a post that a filter is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FilterAction {
    /// It is folded, under the title of the filter.
    Warn,
    /// It is not shown.
    Hide,
    /// Its pictures are blurred.
    Blur,
}
crate::policy::words! { FilterAction { Warn => "warn", Hide => "hide", Blur => "blur" } }

/// Whether a keyword is in a text, whatever the case of both; as a whole word, no letter
/// or digit may go on where the keyword begins or ends with one.
pub fn matches(text: &str, keyword: &str, whole_word: bool) -> bool {
    let (text, keyword) = (text.to_lowercase(), keyword.trim().to_lowercase());
    if keyword.is_empty() {
        return false;
    }
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    let (opens, closes) = (
        keyword.chars().next().is_some_and(part_of_word),
        keyword.chars().next_back().is_some_and(part_of_word),
    );
    text.match_indices(&keyword).any(|(at, found)| {
        let before = text.get(..at).and_then(|rest| rest.chars().next_back());
        let after = text
            .get(at + found.len()..)
            .and_then(|rest| rest.chars().next());
        !whole_word
            || !(opens && before.is_some_and(part_of_word)
                || closes && after.is_some_and(part_of_word))
    })
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn words_are_whole_or_not() {
        assert!(matches("Un Orage passe", "orage", true));
        assert!(!matches("du fourrage", "rage", true));
        assert!(matches("du fourrage", "rage", false));
        assert!(matches("voir #été!", "#Été", true));
        assert!(matches("ragerage rage", "rage", true));
        assert!(!matches("tout", " ", false));
    }
}

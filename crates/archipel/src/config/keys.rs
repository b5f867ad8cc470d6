//! The names of the keys: which ones exist, and which one was probably meant.

use std::collections::BTreeMap;

use super::schema::Config;

/// The shape of a key's value, as far as an environment variable must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One text, number or yes/no.
    Single,
    /// Texts separated by commas.
    List,
    /// `name=value` separated by commas.
    Table,
}

/// Every key in dotted form with the shape of its value, read off the default
/// configuration itself so that no second list can go stale.
pub fn known() -> BTreeMap<String, Shape> {
    let mut keys = BTreeMap::new();
    for (section, value) in default_tables() {
        for (key, value) in value {
            let shape = match value {
                toml::Value::Array(_) => Shape::List,
                toml::Value::Table(_) => Shape::Table,
                _ => Shape::Single,
            };
            keys.insert(format!("{section}.{key}"), shape);
        }
    }
    keys
}

/// The default configuration as TOML sections.
pub fn default_tables() -> BTreeMap<String, toml::Table> {
    let Ok(toml::Value::Table(root)) = toml::Value::try_from(Config::default()) else {
        return BTreeMap::new();
    };
    root.into_iter()
        .filter_map(|(section, value)| match value {
            toml::Value::Table(table) => Some((section, table)),
            _ => None,
        })
        .collect()
}

/// The known key that looks most like `found`. A key whose last part is right
/// and only whose section is wrong counts as near; a lone word may also be
/// meant as a section.
pub fn nearest(found: &str, known: &BTreeMap<String, Shape>) -> String {
    let last = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    let found_last = last(found);
    known
        .keys()
        .min_by_key(|key| {
            let section = match key.split_once('.') {
                Some((section, _)) if !found.contains('.') => distance(found, section),
                _ => usize::MAX,
            };
            distance(found, key)
                .min(distance(&found_last, &last(key)).saturating_add(1))
                .min(section)
        })
        .cloned()
        .unwrap_or_default()
}

/// Levenshtein distance: insertions, deletions and replacements of characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((y, above_left), above) in b.iter().zip(&row).zip(row.iter().skip(1)) {
            let left = next.last().copied().unwrap_or_default();
            let replaced = above_left + usize::from(x != *y);
            next.push(replaced.min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_key_is_the_one_that_was_meant() {
        let known = known();
        for (found, meant) in [
            ("server.listn", "server.listen"),
            ("server.publicurl", "server.public_url"),
            ("public_url", "server.public_url"),
            ("federation.authorised_fetch", "federation.authorized_fetch"),
            ("media.readers", "database.readers"),
            (
                "development.allow_private_adresses",
                "development.allow_private_addresses",
            ),
        ] {
            assert_eq!(nearest(found, &known), meant);
        }
    }

    #[test]
    fn shapes_come_from_the_defaults() {
        let known = known();
        assert_eq!(known.get("server.trusted_proxies"), Some(&Shape::List));
        assert_eq!(known.get("development.resolve"), Some(&Shape::Table));
        assert_eq!(known.get("server.admin_listen"), Some(&Shape::Single));
    }

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("abc", "abc"), 0);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}

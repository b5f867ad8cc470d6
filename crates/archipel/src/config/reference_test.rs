//! Holds `config/archipel.toml` and `docs/configuration.md` to the code.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use super::keys;

const FILE: &str = include_str!("../../../../config/archipel.toml");
const BOOK: &str = include_str!("../../../../docs/configuration.md");

#[test]
fn the_commented_file_holds_every_key_with_its_default() {
    let file: toml::Table = toml::from_str(FILE).unwrap();
    for (section, defaults) in keys::default_tables() {
        let written = file.get(&section).and_then(toml::Value::as_table);
        assert_eq!(written, Some(&defaults), "[{section}]");
    }
    assert_eq!(file.len(), keys::default_tables().len(), "sections");
}

/// Rows of the book look like "| `server.listen` | `"127.0.0.1:8080"` | … |".
fn rows() -> Vec<(String, String)> {
    BOOK.lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| `")?.split(" | ");
            let key = cells.next()?.strip_suffix('`')?.to_owned();
            let value = cells.next()?.trim_matches('`').to_owned();
            key.contains('.').then_some((key, value))
        })
        .collect()
}

#[test]
fn the_book_explains_every_key_with_its_default() {
    let mut explained = BTreeSet::new();
    for (key, value) in rows() {
        let (section, name) = key.split_once('.').unwrap();
        let tables = keys::default_tables();
        let default = tables
            .get(section)
            .and_then(|table| table.get(name))
            .unwrap_or_else(|| panic!("{key} is no key"));
        assert_eq!(value, default.to_string(), "{key}");
        assert!(explained.insert(key.clone()), "{key} is there twice");
    }
    let known: BTreeSet<String> = keys::known().into_keys().collect();
    assert_eq!(explained, known);
}

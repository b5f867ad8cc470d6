//! The rules of the house that the compiler does not hold: who imports whom, which
//! licences we take in, what exists twice, where SQL and HTTP clients may be.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Who may depend on whom within the project (dev-dependencies not counted).
const ARROWS: [(&str, &[&str]); 10] = [
    ("archipel-model", &[]),
    ("archipel-storage", &["archipel-model"]),
    ("archipel-actions", &["archipel-model", "archipel-storage"]),
    ("archipel-media", &["archipel-model", "archipel-storage"]),
    ("archipel-federation", BELOW_THE_DOORS),
    ("archipel-client-api", BELOW_THE_DOORS),
    ("archipel-web", BELOW_THE_DOORS),
    (
        "archipel",
        &[
            "archipel-model",
            "archipel-storage",
            "archipel-actions",
            "archipel-media",
            "archipel-federation",
            "archipel-client-api",
            "archipel-web",
        ],
    ),
    // Tools that drive the server from outside import none of it.
    ("archipel-tests", &[]),
    ("archipel-bench", &[]),
];

const BELOW_THE_DOORS: &[&str] = &[
    "archipel-model",
    "archipel-storage",
    "archipel-actions",
    "archipel-media",
];

/// Licences that may be combined with AGPL-3.0-only in one program.
const LICENCES: [&str; 17] = [
    "0BSD",
    "AGPL-3.0",
    "AGPL-3.0-only",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "LGPL-2.1-or-later",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates whose licence is not in the list, with it. GPL-3.0 §13 and AGPL-3.0 §13
/// allow linking the two into one program.
const LICENCE_EXCEPTIONS: [(&str, &str); 1] = [("activitystreams-kinds", "GPL-3.0")];

/// Crates that exist in several versions, with the reason.
const DUPLICATES: [(&str, &str); 26] = [
    ("bit-set", "comes with fancy-regex"),
    ("bit-vec", "comes with bit-set"),
    ("const-oid", "comes with digest and der"),
    (
        "fancy-regex",
        "zxcvbn and jsonschema are two versions apart",
    ),
    ("hkdf", "0.12 through the push messages' elliptic curve"),
    ("hmac", "comes with hkdf"),
    ("itertools", "zxcvbn and others are one version apart"),
    ("miniz_oxide", "0.8 through the PNG decoder"),
    (
        "quick-error",
        "image's webp decoder and proptest are one version apart",
    ),
    ("r-efi", "comes with getrandom"),
    ("rand_chacha", "comes with rand"),
    ("sha1", "0.10 through WebSockets"),
    ("spin", "through sqlx and a checksum"),
    ("base64", "0.22 through sqlx"),
    ("block-buffer", "comes with digest"),
    ("cpufeatures", "comes with sha2 and rand"),
    ("crypto-common", "comes with digest"),
    ("digest", "0.10 through the federation crate's RSA"),
    ("getrandom", "0.2 comes with rand 0.8, 0.4 with rand 0.10"),
    (
        "hashbrown",
        "indexmap and sqlx's hashlink are one version apart",
    ),
    ("rand", "0.8 through the federation crate and its RSA"),
    ("rand_core", "comes with rand"),
    ("sha2", "comes with digest"),
    ("syn", "macros of several generations; never in the program"),
    ("tower-http", "0.6 through reqwest"),
    ("windows-sys", "not built on the systems we support"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
        .to_owned()
}

fn metadata() -> Value {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo metadata");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn packages(metadata: &Value) -> &Vec<Value> {
    metadata["packages"].as_array().expect("packages")
}

fn text<'a>(package: &'a Value, key: &str) -> &'a str {
    package[key].as_str().unwrap_or_default()
}

#[test]
fn arrows_point_one_way() {
    let metadata = metadata();
    let ours: Vec<&Value> = packages(&metadata)
        .iter()
        .filter(|package| package["source"].is_null())
        .collect();
    let names: BTreeSet<&str> = ours.iter().map(|package| text(package, "name")).collect();
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.into_iter().collect();
    let mut wrong = Vec::new();
    for package in &ours {
        let name = text(package, "name");
        let Some(may) = allowed.get(name) else {
            wrong.push(format!("{name} has no place in the plan of the house"));
            continue;
        };
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let on = text(dependency, "name");
            if names.contains(on) && dependency["kind"].is_null() && !may.contains(&on) {
                wrong.push(format!("{name} must not depend on {on}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether an SPDX expression can be satisfied with [`LICENCES`]: `OR` needs one
/// side, `AND` both; `/` is the old way to write `OR`.
fn acceptable(expression: &str) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    any(&tokens, &mut at) && at == tokens.len()
}

fn any(tokens: &[&str], at: &mut usize) -> bool {
    let mut good = all(tokens, at);
    while tokens.get(*at) == Some(&"OR") {
        *at += 1;
        good |= all(tokens, at);
    }
    good
}

fn all(tokens: &[&str], at: &mut usize) -> bool {
    let mut good = one(tokens, at);
    while tokens.get(*at) == Some(&"AND") {
        *at += 1;
        good &= one(tokens, at);
    }
    good
}

fn one(tokens: &[&str], at: &mut usize) -> bool {
    let token = tokens.get(*at).copied().unwrap_or_default();
    *at += 1;
    if token == "(" {
        let good = any(tokens, at);
        *at += 1;
        return good;
    }
    if tokens.get(*at) == Some(&"WITH") {
        *at += 2;
    }
    LICENCES.contains(&token)
}

#[test]
fn licences_fit_together() {
    for (expression, fits) in [
        ("MIT OR Apache-2.0", true),
        ("GPL-2.0-only", false),
        ("(MIT OR GPL-2.0-only) AND Unicode-3.0", true),
        ("MIT AND GPL-2.0-only", false),
        ("Apache-2.0 WITH LLVM-exception OR MIT", true),
        ("MIT/Apache-2.0", true),
        ("", false),
    ] {
        assert_eq!(acceptable(expression), fits, "{expression}");
    }
    let metadata = metadata();
    let exceptions: BTreeMap<&str, &str> = LICENCE_EXCEPTIONS.into_iter().collect();
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for package in packages(&metadata) {
        let (name, licence) = (text(package, "name"), text(package, "license"));
        if acceptable(licence) {
            continue;
        }
        if exceptions.get(name) == Some(&licence) {
            used.insert(name);
        } else {
            wrong.push(format!("{name} {}: {licence:?}", text(package, "version")));
        }
    }
    assert!(wrong.is_empty(), "licences: {}", wrong.join("\n"));
    for name in exceptions.keys() {
        assert!(used.contains(name), "{name} needs no exception any more");
    }
}

#[test]
fn nothing_exists_twice_without_a_reason() {
    let metadata = metadata();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages(&metadata) {
        versions
            .entry(text(package, "name"))
            .or_default()
            .insert(text(package, "version"));
    }
    let twice: BTreeSet<&str> = versions
        .iter()
        .filter(|(_, versions)| versions.len() > 1)
        .map(|(name, _)| *name)
        .collect();
    let explained: BTreeSet<&str> = DUPLICATES.iter().map(|(name, _)| *name).collect();
    let new: Vec<String> = twice
        .difference(&explained)
        .map(|name| format!("{name}: {:?}", versions[name]))
        .collect();
    assert!(new.is_empty(), "now in several versions: {new:?}");
    let gone: Vec<&&str> = explained.difference(&twice).collect();
    assert!(gone.is_empty(), "no longer in several versions: {gone:?}");
}

/// All Rust files under `folder`.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// Files of the server's crates with their path from the workspace and text.
fn server_sources() -> Vec<(String, String)> {
    let root = root();
    let mut found = Vec::new();
    sources(&root.join("crates"), &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            let short = path.strip_prefix(&root).expect("within").display();
            (short.to_string(), text)
        })
        .collect()
}

/// Lines of code (comments left out) that contain one of `words`, outside `place`.
fn outside(place: &str, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in server_sources() {
        if path.starts_with(place) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| code.contains(word)) {
                found.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    found
}

#[test]
fn sql_is_in_storage_only() {
    let found = outside("crates/storage/", &["sqlx::", "sql!"]);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn there_is_one_http_client() {
    let found = outside(
        "crates/federation/src/client",
        &[
            "reqwest::Client",
            "reqwest::get",
            "use reqwest",
            "ClientBuilder",
        ],
    );
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn files_stay_small() {
    let long: Vec<String> = server_sources()
        .into_iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > 450)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "one idea a file:\n{}", long.join("\n"));
}

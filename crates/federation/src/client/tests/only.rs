//! One client in the whole code base: no other file makes a `reqwest` one.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

/// Security F5: avatars, previews, discovery, push… all pass the same guard.
#[test]
fn only_the_client_module_builds_a_client() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let home = crates.join("federation/src/client");
    let mut sources = Vec::new();
    for member in fs::read_dir(crates).unwrap() {
        collect(&member.unwrap().path().join("src"), &mut sources);
    }
    assert!(sources.len() > 10, "the sources were found");
    let makers = [
        "reqwest::Client",
        "reqwest::get",
        "ClientBuilder",
        "reqwest::blocking",
    ];
    for source in sources.iter().filter(|source| !source.starts_with(&home)) {
        let text = fs::read_to_string(source).unwrap();
        for maker in makers {
            assert!(!text.contains(maker), "{maker} in {}", source.display());
        }
    }
}

fn collect(folder: &Path, sources: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, sources);
        } else if path.extension().is_some_and(|end| end == "rs") {
            sources.push(path);
        }
    }
}

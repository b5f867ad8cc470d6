//! The communities made at the first start: `config/communities.toml`, or the
//! same text carried in the program when that file is absent.

use std::path::{Path, PathBuf};

use archipel_model::{CommunityPolicy, Handle};
use serde::Deserialize;

/// Where the file is looked for unless configured otherwise.
pub const DEFAULT_FILE: &str = "config/communities.toml";

/// The project's own first communities.
const EMBEDDED: &str = include_str!("../../../../config/communities.toml");

/// Longest title, in characters: what Lemmy's title column takes.
const TITLE_MAX: usize = 200;
/// Longest description, in characters.
const DESCRIPTION_MAX: usize = 10_000;

/// A community to be made when it does not exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommunitySeed {
    /// Its name in addresses.
    pub handle: Handle,
    /// Its name for people.
    pub title: String,
    /// What it is about: plain text, paragraphs separated by an empty line.
    pub description: String,
    /// The language spoken there, BCP 47.
    pub language: String,
    /// Who may join, post and reply, and who sees it.
    pub policy: CommunityPolicy,
}

/// Why the communities cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CommunitiesError {
    /// The file cannot be read.
    #[error("cannot read the communities file {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML, or has a key that is not known.
    #[error("{place}: {source}")]
    Syntax {
        /// The file.
        place: String,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// One community is not right.
    #[error("{place}: community {handle:?}: {sentence}")]
    Community {
        /// The file.
        place: String,
        /// The handle as written.
        handle: String,
        /// What is wrong and what to write.
        sentence: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    community: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    handle: String,
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default = "french")]
    language: String,
    join: Option<String>,
    post: Option<String>,
    reply: Option<String>,
    hold: Option<String>,
    reach: Option<String>,
}

fn french() -> String {
    "fr".to_owned()
}

/// Reads the communities of `file`. Only the default place may be absent: then
/// the communities carried in the program are meant.
pub fn load(file: &Path) -> Result<Vec<CommunitySeed>, CommunitiesError> {
    match std::fs::read_to_string(file) {
        Ok(text) => parse(&text, &file.display().to_string()),
        Err(error)
            if error.kind() == std::io::ErrorKind::NotFound && file == Path::new(DEFAULT_FILE) =>
        {
            parse(EMBEDDED, "built-in communities")
        }
        Err(source) => Err(CommunitiesError::Read {
            path: file.to_owned(),
            source,
        }),
    }
}

/// Reads the communities from a text; `place` is for errors.
pub fn parse(text: &str, place: &str) -> Result<Vec<CommunitySeed>, CommunitiesError> {
    let document: Document = toml::from_str(text).map_err(|source| CommunitiesError::Syntax {
        place: place.to_owned(),
        source: Box::new(source),
    })?;
    let mut seeds: Vec<CommunitySeed> = Vec::new();
    for entry in document.community {
        let handle = entry.handle.clone();
        let wrong = |sentence: String| CommunitiesError::Community {
            place: place.to_owned(),
            handle: handle.clone(),
            sentence,
        };
        let seed = seed(entry).map_err(wrong)?;
        if seeds.iter().any(|other| other.handle == seed.handle) {
            return Err(wrong(
                "this handle is there twice; give each its own".to_owned(),
            ));
        }
        seeds.push(seed);
    }
    Ok(seeds)
}

fn seed(entry: Entry) -> Result<CommunitySeed, String> {
    let handle = Handle::new_name(&entry.handle).map_err(|error| error.to_string())?;
    let title = entry.title.trim().to_owned();
    if title.is_empty() || title.chars().count() > TITLE_MAX || title.contains(['\n', '\r']) {
        return Err(format!(
            "a title is one line of 1 to {TITLE_MAX} characters"
        ));
    }
    let description = entry.description.trim().to_owned();
    if description.chars().count() > DESCRIPTION_MAX {
        return Err(format!(
            "a description has at most {DESCRIPTION_MAX} characters"
        ));
    }
    if !is_language(&entry.language) {
        return Err(format!(
            "language {:?} is not a language code, such as \"fr\" or \"br\"",
            entry.language
        ));
    }
    let default = CommunityPolicy::default();
    Ok(CommunitySeed {
        handle,
        title,
        description,
        language: entry.language,
        policy: CommunityPolicy {
            join: word("join", entry.join, default.join)?,
            post: word("post", entry.post, default.post)?,
            reply: word("reply", entry.reply, default.reply)?,
            hold: word("hold", entry.hold, default.hold)?,
            reach: word("reach", entry.reach, default.reach)?,
            ..default
        },
    })
}

/// One policy word, or its default.
fn word<T>(key: &str, text: Option<String>, default: T) -> Result<T, String>
where
    T: std::str::FromStr<Err = archipel_model::UnknownWord>,
{
    text.map_or(Ok(default), |text| {
        text.parse().map_err(|error| format!("{key}: {error}"))
    })
}

/// A BCP 47 code as far as we look: `fr`, `br`, `pt-BR`.
fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().is_some_and(|part| {
        (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase())
    });
    first
        && parts.all(|part| {
            (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use archipel_model::{JoinPolicy, PostPolicy};

    use super::*;

    #[test]
    fn the_three_first_communities_are_carried() {
        let seeds = parse(EMBEDDED, "built-in").unwrap();
        let handles: Vec<&str> = seeds.iter().map(|seed| seed.handle.as_str()).collect();
        assert_eq!(handles, ["tilab", "utilo", "labacces"]);
        for seed in &seeds {
            assert_eq!(seed.language, "fr");
            assert_eq!(seed.policy, CommunityPolicy::default());
            assert!(!seed.description.is_empty());
        }
    }

    #[test]
    fn only_the_default_place_may_be_absent() {
        let directory = tempfile::tempdir().unwrap();
        let error = load(&directory.path().join("mine.toml")).unwrap_err();
        assert!(error.to_string().contains("mine.toml"), "{error}");
    }

    #[test]
    fn policies_are_words() {
        let seeds = parse(
            "[[community]]\nhandle = \"Atelier\"\ntitle = \"Atelier\"\nlanguage = \"br\"\n\
             join = \"approval\"\npost = \"members\"\nreply = \"everyone\"\n",
            "x",
        )
        .unwrap();
        let [seed] = seeds.as_slice() else {
            panic!("one community")
        };
        assert_eq!(seed.handle.as_str(), "atelier");
        assert_eq!(seed.policy.join, JoinPolicy::Approval);
        assert_eq!(seed.policy.post, PostPolicy::Members);
        assert_eq!(seed.policy.reply, PostPolicy::Everyone);
    }

    #[test]
    fn errors_name_the_community_and_the_cure() {
        for (extra, words) in [
            (
                "join = \"close\"",
                &["atelier", "join", "open, approval"][..],
            ),
            (
                "post = \"all\"",
                &["post", "everyone, members, approved, moderators"],
            ),
            ("language = \"français\"", &["language", "\"fr\""]),
            ("colour = \"red\"", &["colour"]),
        ] {
            let text = format!("[[community]]\nhandle = \"atelier\"\ntitle = \"A\"\n{extra}\n");
            let error = parse(&text, "mine.toml").unwrap_err().to_string();
            for word in words.iter().chain(&["mine.toml"]) {
                assert!(error.contains(word), "{word:?} is missing in: {error}");
            }
        }
        let twice = "[[community]]\nhandle = \"ab\"\ntitle = \"A\"\n".repeat(2);
        let error = parse(&twice, "x").unwrap_err().to_string();
        assert!(error.contains("twice"), "{error}");
        for handle in ["inbox", "a", "à_b"] {
            let text = format!("[[community]]\nhandle = {handle:?}\ntitle = \"A\"\n");
            assert!(parse(&text, "x").is_err(), "{handle}");
        }
    }
}

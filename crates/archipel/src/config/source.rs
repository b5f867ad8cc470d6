//! Finding the file, laying the environment over it, refusing unknown keys.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use config::{File, FileFormat, Value, ValueKind};

use super::keys::{self, Shape};
use super::schema::Config;

/// Environment variables of configuration keys begin so.
const PREFIX: &str = "ARCHIPEL__";
/// Names the file when `--config` does not.
const FILE_VARIABLE: &str = "ARCHIPEL_CONFIG";
/// Looked for when nothing names a file, in this order.
const PLACES: [&str; 2] = ["config/archipel.toml", "/etc/archipel/archipel.toml"];

/// Why there is no configuration to start with.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{} is not valid TOML: {source}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A key that does not exist.
    #[error("unknown key {key:?} in {place}; the nearest known key is {nearest:?}")]
    UnknownKey {
        /// The key, dotted.
        key: String,
        /// The file or the environment variable.
        place: String,
        /// What was probably meant.
        nearest: String,
    },
    /// A value that the key does not take.
    #[error("{0}")]
    Value(String),
    /// Values that do not go together; one sentence each.
    #[error("{}", .0.join("\n"))]
    Rules(Vec<String>),
}

/// Where the configuration came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// This file.
    File(PathBuf),
    /// No file was found.
    BuiltIn,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::BuiltIn => f.write_str("built-in defaults"),
        }
    }
}

/// A configuration that passed every check.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The values.
    pub config: Config,
    /// The file they came from.
    pub source: Source,
}

/// Reads the configuration of this process: `file` is what `--config` said.
pub fn load(file: Option<&Path>) -> Result<Loaded, ConfigError> {
    let environment: Vec<(OsString, OsString)> = std::env::vars_os().collect();
    load_from(file, environment, Path::new(""))
}

/// The same with the environment and the working directory given.
pub(super) fn load_from(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    directory: &Path,
) -> Result<Loaded, ConfigError> {
    let environment = ours(environment)?;
    let source = find(file, &environment, directory);
    let mut builder = config::Config::builder();
    let known = keys::known();
    if let Source::File(path) = &source {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.clone(),
            source,
        })?;
        check_file(path, &text, &known)?;
        builder = builder.add_source(File::from_str(&text, FileFormat::Toml));
    }
    for (name, text) in &environment {
        if let Some(key) = name.strip_prefix(PREFIX) {
            let (key, value) = from_environment(name, key, text, &known)?;
            builder = builder
                .set_override(key, value)
                .map_err(|error| ConfigError::Value(error.to_string()))?;
        }
    }
    let config = builder
        .build()
        .and_then(config::Config::try_deserialize::<Config>)
        .map_err(|error| in_words(&error, &source))?
        .validated()?;
    refuse_dangerous(&config, &environment)?;
    Ok(Loaded { config, source })
}

/// Variables that concern us; they must be text.
fn ours(
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<BTreeMap<String, String>, ConfigError> {
    let mut found = BTreeMap::new();
    for (name, value) in environment {
        let Ok(name) = name.into_string() else {
            continue;
        };
        if name.starts_with(PREFIX) || name == FILE_VARIABLE || name == DANGEROUS {
            let value = value.into_string().map_err(|_| {
                ConfigError::Value(format!("the environment variable {name} is not UTF-8 text"))
            })?;
            found.insert(name, value);
        }
    }
    Ok(found)
}

/// The first place that names or holds a file.
fn find(file: Option<&Path>, environment: &BTreeMap<String, String>, directory: &Path) -> Source {
    if let Some(path) = file {
        return Source::File(path.to_owned());
    }
    if let Some(path) = environment
        .get(FILE_VARIABLE)
        .filter(|path| !path.is_empty())
    {
        return Source::File(directory.join(path));
    }
    PLACES
        .iter()
        .map(|place| directory.join(place))
        .find(|path| path.is_file())
        .map_or(Source::BuiltIn, Source::File)
}

/// Every key of the file must be known, and every section a table.
fn check_file(path: &Path, text: &str, known: &BTreeMap<String, Shape>) -> Result<(), ConfigError> {
    let root: toml::Table = toml::from_str(text).map_err(|source| ConfigError::Syntax {
        path: path.to_owned(),
        source: Box::new(source),
    })?;
    let unknown = |key: String| ConfigError::UnknownKey {
        nearest: keys::nearest(&key, known),
        place: path.display().to_string(),
        key,
    };
    for (section, value) in root {
        let is_section = known
            .keys()
            .any(|key| key.split_once('.').is_some_and(|(name, _)| name == section));
        let toml::Value::Table(table) = value else {
            // The value is not repeated: it may be a database URL.
            if is_section {
                return Err(ConfigError::Value(format!(
                    "[{section}] in {} is a section with keys, not one value",
                    path.display()
                )));
            }
            return Err(unknown(section));
        };
        for key in table.keys().map(|key| format!("{section}.{key}")) {
            if !known.contains_key(&key) {
                return Err(unknown(key));
            }
        }
        if !is_section {
            return Err(unknown(section));
        }
    }
    Ok(())
}

/// `SERVER__LISTEN` and its text as a dotted key and a value of its shape.
fn from_environment(
    name: &str,
    key: &str,
    text: &str,
    known: &BTreeMap<String, Shape>,
) -> Result<(String, Value), ConfigError> {
    let key = key.replace("__", ".").to_ascii_lowercase();
    let place = format!("the environment variable {name}");
    let single = |text: &str| Value::new(Some(&place), ValueKind::String(text.to_owned()));
    let parts = || {
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
    };
    let kind = match known.get(&key) {
        None => {
            return Err(ConfigError::UnknownKey {
                nearest: keys::nearest(&key, known),
                place,
                key,
            });
        }
        Some(Shape::Single) => ValueKind::String(text.to_owned()),
        Some(Shape::List) => ValueKind::Array(parts().map(single).collect()),
        Some(Shape::Table) => {
            let mut table = config::Map::new();
            for part in parts() {
                let (left, right) = part.split_once('=').ok_or_else(|| {
                    ConfigError::Value(format!(
                        "{place} is a list such as lab-b.test=127.0.0.1,lab-c.test=127.0.0.2; \
                         {part:?} has no ="
                    ))
                })?;
                table.insert(left.trim().to_owned(), single(right.trim()));
            }
            ValueKind::Table(table)
        }
    };
    Ok((key, Value::new(Some(&place), kind)))
}

/// The library's error; it names the key, and we the file if it does not know.
fn in_words(error: &config::ConfigError, source: &Source) -> ConfigError {
    let text = error.to_string();
    if text.contains(" in the environment variable ") {
        return ConfigError::Value(text);
    }
    ConfigError::Value(format!("{text} in {source}"))
}

/// The federation library reads this variable and then checks no address.
const DANGEROUS: &str = "DANGER_FEDERATION_ALLOW_LOCAL_IP";

/// A variable that switches protection off must not slip in from outside.
fn refuse_dangerous(
    config: &Config,
    environment: &BTreeMap<String, String>,
) -> Result<(), ConfigError> {
    if environment.contains_key(DANGEROUS) && !config.development.allow_private_addresses {
        return Err(ConfigError::Rules(vec![format!(
            "the environment variable {DANGEROUS} switches off the protection of private \
             addresses: unset it"
        )]));
    }
    Ok(())
}

#[cfg(test)]
#[path = "source_test.rs"]
mod tests;
